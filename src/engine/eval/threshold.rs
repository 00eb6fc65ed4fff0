//! Confusion counts at every threshold from one sorted pass, so that a slider answers at once.
//!
//! Invariant: every entry is exact for its threshold; a compact table has fewer thresholds, never rounded counts.

use super::sorted::SortedScores;
use serde::{Deserialize, Serialize};

/// Counts of the four outcomes. A row is predicted positive if its score is at least the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    pub true_positives: u64,
    pub false_positives: u64,
    pub false_negatives: u64,
    pub true_negatives: u64,
}

impl Confusion {
    pub fn total(self) -> u64 {
        self.true_positives + self.false_positives + self.false_negatives + self.true_negatives
    }

    pub fn accuracy(self) -> Option<f64> {
        ratio(self.true_positives + self.true_negatives, self.total())
    }

    /// `None` when nothing is predicted positive.
    pub fn precision(self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// True positive rate; `None` without positives.
    pub fn recall(self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// True negative rate; `None` without negatives.
    pub fn specificity(self) -> Option<f64> {
        ratio(self.true_negatives, self.true_negatives + self.false_positives)
    }

    /// `None` when there is neither a positive nor a predicted positive.
    pub fn f1(self) -> Option<f64> {
        let twice = 2 * self.true_positives;
        ratio(twice, twice + self.false_positives + self.false_negatives)
    }

    /// Matthews correlation; `None` when a margin of the table is empty.
    pub fn mcc(self) -> Option<f64> {
        let [tp, fp, fneg, tn] = [
            self.true_positives,
            self.false_positives,
            self.false_negatives,
            self.true_negatives,
        ]
        .map(|count| count as f64);
        let margins = [tp + fp, tp + fneg, tn + fp, tn + fneg];
        if margins.contains(&0.0) {
            return None;
        }
        let product: f64 = margins.iter().map(|margin| margin.sqrt()).product();
        Some((tp * tn - fp * fneg) / product)
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Everything that is read off one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdMetrics {
    pub threshold: f64,
    pub confusion: Confusion,
    pub accuracy: Option<f64>,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub specificity: Option<f64>,
    pub f1: Option<f64>,
    pub mcc: Option<f64>,
}

impl ThresholdMetrics {
    pub fn new(threshold: f64, confusion: Confusion) -> Self {
        Self {
            threshold,
            confusion,
            accuracy: confusion.accuracy(),
            precision: confusion.precision(),
            recall: confusion.recall(),
            specificity: confusion.specificity(),
            f1: confusion.f1(),
            mcc: confusion.mcc(),
        }
    }
}

/// Cumulative counts over distinct scores, highest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThresholdTable {
    /// Distinct scores, descending.
    pub thresholds: Vec<f64>,
    /// Positives with a score of at least the threshold.
    pub true_positives: Vec<u64>,
    /// Negatives with a score of at least the threshold.
    pub false_positives: Vec<u64>,
    pub positives: u64,
    pub negatives: u64,
    /// True when every distinct score has its entry.
    pub complete: bool,
}

impl ThresholdTable {
    pub(crate) fn new(sorted: &SortedScores) -> Self {
        let mut table = Self {
            positives: sorted.positives,
            negatives: sorted.negatives,
            complete: true,
            ..Self::default()
        };
        for block in sorted.blocks() {
            table.thresholds.push(sorted.scores[block.start]);
            table.true_positives.push(block.positives_above + block.positives);
            table.false_positives.push(block.negatives_above + block.negatives);
        }
        table
    }

    pub fn len(&self) -> usize {
        self.thresholds.len()
    }

    pub fn is_empty(&self) -> bool {
        self.thresholds.is_empty()
    }

    /// Counts of the entry `at`; `None` beyond the table.
    pub fn entry(&self, at: usize) -> Option<ThresholdMetrics> {
        let threshold = *self.thresholds.get(at)?;
        Some(ThresholdMetrics::new(
            threshold,
            self.confusion(self.true_positives[at], self.false_positives[at]),
        ))
    }

    /// Metrics at any threshold, O(log n). In a table that is not complete the nearest higher entry answers,
    /// and its own threshold is in the result.
    pub fn at(&self, threshold: f64) -> ThresholdMetrics {
        let entries = self.thresholds.partition_point(|&score| score >= threshold);
        match entries.checked_sub(1) {
            None => ThresholdMetrics::new(threshold, self.confusion(0, 0)),
            Some(last) => {
                let shown = if self.complete {
                    threshold
                } else {
                    self.thresholds[last]
                };
                ThresholdMetrics::new(
                    shown,
                    self.confusion(self.true_positives[last], self.false_positives[last]),
                )
            }
        }
    }

    /// The threshold with the best F1; of equals the highest. `None` without positives.
    pub fn best_f1(&self) -> Option<f64> {
        let mut best: Option<(f64, f64)> = None;
        for at in 0..self.len() {
            let f1 = self.confusion(self.true_positives[at], self.false_positives[at]).f1();
            if let Some(f1) = f1.filter(|_| self.positives > 0)
                && best.is_none_or(|(top, _)| f1 > top)
            {
                best = Some((f1, self.thresholds[at]));
            }
        }
        best.map(|(_, threshold)| threshold)
    }

    /// At most `limit` entries spread evenly over the rows (not the scores), with `keep` among them.
    pub(crate) fn compact(&self, limit: usize, keep: Option<f64>) -> Self {
        if self.len() <= limit {
            return self.clone();
        }
        let rows = (self.positives + self.negatives) as f64;
        let step = rows / (limit.max(3) - 2) as f64;
        let mut next = 0.0;
        let picked: Vec<usize> = (0..self.len())
            .filter(|&at| {
                let seen = (self.true_positives[at] + self.false_positives[at]) as f64;
                let due = seen >= next || at + 1 == self.len();
                if due {
                    next = seen + step;
                }
                due || keep == Some(self.thresholds[at])
            })
            .collect();
        Self {
            thresholds: picked.iter().map(|&at| self.thresholds[at]).collect(),
            true_positives: picked.iter().map(|&at| self.true_positives[at]).collect(),
            false_positives: picked.iter().map(|&at| self.false_positives[at]).collect(),
            complete: false,
            ..*self
        }
    }

    fn confusion(&self, true_positives: u64, false_positives: u64) -> Confusion {
        Confusion {
            true_positives,
            false_positives,
            false_negatives: self.positives - true_positives,
            true_negatives: self.negatives - false_positives,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(labels: &[bool], scores: &[f64]) -> ThresholdTable {
        ThresholdTable::new(&SortedScores::new(labels, scores))
    }

    #[test]
    fn hand_computed_confusion() {
        let labels = [true, false, true, false, true];
        let scores = [0.9, 0.8, 0.8, 0.3, 0.1];
        let table = table(&labels, &scores);
        let at = table.at(0.8);
        assert_eq!(
            at.confusion,
            Confusion {
                true_positives: 2,
                false_positives: 1,
                false_negatives: 1,
                true_negatives: 1
            }
        );
        assert_eq!(at.accuracy, Some(0.6));
        assert_eq!(at.precision, Some(2.0 / 3.0));
        assert_eq!(at.recall, Some(2.0 / 3.0));
        assert_eq!(at.specificity, Some(0.5));
        assert!((at.f1.expect("defined") - 2.0 / 3.0).abs() < 1e-15);
        // (2·1 − 1·1) / √(3·3·2·2) = 1/6
        assert!((at.mcc.expect("defined") - 1.0 / 6.0).abs() < 1e-15);
        // F1 by threshold: 0.9 → 0.5, 0.8 → 0.667, 0.3 → 0.571, 0.1 → 0.75.
        assert_eq!(table.best_f1(), Some(0.1));
    }

    #[test]
    fn undefined_is_not_zero() {
        let above = table(&[true, false], &[0.4, 0.2]).at(0.5);
        assert_eq!((above.precision, above.mcc), (None, None));
        assert_eq!(above.f1, Some(0.0));
        assert_eq!(table(&[false, false], &[0.4, 0.2]).best_f1(), None);
        assert_eq!(table(&[false, false], &[0.4, 0.2]).at(0.3).recall, None);
    }

    #[test]
    fn every_lookup_equals_a_count_over_the_rows() {
        let mut draws = crate::engine::random::Draws::new(3, &[]);
        let scores: Vec<f64> = (0..200).map(|_| (draws.uniform() * 40.0).floor() / 40.0).collect();
        let labels: Vec<bool> = scores.iter().map(|&score| draws.chance(score)).collect();
        let table = table(&labels, &scores);
        for step in -2..45 {
            let threshold = f64::from(step) / 41.0;
            let count = |predicted: bool, label: bool| {
                (0..200)
                    .filter(|&row| (scores[row] >= threshold) == predicted && labels[row] == label)
                    .count() as u64
            };
            let expected = Confusion {
                true_positives: count(true, true),
                false_positives: count(true, false),
                false_negatives: count(false, true),
                true_negatives: count(false, false),
            };
            assert_eq!(table.at(threshold).confusion, expected);
        }
    }

    #[test]
    fn a_compact_table_is_exact_where_it_answers() {
        let mut draws = crate::engine::random::Draws::new(4, &[]);
        let scores: Vec<f64> = (0..5000).map(|_| draws.uniform()).collect();
        let labels: Vec<bool> = scores.iter().map(|&score| draws.chance(score)).collect();
        let full = table(&labels, &scores);
        let best = full.best_f1();
        let small = full.compact(101, best);
        assert!(small.len() <= 103 && small.len() > 90, "{}", small.len());
        assert_eq!(small.thresholds.first(), full.thresholds.first());
        assert_eq!(small.thresholds.last(), full.thresholds.last());
        assert!(small.thresholds.contains(&best.expect("positives")));
        for at in 0..small.len() {
            let entry = small.entry(at).expect("inside");
            assert_eq!(entry, full.at(entry.threshold));
        }
        let between = small.at(0.5);
        assert_eq!(between, full.at(between.threshold));
    }
}
