//! What `evaluate`, `compare` and `experiment` share: the scored table, its settings, and tables on the terminal.

use super::{OutputArgs, UsageError, print_warning};
use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::eval::columns::{categories, numbers, segments};
use crate::engine::eval::suite::{ScoreColumn, ScoredRows};
use crate::engine::eval::{EvalConfig, EvalError, MapDenominator, ModelKind, ResampleUnit};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use std::path::PathBuf;

/// The table and its columns.
#[derive(Debug, clap::Args)]
pub(super) struct RowArgs {
    /// Table with one row a scored example (.csv, .tsv, .csv.gz, .csv.zst, .parquet); repeat for several files
    #[arg(long, required = true, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Column with the truth: 0/1 or true/false (for other tasks the class, or the grade)
    #[arg(long, value_name = "COL")]
    pub label: String,
    /// Column whose values form the ranked lists (query, user, session)
    #[arg(long, value_name = "COL")]
    pub group: Option<String>,
    /// Column whose values are also judged one by one; repeat for several
    #[arg(long, value_name = "COL")]
    pub segment: Vec<String>,
}

/// How scores are judged.
#[derive(Debug, clap::Args)]
pub(super) struct JudgeArgs {
    /// Score from which a row is predicted positive [default: the best F1 on these rows]
    #[arg(long, value_name = "T")]
    pub threshold: Option<f64>,
    /// Resamples for the intervals; 0 = none
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub bootstrap: usize,
    /// Seed of the resamples
    #[arg(long, default_value_t = 42, value_name = "S")]
    pub seed: u64,
    /// Intervals cover 1 - ALPHA
    #[arg(long, default_value_t = 0.05, value_name = "ALPHA")]
    pub alpha: f64,
    /// Bins of the calibration error
    #[arg(long, default_value_t = 15, value_name = "N")]
    pub ece_bins: usize,
    /// What is taken as independent: whole groups where there are at least 30 of them, or as said
    #[arg(long, value_enum, default_value_t = ResampleChoice::Auto)]
    pub resample: ResampleChoice,
    /// What average precision at k is divided by
    #[arg(long, value_enum, default_value_t = MapChoice::MinPositivesK)]
    pub map_denominator: MapChoice,
}

impl JudgeArgs {
    /// The settings of an evaluation with these cut-offs.
    pub fn config(&self, k: Vec<usize>) -> EvalConfig {
        EvalConfig {
            k,
            bootstrap: self.bootstrap,
            seed: self.seed,
            threshold: self.threshold,
            alpha: self.alpha,
            ece_bins: self.ece_bins,
            map_denominator: self.map_denominator.into(),
            resample: self.resample.into(),
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum ResampleChoice {
    Auto,
    Rows,
    Groups,
}

impl From<ResampleChoice> for ResampleUnit {
    fn from(choice: ResampleChoice) -> Self {
        match choice {
            ResampleChoice::Auto => Self::Auto,
            ResampleChoice::Rows => Self::Row,
            ResampleChoice::Groups => Self::Group,
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum MapChoice {
    /// min(positives, k), as RecBole
    MinPositivesK,
    /// All positives of the group, as `trec_eval`
    Positives,
}

impl From<MapChoice> for MapDenominator {
    fn from(choice: MapChoice) -> Self {
        match choice {
            MapChoice::MinPositivesK => Self::MinPositivesK,
            MapChoice::Positives => Self::Positives,
        }
    }
}

/// Reads a table. Its event time and roles do not matter here.
pub(super) fn read_table(paths: &[PathBuf], progress: &Progress) -> anyhow::Result<Dataset> {
    let dataset = read_log(paths, &ReadOptions::default(), progress)?;
    let rows = dataset.info.rows;
    if rows.rejected > 0 {
        print_warning(&format!(
            "{} of {} records do not fit the table and are left out; `touchstone ingest --rejects` lists them",
            rows.rejected, rows.total
        ));
    }
    Ok(dataset)
}

/// The labels beside the scores of the named columns, each a model of that name.
pub(super) fn scored_rows(args: &RowArgs, names: &[String], dataset: &Dataset) -> anyhow::Result<ScoredRows> {
    let frame = dataset.frame.whole();
    let model = |name: &String| -> anyhow::Result<ScoreColumn> {
        Ok(ScoreColumn {
            name: name.clone(),
            kind: ModelKind::Model,
            description: Bilingual::new(
                format!("scores in column {name} of {}", dataset.info.name),
                format!("{} 中列 {name} 的分数", dataset.info.name),
            ),
            scores: numbers(frame, name)?,
            model: ContentHash::default(),
        })
    };
    Ok(ScoredRows {
        data_name: dataset.info.name.clone(),
        data: dataset.info.hash.clone(),
        labels: numbers(frame, &args.label)?,
        models: names.iter().map(model).collect::<Result<_, _>>()?,
        group: args.group.as_ref().map(|name| categories(frame, name)).transpose()?,
        segments: args
            .segment
            .iter()
            .map(|name| segments(frame, name))
            .collect::<Result<_, _>>()?,
    })
}

/// Names file, line and column where the engine only knows the row.
pub(super) fn locate(error: EvalError, dataset: &Dataset, label: &str) -> anyhow::Error {
    let row = match &error {
        EvalError::LabelNotBinary { row, .. } | EvalError::InfiniteScore { row } => *row,
        EvalError::BadSetting { what } => return UsageError(what.clone()).into(),
        _ => return error.into(),
    };
    let source = dataset
        .source_of_row
        .as_ref()
        .and_then(|sources| sources.get(row))
        .map_or(0, |&at| usize::from(at));
    let file = dataset
        .info
        .sources
        .get(source)
        .map(|source| source.path.display().to_string());
    let line = dataset.lines.get(row).unwrap_or_default();
    let column = match error {
        EvalError::LabelNotBinary { .. } => format!(", column `{label}`"),
        _ => String::new(),
    };
    anyhow::Error::new(error).context(format!("{}, line {line}{column}", file.unwrap_or_default()))
}

/// Four decimals, or a dash where there is no number.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

pub(super) fn interval_text(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| "-".to_owned(), |[lower, upper]| format!("{lower:.4} to {upper:.4}"))
}

/// A segment's value, with a word for rows without one.
pub(super) fn value_name(value: &str) -> String {
    if value.is_empty() { "(missing)" } else { value }.to_owned()
}

/// Prints rows with aligned columns; the first row is the heading.
pub(super) fn say_table(out: &OutputArgs, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        out.say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
