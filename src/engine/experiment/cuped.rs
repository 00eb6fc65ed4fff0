//! CUPED: the pre-period covariate taken out of the metric.
//!
//! Deng, Xu, Kohavi, Walker: "Improving the sensitivity of online controlled experiments by utilizing
//! pre-experiment data", WSDM 2013, eq. 3. θ = Σ cov(z, x) / Σ var(x) over both arms, within arms; an arm's
//! adjusted estimate is its estimate − θ (its covariate mean − the common covariate mean). Units without a
//! covariate get the common mean, so that they stay in. The relative interval uses both parts of the control's
//! influence, the raw and the adjusted one. Invariant: the expected difference is that of the raw metric.

use super::arm::{ArmValues, covariance, mean};
use super::config::MetricKind;
use super::difference::relative;
use super::report::{Cuped, Inference, InferenceMethod};
use super::tails::{normal_quantile, student_quantile, student_two_sided};

/// The adjusted difference; `None` where an arm is undefined or the covariate does not vary.
pub(super) fn adjust(
    kind: MetricKind,
    control: &ArmValues,
    treatment: &ArmValues,
    alpha: f64,
) -> Option<(Inference, Cuped)> {
    let (raw_control, influence_control) = control.influence(kind)?;
    let (raw_treatment, influence_treatment) = treatment.influence(kind)?;
    let known = |arm: &ArmValues| {
        arm.covariate
            .iter()
            .copied()
            .filter(|x| !x.is_nan())
            .collect::<Vec<f64>>()
    };
    let (known_control, known_treatment) = (known(control), known(treatment));
    if known_control.len() < 2 || known_treatment.len() < 2 {
        return None;
    }
    let both = [known_control.as_slice(), &known_treatment].concat();
    let centre = mean(&both);
    let filled = |arm: &ArmValues| -> Vec<f64> {
        arm.covariate
            .iter()
            .map(|x| if x.is_nan() { centre } else { *x })
            .collect()
    };
    let arms = [
        (filled(control), influence_control),
        (filled(treatment), influence_treatment),
    ];
    let moments = arms.iter().map(|(x, z)| {
        let mean_x = mean(x);
        let degrees = x.len() as f64 - 1.0;
        (
            degrees * covariance(x, z, (mean_x, 0.0)),
            degrees * covariance(x, x, (mean_x, mean_x)),
            mean_x,
        )
    });
    let moments: Vec<(f64, f64, f64)> = moments.collect();
    let spread = moments[0].1 + moments[1].1;
    if spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let theta = (moments[0].0 + moments[1].0) / spread;
    let estimate = |raw: f64, arm: usize| raw - theta * (moments[arm].2 - centre);
    let adjusted = [estimate(raw_control.estimate, 0), estimate(raw_treatment.estimate, 1)];
    let residuals: Vec<Vec<f64>> = arms
        .iter()
        .zip(&moments)
        .map(|((x, z), (_, _, mean_x))| z.iter().zip(x).map(|(z, x)| z - theta * (x - mean_x)).collect())
        .collect();
    let variances = [squared_error(&residuals[0]), squared_error(&residuals[1])];
    let error = (variances[0] + variances[1]).sqrt();
    if error == 0.0 {
        return None;
    }
    let delta = adjusted[1] - adjusted[0];
    let sizes = [raw_control.n, raw_treatment.n];
    let df = (variances[0] + variances[1]).powi(2)
        / (variances[0].powi(2) / (sizes[0] - 1.0) + variances[1].powi(2) / (sizes[1] - 1.0));
    let t = student_quantile(1.0 - alpha / 2.0, df);
    let base = raw_control.estimate;
    let inference = Inference {
        method: InferenceMethod::Cuped,
        delta: Some(delta),
        standard_error: Some(error),
        interval: Some([delta - t * error, delta + t * error]),
        relative: relative(delta, base),
        relative_interval: relative_interval(delta, base, (&residuals[0], &arms[0].1, variances[1]), alpha),
        statistic: Some(delta / error),
        degrees_of_freedom: Some(df),
        p_value: student_two_sided(delta / error, df),
    };
    let raw_variance = raw_control.variance / sizes[0] + raw_treatment.variance / sizes[1];
    let (covariate_difference, covariate_p_value) = balance(&known_control, &known_treatment);
    let cuped = Cuped {
        theta,
        variance_reduction: 1.0 - error * error / raw_variance,
        covariate_difference,
        covariate_p_value,
    };
    Some((inference, cuped))
}

/// Squared standard error of a mean with this influence.
fn squared_error(influence: &[f64]) -> f64 {
    let n = influence.len() as f64;
    influence.iter().map(|z| z * z).sum::<f64>() / (n - 1.0) / n
}

/// Delta-method interval of delta / |base|. The control adds −(r + ρz) / base a unit, with r its adjusted and z
/// its raw influence and ρ the relative effect: base moves with the control's raw values.
fn relative_interval(
    delta: f64,
    base: f64,
    (residual, influence, treatment_variance): (&[f64], &[f64], f64),
    alpha: f64,
) -> Option<[f64; 2]> {
    let ratio = delta / base;
    let joint: Vec<f64> = residual.iter().zip(influence).map(|(r, z)| r + ratio * z).collect();
    let raw = squared_error(influence);
    let z = normal_quantile(1.0 - alpha / 2.0);
    // As with Fieller: no relative interval where the control is not clearly apart from 0.
    if !ratio.is_finite() || z * z * raw >= base * base {
        return None;
    }
    let error = (squared_error(&joint) + treatment_variance).sqrt() / base.abs();
    let centre = delta / base.abs();
    Some([centre - z * error, centre + z * error])
}

/// Standardised difference of the covariate and its Welch p-value: before the test the arms should agree.
fn balance(control: &[f64], treatment: &[f64]) -> (Option<f64>, Option<f64>) {
    let (mean_c, mean_t) = (mean(control), mean(treatment));
    let (var_c, var_t) = (
        covariance(control, control, (mean_c, mean_c)),
        covariance(treatment, treatment, (mean_t, mean_t)),
    );
    let spread = ((var_c + var_t) / 2.0).sqrt();
    let (a, b) = (var_c / control.len() as f64, var_t / treatment.len() as f64);
    let df = (a + b).powi(2) / (a * a / (control.len() as f64 - 1.0) + b * b / (treatment.len() as f64 - 1.0));
    let difference = (mean_t - mean_c) / spread;
    let p = student_two_sided((mean_t - mean_c) / (a + b).sqrt(), df);
    (difference.is_finite().then_some(difference), p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    fn arms(seed: u64, n: usize, effect: f64) -> [ArmValues; 2] {
        let mut draws = Draws::new(seed, &[]);
        [0.0, effect].map(|shift| {
            let covariate: Vec<f64> = (0..n).map(|_| 10.0 + draws.normal()).collect();
            let numerator = covariate
                .iter()
                .map(|x| 5.0 + shift + 2.0 * x + draws.normal())
                .collect();
            ArmValues {
                numerator,
                denominator: Vec::new(),
                covariate,
            }
        })
    }

    #[test]
    fn theta_and_saved_variance_are_those_of_the_model() {
        let [control, treatment] = arms(1, 20_000, 0.5);
        let (found, cuped) = adjust(MetricKind::Mean, &control, &treatment, 0.05).expect("defined");
        assert!((cuped.theta - 2.0).abs() < 0.03, "{}", cuped.theta);
        // var y = 4 + 1; 4 of 5 parts go.
        assert!(
            (cuped.variance_reduction - 0.8).abs() < 0.01,
            "{}",
            cuped.variance_reduction
        );
        assert!((found.delta.expect("d") - 0.5).abs() < 4.0 * found.standard_error.expect("se"));
        assert!(cuped.covariate_difference.expect("smd").abs() < 0.04);
    }

    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        // True relative effect: 0.5 / 25.
        let (mut covered, mut covered_relative) = (0, 0);
        let rounds = 1000;
        for seed in 0..rounds {
            let [control, treatment] = arms(1000 + seed, 200, 0.5);
            let (found, _) = adjust(MetricKind::Mean, &control, &treatment, 0.1).expect("defined");
            let [low, high] = found.interval.expect("i");
            covered += u32::from(low <= 0.5 && 0.5 <= high);
            let [low, high] = found.relative_interval.expect("i");
            covered_relative += u32::from(low <= 0.02 && 0.02 <= high);
        }
        // 900 expected, standard deviation 9.5.
        assert!(
            (870..=930).contains(&covered) && (870..=930).contains(&covered_relative),
            "{covered} {covered_relative}"
        );
    }

    #[test]
    fn missing_covariates_keep_their_units_and_constant_ones_are_refused() {
        let [mut control, treatment] = arms(3, 500, 0.0);
        control.covariate[7] = f64::NAN;
        assert!(adjust(MetricKind::Mean, &control, &treatment, 0.05).is_some());
        let flat = |arm: &ArmValues| ArmValues {
            covariate: vec![1.0; arm.len()],
            ..arm.clone()
        };
        assert!(adjust(MetricKind::Mean, &flat(&control), &flat(&treatment), 0.05).is_none());
    }
}
