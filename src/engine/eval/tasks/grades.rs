//! Grades: how far off the answers are, whether they order the rows rightly, and what is said of the rows of each grade.

use super::super::input::{EvalConfig, EvalError, ResampleUnit};
use super::super::interval::{Plan, Replicates, quantile};
use super::super::units::Units;
use super::{TaskEvaluation, TaskRows, empty, interval_of, method, metric, row_weights, units};
use crate::engine::artifact::Bilingual;
use crate::engine::progress::Progress;
use crate::engine::train::tasks::{GradedMetric, rank_metrics};
use serde::{Deserialize, Serialize};

const ROW_STREAM: u64 = 12;
const LIST_STREAM: u64 = 13;
/// Different labels above which the rows of each are not told one by one.
const MOST_GRADES: usize = 20;
/// Rows times resamples above which a list of all rows is not ordered again and again.
const MOST_ORDERED: usize = 30_000_000;

/// What the model says of the rows of one grade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradeEvaluation {
    pub grade: f64,
    pub rows: u64,
    pub mean_score: f64,
    /// 10th, 50th and 90th percentile of the scores.
    pub quantiles: [f64; 3],
}

pub(super) fn evaluate(
    rows: &TaskRows<'_>,
    config: &EvalConfig,
    progress: &Progress,
) -> Result<TaskEvaluation, EvalError> {
    let grades: Vec<f64> = rows.labels.iter().map(|&label| f64::from(label)).collect();
    let scores: Vec<f64> = rows.predicted.values.iter().map(|&score| f64::from(score)).collect();
    if let Some(row) = scores.iter().position(|score| !score.is_finite()) {
        return Err(EvalError::InfiniteScore { row });
    }
    let mut found = empty(rows, config);
    let row_units = units(rows, config);
    let plan = |stream, progress| Plan {
        resamples: config.bootstrap,
        seed: config.seed,
        stream,
        progress,
    };
    let errors = |weight: &dyn Fn(usize) -> f64| errors(&scores, &grades, weight);
    let replicates = Replicates::run(
        row_units.count,
        plan(ROW_STREAM, (0.1, 0.4)),
        progress,
        |weights, (): &mut ()| errors(&row_weights(&row_units, weights)).to_vec(),
    )?;
    let ranks = Ranks {
        scores: &scores,
        grades: &grades,
        lists: rank_metrics(&scores, &grades, rows.groups),
        has_lists: !rows.groups.is_empty(),
    };
    let orders = ranks.replicates(plan(LIST_STREAM, (0.4, 0.95)), progress)?;
    let point = ranks.point();
    for (at, kind) in GradedMetric::ALL.into_iter().enumerate() {
        let interval = interval_of(&orders, at, point[at], config.alpha);
        found.metrics.push(metric(kind.name(), point[at], interval, why(kind)));
    }
    for (at, (name, value)) in ["rmse", "mae"].into_iter().zip(errors(&|_| 1.0)).enumerate() {
        let interval = interval_of(&replicates, at, value, config.alpha);
        found.metrics.push(metric(
            name,
            value,
            interval,
            Bilingual::new("there are no rows", "没有行"),
        ));
    }
    found.interval_method = method(&replicates, &row_units, config);
    found.lists = ranks.has_lists.then_some(ranks.lists.len() as u64);
    found.grades = by_grade(&scores, &grades);
    found.warnings = warnings(&found, &ranks);
    progress.set(1.0);
    Ok(found)
}

/// Root of the mean squared error, and mean absolute error.
fn errors(scores: &[f64], grades: &[f64], weight: &dyn Fn(usize) -> f64) -> [f64; 2] {
    let (mut total, mut squares, mut sizes) = (0.0, 0.0, 0.0);
    for (row, (score, grade)) in scores.iter().zip(grades).enumerate() {
        let (weight, error) = (weight(row), score - grade);
        total += weight;
        squares += weight * error * error;
        sizes += weight * error.abs();
    }
    [(squares / total).sqrt(), sizes / total]
}

/// The rank metrics of each list, and what a resample of the lists (or of the rows of the only one) makes of them.
struct Ranks<'a> {
    scores: &'a [f64],
    grades: &'a [f64],
    lists: Vec<[Option<f64>; 4]>,
    has_lists: bool,
}

impl Ranks<'_> {
    fn point(&self) -> Vec<f64> {
        self.mean_of_lists(&|_| 1.0)
    }

    fn mean_of_lists(&self, weight: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let mean = |at: usize| {
            let (mut total, mut sum) = (0.0, 0.0);
            for (list, values) in self.lists.iter().enumerate() {
                if let Some(value) = values[at] {
                    total += weight(list);
                    sum += weight(list) * value;
                }
            }
            if total > 0.0 { sum / total } else { f64::NAN }
        };
        (0..GradedMetric::ALL.len()).map(mean).collect()
    }

    fn replicates(&self, plan: Plan, progress: &Progress) -> Result<Replicates, EvalError> {
        if self.has_lists {
            let units = Units::new(ResampleUnit::Row, None, self.lists.len());
            return Ok(Replicates::run(units.count, plan, progress, |weights, (): &mut ()| {
                self.mean_of_lists(&|list| f64::from(weights[list]))
            })?);
        }
        let rows = self.grades.len();
        if rows.saturating_mul(plan.resamples) > MOST_ORDERED {
            return Ok(Replicates::default());
        }
        let found = Replicates::run(rows, plan, progress, |weights, (): &mut ()| {
            let drawn = |values: &[f64]| -> Vec<f64> {
                let times = values.iter().zip(weights);
                times
                    .flat_map(|(&value, &times)| std::iter::repeat_n(value, times as usize))
                    .collect()
            };
            let (scores, grades) = (drawn(self.scores), drawn(self.grades));
            let values = GradedMetric::ALL.map(|kind| kind.of_list(&scores, &grades));
            values.map(|value| value.unwrap_or(f64::NAN)).to_vec()
        });
        Ok(found?)
    }
}

fn by_grade(scores: &[f64], grades: &[f64]) -> Vec<GradeEvaluation> {
    let mut order: Vec<usize> = (0..grades.len()).collect();
    order.sort_by(|&a, &b| grades[a].total_cmp(&grades[b]).then(scores[a].total_cmp(&scores[b])));
    let of = |rows: &[usize]| {
        let sorted: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
        GradeEvaluation {
            grade: grades[rows[0]],
            rows: rows.len() as u64,
            mean_score: sorted.iter().sum::<f64>() / sorted.len() as f64,
            quantiles: [0.1, 0.5, 0.9].map(|share| quantile(&sorted, share)),
        }
    };
    let found: Vec<GradeEvaluation> = order.chunk_by(|&a, &b| grades[a] == grades[b]).map(of).collect();
    if found.len() > MOST_GRADES { Vec::new() } else { found }
}

fn why(kind: GradedMetric) -> Bilingual {
    match kind {
        GradedMetric::Spearman | GradedMetric::Kendall => Bilingual::new(
            "no list has both different labels and different scores",
            "没有列表同时具有不同的标签与不同的分数",
        ),
        GradedMetric::NdcgAt5 | GradedMetric::NdcgAt10 => Bilingual::new(
            "no list has a label above 0, or labels are not between 0 and 30, where gains are 2^label − 1",
            "没有列表含大于 0 的标签，或标签不在 0 到 30 之间（增益为 2^标签 − 1）",
        ),
    }
}

fn warnings(found: &TaskEvaluation, ranks: &Ranks<'_>) -> Vec<Bilingual> {
    let mut told = Vec::new();
    if !ranks.has_lists {
        told.push(Bilingual::new(
            "no column forms ranked lists, so the rank metrics take all rows as one list",
            "没有构成列表的列，排序指标将全部行视为一个列表",
        ));
    } else {
        let alike = ranks.lists.iter().filter(|values| values[0].is_none()).count();
        if alike > 0 {
            told.push(Bilingual::new(
                format!(
                    "{alike} of {} lists have one label or one score only; Spearman and Kendall are means over the others",
                    ranks.lists.len()
                ),
                format!(
                    "{} 个列表中有 {alike} 个只有一种标签或分数；Spearman 与 Kendall 为其余列表的均值",
                    ranks.lists.len()
                ),
            ));
        }
    }
    if found.interval_method.is_some() && !ranks.has_lists && found.value("spearman").is_some() {
        let has_interval = found.metric("spearman").is_some_and(|metric| metric.interval.is_some());
        if !has_interval {
            told.push(Bilingual::new(
                "ordering so many rows again for every resample would take too long: the rank metrics have no interval",
                "行数过多，逐次重抽样排序耗时过长：排序指标没有区间",
            ));
        }
    }
    told
}
