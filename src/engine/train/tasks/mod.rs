//! The tasks a model is tuned for, one file each: how labels are read, how many logits a row has, the metrics, what a
//! scored table and an exported `config.json` say.
//!
//! A new task is a file here, a name in `run::task` and a loss in `backend::loss`. Invariant: nothing in here names
//! tensors; labels are numbers (0 or 1, the place of the class, the grade), an undefined metric is absent.

pub(super) mod binary;
mod graded;
mod multiclass;

pub use binary::Binary;
pub use graded::{Graded, GradedMetric, rank_metrics};
pub use multiclass::{
    ClassMetrics, Confusion, MOST_CLASSES, Multiclass, class_aucs, first_highest, in_top, probability_column,
};

use super::TrainError;
use super::data::as_bits;
use super::table::{Table, label_counts};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::task::Task;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;

/// A label cell as a task reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    Value(f32),
    Missing,
    /// A class that no training row has.
    Unknown,
    Bad {
        expected: &'static str,
    },
}

/// What a model says of rows, row-major.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Numbers a row: 1 for a probability or a grade, else one a class.
    pub width: usize,
    #[serde(with = "as_bits")]
    pub values: Vec<f32>,
}

impl Predictions {
    pub fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }
}

/// A column that scoring adds to a table.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedColumn {
    pub name: String,
    pub cells: PredictedCells,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PredictedCells {
    Numbers(Vec<f32>),
    Texts(Vec<String>),
}

impl PredictedColumn {
    pub fn numbers(name: impl Into<String>, values: Vec<f32>) -> Self {
        Self {
            name: name.into(),
            cells: PredictedCells::Numbers(values),
        }
    }

    pub fn texts(name: impl Into<String>, values: Vec<String>) -> Self {
        Self {
            name: name.into(),
            cells: PredictedCells::Texts(values),
        }
    }
}

/// A task with what it knows of its labels.
pub trait TaskRules: Debug + Send + Sync {
    fn task(&self) -> Task;

    /// Logits a row.
    fn outputs(&self) -> usize;

    /// Names of the classes in the order of the logits; empty where the label is no class.
    fn classes(&self) -> &[String] {
        &[]
    }

    fn read_label(&self, cell: &str) -> Label;

    /// What the classifier's bias begins with: a number far from 0 would take many steps to reach.
    fn first_bias(&self, _train: &[f32]) -> Option<f32> {
        None
    }

    /// All metrics that are defined; `groups` numbers the ranked lists, empty where there are none.
    fn metrics(&self, predicted: &Predictions, labels: &[f32], groups: &[u32]) -> BTreeMap<String, f64>;

    /// The metric to choose by in place of one that is undefined where all validation rows have one label.
    fn metric_of_one_label(&self) -> &'static str;

    /// Whether a metric is undefined where all rows have one label.
    fn needs_two_labels(&self, metric: &str) -> bool;

    /// Why these validation rows hardly tell which step ranks best.
    fn caution(&self, _valid: &[f32]) -> Option<String> {
        None
    }

    /// The best answer that reads nothing of a row: shares of the classes, or the mean, of the training rows.
    fn blind_answer(&self, train: &[f32]) -> Vec<f32> {
        vec![train.iter().sum::<f32>() / train.len().max(1) as f32]
    }

    /// What a row shown during the training says: a number, and for classes the names of truth and answer.
    fn sample(&self, predicted: &[f32], _label: f32) -> (f32, Option<[String; 2]>) {
        (predicted.first().copied().unwrap_or(f32::NAN), None)
    }

    /// The keys of `config.json` that describe the classifier.
    fn head_keys(&self) -> Vec<(&'static str, Value)>;

    fn columns(&self, predicted: &Predictions) -> Vec<PredictedColumn>;

    /// What some labels are, in a few words.
    fn describe(&self, labels: &[f32]) -> String;

    /// What the model gives, for its card; in English and Chinese.
    fn answer(&self, label: &str) -> [String; 2];
}

/// The rules of a task whose classes, if it has any, are known.
pub fn of(task: Task, classes: &[String]) -> Box<dyn TaskRules> {
    match task {
        Task::Binary => Box::new(binary::Binary),
        Task::Multiclass => Box::new(Multiclass::new(classes.to_vec())),
        Task::Graded => Box::new(Graded),
    }
}

/// The rules of a run, from the labels of its training table.
pub fn of_table(config: &TrainConfig, table: &Table) -> Result<Box<dyn TaskRules>, TrainError> {
    let (path, label): (&Path, &str) = (&config.data.train, &config.data.label);
    match config.task {
        Task::Multiclass => {
            let counts = label_counts(table, path, label)?;
            let found = Multiclass::of_counts(counts).map_err(|reason| TrainError::Labels {
                path: path.to_owned(),
                column: label.to_owned(),
                reason,
            })?;
            Ok(Box::new(found))
        }
        task => Ok(of(task, &[])),
    }
}

/// Is there anything to learn, and anything to judge it by?
pub fn check_labels(train: &[f32], valid: &[f32]) -> Result<(), TrainError> {
    if train.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(TrainError::TooFewRows {
            what: format!(
                "all {} training rows have the same label, so there is nothing to learn",
                train.len()
            ),
        });
    }
    if valid.is_empty() {
        return Err(TrainError::TooFewRows {
            what: "there are no validation rows".to_owned(),
        });
    }
    Ok(())
}

/// A label without the spaces around it, and a whole number without the `.0` that some programs write.
pub fn plain_label(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_suffix(".0") {
        Some(whole) if whole.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) && !whole.is_empty() => {
            whole
        }
        _ => cell,
    }
}

/// For each class: rows / (classes · rows of the class), 1 where it has none (scikit-learn's `balanced`).
pub fn balanced_weights(labels: &[f32], classes: usize) -> Vec<f32> {
    let mut rows = vec![0usize; classes];
    labels.iter().for_each(|&label| rows[label as usize] += 1);
    let weight = |&count: &usize| match count {
        0 => 1.0,
        count => (labels.len() as f64 / (classes as f64 * count as f64)) as f32,
    };
    rows.iter().map(weight).collect()
}

/// Puts a metric in if it is defined.
fn put(found: &mut BTreeMap<String, f64>, name: &str, value: Option<f64>) {
    if let Some(value) = value.filter(|value| value.is_finite()) {
        found.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_by_their_task() {
        let classes = ["2".to_owned(), "dress".to_owned()];
        let cases = [
            (Task::Binary, "true", Label::Value(1.0)),
            (Task::Binary, " 0.0 ", Label::Value(0.0)),
            (Task::Binary, "2", Label::Bad { expected: "0 or 1" }),
            (Task::Multiclass, " dress", Label::Value(1.0)),
            (Task::Multiclass, "2.0", Label::Value(0.0)),
            (Task::Multiclass, "coat", Label::Unknown),
            (Task::Graded, "3.5", Label::Value(3.5)),
            (Task::Graded, "good", Label::Bad { expected: "a number" }),
            (Task::Graded, "inf", Label::Bad { expected: "a number" }),
        ];
        for (task, cell, expected) in cases {
            assert_eq!(of(task, &classes).read_label(cell), expected, "{task:?} {cell}");
        }
        for task in Task::ALL {
            let rules = of(task, &classes);
            assert_eq!((rules.task(), rules.read_label(" ")), (task, Label::Missing));
            let fallback = rules.metric_of_one_label();
            assert!(task.metrics().contains(&fallback) && !rules.needs_two_labels(fallback));
            assert!(!rules.needs_two_labels("loss"));
        }
        for (cell, plain) in [
            ("1.0", "1"),
            ("-3.0", "-3"),
            (".0", ".0"),
            ("v1.0", "v1.0"),
            ("1.50", "1.50"),
        ] {
            assert_eq!(plain_label(cell), plain);
        }
    }

    #[test]
    fn rare_classes_weigh_more() {
        // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 1, 1, 2])
        let weights = balanced_weights(&[0.0, 0.0, 0.0, 1.0, 1.0, 2.0], 3);
        for (found, expected) in weights.iter().zip([2.0 / 3.0, 1.0, 2.0]) {
            assert!((found - expected).abs() < 1e-6, "{weights:?}");
        }
        assert_eq!(balanced_weights(&[0.0, 0.0], 2), [0.5, 1.0]);
        assert!(check_labels(&[1.0, 1.0], &[0.0]).is_err() && check_labels(&[1.0, 2.0], &[]).is_err());
    }
}
