//! The binary task: does it happen? Labels 0 and 1, two logits, the probability of label 1.
//!
//! Definitions as in scikit-learn 1.x: `roc_auc_score`, `average_precision_score`, `log_loss`, `accuracy_score`
//! and `f1_score` at threshold 0.5. A metric that is undefined (one class only) is absent, never 0 or NaN.

use super::{Label, PredictedColumn, Predictions, TaskRules};
use crate::engine::run::metric::needs_both_labels;
use crate::engine::run::task::Task;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Classes of the label: not it, and it.
const OUTPUTS: usize = 2;

/// With n rows of the rarer label the standard error of an AUC of A is about sqrt((Q − A²) / n), where Q is 2A² / (1 + A)
/// if positives are rare and A / (2 − A) if negatives are (Hanley and McNeil 1982): at 0.8, with ten rows, 0.08 or 0.05.
const FEW: usize = 10;

#[derive(Clone, Copy, Debug, Default)]
pub struct Binary;

impl TaskRules for Binary {
    fn task(&self) -> Task {
        Task::Binary
    }

    fn outputs(&self) -> usize {
        OUTPUTS
    }

    fn read_label(&self, cell: &str) -> Label {
        match cell.trim() {
            "" => Label::Missing,
            "0" | "0.0" | "false" | "False" | "FALSE" => Label::Value(0.0),
            "1" | "1.0" | "true" | "True" | "TRUE" => Label::Value(1.0),
            _ => Label::Bad { expected: "0 or 1" },
        }
    }

    fn metrics(&self, predicted: &Predictions, labels: &[f32], _groups: &[u32]) -> BTreeMap<String, f64> {
        metrics(&predicted.values, labels)
    }

    fn metric_of_one_label(&self) -> &'static str {
        "log_loss"
    }

    fn needs_two_labels(&self, metric: &str) -> bool {
        needs_both_labels(metric)
    }

    fn caution(&self, valid: &[f32]) -> Option<String> {
        let positives = valid.iter().filter(|&&label| label == 1.0).count();
        let (label, rarer) = if 2 * positives > valid.len() {
            (0, valid.len() - positives)
        } else {
            (1, positives)
        };
        (rarer < FEW).then(|| format!("only {rarer} of {} validation rows have label {label}", valid.len()))
    }

    fn head_keys(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("num_labels", json!(OUTPUTS)),
            ("id2label", json!({"0": "0", "1": "1"})),
            ("label2id", json!({"0": 0, "1": 1})),
            ("problem_type", json!("single_label_classification")),
        ]
    }

    fn columns(&self, predicted: &Predictions) -> Vec<PredictedColumn> {
        vec![PredictedColumn::numbers("score", predicted.values.clone())]
    }

    fn describe(&self, labels: &[f32]) -> String {
        let positives = labels.iter().filter(|&&label| label == 1.0).count();
        format!("{positives} positive")
    }

    fn answer(&self, label: &str) -> [String; 2] {
        [
            format!("the probability that `{label}` is 1"),
            format!("预测 `{label}` 为 1 的概率"),
        ]
    }
}

/// All metrics that are defined for these scores (probabilities of label 1) and labels.
pub fn metrics(scores: &[f32], labels: &[f32]) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let mut put = |name: &str, value: Option<f64>| {
        if let Some(value) = value.filter(|v| v.is_finite()) {
            found.insert(name.to_owned(), value);
        }
    };
    let loss = log_loss(scores, labels);
    put("log_loss", loss);
    put("loss", loss);
    put("accuracy", accuracy(scores, labels));
    put("f1", f1(scores, labels));
    let (auc, average_precision) = ranking(scores, |row| labels[row] == 1.0).unzip();
    put("auc", auc);
    put("average_precision", average_precision);
    found
}

/// Mean negative log likelihood; scores are kept 2^-24 away from 0 and 1, the resolution of `f32` there.
pub fn log_loss(scores: &[f32], labels: &[f32]) -> Option<f64> {
    let eps = 2f64.powi(-24);
    let sum: f64 = scores
        .iter()
        .zip(labels)
        .map(|(&score, &label)| {
            let p = f64::from(score).clamp(eps, 1.0 - eps);
            -if label == 1.0 { p.ln() } else { (1.0 - p).ln() }
        })
        .sum();
    (!scores.is_empty()).then(|| sum / scores.len() as f64)
}

fn accuracy(scores: &[f32], labels: &[f32]) -> Option<f64> {
    let right = scores
        .iter()
        .zip(labels)
        .filter(|&(&s, &l)| (s >= 0.5) == (l == 1.0))
        .count();
    (!scores.is_empty()).then(|| right as f64 / scores.len() as f64)
}

fn f1(scores: &[f32], labels: &[f32]) -> Option<f64> {
    let (mut hits, mut predicted, mut positive) = (0u64, 0u64, 0u64);
    for (&score, &label) in scores.iter().zip(labels) {
        predicted += u64::from(score >= 0.5);
        positive += u64::from(label == 1.0);
        hits += u64::from(score >= 0.5 && label == 1.0);
    }
    (positive > 0).then(|| 2.0 * hits as f64 / (predicted + positive) as f64)
}

/// (AUC, average precision), exact, ties handled as groups; `None` unless both classes occur.
pub(super) fn ranking(scores: &[f32], is_positive: impl Fn(usize) -> bool) -> Option<(f64, f64)> {
    if scores.iter().any(|score| !score.is_finite()) {
        return None;
    }
    let mut order: Vec<u32> = (0..u32::try_from(scores.len()).ok()?).collect();
    order.sort_unstable_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    let positives = (0..scores.len()).filter(|&row| is_positive(row)).count() as f64;
    let negatives = scores.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut seen_positive, mut seen_negative, mut wins, mut precision_sum) = (0f64, 0f64, 0f64, 0f64);
    for tie in order.chunk_by(|&a, &b| scores[a as usize] == scores[b as usize]) {
        let tied_positive = tie.iter().filter(|&&row| is_positive(row as usize)).count() as f64;
        let tied_negative = tie.len() as f64 - tied_positive;
        // Every negative below is beaten; one in the tie counts half.
        wins += tied_positive * (negatives - seen_negative - tied_negative / 2.0);
        seen_positive += tied_positive;
        seen_negative += tied_negative;
        precision_sum += tied_positive * seen_positive / (seen_positive + seen_negative);
    }
    Some((wins / (positives * negatives), precision_sum / positives))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_rows_of_a_label_are_told() {
        let labels = |ones: usize, zeros: usize| [vec![1.0; ones], vec![0.0; zeros]].concat();
        let said = |ones, zeros| Binary.caution(&labels(ones, zeros));
        assert_eq!(
            said(57, 7).as_deref(),
            Some("only 7 of 64 validation rows have label 0")
        );
        assert_eq!(
            said(9, 500).as_deref(),
            Some("only 9 of 509 validation rows have label 1")
        );
        assert_eq!((said(10, 500), said(500, 10)), (None, None));
    }

    #[test]
    fn values_equal_scikit_learn() {
        // scikit-learn 1.x on these eight rows (two ties across classes).
        let scores = [0.9, 0.8, 0.8, 0.6, 0.4, 0.4, 0.3, 0.1];
        let labels = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0];
        let found = metrics(&scores, &labels);
        for (name, expected) in [
            ("auc", 0.8125),
            ("average_precision", 0.770_833_333_333),
            ("accuracy", 0.75),
            ("f1", 0.75),
            ("log_loss", 0.542_239_927),
        ] {
            assert!(
                (found[name] - expected).abs() < 1e-6,
                "{name}: {} against {expected}",
                found[name]
            );
        }
    }

    #[test]
    fn one_class_has_no_auc_and_scores_at_the_ends_stay_finite() {
        let found = metrics(&[0.0, 1.0], &[1.0, 1.0]);
        assert!(!found.contains_key("auc") && !found.contains_key("average_precision"));
        assert!(found["log_loss"].is_finite());
        assert!(metrics(&[], &[]).is_empty());
    }

    proptest! {
        #[test]
        fn auc_is_the_share_of_ordered_pairs(rows in proptest::collection::vec((0u8..6, 0u8..2), 2..60)) {
            let scores: Vec<f32> = rows.iter().map(|r| f32::from(r.0) / 5.0).collect();
            let labels: Vec<u8> = rows.iter().map(|r| r.1).collect();
            let (mut wins, mut pairs) = (0f64, 0f64);
            for (i, &a) in labels.iter().enumerate() {
                for (j, &b) in labels.iter().enumerate() {
                    if a == 1 && b == 0 {
                        pairs += 1.0;
                        wins += if scores[i] > scores[j] { 1.0 } else if scores[i] == scores[j] { 0.5 } else { 0.0 };
                    }
                }
            }
            match ranking(&scores, |row| labels[row] == 1) {
                Some((auc, _)) => prop_assert!((auc - wins / pairs).abs() < 1e-12),
                None => prop_assert_eq!(pairs, 0.0),
            }
        }
    }
}
