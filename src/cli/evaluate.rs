//! `touchstone evaluate`: assess scores against labels.

mod of_task;

use super::kept::Kept;
use super::scored::{
    JudgeArgs, RowArgs, interval_text, locate, number, read_table, say_table, scored_rows, value_name,
};
use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::eval::{Evaluation, Metric, RowMetric, ThresholdRule};
use crate::engine::run::now_ms;
use crate::engine::run::task::Task;

/// Assess scores against labels
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    rows: RowArgs,
    /// Column with the score: higher = more likely positive, or the predicted grade [graded default: score]
    #[arg(long, value_name = "COL", required_unless_present = "task")]
    score: Option<String>,
    /// What the label is: `binary` (0/1), `multiclass` (reads the columns `probability_…` that `predict` writes) or
    /// `graded` (a number)
    #[arg(long, value_name = "TASK", value_parser = parse_task)]
    task: Option<Task>,
    /// Cut-offs of the ranking metrics
    #[arg(long, value_delimiter = ',', default_values_t = [5, 10, 20], value_name = "K,…")]
    k: Vec<usize>,
    #[command(flatten)]
    judge: JudgeArgs,
}

fn parse_task(name: &str) -> Result<Task, String> {
    Task::from_name(name).ok_or_else(|| "expected binary, multiclass or graded".to_owned())
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = args.judge.config(args.k.clone());
    config.validate().map_err(|error| UsageError(error.to_string()))?;
    if let Some(task) = args.task.filter(|task| *task != Task::Binary) {
        return of_task::run(args, task, &config, out);
    }
    let Some(score) = &args.score else {
        return Err(UsageError("name the column with the score: --score COL".to_owned()).into());
    };
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let dataset = read_table(&args.rows.data, &progress)?;
    let rows = scored_rows(&args.rows, std::slice::from_ref(score), &dataset)?;
    let created_ms = now_ms();
    let report = rows
        .evaluate(&config, created_ms, &progress)
        .map_err(|error| locate(error, &dataset, &args.rows.label))?;
    drop(bar);
    if let Some(kept) = kept {
        kept.table_read(&dataset)?;
        kept.evaluation(&report, &rows, &config, created_ms)?;
    }
    for model in &report.models {
        let evaluation = &model.evaluation;
        for warning in &evaluation.warnings {
            print_warning(&warning.en);
        }
        out.write_json(evaluation)?;
        if out.human() {
            print_evaluation(evaluation, out);
        }
    }
    Ok(ExitStatus::Done)
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
            value_name(&segment.value),
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
