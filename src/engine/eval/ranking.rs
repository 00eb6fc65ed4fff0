//! Ranking metrics of each group, averaged exactly over the orders its ties allow.
//!
//! Rows of equal score have no order, so each metric is its expectation over all of them (McSherry and Najork,
//! "Computing information retrieval performance measures efficiently in the presence of tied scores", ECIR 2008).
//! For nDCG this equals scikit-learn's `ndcg_score`. Groups without a positive are left out and counted.
//!
//! Invariant: the values do not depend on the order of the rows or on the codes of the groups.

use super::input::{MISSING_CODE, MapDenominator};
use super::list_metrics::{Discounts, RankedList};
use super::metric::{RankingKind, RankingMetric};
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which groups the ranking metrics are about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupSummary {
    /// Groups with at least one usable row.
    pub total: u64,
    /// Groups with a positive; the metrics are means over these.
    pub used: u64,
    pub without_positives: u64,
    /// Used groups in which every row is positive: any order is ideal.
    pub only_positives: u64,
    /// Rows whose group is missing; they are in no ranking metric.
    pub rows_without_group: u64,
    pub mean_rows: f64,
    pub max_rows: u64,
    /// Share of used groups in which rows of one score and different labels straddle the cut-off, by cut-off.
    pub ties_at_cut: BTreeMap<usize, f64>,
}

/// The value of every metric in every used group.
#[derive(Clone, Debug)]
pub(crate) struct RankingTable {
    pub metrics: Vec<RankingMetric>,
    /// Codes of the used groups, ascending.
    pub groups: Vec<u32>,
    /// `groups.len() × metrics.len()`, one group after the other; 0 where the weight is 0.
    pub values: Vec<f64>,
    /// Like `values`; 1, except for group AUC: the group's rows, or 0 where it has one class.
    pub weights: Vec<f64>,
    pub summary: GroupSummary,
}

/// Rows of each group, best score first.
pub(crate) struct GroupedRows {
    /// Start of each code's rows in `rows`; one more entry than codes.
    offsets: Vec<usize>,
    rows: Vec<u32>,
    without_group: u64,
}

impl GroupedRows {
    pub fn of(codes: &[u32]) -> Self {
        let present = codes.iter().copied().filter(|&code| code != MISSING_CODE);
        let num_codes = present.clone().max().map_or(0, |code| code as usize + 1);
        let mut offsets = vec![0; num_codes + 1];
        for code in present {
            offsets[code as usize + 1] += 1;
        }
        for code in 0..num_codes {
            offsets[code + 1] += offsets[code];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; offsets[num_codes]];
        for (row, &code) in codes.iter().enumerate() {
            if code != MISSING_CODE {
                rows[next[code as usize]] = row as u32;
                next[code as usize] += 1;
            }
        }
        Self {
            offsets,
            without_group: (codes.len() - rows.len()) as u64,
            rows,
        }
    }

    fn num_codes(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn rows_of(&self, code: usize) -> &[u32] {
        &self.rows[self.offsets[code]..self.offsets[code + 1]]
    }
}

/// What one group contributes.
struct GroupValues {
    code: u32,
    values: Vec<f64>,
    weights: Vec<f64>,
    only_positives: bool,
    ties_at_cut: Vec<bool>,
}

impl RankingTable {
    /// Ranks each group's rows by score. `labels`, `scores` and `groups.codes` have one length.
    pub fn new(
        labels: &[bool],
        scores: &[f64],
        grouped: &GroupedRows,
        (k, denominator): (&[usize], MapDenominator),
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let metrics = RankingMetric::family(k);
        let longest = (0..grouped.num_codes()).map(|code| grouped.rows_of(code).len()).max();
        let discounts = Discounts::new(longest.unwrap_or(0));
        let used: Vec<GroupValues> = (0..grouped.num_codes())
            .into_par_iter()
            .map(|code| {
                progress.check()?;
                let list = RankedList::new(grouped.rows_of(code), labels, scores);
                if list.positives == 0 {
                    return Ok(None);
                }
                Ok(Some(group_values(
                    code as u32,
                    &list,
                    &metrics,
                    &discounts,
                    (k, denominator),
                )))
            })
            .filter_map(Result::transpose)
            .collect::<Result<_, Cancelled>>()?;
        Ok(Self {
            summary: summary(grouped, &used, k),
            groups: used.iter().map(|group| group.code).collect(),
            values: used.iter().flat_map(|group| group.values.iter().copied()).collect(),
            weights: used.iter().flat_map(|group| group.weights.iter().copied()).collect(),
            metrics,
        })
    }

    pub fn num_groups(&self) -> usize {
        self.groups.len()
    }

    /// The mean of each metric where the group at `at` counts `draws[at]` times; NaN where no group defines it.
    pub fn weighted_means(&self, draws: &[u32]) -> Vec<f64> {
        let width = self.metrics.len();
        let mut sums = vec![(0.0, 0.0); width];
        let groups = self.values.chunks_exact(width).zip(self.weights.chunks_exact(width));
        for ((values, weights), &count) in groups.zip(draws) {
            if count == 0 {
                continue;
            }
            let count = f64::from(count);
            for (sum, (value, weight)) in sums.iter_mut().zip(values.iter().zip(weights)) {
                sum.0 += count * weight * value;
                sum.1 += count * weight;
            }
        }
        sums.iter().map(|(sum, weight)| sum / weight).collect()
    }

    /// The mean of each metric over all used groups; `None` where no group defines it.
    pub fn point(&self) -> Vec<Option<f64>> {
        let means = self.weighted_means(&vec![1; self.num_groups()]);
        means
            .into_iter()
            .map(|mean| Some(mean).filter(|mean| mean.is_finite()))
            .collect()
    }

    pub fn value(&self, group: usize, metric: usize) -> f64 {
        self.values[group * self.metrics.len() + metric]
    }

    pub fn weight(&self, group: usize, metric: usize) -> f64 {
        self.weights[group * self.metrics.len() + metric]
    }
}

fn group_values(
    code: u32,
    list: &RankedList,
    metrics: &[RankingMetric],
    discounts: &Discounts,
    (k, denominator): (&[usize], MapDenominator),
) -> GroupValues {
    let value = |metric: &RankingMetric| {
        let k = metric.k.unwrap_or(usize::MAX);
        match metric.kind {
            RankingKind::Ndcg => list.ndcg(k, discounts),
            RankingKind::Recall => list.expected_hits(k) / list.positives as f64,
            RankingKind::Precision => list.expected_hits(k) / k as f64,
            RankingKind::Map => list.average_precision(k, denominator),
            RankingKind::HitRate => list.hit_rate(k),
            RankingKind::Mrr => list.reciprocal_rank(k),
            RankingKind::Gauc => list.auc().unwrap_or(0.0),
        }
    };
    let weight = |metric: &RankingMetric| match metric.kind {
        RankingKind::Gauc if list.auc().is_none() => 0.0,
        RankingKind::Gauc => list.len() as f64,
        _ => 1.0,
    };
    GroupValues {
        code,
        values: metrics.iter().map(value).collect(),
        weights: metrics.iter().map(weight).collect(),
        only_positives: list.positives == list.len(),
        ties_at_cut: k.iter().map(|&k| list.tie_at_cut(k)).collect(),
    }
}

fn summary(grouped: &GroupedRows, used: &[GroupValues], k: &[usize]) -> GroupSummary {
    let sizes = (0..grouped.num_codes()).map(|code| grouped.rows_of(code).len());
    let total = sizes.clone().filter(|&size| size > 0).count() as u64;
    let tie_share = |at: usize| {
        let ties = used.iter().filter(|group| group.ties_at_cut[at]).count();
        ties as f64 / (used.len().max(1)) as f64
    };
    GroupSummary {
        total,
        used: used.len() as u64,
        without_positives: total - used.len() as u64,
        only_positives: used.iter().filter(|group| group.only_positives).count() as u64,
        rows_without_group: grouped.without_group,
        mean_rows: grouped.rows.len() as f64 / total.max(1) as f64,
        max_rows: sizes.max().unwrap_or(0) as u64,
        ties_at_cut: k.iter().enumerate().map(|(at, &k)| (k, tie_share(at))).collect(),
    }
}

/// The rows of each group, for the metrics that rank within it.
pub(crate) fn grouped_rows(codes: &[u32]) -> GroupedRows {
    GroupedRows::of(codes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    fn table(labels: &[bool], scores: &[f64], codes: &[u32], k: &[usize]) -> RankingTable {
        let settings = (k, MapDenominator::default());
        RankingTable::new(labels, scores, &GroupedRows::of(codes), settings, &Progress::new()).expect("not cancelled")
    }

    #[test]
    fn groups_without_positives_are_dropped_and_counted() {
        let labels = [true, false, false, false, true, true];
        let scores = [0.9, 0.1, 0.5, 0.4, 0.3, 0.2];
        let codes = [0, 0, 1, 1, 2, MISSING_CODE];
        let table = table(&labels, &scores, &codes, &[1]);
        assert_eq!(table.groups, [0, 2]);
        let summary = &table.summary;
        assert_eq!((summary.total, summary.used, summary.without_positives), (3, 2, 1));
        assert_eq!(
            (summary.only_positives, summary.rows_without_group, summary.max_rows),
            (1, 1, 2)
        );
        // Group AUC is defined in group 0 only.
        let gauc = table
            .metrics
            .iter()
            .position(|metric| metric.kind == RankingKind::Gauc)
            .expect("listed");
        assert_eq!(table.point()[gauc], Some(1.0));
    }

    #[test]
    fn no_groups_means_no_values() {
        let table = table(&[false, false], &[0.1, 0.2], &[0, 1], &[5]);
        assert!(table.point().iter().all(Option::is_none));
    }

    #[test]
    fn row_order_and_group_codes_do_not_matter() {
        let mut draws = Draws::new(21, &[]);
        let n = 500;
        let codes: Vec<u32> = (0..n).map(|_| draws.below(40) as u32).collect();
        let scores: Vec<f64> = (0..n).map(|_| draws.below(8) as f64).collect();
        let labels: Vec<bool> = (0..n).map(|_| draws.chance(0.2)).collect();
        let first = table(&labels, &scores, &codes, &[3, 10]).point();
        let mut shuffled: Vec<usize> = (0..n).collect();
        draws.shuffle(&mut shuffled);
        let labels: Vec<bool> = shuffled.iter().map(|&row| labels[row]).collect();
        let scores: Vec<f64> = shuffled.iter().map(|&row| scores[row]).collect();
        let codes: Vec<u32> = shuffled.iter().map(|&row| 39 - codes[row]).collect();
        for (a, b) in first.iter().zip(table(&labels, &scores, &codes, &[3, 10]).point()) {
            assert!((a.expect("defined") - b.expect("defined")).abs() < 1e-12);
        }
    }

    #[test]
    fn cancelling_stops() {
        let progress = Progress::new();
        progress.cancel();
        let grouped = GroupedRows::of(&[0]);
        let settings = (&[1][..], MapDenominator::default());
        assert!(RankingTable::new(&[true], &[0.5], &grouped, settings, &progress).is_err());
    }
}
