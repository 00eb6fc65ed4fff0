//! `touchstone evaluate`: assess scores against labels.

use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::artifact::ContentHash;
use crate::engine::eval::columns::{categories, numbers, segments};
use crate::engine::eval::{
    EvalConfig, EvalError, EvalInput, Evaluation, MapDenominator, Metric, ResampleUnit, RowMetric, ThresholdRule,
    evaluate,
};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Assess scores against labels
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Table with one row a scored example (.csv, .tsv, .csv.gz, .csv.zst, .parquet); repeat for several files
    #[arg(long, required = true, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Column with the truth: 0/1 or true/false
    #[arg(long, value_name = "COL")]
    label: String,
    /// Column with the score, higher = more likely positive
    #[arg(long, value_name = "COL")]
    score: String,
    /// Column whose values form the ranked lists (query, user, session)
    #[arg(long, value_name = "COL")]
    group: Option<String>,
    /// Column whose values are also judged one by one; repeat for several
    #[arg(long, value_name = "COL")]
    segment: Vec<String>,
    /// Cut-offs of the ranking metrics
    #[arg(long, value_delimiter = ',', default_values_t = [5, 10, 20], value_name = "K,…")]
    k: Vec<usize>,
    #[command(flatten)]
    shared: Shared,
}

/// What `evaluate` and `compare` have in common.
#[derive(Debug, clap::Args)]
pub(super) struct Shared {
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

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = EvalConfig {
        k: args.k.clone(),
        bootstrap: args.shared.bootstrap,
        seed: args.shared.seed,
        threshold: args.shared.threshold,
        alpha: args.shared.alpha,
        ece_bins: args.shared.ece_bins,
        map_denominator: args.shared.map_denominator.into(),
        resample: args.shared.resample.into(),
    };
    config.validate().map_err(|error| UsageError(error.to_string()))?;
    let (progress, bar) = out.progress();
    let dataset = read_table(&args.data, &progress)?;
    let labels = numbers(&dataset.frame, &args.label)?;
    let scores = numbers(&dataset.frame, &args.score)?;
    let group = args
        .group
        .as_ref()
        .map(|name| categories(&dataset.frame, name))
        .transpose()?;
    let segments = read_segments(&dataset, &args.segment)?;
    let input = EvalInput {
        labels: &labels,
        scores: &scores,
        groups: group.as_ref().map(|group| group.codes()),
        segments: segments.iter().map(|segment| segment.segment()).collect(),
    };
    let evaluation = evaluate(&input, &config, &progress).map_err(|error| locate(error, &dataset, &args.label))?;
    drop(bar);
    for warning in &evaluation.warnings {
        print_warning(&warning.en);
    }
    out.write_json(&evaluation)?;
    if out.human() {
        print_evaluation(&evaluation, out);
    }
    if let Some(folder) = &out.project {
        let name = format!("{} · {}", args.score, dataset.info.name);
        record(folder, ArtefactKind::Evaluation, name, &evaluation, &dataset)?;
    }
    Ok(ExitStatus::Done)
}

/// Reads the scored table. Its event time and roles do not matter here.
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

pub(super) fn read_segments(
    dataset: &Dataset,
    names: &[String],
) -> anyhow::Result<Vec<crate::engine::eval::columns::CodedColumn>> {
    let columns = names.iter().map(|name| segments(&dataset.frame, name));
    Ok(columns.collect::<Result<_, _>>()?)
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
    let line = dataset.lines.get(row).copied().unwrap_or_default();
    let column = match error {
        EvalError::LabelNotBinary { .. } => format!(", column `{label}`"),
        _ => String::new(),
    };
    anyhow::Error::new(error).context(format!("{}, line {line}{column}", file.unwrap_or_default()))
}

/// Records the result in a project, with the data as its parent.
pub(super) fn record<T: serde::Serialize>(
    folder: &Path,
    kind: ArtefactKind,
    name: String,
    result: &T,
    dataset: &Dataset,
) -> anyhow::Result<()> {
    let project = Project::open(folder)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut artefact = ArtefactRecord::new(kind, ContentHash::of_json(result), name, now.as_millis() as u64);
    artefact.content = serde_json::to_value(result).context("cannot store the result")?;
    artefact.inputs = vec![dataset.info.hash.clone()];
    project.record(&artefact)?;
    Ok(())
}

fn print_evaluation(found: &Evaluation, out: &OutputArgs) {
    out.say(&format!(
        "{} rows, {} positive ({:.1} %)",
        found.n,
        found.positives,
        found.positive_rate() * 100.0
    ));
    let level = found.interval_method.as_ref().map_or(0.95, |method| method.level) * 100.0;
    let mut rows = vec![vec![
        "metric".to_owned(),
        "value".to_owned(),
        format!("{level:.0} % interval"),
    ]];
    let ranking = crate::engine::eval::RankingMetric::family(&found.config.k)
        .into_iter()
        .map(Metric::Ranking);
    let metrics = RowMetric::ALL
        .into_iter()
        .map(Metric::Row)
        .chain(ranking.filter(|_| found.groups.is_some()));
    for metric in metrics {
        rows.push(vec![
            metric.name(),
            value_text(found, metric),
            interval_text(found.interval(metric)),
        ]);
    }
    say_table(out, &rows);
    if let (Some(threshold), Some(confusion)) = (found.threshold, found.confusion) {
        let rule = match found.threshold_rule {
            ThresholdRule::BestF1 => "best F1 on these rows",
            ThresholdRule::Given | ThresholdRule::None => "given",
        };
        out.say(&format!(
            "\nat threshold {threshold} ({rule}): true positives {}, false positives {}, false negatives {}, true negatives {}",
            confusion.true_positives, confusion.false_positives, confusion.false_negatives, confusion.true_negatives
        ));
    }
    if !found.segments.is_empty() {
        out.say("");
        print_segments(found, out);
    }
}

fn print_segments(found: &Evaluation, out: &OutputArgs) {
    let heading = [
        "segment",
        "value",
        "rows",
        "positive rate",
        "AUC",
        "interval",
        "average precision",
        "F1",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for segment in &found.segments {
        rows.push(vec![
            segment.column.clone(),
            if segment.value.is_empty() {
                "(missing)".to_owned()
            } else {
                segment.value.clone()
            },
            segment.n.to_string(),
            number(Some(segment.positive_rate)),
            number(segment.auc),
            interval_text(segment.auc_interval),
            number(segment.average_precision),
            number(segment.f1),
        ]);
    }
    say_table(out, &rows);
}

fn value_text(found: &Evaluation, metric: Metric) -> String {
    match found.value(metric) {
        Some(value) => number(Some(value)),
        None => {
            let why = found
                .undefined
                .get(&metric.name())
                .map_or("", |reason| reason.en.as_str());
            format!("undefined: {why}")
        }
    }
}

/// Four decimals, or a dash where there is no number.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

pub(super) fn interval_text(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| "-".to_owned(), |[lower, upper]| format!("{lower:.4} to {upper:.4}"))
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
