//! `touchstone evaluate --task`: answers of classes or grades against labels.

use super::super::kept::Kept;
use super::super::scored::{interval_text, number, say_table};
use super::super::{ExitStatus, OutputArgs, UsageError, print_warning};
use super::Args;
use crate::engine::artifact::{Bilingual, ColumnType, ContentHash, Provenance};
use crate::engine::eval::suite::ScoredRows;
use crate::engine::eval::tasks::{ScoredTask, TaskColumns, TaskEvaluation, TaskModel, evaluate_task};
use crate::engine::eval::{EvalConfig, EvaluationReport};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::run::now_ms;
use crate::engine::run::task::Task;

/// Classes up to which the whole matrix is printed.
const MOST_PRINTED: usize = 12;

pub(super) fn run(args: &Args, task: Task, config: &EvalConfig, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    if !args.rows.segment.is_empty() {
        return Err(UsageError("--segment needs a label of 0 and 1; leave it out for this task".to_owned()).into());
    }
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    // A class is what is written, `007` and not 7.
    let options = ReadOptions {
        types: [(args.rows.label.clone(), ColumnType::Text)].into(),
        ..ReadOptions::default()
    };
    let dataset = read_log(&args.rows.data, &options, &progress)?;
    let columns = TaskColumns {
        task,
        label: &args.rows.label,
        score: args.score.as_deref().unwrap_or("score"),
        group: args.rows.group.as_deref(),
    };
    let scored = ScoredTask::of(&dataset, &args.rows.data[0], &columns)?;
    let found = evaluate_task(&scored.rows(), config, &progress)?;
    drop(bar);
    for note in &scored.notes {
        print_warning(note);
    }
    for warning in &found.warnings {
        print_warning(&warning.en);
    }
    if let Some(kept) = kept {
        kept.table_read(&dataset)?;
        let created_ms = now_ms();
        let rows = ScoredRows {
            data_name: dataset.info.name.clone(),
            data: dataset.info.hash.clone(),
            ..ScoredRows::default()
        };
        let inputs = vec![rows.data.clone()];
        let model = TaskModel {
            model_name: dataset.info.name.clone(),
            is_baseline: false,
            description: Bilingual::new(
                format!("answers in {}", dataset.info.name),
                format!("{} 中的答案", dataset.info.name),
            ),
            evaluation: found.clone(),
            provenance: Provenance::new(created_ms, inputs, ContentHash::of_json(config), Some(config.seed)),
        };
        let report = EvaluationReport {
            data_name: rows.data_name.clone(),
            models: Vec::new(),
            of_task: vec![model],
            elapsed_ms: 0,
        };
        kept.evaluation(&report, &rows, config, created_ms)?;
    }
    out.write_json(&found)?;
    if out.human() {
        print(&found, out);
    }
    Ok(ExitStatus::Done)
}

fn print(found: &TaskEvaluation, out: &OutputArgs) {
    let lists = found
        .lists
        .map_or_else(String::new, |lists| format!(" in {lists} lists"));
    out.say(&format!("{} rows of {} assessed{lists}", found.n, found.rows.total));
    let level = found.interval_method.as_ref().map_or(0.95, |method| method.level) * 100.0;
    let interval = format!("{level:.0} % interval");
    let mut rows = vec![vec!["metric".to_owned(), "value".to_owned(), interval.clone()]];
    for metric in &found.metrics {
        let why = metric.undefined.as_ref().map_or("", |why| why.en.as_str());
        let value = match metric.value {
            Some(value) => number(Some(value)),
            None => format!("undefined: {why}"),
        };
        rows.push(vec![metric.name.clone(), value, interval_text(metric.interval)]);
    }
    say_table(out, &rows);
    if !found.classes.is_empty() {
        print_classes(found, &interval, out);
    }
    if !found.grades.is_empty() {
        let heading = ["grade", "rows", "mean score", "10 %", "median", "90 %"];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        for grade in &found.grades {
            let mut row = vec![
                grade.grade.to_string(),
                grade.rows.to_string(),
                number(Some(grade.mean_score)),
            ];
            row.extend(grade.quantiles.map(|value| number(Some(value))));
            rows.push(row);
        }
        out.say("");
        say_table(out, &rows);
    }
}

fn print_classes(found: &TaskEvaluation, interval: &str, out: &OutputArgs) {
    let heading = [
        "class",
        "rows",
        "precision",
        interval,
        "recall",
        interval,
        "F1",
        interval,
        "AUC",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for class in &found.classes {
        rows.push(vec![
            class.name.clone(),
            class.support.to_string(),
            number(class.precision),
            interval_text(class.precision_interval),
            number(class.recall),
            interval_text(class.recall_interval),
            number(class.f1),
            interval_text(class.f1_interval),
            number(class.auc),
        ]);
    }
    out.say("");
    say_table(out, &rows);
    let Some(confusion) = found.confusion.as_ref().filter(|matrix| matrix.classes <= MOST_PRINTED) else {
        return;
    };
    let mut rows = vec![vec!["is \\ taken for".to_owned()]];
    rows[0].extend(found.classes.iter().map(|class| class.name.clone()));
    for (truth, class) in found.classes.iter().enumerate() {
        let mut row = vec![class.name.clone()];
        row.extend((0..confusion.classes).map(|answer| confusion.at(truth, answer).to_string()));
        rows.push(row);
    }
    out.say("");
    say_table(out, &rows);
}
