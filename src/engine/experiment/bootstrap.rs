//! Percentile bootstrap over units.
//!
//! Efron and Tibshirani, "An introduction to the bootstrap", 1993, ch. 13; the p-value is twice the smaller
//! share of resamples beyond 0, (count + 1) / (B + 1). Invariant: resample b is a pure function of (seed, b).

use super::arm::ArmValues;
use super::config::MetricKind;
use super::difference::relative;
use super::quantile::interpolated;
use super::report::{Inference, InferenceMethod};
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::random::Draws;
use rayon::prelude::*;

/// A resampled estimate of one arm.
fn resample(kind: MetricKind, arm: &ArmValues, draws: &mut Draws) -> f64 {
    let n = arm.len() as u64;
    let (mut numerator, mut denominator) = (0.0, 0.0);
    if kind == MetricKind::Ratio {
        for _ in 0..n {
            let unit = draws.below(n) as usize;
            numerator += arm.numerator[unit];
            denominator += arm.denominator[unit];
        }
    } else {
        for _ in 0..n {
            numerator += arm.numerator[draws.below(n) as usize];
        }
        denominator = n as f64;
    }
    numerator / denominator
}

/// The bootstrap reading of a difference; `None` where it is undefined or too many resamples are.
pub(super) fn bootstrap(
    kind: MetricKind,
    (control, treatment): (&ArmValues, &ArmValues),
    (resamples, seed, alpha): (usize, u64, f64),
    progress: &Progress,
) -> Result<Option<Inference>, Cancelled> {
    let (Some(raw_control), Some(raw_treatment)) = (control.summary(kind), treatment.summary(kind)) else {
        return Ok(None);
    };
    if resamples < 100 {
        return Ok(None);
    }
    let drawn: Vec<Result<(f64, f64), Cancelled>> = (0..resamples as u64)
        .into_par_iter()
        .map(|number| {
            progress.check()?;
            let base = resample(kind, control, &mut Draws::new(seed, &[0xB007, number, 0]));
            let value = resample(kind, treatment, &mut Draws::new(seed, &[0xB007, number, 1]));
            Ok((value - base, (value - base) / base.abs()))
        })
        .collect();
    let drawn: Vec<(f64, f64)> = drawn.into_iter().collect::<Result<_, _>>()?;
    let delta = raw_treatment.estimate - raw_control.estimate;
    let mut deltas: Vec<f64> = drawn.iter().map(|d| d.0).filter(|d| d.is_finite()).collect();
    let mut relatives: Vec<f64> = drawn.iter().map(|d| d.1).filter(|d| d.is_finite()).collect();
    let ends = |sorted: &mut Vec<f64>| {
        sorted.sort_unstable_by(f64::total_cmp);
        // A bootstrap distribution with holes says nothing.
        (sorted.len() == resamples).then(|| {
            [
                interpolated(sorted, alpha / 2.0),
                interpolated(sorted, 1.0 - alpha / 2.0),
            ]
        })
    };
    let interval = ends(&mut deltas);
    let count = |test: &dyn Fn(f64) -> bool| deltas.iter().filter(|&&d| test(d)).count();
    let smaller = count(&|d| d <= 0.0).min(count(&|d| d >= 0.0));
    let average = deltas.iter().sum::<f64>() / deltas.len() as f64;
    let variance = deltas.iter().map(|d| (d - average).powi(2)).sum::<f64>() / (deltas.len() as f64 - 1.0);
    Ok(interval.map(|interval| Inference {
        method: InferenceMethod::Bootstrap,
        delta: Some(delta),
        standard_error: Some(variance.sqrt()),
        interval: Some(interval),
        relative: relative(delta, raw_control.estimate),
        relative_interval: ends(&mut relatives),
        statistic: None,
        degrees_of_freedom: None,
        p_value: Some((2.0 * (smaller as f64 + 1.0) / (resamples as f64 + 1.0)).min(1.0)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::experiment::difference::compare;

    #[test]
    fn bootstrap_agrees_with_the_formulas_where_they_hold() {
        let mut draws = Draws::new(8, &[]);
        let mut arm = |shift: f64| {
            let denominator: Vec<f64> = (0..2000).map(|_| 1.0 + draws.below(5) as f64).collect();
            let numerator = denominator
                .iter()
                .map(|x| x * (0.3 + shift) + 0.5 * draws.normal())
                .collect();
            ArmValues {
                numerator,
                denominator,
                covariate: Vec::new(),
            }
        };
        let (control, treatment) = (arm(0.0), arm(0.02));
        for kind in [MetricKind::Mean, MetricKind::Ratio] {
            let formula = compare(
                kind,
                &control.summary(kind).expect("c"),
                &treatment.summary(kind).expect("t"),
                0.05,
            );
            let setting = (2000, 3, 0.05);
            let progress = Progress::new();
            let found = bootstrap(kind, (&control, &treatment), setting, &progress)
                .expect("runs")
                .expect("defined");
            let width = |inference: &Inference| inference.interval.map(|[low, high]| high - low).expect("interval");
            assert!((width(&found) / width(&formula) - 1.0).abs() < 0.1, "{kind:?}");
            assert_eq!(found.delta, formula.delta);
            let again = bootstrap(kind, (&control, &treatment), setting, &progress)
                .expect("runs")
                .expect("defined");
            assert_eq!(found, again);
        }
    }
}
