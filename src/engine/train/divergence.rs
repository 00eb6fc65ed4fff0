//! Is a training still getting anywhere? Losses that grow without bound, and gradients that are never finite.
//!
//! Invariant: judged by what was measured since the start; it never changes what is learnt, it only ends a run.

use std::collections::VecDeque;

/// Steps whose mean loss is compared.
const STEPS: usize = 20;
/// So many times the loss of the first steps is no noise: cross-entropy of a guess is below 0.7.
const FACTOR: f64 = 10.0;
/// An opening below this counts as this.
const LEAST_OPENING: f64 = 0.1;
/// Steps in a row whose gradient was not finite. Loss scaling falls from 2^16 to 2^-4 in them.
const SKIPPED_IN_A_ROW: u64 = 20;

/// What is known of a run's losses.
#[derive(Clone, Debug, Default)]
pub struct Divergence {
    opening: Option<f64>,
    latest: VecDeque<f64>,
    last_skipped: u64,
    skipped_in_a_row: u64,
}

impl Divergence {
    /// Of a run whose first steps had this mean loss, if it is known.
    pub fn new(opening: Option<f64>) -> Self {
        Self {
            opening,
            ..Self::default()
        }
    }

    /// Mean loss of the first steps, once there were enough.
    pub fn opening(&self) -> Option<f64> {
        self.opening
    }

    /// Takes in the loss of a step; the reason if the run has diverged.
    pub fn loss(&mut self, loss: f64) -> Option<String> {
        if self.latest.len() == STEPS {
            self.latest.pop_front();
        }
        self.latest.push_back(loss);
        if self.latest.len() < STEPS {
            return None;
        }
        let mean = self.latest.iter().sum::<f64>() / STEPS as f64;
        let Some(opening) = self.opening else {
            self.opening = Some(mean);
            return None;
        };
        (mean > FACTOR * opening.max(LEAST_OPENING)).then(|| {
            format!("the loss of the last {STEPS} steps is {mean:.3}, that of the first {STEPS} was {opening:.3}")
        })
    }

    /// Takes in a step whose gradient was not finite; the reason if there were too many in a row.
    pub fn skipped(&mut self, step: u64) -> Option<String> {
        let follows = step == self.last_skipped + 1;
        self.skipped_in_a_row = if follows { self.skipped_in_a_row + 1 } else { 1 };
        self.last_skipped = step;
        (self.skipped_in_a_row >= SKIPPED_IN_A_ROW)
            .then(|| format!("the gradient was not finite in {SKIPPED_IN_A_ROW} steps in a row"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_without_bound_is_told_and_noise_is_not() {
        let mut watch = Divergence::default();
        let noisy = (0..200).map(|step| 0.6 + if step % 7 == 0 { 5.0 } else { 0.0 });
        assert!(noisy.into_iter().all(|loss| watch.loss(loss).is_none()));
        let mut watch = Divergence::new(Some(0.5));
        let told: Vec<Option<String>> = (0..60).map(|step| watch.loss(0.5 + f64::from(step))).collect();
        let first = told.iter().position(Option::is_some).expect("told");
        assert!((19..30).contains(&first), "{first}");
        let mut watch = Divergence::new(Some(0.001));
        assert!(
            (0..100).all(|_| watch.loss(0.9).is_none()),
            "a small opening is no measure"
        );
    }

    #[test]
    fn gradients_that_are_never_finite_are_told_and_single_ones_are_not() {
        let mut watch = Divergence::default();
        assert!((0..100).all(|step| watch.skipped(step * 2).is_none()));
        let told = (300..340).position(|step| watch.skipped(step).is_some());
        assert_eq!(told, Some(19));
    }
}
