//! Two arms against each other: absolute and relative intervals, tests.
//!
//! Sources: Welch, Biometrika 1947; Newcombe, Stat. Med. 1998, method 10; Katz et al., Biometrics 1978;
//! Fieller, JRSS B 1954. Invariant: swapping the arms flips the sign of `delta` and keeps the p-value.

use super::arm::ArmSummary;
use super::config::MetricKind;
use super::report::{Inference, InferenceMethod};
use super::tails::{normal_quantile, normal_two_sided, student_quantile, student_two_sided};

/// delta / |baseline|, `None` for a zero baseline.
pub(super) fn relative(delta: f64, baseline: f64) -> Option<f64> {
    let relative = delta / baseline.abs();
    relative.is_finite().then_some(relative)
}

/// The method that fits the kind of metric.
pub(super) fn compare(kind: MetricKind, control: &ArmSummary, treatment: &ArmSummary, alpha: f64) -> Inference {
    match kind {
        MetricKind::Proportion => two_proportions(control, treatment, alpha),
        MetricKind::Mean => welch(control, treatment, alpha),
        MetricKind::Ratio => normal(control, treatment, alpha, InferenceMethod::DeltaMethod),
        MetricKind::Quantile => normal(control, treatment, alpha, InferenceMethod::OrderStatistics),
    }
}

fn two_proportions(control: &ArmSummary, treatment: &ArmSummary, alpha: f64) -> Inference {
    let delta = treatment.estimate - control.estimate;
    let variance = control.variance / control.n + treatment.variance / treatment.n;
    let pooled = (control.estimate * control.n + treatment.estimate * treatment.n) / (control.n + treatment.n);
    let pooled_error = (pooled * (1.0 - pooled) * (1.0 / control.n + 1.0 / treatment.n)).sqrt();
    let statistic = (pooled_error > 0.0).then(|| delta / pooled_error);
    let z = normal_quantile(1.0 - alpha / 2.0);
    Inference {
        method: InferenceMethod::TwoProportionZ,
        delta: Some(delta),
        standard_error: Some(variance.sqrt()),
        interval: Some(newcombe(control, treatment, z)),
        relative: relative(delta, control.estimate),
        relative_interval: katz(control, treatment, z),
        statistic,
        degrees_of_freedom: None,
        p_value: statistic.and_then(normal_two_sided),
    }
}

/// Wilson's score interval of one proportion.
fn wilson(p: f64, n: f64, z: f64) -> (f64, f64) {
    let centre = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    ((centre - half) / scale, (centre + half) / scale)
}

fn newcombe(control: &ArmSummary, treatment: &ArmSummary, z: f64) -> [f64; 2] {
    let (control_low, control_high) = wilson(control.estimate, control.n, z);
    let (low, high) = wilson(treatment.estimate, treatment.n, z);
    let (p, q) = (treatment.estimate, control.estimate);
    let lower = p - q - ((p - low).powi(2) + (control_high - q).powi(2)).sqrt();
    let upper = p - q + ((high - p).powi(2) + (q - control_low).powi(2)).sqrt();
    [lower.max(-1.0), upper.min(1.0)]
}

fn katz(control: &ArmSummary, treatment: &ArmSummary, z: f64) -> Option<[f64; 2]> {
    let (p, q) = (treatment.estimate, control.estimate);
    if p <= 0.0 || q <= 0.0 {
        return None;
    }
    let error = ((1.0 - p) / (p * treatment.n) + (1.0 - q) / (q * control.n)).sqrt();
    let log = (p / q).ln();
    Some([(log - z * error).exp() - 1.0, (log + z * error).exp() - 1.0])
}

fn welch(control: &ArmSummary, treatment: &ArmSummary, alpha: f64) -> Inference {
    let delta = treatment.estimate - control.estimate;
    let (a, b) = (control.variance / control.n, treatment.variance / treatment.n);
    let error = (a + b).sqrt();
    if error == 0.0 {
        return exact(delta, control.estimate, InferenceMethod::WelchT);
    }
    let df = (a + b).powi(2) / (a * a / (control.n - 1.0) + b * b / (treatment.n - 1.0));
    let t = student_quantile(1.0 - alpha / 2.0, df);
    let statistic = delta / error;
    Inference {
        method: InferenceMethod::WelchT,
        delta: Some(delta),
        standard_error: Some(error),
        interval: Some([delta - t * error, delta + t * error]),
        relative: relative(delta, control.estimate),
        relative_interval: fieller(control, treatment, t),
        statistic: Some(statistic),
        degrees_of_freedom: Some(df),
        p_value: student_two_sided(statistic, df),
    }
}

/// A z test with the arms' own standard errors.
pub(super) fn normal(control: &ArmSummary, treatment: &ArmSummary, alpha: f64, method: InferenceMethod) -> Inference {
    let delta = treatment.estimate - control.estimate;
    let error = (control.variance / control.n + treatment.variance / treatment.n).sqrt();
    if error == 0.0 {
        return exact(delta, control.estimate, method);
    }
    let z = normal_quantile(1.0 - alpha / 2.0);
    let statistic = delta / error;
    Inference {
        method,
        delta: Some(delta),
        standard_error: Some(error),
        interval: Some([delta - z * error, delta + z * error]),
        relative: relative(delta, control.estimate),
        relative_interval: fieller(control, treatment, z),
        statistic: Some(statistic),
        degrees_of_freedom: None,
        p_value: normal_two_sided(statistic),
    }
}

/// All units of an arm are alike: there is a difference but no error to judge it by.
fn exact(delta: f64, baseline: f64, method: InferenceMethod) -> Inference {
    Inference {
        method,
        delta: Some(delta),
        relative: relative(delta, baseline),
        ..Inference::default()
    }
}

/// Fieller's interval of treatment / control − 1 for independent arms; `None` where it is unbounded
/// (g ≥ 1: the control is not apart from 0 at this level).
fn fieller(control: &ArmSummary, treatment: &ArmSummary, quantile: f64) -> Option<[f64; 2]> {
    let base = control.estimate;
    let (a, b) = (control.variance / control.n, treatment.variance / treatment.n);
    let g = quantile * quantile * a / (base * base);
    if g.is_nan() || g >= 1.0 {
        return None;
    }
    let ratio = treatment.estimate / base;
    let half = quantile / base.abs() * (b * (1.0 - g) + ratio * ratio * a).sqrt();
    let (low, high) = ((ratio - half) / (1.0 - g) - 1.0, (ratio + half) / (1.0 - g) - 1.0);
    // With a negative control the sign of the lift follows the absolute change.
    Some(if base < 0.0 { [-high, -low] } else { [low, high] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Option<f64>, b: f64, absolute: f64) {
        let a = a.expect("defined");
        assert!((a - b).abs() <= absolute, "{a} is not {b}");
    }

    fn proportion(successes: f64, n: f64) -> ArmSummary {
        let p = successes / n;
        ArmSummary {
            n,
            estimate: p,
            variance: p * (1.0 - p),
        }
    }

    #[test]
    fn newcombe_matches_the_published_example() {
        // Newcombe 1998, table II, example (a): 56/70 − 48/80, method 10: 0.0524, 0.3339.
        let found = two_proportions(&proportion(48.0, 80.0), &proportion(56.0, 70.0), 0.05);
        let [low, high] = found.interval.expect("defined");
        assert!(
            (low - 0.0524).abs() < 5e-5 && (high - 0.3339).abs() < 5e-5,
            "{low} {high}"
        );
        // (d): 5/56 − 0/29: −0.0381, 0.1926.
        let [low, high] = two_proportions(&proportion(0.0, 29.0), &proportion(5.0, 56.0), 0.05)
            .interval
            .expect("defined");
        assert!(
            (low + 0.0381).abs() < 5e-5 && (high - 0.1926).abs() < 5e-5,
            "{low} {high}"
        );
    }

    #[test]
    fn welch_matches_scipy() {
        // scipy.stats.ttest_ind_from_stats(5.2, 2.1, 40, 4.1, 3.3, 25, equal_var=False),
        // scipy 1.17: t 1.48887, p 0.145170.
        let treatment = ArmSummary {
            n: 40.0,
            estimate: 5.2,
            variance: 2.1 * 2.1,
        };
        let control = ArmSummary {
            n: 25.0,
            estimate: 4.1,
            variance: 3.3 * 3.3,
        };
        let found = welch(&control, &treatment, 0.05);
        let error = (2.1f64 * 2.1 / 40.0 + 3.3 * 3.3 / 25.0).sqrt();
        close(found.standard_error, error, 1e-12);
        close(found.statistic, 1.1 / error, 1e-12);
        close(found.statistic, 1.488_867_424_196_453_2, 1e-12);
        close(found.p_value, 0.145_169_798_186_858_93, 1e-9);
    }

    #[test]
    fn swapping_arms_flips_the_sign_only() {
        let (a, b) = (proportion(30.0, 200.0), proportion(45.0, 210.0));
        for kind in [MetricKind::Proportion, MetricKind::Mean, MetricKind::Ratio] {
            let (there, back) = (compare(kind, &a, &b, 0.05), compare(kind, &b, &a, 0.05));
            close(there.delta, -back.delta.expect("defined"), 1e-15);
            close(there.p_value, back.p_value.expect("defined"), 1e-12);
            let ([low, high], [other_low, other_high]) = (there.interval.expect("i"), back.interval.expect("i"));
            assert!((low + other_high).abs() < 1e-12 && (high + other_low).abs() < 1e-12);
        }
    }

    #[test]
    fn fieller_is_unbounded_near_a_zero_control_and_follows_the_sign() {
        let noise = ArmSummary {
            n: 100.0,
            estimate: 0.1,
            variance: 1.0,
        };
        let clear = ArmSummary {
            n: 100.0,
            estimate: 10.0,
            variance: 1.0,
        };
        assert_eq!(welch(&noise, &clear, 0.05).relative_interval, None);
        let [low, high] = welch(&clear, &clear, 0.05).relative_interval.expect("bounded");
        assert!(low < 0.0 && high > 0.0);
        let loss = ArmSummary {
            n: 100.0,
            estimate: -10.0,
            variance: 1.0,
        };
        let smaller_loss = ArmSummary {
            n: 100.0,
            estimate: -8.0,
            variance: 1.0,
        };
        let found = welch(&loss, &smaller_loss, 0.05);
        close(found.relative, 0.2, 1e-12);
        let [low, high] = found.relative_interval.expect("bounded");
        assert!(low > 0.1 && high < 0.3 && low < high);
    }

    #[test]
    fn equal_constants_have_no_p_value() {
        let same = ArmSummary {
            n: 10.0,
            estimate: 3.0,
            variance: 0.0,
        };
        let found = welch(&same, &same, 0.05);
        assert_eq!((found.delta, found.p_value, found.interval), (Some(0.0), None, None));
    }
}
