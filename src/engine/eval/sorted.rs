//! Scores sorted once, best first; every rank-based number is one pass over this.
//!
//! Invariant: rows of equal score form one block, and nothing depends on their order inside it.

use rayon::prelude::*;

/// Rows in descending order of score.
#[derive(Clone, Debug)]
pub(crate) struct SortedScores {
    /// Row of each position.
    pub order: Vec<u32>,
    pub scores: Vec<f64>,
    pub positive: Vec<bool>,
    /// True at the last position of each block of equal scores.
    pub block_end: Vec<bool>,
    pub positives: u64,
    pub negatives: u64,
}

/// A run of equal scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Position of its first row.
    pub start: usize,
    /// One past its last row.
    pub end: usize,
    pub positives: u64,
    pub negatives: u64,
    /// Positives and negatives with a higher score.
    pub positives_above: u64,
    pub negatives_above: u64,
}

impl SortedScores {
    /// Sorts the rows; `scores` hold no NaN and as many values as `labels`.
    pub fn new(labels: &[bool], scores: &[f64]) -> Self {
        let mut keyed: Vec<(u64, u32)> = scores
            .iter()
            .enumerate()
            .map(|(row, &score)| (descending_key(score), row as u32))
            .collect();
        keyed.par_sort_unstable();
        let order: Vec<u32> = keyed.iter().map(|&(_, row)| row).collect();
        let block_end = (0..keyed.len())
            .map(|at| keyed.get(at + 1).is_none_or(|next| next.0 != keyed[at].0))
            .collect();
        let positive: Vec<bool> = order.iter().map(|&row| labels[row as usize]).collect();
        let positives = positive.iter().filter(|&&positive| positive).count() as u64;
        Self {
            scores: order.iter().map(|&row| scores[row as usize]).collect(),
            negatives: order.len() as u64 - positives,
            order,
            positive,
            block_end,
            positives,
        }
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True when both classes are there, so that rank-based metrics are defined.
    pub fn two_classes(&self) -> bool {
        self.positives > 0 && self.negatives > 0
    }

    /// The blocks of equal scores, best first.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + '_ {
        let (mut start, mut positives_above, mut negatives_above) = (0, 0, 0);
        std::iter::from_fn(move || {
            if start >= self.len() {
                return None;
            }
            let mut end = start;
            let mut positives = 0;
            loop {
                positives += u64::from(self.positive[end]);
                end += 1;
                if self.block_end[end - 1] {
                    break;
                }
            }
            let block = Block {
                start,
                end,
                positives,
                negatives: (end - start) as u64 - positives,
                positives_above,
                negatives_above,
            };
            start = end;
            positives_above += block.positives;
            negatives_above += block.negatives;
            Some(block)
        })
    }
}

/// Maps a score to an integer that sorts descending; -0 and 0 are one score.
fn descending_key(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    !ascending
}

/// Area under the ROC curve with ties counted half; `None` with one class. Both slices have one length and no NaN.
///
/// Sorts the two classes apart and merges them, which moves half the memory of a full `SortedScores`.
pub fn auc(labels: &[bool], scores: &[f64]) -> Option<f64> {
    let keys_of = |wanted: bool| {
        let picked = labels.iter().zip(scores).filter(|&(&label, _)| label == wanted);
        let mut keys: Vec<u64> = picked.map(|(_, &score)| descending_key(score)).collect();
        keys.par_sort_unstable();
        keys
    };
    let (positives, negatives) = rayon::join(|| keys_of(true), || keys_of(false));
    if positives.is_empty() || negatives.is_empty() {
        return None;
    }
    let (mut above, mut up_to, mut twice) = (0, 0, 0_u128);
    for &key in &negatives {
        while positives.get(above).is_some_and(|&positive| positive < key) {
            above += 1;
        }
        up_to = up_to.max(above);
        while positives.get(up_to).is_some_and(|&positive| positive <= key) {
            up_to += 1;
        }
        twice += (above + up_to) as u128;
    }
    let pairs = positives.len() as u128 * negatives.len() as u128;
    Some(twice as f64 / (2.0 * pairs as f64))
}

#[cfg(test)]
pub(crate) fn auc_of(sorted: &SortedScores) -> Option<f64> {
    if !sorted.two_classes() {
        return None;
    }
    // Twice the number of won pairs is an integer, so the area is exact up to one division.
    let twice: u128 = sorted
        .blocks()
        .map(|b| u128::from(b.negatives) * u128::from(2 * b.positives_above + b.positives))
        .sum();
    let pairs = u128::from(sorted.positives) * u128::from(sorted.negatives);
    Some(twice as f64 / (2.0 * pairs as f64))
}

/// Average precision as scikit-learn defines it: Σ (Rₙ − Rₙ₋₁) Pₙ over distinct scores; `None` without positives.
#[cfg(test)]
pub(crate) fn average_precision_of(sorted: &SortedScores) -> Option<f64> {
    if sorted.positives == 0 {
        return None;
    }
    let sum: f64 = sorted
        .blocks()
        .filter(|block| block.positives > 0)
        .map(|b| b.positives as f64 * (b.positives_above + b.positives) as f64 / b.end as f64)
        .sum();
    Some(sum / sorted.positives as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bools(labels: &[u8]) -> Vec<bool> {
        labels.iter().map(|&label| label == 1).collect()
    }

    #[test]
    fn hand_computed_auc_and_average_precision() {
        // The example of scikit-learn's documentation: AUC 0.75, AP 0.8333….
        let labels = bools(&[0, 0, 1, 1]);
        let scores = [0.1, 0.4, 0.35, 0.8];
        assert_eq!(auc(&labels, &scores), Some(0.75));
        let ap = average_precision_of(&SortedScores::new(&labels, &scores)).expect("positives");
        assert!((ap - 5.0 / 6.0).abs() < 1e-15, "{ap}");
    }

    #[test]
    fn ties_count_half() {
        // Pairs: (0.5,0.5) tie, (0.5,0.2) won, (0.9,0.5) won, (0.9,0.2) won → 3.5 / 4.
        assert_eq!(auc(&bools(&[1, 0, 1, 0]), &[0.5, 0.5, 0.9, 0.2]), Some(0.875));
        assert_eq!(auc(&bools(&[1, 0, 1, 0]), &[0.3; 4]), Some(0.5));
        // -0 and 0 are one score.
        assert_eq!(auc(&bools(&[1, 0]), &[-0.0, 0.0]), Some(0.5));
    }

    #[test]
    fn one_class_has_no_auc() {
        assert_eq!(auc(&bools(&[1, 1]), &[0.1, 0.2]), None);
        assert_eq!(auc(&bools(&[0, 0]), &[0.1, 0.2]), None);
        assert_eq!(
            average_precision_of(&SortedScores::new(&bools(&[0, 0]), &[0.1, 0.2])),
            None
        );
    }

    #[test]
    fn negative_and_infinite_scores_sort() {
        let scores = [-1.0, f64::INFINITY, 0.0, f64::NEG_INFINITY, 2.0, -3.5];
        let sorted = SortedScores::new(&[true; 6], &scores);
        assert_eq!(sorted.order, [1, 4, 2, 0, 5, 3]);
    }
}
