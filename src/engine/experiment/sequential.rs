//! An asymptotic confidence sequence: an interval that holds at all looks together.
//!
//! Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: "Time-uniform central limit theory and asymptotic confidence
//! sequences", Ann. Statist. 2024, eq. 5, with r chosen to be tightest at N* units (their appendix B.2, in the
//! closed form GrowthBook uses). Invariant: wider than the single-look interval of the same level.

use super::report::{Inference, InferenceMethod};

/// r² for the level and the number of units at which the sequence shall be tightest.
fn tuning(alpha: f64, tightest_at: f64) -> f64 {
    let log = alpha.ln();
    (-2.0 * log + (1.0 - 2.0 * log).ln()) / tightest_at
}

/// Half-width of the sequence around an estimate with this standard error over `n` units of both arms.
pub(super) fn half_width(standard_error: f64, n: f64, alpha: f64, tightest_at: f64) -> f64 {
    let grown = n * tuning(alpha, tightest_at);
    // se·sqrt(N)·sqrt(2(Nr² + 1) / (N²r²) · ln(sqrt(Nr² + 1) / α)), with one N cancelled.
    standard_error * (2.0 * (grown + 1.0) / grown * ((grown + 1.0).sqrt() / alpha).ln()).sqrt()
}

/// The smallest level at which the sequence excludes 0, for the r of `alpha`.
fn p_value(delta: f64, standard_error: f64, n: f64, (alpha, tightest_at): (f64, f64)) -> f64 {
    let grown = n * tuning(alpha, tightest_at);
    let squared = (delta / standard_error).powi(2);
    ((grown + 1.0).sqrt() * (-squared * grown / (2.0 * (grown + 1.0))).exp()).min(1.0)
}

/// The always-valid reading of a single-look inference; `None` where that has no standard error.
pub(super) fn always_valid(single: &Inference, n: f64, alpha: f64, tightest_at: f64) -> Option<Inference> {
    let (delta, error) = (single.delta?, single.standard_error?);
    if error.is_nan() || error <= 0.0 {
        return None;
    }
    let half = half_width(error, n, alpha, tightest_at);
    let base = single
        .relative
        .filter(|relative| *relative != 0.0)
        .map(|relative| (delta / relative).abs());
    // The relative interval is stretched by the same factor as the absolute one.
    let stretch = single.interval.map(|[low, high]| 2.0 * half / (high - low));
    let relative_interval = match (single.relative, single.relative_interval, stretch) {
        (Some(centre), Some([low, high]), Some(stretch)) => Some([
            (centre - (centre - low) * stretch).max(-1.0),
            centre + (high - centre) * stretch,
        ]),
        _ => None,
    };
    Some(Inference {
        method: InferenceMethod::Sequential,
        delta: Some(delta),
        standard_error: Some(error),
        interval: Some([delta - half, delta + half]),
        relative: base.map(|base| delta / base).or(single.relative),
        relative_interval,
        statistic: Some(delta / error),
        degrees_of_freedom: None,
        p_value: Some(p_value(delta, error, n, (alpha, tightest_at))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    #[test]
    fn half_width_is_the_published_formula() {
        // Computed from the formula as published, with N = 1000, se = 0.02, alpha = 0.05, N* = 5000.
        let (n, se, alpha, tightest) = (1000.0f64, 0.02f64, 0.05f64, 5000.0);
        let r2 = (-2.0 * alpha.ln() + (1.0 - 2.0 * alpha.ln()).ln()) / tightest;
        let published =
            se * n.sqrt() * (2.0 * (n * r2 + 1.0) / (n * n * r2) * ((n * r2 + 1.0).sqrt() / alpha).ln()).sqrt();
        assert!((half_width(se, n, alpha, tightest) - published).abs() < 1e-15);
        // Python: 0.06728; the single-look half-width is 0.0392.
        assert!((published - HALF_WIDTH).abs() < 1e-6, "{published}");
    }
    const HALF_WIDTH: f64 = 0.067_277_754_515_655_62;

    #[test]
    fn p_value_and_interval_agree() {
        for delta in [0.0, 0.01, 0.05, 0.0669, 0.08, 0.2] {
            let p = p_value(delta, 0.02, 1000.0, (0.05, 5000.0));
            let excludes = delta > half_width(0.02, 1000.0, 0.05, 5000.0);
            assert_eq!(p < 0.05, excludes, "{delta} {p}");
        }
    }

    #[test]
    fn peeking_at_every_look_keeps_the_error_rate() {
        // No effect; 200 experiments looked at after every 50 of 5000 units.
        let mut wrong = 0;
        let mut wrong_single = 0;
        for seed in 0..200 {
            let mut draws = Draws::new(seed, &[77]);
            let (mut sum, mut n) = (0.0, 0.0f64);
            let (mut seen, mut seen_single) = (false, false);
            for unit in 1..=5000 {
                sum += draws.normal();
                n += 1.0;
                if unit % 50 == 0 {
                    let error = 1.0 / n.sqrt();
                    seen |= (sum / n).abs() > half_width(error, n, 0.05, 5000.0);
                    seen_single |= (sum / n).abs() > 1.96 * error;
                }
            }
            wrong += u32::from(seen);
            wrong_single += u32::from(seen_single);
        }
        assert!(wrong <= 18, "{wrong} of 200 looked significant");
        assert!(
            wrong_single > 40,
            "the single-look test should fail here: {wrong_single}"
        );
    }
}
