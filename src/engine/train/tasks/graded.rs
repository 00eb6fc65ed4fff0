//! The graded task: how much? Labels are numbers, one logit, which is the answer itself.
//!
//! Learnt by the squared error, judged by the order too: nDCG with graded gains (Järvelin and Kekäläinen 2002; gain
//! 2^grade − 1 of Burges et al. 2005, discount 1/log2(rank + 1), ties averaged as McSherry and Najork 2008), Spearman's
//! and Kendall's correlation (tau-b, Kendall 1945). Rank metrics are means over the ranked lists where rows form some,
//! else over all rows as one list; RMSE and MAE are over rows.

use super::{Label, PredictedColumn, Predictions, TaskRules, put};
use crate::engine::run::task::Task;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Grades above have gains that drown all others, and soon no `f64` holds.
const HIGHEST_GAIN_GRADE: f64 = 30.0;

#[derive(Clone, Copy, Debug, Default)]
pub struct Graded;

impl TaskRules for Graded {
    fn task(&self) -> Task {
        Task::Graded
    }

    fn outputs(&self) -> usize {
        1
    }

    fn read_label(&self, cell: &str) -> Label {
        match cell.trim() {
            "" => Label::Missing,
            text => match text.parse::<f32>() {
                Ok(number) if number.is_finite() => Label::Value(number),
                _ => Label::Bad { expected: "a number" },
            },
        }
    }

    fn first_bias(&self, train: &[f32]) -> Option<f32> {
        let sum: f64 = train.iter().map(|&label| f64::from(label)).sum();
        (!train.is_empty()).then(|| (sum / train.len() as f64) as f32)
    }

    fn metrics(&self, predicted: &Predictions, labels: &[f32], groups: &[u32]) -> BTreeMap<String, f64> {
        let mut found = BTreeMap::new();
        if predicted.is_empty() || predicted.values.iter().any(|value| !value.is_finite()) {
            return found;
        }
        let grades: Vec<f64> = labels.iter().map(|&label| f64::from(label)).collect();
        let scores: Vec<f64> = predicted.values.iter().map(|&score| f64::from(score)).collect();
        let errors = || scores.iter().zip(&grades).map(|(score, grade)| score - grade);
        let mean = |sum: f64| sum / grades.len() as f64;
        let squared = mean(errors().map(|error| error * error).sum());
        put(&mut found, "loss", Some(squared));
        put(&mut found, "rmse", Some(squared.sqrt()));
        put(&mut found, "mae", Some(mean(errors().map(f64::abs).sum())));
        let lists = rank_metrics(&scores, &grades, groups);
        for (at, metric) in GradedMetric::ALL.into_iter().enumerate() {
            let known: Vec<f64> = lists.iter().filter_map(|list| list[at]).collect();
            let value = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
            put(&mut found, metric.name(), value);
        }
        found
    }

    fn metric_of_one_label(&self) -> &'static str {
        "rmse"
    }

    fn needs_two_labels(&self, metric: &str) -> bool {
        matches!(metric, "spearman" | "kendall")
    }

    fn head_keys(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("num_labels", json!(1)),
            ("id2label", json!({"0": "grade"})),
            ("label2id", json!({"grade": 0})),
            ("problem_type", json!("regression")),
        ]
    }

    fn columns(&self, predicted: &Predictions) -> Vec<PredictedColumn> {
        vec![PredictedColumn::numbers("score", predicted.values.clone())]
    }

    fn describe(&self, labels: &[f32]) -> String {
        let low = labels.iter().copied().fold(f32::INFINITY, f32::min);
        let high = labels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        format!(
            "{low} to {high}, mean {:.3}",
            self.first_bias(labels).unwrap_or(f32::NAN)
        )
    }

    fn answer(&self, label: &str) -> [String; 2] {
        [format!("the number `{label}`"), format!("预测数值 `{label}`")]
    }
}

/// A metric of one ranked list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GradedMetric {
    Spearman,
    Kendall,
    NdcgAt5,
    NdcgAt10,
}

impl GradedMetric {
    pub const ALL: [Self; 4] = [Self::Spearman, Self::Kendall, Self::NdcgAt5, Self::NdcgAt10];

    pub fn name(self) -> &'static str {
        match self {
            Self::Spearman => "spearman",
            Self::Kendall => "kendall",
            Self::NdcgAt5 => "ndcg@5",
            Self::NdcgAt10 => "ndcg@10",
        }
    }

    /// `None` where it is undefined: all grades or all scores alike, no grade above 0, a grade below 0 or above 30.
    pub fn of_list(self, scores: &[f64], grades: &[f64]) -> Option<f64> {
        match self {
            Self::Spearman => pearson(&ranks(scores), &ranks(grades)),
            Self::Kendall => kendall(scores, grades),
            Self::NdcgAt5 => ndcg(scores, grades, 5),
            Self::NdcgAt10 => ndcg(scores, grades, 10),
        }
    }
}

/// Each list's value of every metric, in the order of [`GradedMetric::ALL`].
pub fn rank_metrics(scores: &[f64], grades: &[f64], groups: &[u32]) -> Vec<[Option<f64>; 4]> {
    let of = |values: &[f64], rows: &[u32]| -> Vec<f64> { rows.iter().map(|&row| values[row as usize]).collect() };
    let list = |rows: &Vec<u32>| {
        let (scores, grades) = (of(scores, rows), of(grades, rows));
        GradedMetric::ALL.map(|metric| metric.of_list(&scores, &grades))
    };
    lists(groups, grades.len()).iter().map(list).collect()
}

/// Rows of each ranked list; all rows where there are none.
fn lists(groups: &[u32], rows: usize) -> Vec<Vec<u32>> {
    let all = 0..u32::try_from(rows).unwrap_or(u32::MAX);
    if groups.is_empty() {
        return vec![all.collect()];
    }
    let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    all.zip(groups)
        .for_each(|(row, &group)| found.entry(group).or_default().push(row));
    found.into_values().collect()
}

/// Ranks from 1, ascending; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tie in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = before as f64 + (tie.len() as f64 + 1.0) / 2.0;
        tie.iter().for_each(|&row| ranks[row] = mean);
        before += tie.len();
    }
    ranks
}

fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mx, my) = (mean(x), mean(y));
    let sum = |of: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(a, b)| of(a - mx, b - my)).sum::<f64>();
    let (xx, yy, xy) = (sum(&|a, _| a * a), sum(&|_, b| b * b), sum(&|a, b| a * b));
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// Kendall's tau-b in n log n (Knight 1966): pairs out of order are the exchanges of a merge sort.
fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(y[a].total_cmp(&y[b])));
    let pairs = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
    let tied = |order: &[usize], same: &dyn Fn(usize, usize) -> bool| -> f64 {
        order.chunk_by(|&a, &b| same(a, b)).map(|tie| pairs(tie.len())).sum()
    };
    let in_x = tied(&order, &|a, b| x[a] == x[b]);
    let in_both = tied(&order, &|a, b| x[a] == x[b] && y[a] == y[b]);
    let mut values: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let discordant = exchanges(&mut values) as f64;
    let in_y: f64 = values.chunk_by(|a, b| a == b).map(|tie| pairs(tie.len())).sum();
    let all = pairs(x.len());
    let (x_ordered, y_ordered) = (all - in_x, all - in_y);
    let difference = all - in_x - in_y + in_both - 2.0 * discordant;
    (x_ordered > 0.0 && y_ordered > 0.0).then(|| (difference / (x_ordered.sqrt() * y_ordered.sqrt())).clamp(-1.0, 1.0))
}

/// Sorts, and counts the pairs that stood in the wrong order.
fn exchanges(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let mut count = exchanges(left) + exchanges(right);
    let (left, right) = (left.to_vec(), right.to_vec());
    let (mut l, mut r) = (0, 0);
    for slot in values.iter_mut() {
        let from_right = l == left.len() || (r < right.len() && right[r] < left[l]);
        if from_right {
            count += (left.len() - l) as u64;
            *slot = right[r];
            r += 1;
        } else {
            *slot = left[l];
            l += 1;
        }
    }
    count
}

fn ndcg(scores: &[f64], grades: &[f64], k: usize) -> Option<f64> {
    if grades.iter().any(|grade| !(0.0..=HIGHEST_GAIN_GRADE).contains(grade)) {
        return None;
    }
    let ideal = dcg(grades, grades, k);
    (ideal > 0.0).then(|| dcg(scores, grades, k) / ideal)
}

/// Discounted gain of the first `k` places; rows of one score share their places' mean discount.
fn dcg(scores: &[f64], grades: &[f64], k: usize) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut sum, mut place) = (0.0, 0);
    for tie in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let places = place..(place + tie.len()).min(k);
        let discounts: f64 = places.map(|place| 1.0 / (place as f64 + 2.0).log2()).sum();
        let gains: f64 = tie.iter().map(|&row| grades[row].exp2() - 1.0).sum();
        sum += gains / tie.len() as f64 * discounts;
        place += tie.len();
        if place >= k {
            break;
        }
    }
    sum
}

#[cfg(test)]
#[path = "graded_tests.rs"]
mod tests;
