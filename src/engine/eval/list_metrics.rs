//! Metrics of one ranked list with ties: expectations over all orders of the rows of one score.
//!
//! Invariant: without ties every function equals its textbook form.

use super::input::MapDenominator;

/// Rows of one score: where the run starts (0-based rank), how many, how many positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tie {
    start: usize,
    size: usize,
    positives: usize,
}

/// One group's rows as runs of equal scores, best first.
#[derive(Clone, Debug)]
pub(crate) struct RankedList {
    ties: Vec<Tie>,
    size: usize,
    pub positives: usize,
}

/// Cumulative sums of 1 / log2(rank + 1).
pub(crate) struct Discounts(Vec<f64>);

impl Discounts {
    /// For lists of up to `longest` rows.
    pub fn new(longest: usize) -> Self {
        let mut sums = Vec::with_capacity(longest + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for rank in 0..longest {
            sum += 1.0 / (rank as f64 + 2.0).log2();
            sums.push(sum);
        }
        Self(sums)
    }

    /// Sum over the first `ranks` ranks.
    fn first(&self, ranks: usize) -> f64 {
        self.0[ranks.min(self.0.len() - 1)]
    }
}

impl RankedList {
    pub fn new(rows: &[u32], labels: &[bool], scores: &[f64]) -> Self {
        let mut sorted: Vec<(f64, bool)> = rows
            .iter()
            .map(|&row| (scores[row as usize], labels[row as usize]))
            .collect();
        sorted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut ties: Vec<Tie> = Vec::new();
        let mut previous = f64::NAN;
        for (rank, &(score, positive)) in sorted.iter().enumerate() {
            // `==` and not the bits, so that -0 and 0 are one score.
            if score != previous {
                ties.push(Tie {
                    start: rank,
                    size: 0,
                    positives: 0,
                });
                previous = score;
            }
            if let Some(tie) = ties.last_mut() {
                tie.size += 1;
                tie.positives += usize::from(positive);
            }
        }
        Self {
            positives: ties.iter().map(|tie| tie.positives).sum(),
            size: sorted.len(),
            ties,
        }
    }

    pub fn len(&self) -> usize {
        self.size
    }

    /// Runs that begin within the first `k` ranks.
    fn within(&self, k: usize) -> impl Iterator<Item = &Tie> {
        self.ties.iter().take_while(move |tie| tie.start < k)
    }

    /// Expected number of positives among the first `k`.
    pub fn expected_hits(&self, k: usize) -> f64 {
        self.within(k)
            .map(|tie| tie.positives as f64 * tie.size.min(k - tie.start) as f64 / tie.size as f64)
            .sum()
    }

    /// nDCG at `k` with gain 1 for a positive and discount 1/log2(rank + 1).
    pub fn ndcg(&self, k: usize, discounts: &Discounts) -> f64 {
        let gained: f64 = self
            .within(k)
            .map(|tie| {
                let end = (tie.start + tie.size).min(k);
                let discount = discounts.first(end) - discounts.first(tie.start);
                tie.positives as f64 / tie.size as f64 * discount
            })
            .sum();
        gained / discounts.first(self.positives.min(k))
    }

    /// Chance that a positive is among the first `k`.
    pub fn hit_rate(&self, k: usize) -> f64 {
        let Some(tie) = self.within(k).find(|tie| tie.positives > 0) else {
            return 0.0;
        };
        let drawn = tie.size.min(k - tie.start);
        let mut miss = 1.0;
        for taken in 0..drawn {
            miss *= (tie.size - tie.positives).saturating_sub(taken) as f64 / (tie.size - taken) as f64;
        }
        1.0 - miss
    }

    /// Expected 1 / rank of the first positive, 0 beyond `k`.
    pub fn reciprocal_rank(&self, k: usize) -> f64 {
        let Some(tie) = self.within(k).find(|tie| tie.positives > 0) else {
            return 0.0;
        };
        let negatives = tie.size - tie.positives;
        let (mut expected, mut all_missed) = (0.0, 1.0);
        for place in 0..=negatives.min(k - tie.start - 1) {
            let left = (tie.size - place) as f64;
            expected += all_missed * tie.positives as f64 / left / (tie.start + place + 1) as f64;
            all_missed *= (negatives - place) as f64 / left;
        }
        expected
    }

    /// Expected sum of the precisions at the positives within `k`, over the denominator.
    pub fn average_precision(&self, k: usize, denominator: MapDenominator) -> f64 {
        let (mut sum, mut above) = (0.0, 0);
        for tie in self.within(k) {
            let (size, positives) = (tie.size as f64, tie.positives as f64);
            // Given a positive at `place`, the other positives of the tie fall evenly on the places before it.
            let density = if tie.size > 1 {
                (positives - 1.0) / (size - 1.0)
            } else {
                0.0
            };
            for place in 0..tie.size.min(k - tie.start) {
                if tie.positives == 0 {
                    break;
                }
                let found = f64::from(above) + 1.0 + place as f64 * density;
                sum += positives / size * found / (tie.start + place + 1) as f64;
            }
            above += tie.positives as u32;
        }
        let all = match denominator {
            MapDenominator::MinPositivesK => self.positives.min(k),
            MapDenominator::Positives => self.positives,
        };
        sum / all as f64
    }

    /// AUC within the list; `None` with one class.
    pub fn auc(&self) -> Option<f64> {
        let negatives = self.size - self.positives;
        if self.positives == 0 || negatives == 0 {
            return None;
        }
        let (mut above, mut won) = (0.0, 0.0);
        for tie in &self.ties {
            won += (tie.size - tie.positives) as f64 * (above + 0.5 * tie.positives as f64);
            above += tie.positives as f64;
        }
        Some(won / (self.positives as f64 * negatives as f64))
    }

    /// True when rows of one score but different labels stand on both sides of rank `k`.
    pub fn tie_at_cut(&self, k: usize) -> bool {
        self.within(k)
            .last()
            .is_some_and(|tie| tie.start + tie.size > k && tie.positives > 0 && tie.positives < tie.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    fn list(labels: &[bool], scores: &[f64]) -> RankedList {
        let rows: Vec<u32> = (0..labels.len() as u32).collect();
        RankedList::new(&rows, labels, scores)
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn hand_computed_without_ties() {
        // Ranks of the positives: 2, 3, 6 of 6.
        let labels = [false, true, true, false, false, true];
        let list = list(&labels, &[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        let discounts = Discounts::new(6);
        close(list.reciprocal_rank(usize::MAX), 0.5);
        close(list.reciprocal_rank(1), 0.0);
        close(list.expected_hits(5), 2.0);
        close(list.hit_rate(1), 0.0);
        close(list.hit_rate(2), 1.0);
        let d = |rank: f64| 1.0 / (rank + 1.0).log2();
        close(list.ndcg(5, &discounts), (d(2.0) + d(3.0)) / (d(1.0) + d(2.0) + d(3.0)));
        let precisions = 1.0 / 2.0 + 2.0 / 3.0;
        close(list.average_precision(2, MapDenominator::MinPositivesK), 0.5 / 2.0);
        close(
            list.average_precision(5, MapDenominator::MinPositivesK),
            precisions / 3.0,
        );
        close(list.average_precision(2, MapDenominator::Positives), 0.5 / 3.0);
        close(
            list.average_precision(usize::MAX, MapDenominator::Positives),
            (precisions + 0.5) / 3.0,
        );
        // Pairs won: the positive at rank 2 beats 2 negatives, at rank 3 beats 2, at rank 6 none: 4 of 9.
        close(list.auc().expect("two classes"), 4.0 / 9.0);
    }

    /// Every metric with ties must equal the mean over all orders of the tied rows.
    #[test]
    fn ties_are_averaged_over_all_orders() {
        let mut draws = Draws::new(5, &[]);
        for _ in 0..40 {
            let n = 3 + draws.below(4) as usize;
            let scores: Vec<f64> = (0..n).map(|_| draws.below(3) as f64).collect();
            let mut labels: Vec<bool> = (0..n).map(|_| draws.chance(0.5)).collect();
            labels[0] = true;
            let tied = list(&labels, &scores);
            let discounts = Discounts::new(n);
            for k in [1, 2, 3, usize::MAX] {
                let mut sums = [0.0; 5];
                let orders = orders(&scores);
                for order in &orders {
                    let ranked: Vec<bool> = order.iter().map(|&row| labels[row]).collect();
                    let places: Vec<f64> = (0..n).map(|place| -(place as f64)).collect();
                    let strict = list(&ranked, &places);
                    for (sum, value) in sums.iter_mut().zip(all(&strict, k, &discounts)) {
                        *sum += value / orders.len() as f64;
                    }
                }
                for (expected, value) in sums.iter().zip(all(&tied, k, &discounts)) {
                    close(*expected, value);
                }
            }
        }
    }

    fn all(list: &RankedList, k: usize, discounts: &Discounts) -> [f64; 5] {
        [
            list.ndcg(k, discounts),
            list.expected_hits(k),
            list.hit_rate(k),
            list.reciprocal_rank(k),
            list.average_precision(k, MapDenominator::MinPositivesK),
        ]
    }

    /// All permutations of the rows that sort the scores descending.
    fn orders(scores: &[f64]) -> Vec<Vec<usize>> {
        fn extend(prefix: &mut Vec<usize>, scores: &[f64], found: &mut Vec<Vec<usize>>) {
            if prefix.len() == scores.len() {
                found.push(prefix.clone());
                return;
            }
            let left: Vec<usize> = (0..scores.len()).filter(|row| !prefix.contains(row)).collect();
            let top = left.iter().map(|&row| scores[row]).fold(f64::MIN, f64::max);
            for row in left.into_iter().filter(|&row| scores[row] == top) {
                prefix.push(row);
                extend(prefix, scores, found);
                prefix.pop();
            }
        }
        let mut found = Vec::new();
        extend(&mut Vec::new(), scores, &mut found);
        found
    }

    #[test]
    fn ties_at_the_cut_are_seen() {
        let list = list(&[true, false, true, false], &[3.0, 2.0, 2.0, 1.0]);
        assert!(!list.tie_at_cut(1) && list.tie_at_cut(2) && !list.tie_at_cut(3));
        assert!(!super::RankedList::new(&[0, 1], &[true, true], &[1.0, 1.0]).tie_at_cut(1));
    }
}
