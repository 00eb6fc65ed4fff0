//! `touchstone predict` (or `score`): score rows with a fine-tuned model.

use super::kept::Kept;
use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::infer::{ScoreOptions, ScorerClient};
use crate::engine::ingest::write::write_table;
use crate::engine::models;
use crate::engine::run::config::{DeviceChoice, Precision};
use crate::engine::train::table::{self, Columns, Table};
use crate::engine::train::tasks::{PredictedCells, PredictedColumn, TaskRules};
use anyhow::Context as _;
use polars::prelude::{Column, NamedFrom as _, Series};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Score rows with a fine-tuned model
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Model folder (a run's `model/`, or any BERT sequence classifier)
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Table with the rows to score
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Where to write the table: .parquet, .csv or .tsv. Added are `score` (the probability of label 1, or the grade),
    /// or for classes `predicted` and a `probability_…` for each
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Text columns, one or two (default: those the model was trained on)
    #[arg(long, value_name = "COL", value_delimiter = ',')]
    text: Vec<String>,
    /// Rows computed together
    #[arg(long, default_value_t = 64)]
    batch_size: usize,
    /// `auto`, `cpu` or `cuda`
    #[arg(long, default_value = "auto", value_parser = parse_device)]
    device: DeviceChoice,
    /// `auto` (bf16 where the hardware computes it), `fp32`, `bf16` or `fp16` (CUDA)
    #[arg(long, default_value = "auto", value_parser = parse_precision)]
    precision: Precision,
    /// Add the classifier's logits too: `logit_0`, `logit_1`, …
    #[arg(long)]
    logits: bool,
}

fn parse_precision(text: &str) -> Result<Precision, String> {
    match text {
        "auto" => Ok(Precision::Auto),
        "fp32" => Ok(Precision::Fp32),
        "bf16" => Ok(Precision::Bf16),
        "fp16" => Ok(Precision::Fp16),
        _ => Err("expected auto, fp32, bf16 or fp16".to_owned()),
    }
}

fn parse_device(text: &str) -> Result<DeviceChoice, String> {
    match text {
        "auto" => Ok(DeviceChoice::Auto),
        "cpu" => Ok(DeviceChoice::Cpu),
        "cuda" => Ok(DeviceChoice::Cuda),
        _ => Err("expected auto, cpu or cuda".to_owned()),
    }
}

#[derive(Serialize)]
struct Predicted {
    rows: usize,
    out: PathBuf,
    task: &'static str,
    /// Columns that were added.
    columns: Vec<String>,
    /// Of a probability or a grade.
    mean_score: Option<f64>,
    /// Of classes: rows taken for each.
    predicted: BTreeMap<String, usize>,
    rows_per_sec: f64,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let kept = Kept::open(out)?;
    // The model's folder, or the name of a cached one.
    let dir = models::resolve(&args.model.to_string_lossy())?;
    let options = ScoreOptions {
        device: args.device,
        precision: args.precision,
        batch_size: args.batch_size.max(1),
        threads: 0,
    };
    let mut scorer = ScorerClient::open(&dir, options)?;
    let card = scorer.card().clone();
    let text = if args.text.is_empty() {
        card.text.clone()
    } else {
        args.text.clone()
    };
    if text.is_empty() || text.len() > 2 {
        return Err(UsageError("name one or two text columns with --text".to_owned()).into());
    }
    let numeric: Vec<String> = card.numeric.iter().map(|column| column.name.clone()).collect();
    let categorical: Vec<String> = card.categorical.iter().map(|column| column.name.clone()).collect();
    let columns = Columns {
        text: &text,
        numeric: &numeric,
        categorical: &categorical,
        ..Columns::default()
    };
    let (progress, bar) = out.progress();
    let dataset = table::open(&args.data, columns, &progress)?;
    let mut loaded = table::rows_of(&Table::from(&dataset), &args.data, columns, None)?;
    loaded.notes.extend(table::rejected_note(&dataset, &args.data));
    let started = Instant::now();
    let logits = match args.logits {
        true => logit_columns(&scorer.logits(loaded.rows.clone(), &progress)?),
        false => Vec::new(),
    };
    let predictions = scorer.predict(loaded.rows, &progress)?;
    let secs = started.elapsed().as_secs_f64();
    drop(bar);
    for note in loaded.notes {
        print_warning(&note);
    }
    let mut frame = dataset.frame.whole().clone();
    let rows = predictions.len();
    let mut predicted = Predicted::new(scorer.rules(), rows, &args.out);
    for column in scorer.rules().columns(&predictions) {
        if frame.get_column_index(&column.name).is_some() {
            print_warning(&format!(
                "the column '{}' of {} is replaced",
                column.name,
                args.data.display()
            ));
        }
        predicted.note(&column);
        frame
            .with_column(series(column))
            .context("cannot add the column of scores")?;
    }
    for column in logits {
        frame.with_column(column).context("cannot add the column of logits")?;
    }
    write_table(&frame, &args.out).with_context(|| format!("cannot write {}", args.out.display()))?;
    if let Some(kept) = kept {
        let source = kept.read(&args.data, &progress)?;
        kept.table(&args.out, &[source], &progress)?;
    }
    let rows_per_sec = rows as f64 / secs.max(1e-9);
    out.say(&format!(
        "{rows} rows scored ({rows_per_sec:.0} a second) → {}",
        args.out.display()
    ));
    predicted.rows_per_sec = rows_per_sec;
    out.write_json(&predicted)?;
    Ok(ExitStatus::Done)
}

impl Predicted {
    fn new(rules: &dyn TaskRules, rows: usize, out: &Path) -> Self {
        Self {
            rows,
            out: out.to_owned(),
            task: rules.task().name(),
            columns: Vec::new(),
            mean_score: None,
            predicted: BTreeMap::new(),
            rows_per_sec: 0.0,
        }
    }

    fn note(&mut self, column: &PredictedColumn) {
        self.columns.push(column.name.clone());
        match &column.cells {
            PredictedCells::Texts(answers) => {
                answers
                    .iter()
                    .for_each(|answer| *self.predicted.entry(answer.clone()).or_default() += 1);
            }
            PredictedCells::Numbers(values) if column.name == "score" && self.rows > 0 => {
                self.mean_score = Some(values.iter().map(|&value| f64::from(value)).sum::<f64>() / self.rows as f64);
            }
            PredictedCells::Numbers(_) => {}
        }
    }
}

fn series(column: PredictedColumn) -> Column {
    let name = column.name.into();
    Column::from(match column.cells {
        PredictedCells::Numbers(values) => Series::new(name, values),
        PredictedCells::Texts(values) => Series::new(name, values),
    })
}

/// Rows of logits as columns.
fn logit_columns(rows: &[Vec<f32>]) -> Vec<Column> {
    let width = rows.first().map_or(0, Vec::len);
    let column = |at: usize| {
        let values: Vec<f32> = rows.iter().map(|row| row[at]).collect();
        Column::from(Series::new(format!("logit_{at}").into(), values))
    };
    (0..width).map(column).collect()
}
