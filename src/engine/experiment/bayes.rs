//! Flat-prior readings: how probable is it that the treatment is better, and what is lost if it is not.
//!
//! Proportions: Beta(1 + successes, 1 + failures) posteriors, integrated numerically. Everything else: the
//! difference is N(delta, se²). Invariant: probabilities of better and worse add to 1.

use super::arm::ArmSummary;
use super::config::MetricKind;
use super::report::Inference;
use super::tails::{normal_cdf, normal_density, normal_upper};
use statrs::function::beta::{beta_reg, ln_beta};

/// Steps of Simpson's rule over ± `WIDTH` standard deviations.
const STEPS: usize = 2000;
const WIDTH: f64 = 9.0;

/// Probability that the treatment's value is higher, and the expected shortfall E[max(control − treatment, 0)]
/// and excess E[max(treatment − control, 0)].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Belief {
    pub higher: f64,
    pub shortfall: f64,
    pub excess: f64,
}

impl Belief {
    /// Probability to beat and expected loss for a metric of which less or more is better.
    pub(super) fn of_better(self, lower_is_better: bool) -> (f64, f64) {
        if lower_is_better {
            (1.0 - self.higher, self.excess)
        } else {
            (self.higher, self.shortfall)
        }
    }
}

/// The belief about a metric; `None` where the difference has no standard error.
pub(super) fn belief(kind: MetricKind, arms: (&ArmSummary, &ArmSummary), raw: &Inference) -> Option<Belief> {
    if kind == MetricKind::Proportion {
        return Some(beta_belief(arms.0, arms.1));
    }
    normal_belief(raw.delta?, raw.standard_error?)
}

pub(super) fn normal_belief(delta: f64, error: f64) -> Option<Belief> {
    if error.is_nan() || error <= 0.0 {
        return None;
    }
    let z = delta / error;
    // E[max(−D, 0)] = se·φ(z) − delta·Φ(−z); far out both terms cancel, so 0 is the better answer.
    let part = |z: f64| {
        if z > 37.0 {
            0.0
        } else {
            (error * (normal_density(z) - z * normal_upper(z))).max(0.0)
        }
    };
    Some(Belief {
        higher: normal_cdf(z),
        shortfall: part(z),
        excess: part(-z),
    })
}

struct Posterior {
    a: f64,
    b: f64,
}

impl Posterior {
    fn of(arm: &ArmSummary) -> Self {
        let successes = (arm.estimate * arm.n).round();
        Self {
            a: 1.0 + successes,
            b: 1.0 + arm.n - successes,
        }
    }

    fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    fn deviation(&self) -> f64 {
        let total = self.a + self.b;
        (self.a * self.b / (total * total * (total + 1.0))).sqrt()
    }

    fn density(&self, x: f64) -> f64 {
        if x <= 0.0 || x >= 1.0 {
            return 0.0;
        }
        ((self.a - 1.0) * x.ln() + (self.b - 1.0) * (-x).ln_1p() - ln_beta(self.a, self.b)).exp()
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            0.0
        } else if x >= 1.0 {
            1.0
        } else {
            beta_reg(self.a, self.b, x)
        }
    }
}

fn beta_belief(control: &ArmSummary, treatment: &ArmSummary) -> Belief {
    let (c, t) = (Posterior::of(control), Posterior::of(treatment));
    let low = (c.mean() - WIDTH * c.deviation())
        .min(t.mean() - WIDTH * t.deviation())
        .max(0.0);
    let high = (c.mean() + WIDTH * c.deviation())
        .max(t.mean() + WIDTH * t.deviation())
        .min(1.0);
    let step = (high - low) / STEPS as f64;
    let mut sums = [0.0f64; 3];
    for at in 0..=STEPS {
        let x = low + step * at as f64;
        let weight = if at == 0 || at == STEPS {
            1.0
        } else if at % 2 == 1 {
            4.0
        } else {
            2.0
        };
        let (below_c, below_t) = (c.cdf(x), t.cdf(x));
        sums[0] += weight * t.density(x) * below_c;
        // E[max(C − T, 0)] = ∫ P(T < x < C) dx.
        sums[1] += weight * below_t * (1.0 - below_c);
        sums[2] += weight * below_c * (1.0 - below_t);
    }
    let [higher, shortfall, excess] = sums.map(|sum| sum * step / 3.0);
    Belief {
        higher: higher.clamp(0.0, 1.0),
        shortfall: shortfall.max(0.0),
        excess: excess.max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proportion(successes: f64, n: f64) -> ArmSummary {
        let p = successes / n;
        ArmSummary {
            n,
            estimate: p,
            variance: p * (1.0 - p),
        }
    }

    #[test]
    fn beta_belief_matches_the_closed_sum() {
        // Exact sum over i < 1 + successes (Evan Miller, "Formulas for Bayesian A/B testing"), Python 3.11.
        let found = beta_belief(&proportion(20.0, 100.0), &proportion(30.0, 110.0));
        assert!((found.higher - BETA_HIGHER).abs() < 1e-7, "{}", found.higher);
        let mean_difference = 31.0 / 112.0 - 21.0 / 102.0;
        assert!((found.excess - found.shortfall - mean_difference).abs() < 1e-7);
        let same = beta_belief(&proportion(300.0, 40_000.0), &proportion(300.0, 40_000.0));
        assert!((same.higher - 0.5).abs() < 1e-6);
    }
    const BETA_HIGHER: f64 = 0.889_304_199_760_517_7;

    #[test]
    fn normal_belief_is_consistent_and_does_not_overflow() {
        let found = normal_belief(0.3, 0.2).expect("defined");
        assert!((found.excess - found.shortfall - 0.3).abs() < 1e-12);
        assert!((found.higher - 0.933_192_798_731_141_9).abs() < 1e-9);
        let sure = normal_belief(1e9, 1.0).expect("defined");
        assert_eq!((sure.higher, sure.shortfall), (1.0, 0.0));
        assert_eq!(normal_belief(1.0, 0.0), None);
        assert_eq!(found.of_better(true).0, 1.0 - found.higher);
    }
}
