//! Which rows form which step: shuffled, then near equal lengths together.
//!
//! An epoch is a shuffle by (seed, epoch), cut into windows; inside a window rows are ordered by length and cut
//! into batches, whose order is shuffled again. Invariants: each row of an epoch occurs in it once; each batch has
//! `batch_size` rows except one an epoch; a batch's rows ascend in length, so that rows of equal length stand
//! together and are computed without padding; all is a pure function of (seed, epoch).
//!
//! Rows of an epoch are all rows, or, where positives are rare, all positives and so many negatives for each
//! (`with_negatives`): negatives take turns, so that each is seen before one is seen again.

use crate::engine::random::Draws;

/// Stream names of the draws made here.
const STREAM_ORDER: u64 = 0x6f72_6465;
const STREAM_WINDOW: u64 = 0x7769_6e64;
const STREAM_NEGATIVES: u64 = 0x6e65_6761;

/// Batches of one window. Larger windows give more equal lengths, smaller ones more mixing.
const WINDOW_BATCHES: usize = 50;

/// The plan of all epochs.
#[derive(Clone, Debug)]
pub struct BatchPlan {
    lengths: Vec<u32>,
    batch_size: usize,
    seed: u64,
    negatives: Option<Negatives>,
}

/// Which negatives an epoch takes beside all positives.
#[derive(Clone, Debug)]
struct Negatives {
    positives: Vec<u32>,
    /// All of them, in the order of their turns.
    turns: Vec<u32>,
    /// How many an epoch; fewer than there are.
    kept: usize,
}

impl Negatives {
    /// All positives, and the negatives whose turn it is.
    fn rows(&self, epoch: u64) -> Vec<u32> {
        let first = (epoch % self.turns.len() as u64) * self.kept as u64 % self.turns.len() as u64;
        let turns = self.turns.iter().cycle().skip(first as usize).take(self.kept);
        self.positives.iter().chain(turns).copied().collect()
    }
}

/// The batches of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochBatches {
    order: Vec<u32>,
    /// One more than there are batches.
    bounds: Vec<usize>,
}

impl BatchPlan {
    /// `lengths[row]` in tokens; `batch_size` at least 1.
    pub fn new(lengths: Vec<u32>, batch_size: usize, seed: u64) -> Self {
        Self {
            lengths,
            batch_size: batch_size.max(1),
            seed,
            negatives: None,
        }
    }

    /// At most `per_positive` rows labelled 0 for each labelled 1; all rows where there are no more than that, or
    /// only rows of one label.
    pub fn with_negatives(mut self, labels: &[f32], per_positive: f64) -> Self {
        let of = |label: f32| -> Vec<u32> {
            let rows = (0u32..).zip(labels).filter(|(_, known)| **known == label);
            rows.map(|(row, _)| row).collect()
        };
        let (positives, mut turns) = (of(1.0), of(0.0));
        let kept = ((positives.len() as f64 * per_positive).ceil() as usize).max(1);
        if positives.is_empty() || kept >= turns.len() {
            return self;
        }
        Draws::new(self.seed, &[STREAM_NEGATIVES]).shuffle(&mut turns);
        self.negatives = Some(Negatives { positives, turns, kept });
        self
    }

    pub fn rows_per_epoch(&self) -> usize {
        match &self.negatives {
            Some(negatives) => negatives.positives.len() + negatives.kept,
            None => self.lengths.len(),
        }
    }

    pub fn steps_per_epoch(&self) -> u64 {
        self.rows_per_epoch().div_ceil(self.batch_size) as u64
    }

    /// What leaving out negatives adds to the log-odds of label 1: ln(negatives / negatives kept); 0 with all rows.
    ///
    /// Added to the logit while training, it leaves the model with the log-odds of all rows, so that its
    /// probabilities need no correction (prior correction: King and Zeng 2001, section 4.1).
    pub fn log_odds_shift(&self) -> f64 {
        let share = |negatives: &Negatives| negatives.turns.len() as f64 / negatives.kept as f64;
        self.negatives.as_ref().map_or(0.0, |negatives| share(negatives).ln())
    }

    /// The batches of epoch 0, 1, …
    pub fn epoch(&self, epoch: u64) -> EpochBatches {
        let mut rows: Vec<u32> = match &self.negatives {
            Some(negatives) => negatives.rows(epoch),
            None => (0..u32::try_from(self.lengths.len()).unwrap_or(u32::MAX)).collect(),
        };
        Draws::new(self.seed, &[STREAM_ORDER, epoch]).shuffle(&mut rows);
        let mut batches = EpochBatches {
            order: Vec::with_capacity(rows.len()),
            bounds: vec![0],
        };
        for (window, chunk) in rows.chunks_mut(self.batch_size * WINDOW_BATCHES).enumerate() {
            chunk.sort_by_key(|&row| self.lengths[row as usize]);
            let mut draws = Draws::new(self.seed, &[STREAM_WINDOW, epoch, window as u64]);
            for range in self.cut(chunk.len(), &mut draws) {
                batches.order.extend_from_slice(&chunk[range]);
                batches.bounds.push(batches.order.len());
            }
        }
        batches
    }

    /// Cuts `len` ordered rows into batches; the incomplete one, if any, lies at a random place, lest it always
    /// hold the longest rows.
    fn cut(&self, len: usize, draws: &mut Draws) -> Vec<std::ops::Range<usize>> {
        let count = len.div_ceil(self.batch_size);
        let missing = count * self.batch_size - len;
        let short = draws.below(count as u64) as usize;
        let mut ranges = Vec::with_capacity(count);
        let mut start = 0;
        for index in 0..count {
            let end = start + self.batch_size - if index == short { missing } else { 0 };
            ranges.push(start..end);
            start = end;
        }
        draws.shuffle(&mut ranges);
        ranges
    }
}

impl EpochBatches {
    /// Rows of a batch, shortest first.
    pub fn rows(&self, batch: usize) -> &[u32] {
        &self.order[self.bounds[batch]..self.bounds[batch + 1]]
    }

    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rows for scoring: ascending in length, cut into batches of at most `batch_size`, longest batch first so that a
/// lack of memory shows at once.
pub fn scoring_batches(lengths: &[u32], batch_size: usize) -> Vec<Vec<u32>> {
    let mut rows: Vec<u32> = (0..u32::try_from(lengths.len()).unwrap_or(u32::MAX)).collect();
    rows.sort_by_key(|&row| lengths[row as usize]);
    let mut batches: Vec<Vec<u32>> = rows.chunks(batch_size.max(1)).map(<[u32]>::to_vec).collect();
    batches.reverse();
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lengths(count: usize) -> Vec<u32> {
        let mut draws = Draws::new(3, &[9]);
        (0..count).map(|_| 3 + draws.below(60) as u32).collect()
    }

    proptest! {
        #[test]
        fn each_row_occurs_once_an_epoch(count in 1usize..4000, size in 1usize..40, seed: u64, epoch in 0u64..5) {
            let plan = BatchPlan::new(lengths(count), size, seed);
            let batches = plan.epoch(epoch);
            prop_assert_eq!(batches.len() as u64, plan.steps_per_epoch());
            let mut seen: Vec<u32> = (0..batches.len()).flat_map(|b| batches.rows(b).to_vec()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..count as u32).collect::<Vec<_>>());
            let short = (0..batches.len()).filter(|&b| batches.rows(b).len() != size).count();
            prop_assert_eq!(short, usize::from(!count.is_multiple_of(size)));
            for batch in 0..batches.len() {
                let rows = batches.rows(batch);
                prop_assert!(rows.windows(2).all(|w| plan.lengths[w[0] as usize] <= plan.lengths[w[1] as usize]));
            }
        }
    }

    #[test]
    fn lengths_inside_a_batch_are_near_and_batches_come_in_no_order_of_length() {
        let plan = BatchPlan::new(lengths(16_000), 32, 1);
        let batches = plan.epoch(0);
        let distinct = |rows: &[u32]| {
            let mut l: Vec<u32> = rows.iter().map(|&r| plan.lengths[r as usize]).collect();
            l.dedup();
            l.len()
        };
        let mean = (0..batches.len()).map(|b| distinct(batches.rows(b))).sum::<usize>() as f64 / batches.len() as f64;
        assert!(mean < 3.0, "{mean} distinct lengths a batch");
        let first: Vec<u32> = (0..50).map(|b| plan.lengths[batches.rows(b)[0] as usize]).collect();
        let rises = first.windows(2).filter(|w| w[0] <= w[1]).count();
        assert!((10..40).contains(&rises), "{rises}");
    }

    #[test]
    fn epochs_and_seeds_differ_and_repeat() {
        let plan = BatchPlan::new(lengths(500), 16, 7);
        assert_eq!(plan.epoch(2), plan.epoch(2));
        assert_ne!(plan.epoch(0), plan.epoch(1));
        assert_ne!(plan.epoch(0), BatchPlan::new(lengths(500), 16, 8).epoch(0));
    }

    #[test]
    fn negatives_take_turns_beside_all_positives() {
        let labels: Vec<f32> = (0..1000).map(|row| f32::from(u8::from(row % 25 == 0))).collect();
        let plan = BatchPlan::new(lengths(1000), 16, 5).with_negatives(&labels, 3.0);
        assert_eq!(plan.rows_per_epoch(), 40 + 120);
        assert_eq!(plan.steps_per_epoch(), 10);
        assert!((plan.log_odds_shift() - (960f64 / 120.0).ln()).abs() < 1e-12);
        let mut seen = vec![0u32; 1000];
        for epoch in 0..16 {
            let batches = plan.epoch(epoch);
            let rows: Vec<u32> = (0..batches.len()).flat_map(|b| batches.rows(b).to_vec()).collect();
            assert_eq!(rows.len(), 160);
            rows.iter().for_each(|&row| seen[row as usize] += 1);
        }
        for (row, count) in seen.iter().enumerate() {
            // 16 epochs of 120 negatives go through all 960 of them twice.
            assert_eq!(*count, if labels[row] == 1.0 { 16 } else { 2 }, "row {row}");
        }
        assert_eq!(plan.epoch(3), plan.epoch(3));
    }

    #[test]
    fn with_few_negatives_or_one_label_all_rows_are_taken() {
        let plan = |labels: &[f32], per_positive| {
            BatchPlan::new(lengths(labels.len()), 4, 1).with_negatives(labels, per_positive)
        };
        for (labels, per_positive) in [
            (vec![1.0, 0.0, 0.0, 1.0, 0.0], 3.0),
            (vec![0.0; 9], 1.0),
            (vec![1.0; 9], 1.0),
        ] {
            let plan = plan(&labels, per_positive);
            assert_eq!(plan.rows_per_epoch(), labels.len());
            assert_eq!(plan.log_odds_shift(), 0.0);
        }
    }

    #[test]
    fn scoring_covers_all_rows_longest_first() {
        let lengths = lengths(1000);
        let batches = scoring_batches(&lengths, 64);
        assert_eq!(
            batches[0].iter().map(|&row| lengths[row as usize]).max(),
            lengths.iter().copied().max()
        );
        assert!(batches.iter().all(|batch| batch.len() <= 64));
        let mut rows: Vec<u32> = batches.concat();
        rows.sort_unstable();
        assert_eq!(rows, (0..1000).collect::<Vec<_>>());
    }
}
