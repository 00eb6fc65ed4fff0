//! Classes: accuracy, F1, log loss and AUC over all of them, the confusion matrix, and each class by itself.

use super::super::input::{EvalConfig, EvalError};
use super::super::interval::{NoInterval, Plan, Replicates};
use super::{TaskEvaluation, TaskMetric, TaskRows, empty, interval_of, method, metric, row_weights, units};
use crate::engine::artifact::Bilingual;
use crate::engine::progress::Progress;
use crate::engine::train::tasks::{ClassMetrics, Confusion, Predictions, class_aucs, first_highest, in_top};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

const STREAM: u64 = 11;
/// Sorted scores a resample may go through; beyond, the AUC of the classes has no interval.
const MOST_SCORES: usize = 4_000_000;
/// Rows of a class below which its figures say little.
const FEW_ROWS: f64 = 10.0;
const TOP: usize = 3;

/// Places of the statistics of a resample; those of the classes follow, three each.
const NAMES: [&str; 6] = [
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "log_loss",
    "top_3_accuracy",
    "macro_auc",
];
const MACRO_AUC: usize = 5;

/// One class against the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassEvaluation {
    pub name: String,
    /// Rows of the class.
    pub support: u64,
    /// Rows taken for it.
    pub answered: u64,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    /// Against all other classes.
    pub auc: Option<f64>,
    pub precision_interval: Option<[f64; 2]>,
    pub recall_interval: Option<[f64; 2]>,
    pub f1_interval: Option<[f64; 2]>,
}

/// What a resample is computed from, row by row.
struct Facts {
    classes: usize,
    truth: Vec<usize>,
    answers: Vec<usize>,
    costs: Vec<f64>,
    in_top: Vec<bool>,
    /// Rows by falling probability of each class; empty where that would take too long.
    orders: Vec<Vec<u32>>,
}

pub(super) fn evaluate(
    rows: &TaskRows<'_>,
    config: &EvalConfig,
    progress: &Progress,
) -> Result<TaskEvaluation, EvalError> {
    let predicted = rows.predicted;
    let facts = Facts::of(rows);
    let units = units(rows, config);
    let plan = Plan {
        resamples: config.bootstrap,
        seed: config.seed,
        stream: STREAM,
        progress: (0.1, 0.95),
    };
    let replicates = Replicates::run(units.count, plan, progress, |weights, (): &mut ()| {
        facts.statistics(predicted, &row_weights(&units, weights))
    })?;
    let point = facts.statistics(predicted, &|_| 1.0);
    let interval = |at: usize| match facts.orders.is_empty() && at == MACRO_AUC {
        true => Err(NoInterval::NotAsked),
        false => interval_of(&replicates, at, point[at], config.alpha),
    };
    let aucs = class_aucs(predicted, &facts.truth);
    let mut metrics: Vec<TaskMetric> = Vec::new();
    for (at, name) in NAMES.into_iter().enumerate() {
        let value = if at == MACRO_AUC {
            mean(aucs.iter().copied().flatten())
        } else {
            point[at]
        };
        metrics.push(metric(name, value, interval(at), why(name)));
    }
    let confusion = Confusion::of(facts.classes, &facts.truth, &facts.answers, |_| 1.0);
    let class = |(place, name): (usize, &String)| {
        let ClassMetrics {
            support,
            answered,
            precision,
            recall,
            f1,
        } = confusion.class(place);
        let at = NAMES.len() + 3 * place;
        ClassEvaluation {
            name: name.clone(),
            support: support as u64,
            answered: answered as u64,
            precision,
            recall,
            f1,
            auc: aucs[place],
            precision_interval: precision.and_then(|_| interval(at).ok()),
            recall_interval: recall.and_then(|_| interval(at + 1).ok()),
            f1_interval: f1.and_then(|_| interval(at + 2).ok()),
        }
    };
    let classes = rows.classes.iter().enumerate().map(class).collect();
    let mut found = TaskEvaluation {
        metrics,
        interval_method: method(&replicates, &units, config),
        classes,
        confusion: Some(confusion),
        ..empty(rows, config)
    };
    found.warnings = warnings(&found);
    progress.set(1.0);
    Ok(found)
}

impl Facts {
    fn of(rows: &TaskRows<'_>) -> Self {
        let predicted = rows.predicted;
        let truth: Vec<usize> = rows.labels.iter().map(|&label| label as usize).collect();
        let eps = 2f64.powi(-24);
        let all = 0..truth.len();
        let classes = rows.classes.len();
        let is_small = classes * truth.len() <= MOST_SCORES;
        let order = |class: usize| {
            let mut order: Vec<u32> = (0..u32::try_from(truth.len()).unwrap_or(u32::MAX)).collect();
            let value = |row: u32| predicted.row(row as usize)[class];
            order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
            order
        };
        Self {
            classes,
            answers: all.clone().map(|row| first_highest(predicted.row(row))).collect(),
            costs: all
                .clone()
                .map(|row| -f64::from(predicted.row(row)[truth[row]]).clamp(eps, 1.0).ln())
                .collect(),
            in_top: all.map(|row| in_top(predicted.row(row), truth[row], TOP)).collect(),
            orders: match is_small {
                true => (0..classes).into_par_iter().map(order).collect(),
                false => Vec::new(),
            },
            truth,
        }
    }

    /// All statistics with these weights of the rows; NaN where undefined.
    fn statistics(&self, predicted: &Predictions, weight: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let mut counts = vec![[0f64; 3]; self.classes];
        let (mut total, mut cost, mut top) = (0.0, 0.0, 0.0);
        for row in 0..self.truth.len() {
            let weight = weight(row);
            let (truth, answer) = (self.truth[row], self.answers[row]);
            counts[truth][0] += weight;
            counts[answer][1] += weight;
            counts[truth][2] += if truth == answer { weight } else { 0.0 };
            total += weight;
            cost += weight * self.costs[row];
            top += if self.in_top[row] { weight } else { 0.0 };
        }
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { f64::NAN };
        let f1 = |[support, answered, right]: [f64; 3]| share(2.0 * right, support + answered);
        let right: f64 = counts.iter().map(|count| count[2]).sum();
        let weighted: f64 = counts
            .iter()
            .filter(|count| count[0] > 0.0)
            .map(|&count| count[0] * f1(count))
            .sum();
        let mut found = vec![
            share(right, total),
            mean(counts.iter().map(|&count| f1(count))),
            share(weighted, total),
            share(cost, total),
            if self.classes > TOP {
                share(top, total)
            } else {
                f64::NAN
            },
            mean((0..self.orders.len()).map(|class| self.auc(class, predicted, weight))),
        ];
        for [support, answered, right] in counts {
            found.extend([
                share(right, answered),
                share(right, support),
                f1([support, answered, right]),
            ]);
        }
        found
    }

    /// Area under the ROC curve of a class against the others, a tie counts half.
    fn auc(&self, class: usize, predicted: &Predictions, weight: &dyn Fn(usize) -> f64) -> f64 {
        let value = |row: u32| predicted.row(row as usize)[class];
        let (mut positives, mut negatives, mut wins) = (0.0, 0.0, 0.0);
        // From the lowest up: a positive beats the negatives below it.
        for tie in self.orders[class].chunk_by(|&a, &b| value(a) == value(b)).rev() {
            let (mut tied_positive, mut tied_negative) = (0.0, 0.0);
            for &row in tie {
                let is_of = self.truth[row as usize] == class;
                *(if is_of { &mut tied_positive } else { &mut tied_negative }) += weight(row as usize);
            }
            wins += tied_positive * (negatives + tied_negative / 2.0);
            positives += tied_positive;
            negatives += tied_negative;
        }
        if positives > 0.0 && negatives > 0.0 {
            wins / (positives * negatives)
        } else {
            f64::NAN
        }
    }
}

/// Mean of the defined values; NaN without any.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values
        .filter(|value| value.is_finite())
        .fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { f64::NAN } else { sum / f64::from(count) }
}

fn why(name: &str) -> Bilingual {
    match name {
        "top_3_accuracy" => Bilingual::new(
            "there are no more than three classes, so every answer would be right",
            "类别不超过三个，任何答案都算对",
        ),
        _ => Bilingual::new(
            "no class has rows of both kinds, its own and others",
            "没有类别同时具有本类与其他类的行",
        ),
    }
}

fn warnings(found: &TaskEvaluation) -> Vec<Bilingual> {
    let mut told = Vec::new();
    let small: Vec<&ClassEvaluation> = found
        .classes
        .iter()
        .filter(|class| (class.support as f64) < FEW_ROWS)
        .collect();
    if !small.is_empty() {
        let names: Vec<&str> = small.iter().take(5).map(|class| class.name.as_str()).collect();
        told.push(Bilingual::new(
            format!(
                "{} of {} classes have fewer than {FEW_ROWS} rows here ({}…): their figures say little",
                small.len(),
                found.classes.len(),
                names.join(", ")
            ),
            format!(
                "{} 个类别中有 {} 个在此不足 {FEW_ROWS} 行（{} 等）：其指标参考价值有限",
                found.classes.len(),
                small.len(),
                names.join("、")
            ),
        ));
    }
    if let Some(largest) = found.classes.iter().max_by_key(|class| class.support) {
        let share = largest.support as f64 / found.n.max(1) as f64;
        if share > found.value("accuracy").unwrap_or(1.0) {
            told.push(Bilingual::new(
                format!(
                    "answering `{}` always would be right in {:.1} % of the rows, more often than this model",
                    largest.name,
                    share * 100.0
                ),
                format!(
                    "始终回答 `{}` 的正确率为 {:.1}%，高于此模型",
                    largest.name,
                    share * 100.0
                ),
            ));
        }
    }
    told
}
