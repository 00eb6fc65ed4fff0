//! The multi-class task: which one is it? Labels are any values, one logit a class, a probability for each.
//!
//! Definitions as in scikit-learn 1.x: `accuracy_score`, `f1_score` (macro and weighted, over the classes that occur
//! among truth or answers, 0 where undefined), `log_loss`, `top_k_accuracy_score`, `roc_auc_score` one class against the
//! rest, mean over the classes that have rows of both kinds.

use super::{Label, PredictedColumn, Predictions, TaskRules, binary, plain_label, put};
use crate::engine::run::task::Task;
use crate::engine::train::table::LabelCount;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Classes a run may have at most.
pub const MOST_CLASSES: usize = 1000;
/// Classes named in a sentence.
const NAMED: usize = 5;
const TOP: usize = 3;

#[derive(Clone, Debug)]
pub struct Multiclass {
    classes: Vec<String>,
    places: HashMap<String, usize>,
}

impl Multiclass {
    pub fn new(classes: Vec<String>) -> Self {
        let places = classes.iter().cloned().zip(0..).collect();
        Self { classes, places }
    }

    /// The classes of the training rows: numbers by size, else by name.
    ///
    /// # Errors
    /// What does not suit the task, as the end of a sentence that begins with the column.
    pub fn of_counts(mut counts: Vec<LabelCount>) -> Result<Self, String> {
        if counts.len() < 2 {
            return Err(format!(
                "has {} different values; there must be at least 2 classes",
                counts.len()
            ));
        }
        if counts.len() > MOST_CLASSES {
            return Err(format!(
                "has {} different values, and at most {MOST_CLASSES} classes can be told apart; group them, or choose the graded task if they are numbers with an order",
                counts.len()
            ));
        }
        let lonely: Vec<&LabelCount> = counts.iter().filter(|count| count.rows < 2).collect();
        if let Some(first) = lonely.first() {
            let names: Vec<String> = lonely
                .iter()
                .take(NAMED)
                .map(|count| format!("'{}'", count.label))
                .collect();
            let more = match lonely.len() {
                0..=NAMED => String::new(),
                count => format!(" and {} more", count - NAMED),
            };
            return Err(format!(
                "has classes of one row: {}{more} (the first in line {}); a class needs one row to learn from and one to be judged by, so merge them with others or leave these rows out",
                names.join(", "),
                first.line
            ));
        }
        let number = |count: &LabelCount| count.label.parse::<f64>().ok().filter(|number| number.is_finite());
        let all_numbers = counts.iter().all(|count| number(count).is_some());
        counts.sort_by(|a, b| match (number(a), number(b)) {
            (Some(x), Some(y)) if all_numbers => x.total_cmp(&y),
            _ => a.label.cmp(&b.label),
        });
        Ok(Self::new(counts.into_iter().map(|count| count.label).collect()))
    }
}

/// Name of the column with the probability of a class.
pub fn probability_column(class: &str) -> String {
    format!("probability_{class}")
}

impl TaskRules for Multiclass {
    fn task(&self) -> Task {
        Task::Multiclass
    }

    fn outputs(&self) -> usize {
        self.classes.len()
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn read_label(&self, cell: &str) -> Label {
        let label = plain_label(cell);
        if label.is_empty() {
            return Label::Missing;
        }
        self.places
            .get(label)
            .map_or(Label::Unknown, |&place| Label::Value(place as f32))
    }

    fn metrics(&self, predicted: &Predictions, labels: &[f32], _groups: &[u32]) -> BTreeMap<String, f64> {
        let mut found = BTreeMap::new();
        if predicted.is_empty() || predicted.values.iter().any(|value| !value.is_finite()) {
            return found;
        }
        let truth: Vec<usize> = labels.iter().map(|&label| label as usize).collect();
        let answers: Vec<usize> = (0..predicted.len())
            .map(|row| first_highest(predicted.row(row)))
            .collect();
        let confusion = Confusion::of(self.classes.len(), &truth, &answers, |_| 1.0);
        put(&mut found, "accuracy", confusion.accuracy());
        put(&mut found, "macro_f1", confusion.macro_f1());
        put(&mut found, "weighted_f1", confusion.weighted_f1());
        let loss = log_loss(predicted, &truth);
        put(&mut found, "log_loss", loss);
        put(&mut found, "loss", loss);
        put(&mut found, "top_3_accuracy", top_accuracy(predicted, &truth, TOP));
        put(&mut found, "macro_auc", macro_auc(predicted, &truth));
        found
    }

    fn blind_answer(&self, train: &[f32]) -> Vec<f32> {
        let mut rows = vec![0usize; self.classes.len()];
        train.iter().for_each(|&label| rows[label as usize] += 1);
        rows.iter()
            .map(|&count| count as f32 / train.len().max(1) as f32)
            .collect()
    }

    fn metric_of_one_label(&self) -> &'static str {
        "log_loss"
    }

    fn needs_two_labels(&self, metric: &str) -> bool {
        metric == "macro_auc"
    }

    fn sample(&self, predicted: &[f32], label: f32) -> (f32, Option<[String; 2]>) {
        let truth = label as usize;
        let name = |place: usize| self.classes.get(place).cloned().unwrap_or_default();
        let names = [name(truth), name(first_highest(predicted))];
        (predicted.get(truth).copied().unwrap_or(f32::NAN), Some(names))
    }

    fn head_keys(&self) -> Vec<(&'static str, Value)> {
        let named: Map<String, Value> = (0..)
            .zip(&self.classes)
            .map(|(id, name): (usize, _)| (id.to_string(), json!(name)))
            .collect();
        let ids: Map<String, Value> = (0..)
            .zip(&self.classes)
            .map(|(id, name): (usize, _)| (name.clone(), json!(id)))
            .collect();
        vec![
            ("num_labels", json!(self.classes.len())),
            ("id2label", Value::Object(named)),
            ("label2id", Value::Object(ids)),
            ("problem_type", json!("single_label_classification")),
        ]
    }

    fn columns(&self, predicted: &Predictions) -> Vec<PredictedColumn> {
        let answers = (0..predicted.len()).map(|row| self.classes[first_highest(predicted.row(row))].clone());
        let mut columns = vec![PredictedColumn::texts("predicted", answers.collect())];
        columns.extend(self.classes.iter().enumerate().map(|(class, name)| {
            let values = (0..predicted.len()).map(|row| predicted.row(row)[class]).collect();
            PredictedColumn::numbers(probability_column(name), values)
        }));
        columns
    }

    fn describe(&self, labels: &[f32]) -> String {
        let mut rows = vec![0usize; self.classes.len()];
        labels.iter().for_each(|&label| rows[label as usize] += 1);
        let (least, most) = (rows.iter().min(), rows.iter().max());
        format!(
            "{} classes of {} to {} rows",
            self.classes.len(),
            least.unwrap_or(&0),
            most.unwrap_or(&0)
        )
    }

    fn answer(&self, label: &str) -> [String; 2] {
        let count = self.classes.len();
        [
            format!("the probability of each of the {count} classes of `{label}`"),
            format!("预测 `{label}` 的 {count} 个类别各自的概率"),
        ]
    }
}

/// The place of the highest value, the first of equal ones.
pub fn first_highest(values: &[f32]) -> usize {
    let higher = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (1..values.len()).fold(0, higher)
}

/// Rows by true class and answered class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    pub classes: usize,
    /// Row-major: true class, then answered class; weights where rows have some.
    pub rows: Vec<f64>,
}

/// Precision, recall and F1 of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// Rows of the class.
    pub support: f64,
    /// Rows taken for the class.
    pub answered: f64,
    /// `None` where no row was taken for it.
    pub precision: Option<f64>,
    /// `None` where no row is of it.
    pub recall: Option<f64>,
    /// `None` where neither is; 0 where the other is and none of it is right.
    pub f1: Option<f64>,
}

impl Confusion {
    pub fn of(classes: usize, truth: &[usize], answers: &[usize], weight: impl Fn(usize) -> f64) -> Self {
        let mut rows = vec![0.0; classes * classes];
        for (row, (&truth, &answer)) in truth.iter().zip(answers).enumerate() {
            rows[truth * classes + answer] += weight(row);
        }
        Self { classes, rows }
    }

    pub fn at(&self, truth: usize, answer: usize) -> f64 {
        self.rows[truth * self.classes + answer]
    }

    fn total(&self) -> f64 {
        self.rows.iter().sum()
    }

    pub fn accuracy(&self) -> Option<f64> {
        let right: f64 = (0..self.classes).map(|class| self.at(class, class)).sum();
        let total = self.total();
        (total > 0.0).then(|| right / total)
    }

    pub fn class(&self, class: usize) -> ClassMetrics {
        let support: f64 = (0..self.classes).map(|answer| self.at(class, answer)).sum();
        let answered: f64 = (0..self.classes).map(|truth| self.at(truth, class)).sum();
        let right = self.at(class, class);
        let share = |of: f64| (of > 0.0).then(|| right / of);
        ClassMetrics {
            support,
            answered,
            precision: share(answered),
            recall: share(support),
            f1: share((support + answered) / 2.0),
        }
    }

    /// Mean over the classes that occur.
    pub fn macro_f1(&self) -> Option<f64> {
        let scores: Vec<f64> = (0..self.classes).filter_map(|class| self.class(class).f1).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// Mean weighted by the rows of the classes.
    pub fn weighted_f1(&self) -> Option<f64> {
        let total = self.total();
        let sum = |class: usize| {
            let of = self.class(class);
            of.support * of.f1.unwrap_or(0.0)
        };
        (total > 0.0).then(|| (0..self.classes).map(sum).sum::<f64>() / total)
    }
}

/// Mean −ln p of the true class; p is kept 2^-24 away from 0, the resolution of `f32` beside 1.
pub fn log_loss(predicted: &Predictions, truth: &[usize]) -> Option<f64> {
    let eps = 2f64.powi(-24);
    let cost = |(row, &class): (usize, &usize)| -f64::from(predicted.row(row)[class]).clamp(eps, 1.0).ln();
    let sum: f64 = truth.iter().enumerate().map(cost).sum();
    (!truth.is_empty()).then(|| sum / truth.len() as f64)
}

/// Share of rows whose class is among the `k` most probable; of equal ones the later class comes first, as in
/// scikit-learn. `None` where there are no more than `k` classes: every answer would be right.
pub fn top_accuracy(predicted: &Predictions, truth: &[usize], k: usize) -> Option<f64> {
    if predicted.width <= k || truth.is_empty() {
        return None;
    }
    let hits = (0..truth.len()).filter(|&row| in_top(predicted.row(row), truth[row], k));
    let hits = hits.count();
    Some(hits as f64 / truth.len() as f64)
}

pub fn in_top(values: &[f32], class: usize, k: usize) -> bool {
    let own = values[class];
    let before = |&at: &usize| values[at] > own || (values[at] == own && at > class);
    (0..values.len()).filter(before).count() < k
}

/// Area under the ROC curve of each class against the rest; `None` where a class has no rows or all of them.
pub fn class_aucs(predicted: &Predictions, truth: &[usize]) -> Vec<Option<f64>> {
    let of = |class: usize| {
        let scores: Vec<f32> = (0..predicted.len()).map(|row| predicted.row(row)[class]).collect();
        binary::ranking(&scores, |row| truth[row] == class).map(|(auc, _)| auc)
    };
    (0..predicted.width).into_par_iter().map(of).collect()
}

pub fn macro_auc(predicted: &Predictions, truth: &[usize]) -> Option<f64> {
    let known: Vec<f64> = class_aucs(predicted, truth).into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

#[cfg(test)]
#[path = "multiclass_tests.rs"]
mod tests;
