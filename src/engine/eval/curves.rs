//! Curves for the eye: ROC, precision–recall, score histograms. Thinned to what a plot can show.
//!
//! Invariant: every point is exact; thinning leaves points out and never moves one. No number is computed from these.

use super::calibration::all_probabilities;
use super::sorted::SortedScores;
use serde::{Deserialize, Serialize};

/// Points closer than this (of a unit square) to the last one kept are not drawn.
const MIN_STEP: f64 = 1.0 / 400.0;
const HISTOGRAM_BINS: usize = 40;

/// What the page draws.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// (false positive rate, true positive rate), from (0, 0) to (1, 1); empty with one class.
    pub roc: Vec<[f64; 2]>,
    /// (recall, precision) with ascending recall; empty without positives.
    pub precision_recall: Vec<[f64; 2]>,
    pub histogram: Option<ScoreHistogram>,
}

/// Scores of the two classes in bins of equal width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreHistogram {
    /// Left edge of the first bin.
    pub start: f64,
    pub bin_width: f64,
    pub positives: Vec<u64>,
    pub negatives: Vec<u64>,
}

impl Curves {
    pub(crate) fn of(sorted: &SortedScores) -> Self {
        Self {
            roc: roc(sorted),
            precision_recall: precision_recall(sorted),
            histogram: ScoreHistogram::of(sorted),
        }
    }
}

fn roc(sorted: &SortedScores) -> Vec<[f64; 2]> {
    if !sorted.two_classes() {
        return Vec::new();
    }
    let (positives, negatives) = (sorted.positives as f64, sorted.negatives as f64);
    let points = sorted.blocks().map(|block| {
        [
            (block.negatives_above + block.negatives) as f64 / negatives,
            (block.positives_above + block.positives) as f64 / positives,
        ]
    });
    thin(std::iter::once([0.0, 0.0]).chain(points))
}

fn precision_recall(sorted: &SortedScores) -> Vec<[f64; 2]> {
    if sorted.positives == 0 {
        return Vec::new();
    }
    let points = sorted.blocks().map(|block| {
        let found = (block.positives_above + block.positives) as f64;
        [found / sorted.positives as f64, found / block.end as f64]
    });
    thin(points)
}

/// Keeps the first and last point, and of the others those at least `MIN_STEP` from the last one kept.
fn thin(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut skipped = None;
    for point in points {
        let far = kept
            .last()
            .is_none_or(|last| (point[0] - last[0]).abs() + (point[1] - last[1]).abs() >= MIN_STEP);
        if far {
            kept.push(point);
            skipped = None;
        } else {
            skipped = Some(point);
        }
    }
    kept.extend(skipped);
    kept
}

impl ScoreHistogram {
    /// Over 0..=1 for probabilities, else over the range of the scores; `None` without rows.
    fn of(sorted: &SortedScores) -> Option<Self> {
        let (start, end) = if all_probabilities(&sorted.scores) {
            (0.0, 1.0)
        } else {
            (*sorted.scores.last()?, *sorted.scores.first()?)
        };
        let span = end - start;
        let bin_width = if span > 0.0 && span.is_finite() {
            span / HISTOGRAM_BINS as f64
        } else {
            1.0
        };
        let mut histogram = Self {
            start,
            bin_width,
            positives: vec![0; HISTOGRAM_BINS],
            negatives: vec![0; HISTOGRAM_BINS],
        };
        for (&positive, &score) in sorted.positive.iter().zip(&sorted.scores) {
            let bin = (((score - start) / bin_width) as usize).min(HISTOGRAM_BINS - 1);
            let counts = if positive {
                &mut histogram.positives
            } else {
                &mut histogram.negatives
            };
            counts[bin] += 1;
        }
        Some(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    #[test]
    fn hand_computed_curves() {
        let labels = [true, false, true, false];
        let curves = Curves::of(&SortedScores::new(&labels, &[0.9, 0.5, 0.5, 0.2]));
        assert_eq!(curves.roc, [[0.0, 0.0], [0.0, 0.5], [0.5, 1.0], [1.0, 1.0]]);
        assert_eq!(curves.precision_recall, [[0.5, 1.0], [1.0, 2.0 / 3.0], [1.0, 0.5]]);
    }

    #[test]
    fn thinning_keeps_the_ends_and_bounds_the_count() {
        let mut draws = Draws::new(2, &[]);
        let scores: Vec<f64> = (0..50_000).map(|_| draws.uniform()).collect();
        let labels: Vec<bool> = scores.iter().map(|&score| draws.chance(score)).collect();
        let curves = Curves::of(&SortedScores::new(&labels, &scores));
        assert!(curves.roc.len() <= 802, "{}", curves.roc.len());
        assert_eq!(
            (curves.roc[0], curves.roc[curves.roc.len() - 1]),
            ([0.0, 0.0], [1.0, 1.0])
        );
        assert!(
            curves
                .roc
                .windows(2)
                .all(|pair| pair[0][0] <= pair[1][0] && pair[0][1] <= pair[1][1])
        );
    }

    #[test]
    fn the_histogram_counts_every_row() {
        let labels = [true, false, true, false, true];
        let scores = [3.0, -2.0, 1.0, 0.5, 3.0];
        let histogram = ScoreHistogram::of(&SortedScores::new(&labels, &scores)).expect("rows");
        let total: u64 = histogram.positives.iter().chain(&histogram.negatives).sum();
        assert_eq!((total, histogram.start), (5, -2.0));
        assert_eq!(histogram.positives[HISTOGRAM_BINS - 1], 2);
        let constant = ScoreHistogram::of(&SortedScores::new(&[true, false], &[7.0, 7.0])).expect("rows");
        assert_eq!((constant.positives[0], constant.negatives[0]), (1, 1));
    }
}
