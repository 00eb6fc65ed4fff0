//! One arm of one metric: its estimate and what each unit adds to it.
//!
//! Mean, proportion and ratio share one form: estimate θ and influence values zᵢ with mean 0, so that
//! Var(θ) ≈ Var(z) / n. For a ratio zᵢ = (yᵢ − θ·xᵢ) / x̄ (delta method; Deng, Knoblich, Lu: KDD 2018, eq. 2).
//! Invariant: variances come from centred values, so they are never negative.

use super::config::MetricKind;

/// The units of an arm that have a value: numerator, denominator (ratios), covariate (NaN = none).
#[derive(Clone, Debug, Default)]
pub(super) struct ArmValues {
    pub numerator: Vec<f64>,
    /// Empty unless the metric is a ratio.
    pub denominator: Vec<f64>,
    /// Empty without a covariate.
    pub covariate: Vec<f64>,
}

/// What an arm says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ArmSummary {
    pub n: f64,
    pub estimate: f64,
    /// Of a unit's influence.
    pub variance: f64,
}

impl ArmSummary {
    pub(super) fn standard_error(&self) -> f64 {
        (self.variance / self.n).sqrt()
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    // Shifting by the first value keeps the sum small for values far from 0.
    let Some(&shift) = values.first() else { return f64::NAN };
    shift + values.iter().map(|value| value - shift).sum::<f64>() / values.len() as f64
}

/// Sample covariance of two series with their means, divisor n − 1.
pub(super) fn covariance(a: &[f64], b: &[f64], (mean_a, mean_b): (f64, f64)) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    sum / (a.len() as f64 - 1.0)
}

impl ArmValues {
    pub(super) fn len(&self) -> usize {
        self.numerator.len()
    }

    /// Estimate and influence values; `None` with fewer than two units or a zero denominator.
    pub(super) fn influence(&self, kind: MetricKind) -> Option<(ArmSummary, Vec<f64>)> {
        let n = self.len();
        if n < 2 {
            return None;
        }
        let average = mean(&self.numerator);
        let (estimate, influence): (f64, Vec<f64>) = if kind == MetricKind::Ratio {
            let base = mean(&self.denominator);
            if base == 0.0 || !base.is_finite() {
                return None;
            }
            let ratio = average / base;
            let pairs = self.numerator.iter().zip(&self.denominator);
            (ratio, pairs.map(|(y, x)| (y - ratio * x) / base).collect())
        } else {
            (average, self.numerator.iter().map(|y| y - average).collect())
        };
        let squares: f64 = influence.iter().map(|z| z * z).sum();
        // A proportion's variance is p(1 − p), the maximum-likelihood one, as in the z test.
        let divisor = if kind == MetricKind::Proportion {
            n as f64
        } else {
            n as f64 - 1.0
        };
        let summary = ArmSummary {
            n: n as f64,
            estimate,
            variance: squares / divisor,
        };
        (summary.estimate.is_finite() && summary.variance.is_finite()).then_some((summary, influence))
    }

    pub(super) fn summary(&self, kind: MetricKind) -> Option<ArmSummary> {
        self.influence(kind).map(|(summary, _)| summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratio_variance_is_the_delta_method_by_hand() {
        let arm = ArmValues {
            numerator: vec![1.0, 0.0, 2.0, 1.0],
            denominator: vec![4.0, 2.0, 5.0, 5.0],
            covariate: vec![],
        };
        let summary = arm.summary(MetricKind::Ratio).expect("defined");
        assert!((summary.estimate - 0.25).abs() < 1e-15);
        // By hand: var y = 2/3, var x = 2, cov = 1; (2/3 − 2·¼·1 + ¼²·2) / 4² = (0.2916667) / 16.
        let expected = (2.0 / 3.0 - 0.5 + 0.125) / 16.0;
        assert!((summary.variance - expected).abs() < 1e-12, "{}", summary.variance);
    }

    #[test]
    fn far_values_keep_their_variance() {
        let arm = ArmValues {
            numerator: vec![1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0],
            ..ArmValues::default()
        };
        let summary = arm.summary(MetricKind::Mean).expect("defined");
        assert!((summary.variance - 1.0).abs() < 1e-9);
    }

    #[test]
    fn undefined_arms_say_so() {
        let one = ArmValues {
            numerator: vec![1.0],
            ..ArmValues::default()
        };
        assert_eq!(one.summary(MetricKind::Mean), None);
        let no_base = ArmValues {
            numerator: vec![1.0, 2.0],
            denominator: vec![0.0, 0.0],
            covariate: vec![],
        };
        assert_eq!(no_base.summary(MetricKind::Ratio), None);
    }
}
