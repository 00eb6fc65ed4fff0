//! Evaluations of the tasks whose label is no 0 or 1: classes and grades.
//!
//! In: what a model says of rows beside their labels. Out: `TaskEvaluation`. The metrics are those of `train::tasks`,
//! here with intervals (BCa bootstrap; whole ranked lists are drawn where there are at least 30). Invariant: as
//! elsewhere, an undefined number is `None` with a reason.

mod classes;
mod grades;
mod scored;
mod words;

use super::evaluation::{IntervalMethod, RowUse};
use super::input::{EvalConfig, EvalError};
use super::interval::{NoInterval, Replicates};
use super::units::Units;
use crate::engine::artifact::{Bilingual, Provenance};
use crate::engine::progress::Progress;
use crate::engine::run::task::Task;
use crate::engine::train::tasks::{Confusion, Predictions};
use serde::{Deserialize, Serialize};

pub use classes::ClassEvaluation;
pub use grades::GradeEvaluation;
pub use scored::{ScoredTask, TaskColumns};
pub use words::{metric_definition, metric_label};

/// Labelled rows with what one model says of them.
#[derive(Clone, Debug)]
pub struct TaskRows<'a> {
    pub task: Task,
    /// Of a multi-class task, in the order of the probabilities.
    pub classes: &'a [String],
    /// The place of the class, or the grade.
    pub labels: &'a [f32],
    pub predicted: &'a Predictions,
    /// Number of the ranked list of each row; empty where there are none.
    pub groups: &'a [u32],
    /// Rows of the table, with those left out for want of a label.
    pub total: usize,
}

/// A metric with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskMetric {
    pub name: String,
    pub value: Option<f64>,
    pub interval: Option<[f64; 2]>,
    /// Why there is no value, or no interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Bilingual>,
}

/// The assessment of one model of classes or grades on one test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskEvaluation {
    pub task: Task,
    pub n: u64,
    pub rows: RowUse,
    pub metrics: Vec<TaskMetric>,
    pub interval_method: Option<IntervalMethod>,
    /// In the order of the classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassEvaluation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<Confusion>,
    /// What the model says of the rows of each grade, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<GradeEvaluation>,
    /// Ranked lists the rank metrics are means over.
    #[serde(default)]
    pub lists: Option<u64>,
    pub warnings: Vec<Bilingual>,
    pub config: EvalConfig,
}

impl TaskEvaluation {
    pub fn metric(&self, name: &str) -> Option<&TaskMetric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    pub fn value(&self, name: &str) -> Option<f64> {
        self.metric(name)?.value
    }
}

/// One model's evaluation under its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskModel {
    pub model_name: String,
    pub is_baseline: bool,
    /// How its answers came about, in one sentence.
    pub description: Bilingual,
    pub evaluation: TaskEvaluation,
    pub provenance: Provenance,
}

/// Assesses one model of classes or grades.
///
/// # Errors
/// No rows, a setting that cannot be followed, a binary task, or cancelled.
pub fn evaluate_task(
    rows: &TaskRows<'_>,
    config: &EvalConfig,
    progress: &Progress,
) -> Result<TaskEvaluation, EvalError> {
    config.validate()?;
    if rows.labels.is_empty() {
        return Err(EvalError::NoRows { total: rows.total });
    }
    if rows.predicted.len() != rows.labels.len() {
        return Err(EvalError::LengthMismatch {
            what: "the predictions".to_owned(),
            expected: rows.labels.len(),
            found: rows.predicted.len(),
        });
    }
    progress.phase("resampling", "重抽样");
    match rows.task {
        Task::Multiclass => classes::evaluate(rows, config, progress),
        Task::Graded => grades::evaluate(rows, config, progress),
        Task::Binary => Err(EvalError::BadSetting {
            what: "a label of 0 and 1 is assessed by its scores".to_owned(),
        }),
    }
}

/// An evaluation without its metrics.
fn empty(rows: &TaskRows<'_>, config: &EvalConfig) -> TaskEvaluation {
    let n = rows.labels.len();
    TaskEvaluation {
        task: rows.task,
        n: n as u64,
        rows: RowUse {
            total: rows.total as u64,
            used: n as u64,
            missing_label: (rows.total - n) as u64,
            missing_score: 0,
        },
        metrics: Vec::new(),
        interval_method: None,
        classes: Vec::new(),
        confusion: None,
        grades: Vec::new(),
        lists: None,
        warnings: Vec::new(),
        config: config.clone(),
    }
}

/// What resamples draw: rows, or ranked lists.
fn units(rows: &TaskRows<'_>, config: &EvalConfig) -> Units {
    let codes = (!rows.groups.is_empty()).then_some(rows.groups);
    Units::new(config.resample, codes, rows.labels.len())
}

/// How often a resample drew each row.
fn row_weights<'a>(units: &'a Units, weights: &'a [u32]) -> impl Fn(usize) -> f64 + 'a {
    move |row| match &units.of_row {
        None => f64::from(weights[row]),
        Some(of_row) => f64::from(weights[of_row[row] as usize]),
    }
}

fn method(replicates: &Replicates, units: &Units, config: &EvalConfig) -> Option<IntervalMethod> {
    (!replicates.is_empty()).then(|| IntervalMethod {
        level: 1.0 - config.alpha,
        resamples: config.bootstrap as u64,
        unit: if units.are_groups() { "group" } else { "row" }.to_owned(),
        num_units: units.count as u64,
        seed: config.seed,
    })
}

/// The interval of a statistic of the resamples.
fn interval_of(replicates: &Replicates, at: usize, point: f64, alpha: f64) -> Result<[f64; 2], NoInterval> {
    if replicates.is_empty() {
        return Err(NoInterval::NotAsked);
    }
    replicates.column(at).bca(point, alpha)
}

fn metric(name: &str, point: f64, interval: Result<[f64; 2], NoInterval>, why: Bilingual) -> TaskMetric {
    let value = point.is_finite().then_some(point);
    let (interval, undefined) = match (value, interval) {
        (None, _) => (None, Some(why)),
        (Some(_), Ok(interval)) => (Some(interval), None),
        (Some(_), Err(none)) => (None, Some(none.reason())),
    };
    TaskMetric {
        name: name.to_owned(),
        value,
        interval,
        undefined,
    }
}

#[cfg(test)]
mod tests;
