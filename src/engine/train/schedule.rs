//! The learning rate of each step.
//!
//! Same shapes as Transformers' `get_scheduler`: linear warm-up from 0, then a linear, half-cosine or polynomial fall
//! to 0.

use crate::engine::run::config::Schedule;

/// Learning rates over a whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRate {
    pub base: f64,
    pub schedule: Schedule,
    /// Of the polynomial schedule.
    pub power: f64,
    pub warmup_steps: u64,
    pub total_steps: u64,
}

impl LearningRate {
    /// `warmup_ratio` of all steps, rounded up, climb from 0 to `base`.
    pub fn new(base: f64, schedule: Schedule, warmup_ratio: f64, total_steps: u64) -> Self {
        let warmup_steps = (total_steps as f64 * warmup_ratio.clamp(0.0, 1.0)).ceil() as u64;
        Self {
            base,
            schedule,
            power: 2.0,
            warmup_steps,
            total_steps,
        }
    }

    #[must_use]
    pub fn with_power(self, power: f64) -> Self {
        Self { power, ..self }
    }

    /// Learning rate used for the step after `done` steps.
    pub fn at(&self, done: u64) -> f64 {
        self.base * self.factor(done)
    }

    fn factor(&self, done: u64) -> f64 {
        if done < self.warmup_steps {
            return done as f64 / self.warmup_steps as f64;
        }
        let decaying = self.total_steps.saturating_sub(self.warmup_steps).max(1) as f64;
        let progress = ((done - self.warmup_steps) as f64 / decaying).min(1.0);
        match self.schedule {
            Schedule::Linear => 1.0 - progress,
            Schedule::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Schedule::Constant => 1.0,
            Schedule::Polynomial => (1.0 - progress).powf(self.power),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_equal_transformers_schedulers() {
        // transformers 4.x get_scheduler(name, optimizer, num_warmup_steps=2, num_training_steps=10), base lr 1.
        let linear = LearningRate::new(1.0, Schedule::Linear, 0.15, 10);
        let cosine = LearningRate::new(1.0, Schedule::Cosine, 0.15, 10);
        assert_eq!(linear.warmup_steps, 2);
        let expected_linear = [0.0, 0.5, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0];
        let expected_cosine = [
            0.0,
            0.5,
            1.0,
            0.961_939_766,
            0.853_553_391,
            0.691_341_716,
            0.5,
            0.308_658_284,
        ];
        for (step, value) in (0u64..).zip(expected_linear) {
            assert!((linear.at(step) - value).abs() < 1e-12, "{step}");
        }
        for (step, value) in (0u64..).zip(expected_cosine) {
            assert!((cosine.at(step) - value).abs() < 1e-8, "{step}");
        }
        // get_polynomial_decay_schedule_with_warmup with power 2 and lr_end 0.
        let polynomial = LearningRate::new(1.0, Schedule::Polynomial, 0.15, 10);
        for (step, value) in (0u64..).zip([0.0, 0.5, 1.0, 0.765_625, 0.5625, 0.390_625, 0.25]) {
            assert!((polynomial.at(step) - value).abs() < 1e-12, "{step}");
        }
        assert_eq!(polynomial.with_power(1.0).at(6), linear.at(6));
        assert_eq!(LearningRate::new(2.0, Schedule::Constant, 0.0, 4).at(3), 2.0);
        assert_eq!(linear.at(99), 0.0);
    }
}
