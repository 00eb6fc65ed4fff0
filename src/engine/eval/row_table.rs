//! All row metrics of a resample in one pass: the resample is a weight a row, the order never changes.
//!
//! Invariant: with all weights 1 the values are the point estimates, bit for bit.

use super::calibration::{all_probabilities, equal_width_bin, negative_log_likelihood, squared_error};
use super::metric::RowMetric;
use super::sorted::SortedScores;
use super::threshold::Confusion;

/// One value a row metric, in the order of `RowMetric::ALL`; NaN = undefined (inside the engine only).
pub(crate) type RowValues = [f64; RowMetric::ALL.len()];

/// How many values `RowValues` holds.
pub(crate) fn row_width() -> usize {
    RowMetric::ALL.len()
}

/// What does not change from resample to resample.
#[derive(Clone, Debug)]
pub(crate) struct RowTable {
    pub sorted: SortedScores,
    /// Positions before this one have a score of at least the threshold; `None` = no threshold.
    cut: Option<usize>,
    /// Per position; empty when scores are no probabilities.
    losses: Vec<Loss>,
    num_bins: usize,
}

#[derive(Clone, Copy, Debug)]
struct Loss {
    log: f64,
    squared: f64,
    bin: u32,
}

#[derive(Clone, Copy, Default)]
struct BinSum {
    scores: f64,
    positives: f64,
}

/// Sums of one pass.
#[derive(Default)]
struct Sums {
    positives: u64,
    negatives: u64,
    won_twice: f64,
    average_precision: f64,
    log_loss: f64,
    squared: f64,
}

/// Memory one thread reuses for all its resamples.
#[derive(Default)]
pub(crate) struct Scratch {
    bins: Vec<BinSum>,
}

impl RowTable {
    pub fn new(sorted: SortedScores, threshold: Option<f64>, num_bins: usize) -> Self {
        let cut = threshold.map(|threshold| sorted.scores.partition_point(|&score| score >= threshold));
        let losses = if all_probabilities(&sorted.scores) {
            sorted
                .positive
                .iter()
                .zip(&sorted.scores)
                .map(|(&positive, &score)| Loss {
                    log: negative_log_likelihood(positive, score),
                    squared: squared_error(positive, score),
                    bin: equal_width_bin(score, num_bins) as u32,
                })
                .collect()
        } else {
            Vec::new()
        };
        Self {
            sorted,
            cut,
            losses,
            num_bins,
        }
    }

    pub fn has_probabilities(&self) -> bool {
        !self.losses.is_empty()
    }

    /// The metrics where each row counts once.
    pub fn point(&self) -> RowValues {
        self.weighted(&|_| 1, &mut Scratch::default())
    }

    /// The metrics where the row at sorted position `at` counts `weight(at)` times.
    pub fn weighted(&self, weight: &impl Fn(usize) -> u32, scratch: &mut Scratch) -> RowValues {
        scratch.bins.clear();
        scratch.bins.resize(self.num_bins, BinSum::default());
        let mut sums = Sums::default();
        let mut above_cut = (self.cut == Some(0)).then_some((0, 0));
        let (mut block_positives, mut block_negatives) = (0_u64, 0_u64);
        for at in 0..self.sorted.len() {
            let count = u64::from(weight(at));
            if count > 0 {
                let positive = self.sorted.positive[at];
                if positive {
                    block_positives += count;
                } else {
                    block_negatives += count;
                }
                if let Some(loss) = self.losses.get(at) {
                    let count = count as f64;
                    sums.log_loss += count * loss.log;
                    sums.squared += count * loss.squared;
                    let bin = &mut scratch.bins[loss.bin as usize];
                    bin.scores += count * self.sorted.scores[at];
                    bin.positives += if positive { count } else { 0.0 };
                }
            }
            if self.sorted.block_end[at] {
                sums.close_block(block_positives, block_negatives);
                (block_positives, block_negatives) = (0, 0);
            }
            if self.cut == Some(at + 1) {
                above_cut = Some((sums.positives, sums.negatives));
            }
        }
        self.values(&sums, above_cut, &scratch.bins)
    }

    fn values(&self, sums: &Sums, above_cut: Option<(u64, u64)>, bins: &[BinSum]) -> RowValues {
        let (positives, negatives) = (sums.positives as f64, sums.negatives as f64);
        let n = positives + negatives;
        let mut values = [f64::NAN; RowMetric::ALL.len()];
        let mut set = |metric: RowMetric, value: Option<f64>| values[metric as usize] = value.unwrap_or(f64::NAN);
        if positives > 0.0 && negatives > 0.0 {
            set(RowMetric::Auc, Some(sums.won_twice / (2.0 * positives * negatives)));
        }
        if positives > 0.0 {
            set(RowMetric::AveragePrecision, Some(sums.average_precision / positives));
        }
        if self.has_probabilities() && n > 0.0 {
            let gaps: f64 = bins.iter().map(|bin| (bin.scores - bin.positives).abs()).sum();
            set(RowMetric::LogLoss, Some(sums.log_loss / n));
            set(RowMetric::Brier, Some(sums.squared / n));
            set(RowMetric::Ece, Some(gaps / n));
        }
        if let Some((true_positives, false_positives)) = above_cut {
            let confusion = Confusion {
                true_positives,
                false_positives,
                false_negatives: sums.positives - true_positives,
                true_negatives: sums.negatives - false_positives,
            };
            set(RowMetric::Accuracy, confusion.accuracy());
            set(RowMetric::Precision, confusion.precision());
            set(RowMetric::Recall, confusion.recall());
            set(RowMetric::F1, confusion.f1());
            set(RowMetric::Mcc, confusion.mcc());
        }
        values
    }
}

impl Sums {
    fn close_block(&mut self, positives: u64, negatives: u64) {
        // Integers below 2^53, so these sums are exact for up to about 10^8 rows.
        self.won_twice += negatives as f64 * (2 * self.positives + positives) as f64;
        self.positives += positives;
        self.negatives += negatives;
        if positives > 0 {
            self.average_precision +=
                positives as f64 * self.positives as f64 / (self.positives + self.negatives) as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::eval::sorted::{auc_of, average_precision_of};
    use crate::engine::random::Draws;

    /// Weights must act exactly as repeating the rows does.
    #[test]
    fn weights_equal_repeated_rows() {
        let mut draws = Draws::new(11, &[]);
        let scores: Vec<f64> = (0..300).map(|_| (draws.uniform() * 50.0).round() / 50.0).collect();
        let labels: Vec<bool> = scores.iter().map(|&score| draws.chance(score)).collect();
        let weights: Vec<u32> = (0..300).map(|_| draws.below(4) as u32).collect();
        let table = RowTable::new(SortedScores::new(&labels, &scores), Some(0.5), 15);
        let weighted = table.weighted(&|at| weights[table.sorted.order[at] as usize], &mut Scratch::default());

        let repeat = |row: usize| std::iter::repeat_n(row, weights[row] as usize);
        let rows: Vec<usize> = (0..300).flat_map(repeat).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| labels[row]).collect();
        let scores: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
        let repeated = RowTable::new(SortedScores::new(&labels, &scores), Some(0.5), 15);
        for (metric, (a, b)) in RowMetric::ALL.iter().zip(weighted.iter().zip(repeated.point())) {
            assert!((a - b).abs() < 1e-12, "{metric:?} {a} {b}");
        }
        assert_eq!(repeated.point()[0], auc_of(&repeated.sorted).expect("two classes"));
        let ap = average_precision_of(&repeated.sorted).expect("positives");
        assert!((repeated.point()[1] - ap).abs() < 1e-14);
    }

    #[test]
    fn undefined_metrics_are_not_numbers() {
        let one_class = RowTable::new(SortedScores::new(&[false, false], &[3.0, -1.0]), None, 15).point();
        assert!(one_class.iter().all(|value| value.is_nan()));
    }

    #[test]
    fn a_threshold_above_all_scores_predicts_nothing() {
        let table = RowTable::new(SortedScores::new(&[true, false], &[0.4, 0.3]), Some(0.9), 15);
        let values = table.point();
        assert_eq!(values[RowMetric::Accuracy as usize], 0.5);
        assert!(values[RowMetric::Precision as usize].is_nan());
        assert_eq!(values[RowMetric::Recall as usize], 0.0);
    }
}
