//! Quantiles of row values whose rows may depend on each other within a unit.
//!
//! The share of rows at or below the quantile is a ratio metric of the units; its standard error σ gives two
//! order statistics around the quantile, and their distance the standard error (Deng, Knoblich, Lu: KDD 2018,
//! section 4). With one row a unit this is the textbook order-statistic interval.
//! Invariant: no answer where the order statistics leave the sample or coincide.

use super::arm::{ArmSummary, ArmValues};
use super::config::MetricKind;
use super::tails::normal_quantile;

/// An arm's rows: the unit (dense within the arm, any order) and the value.
pub(super) fn summary(rows: &[(u32, f64)], num_units: usize, p: f64) -> Option<ArmSummary> {
    let mut sorted: Vec<f64> = rows.iter().map(|(_, value)| *value).collect();
    if num_units < 2 || sorted.is_empty() {
        return None;
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let estimate = interpolated(&sorted, p);
    let mut below = ArmValues {
        numerator: vec![0.0; num_units],
        denominator: vec![0.0; num_units],
        covariate: Vec::new(),
    };
    for &(unit, value) in rows {
        below.numerator[unit as usize] += f64::from(u8::from(value <= estimate));
        below.denominator[unit as usize] += 1.0;
    }
    let share = below.summary(MetricKind::Ratio)?;
    let z = normal_quantile(0.975);
    let n = sorted.len() as f64;
    let half = z * share.standard_error();
    let (lower, upper) = ((n * (p - half)).floor(), (n * (p + half)).ceil());
    if half == 0.0 || lower < 1.0 || upper > n {
        return None;
    }
    let (low, high) = (sorted[lower as usize - 1], sorted[upper as usize - 1]);
    let error = (high - low) / (2.0 * z);
    (error > 0.0).then_some(ArmSummary {
        n: num_units as f64,
        estimate,
        variance: error * error * num_units as f64,
    })
}

/// Quantile with linear interpolation (Hyndman and Fan's type 7, the default of R and `NumPy`).
pub(super) fn interpolated(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() as f64 - 1.0);
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (at - at.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    #[test]
    fn independent_rows_give_the_textbook_error() {
        let mut draws = Draws::new(4, &[]);
        let rows: Vec<(u32, f64)> = (0..40_000).map(|unit| (unit, draws.normal())).collect();
        let found = summary(&rows, rows.len(), 0.5).expect("defined");
        // Median of N(0, 1): standard error sqrt(π / 2n).
        let expected = (std::f64::consts::PI / 2.0 / 40_000.0).sqrt();
        assert!(
            (found.standard_error() / expected - 1.0).abs() < 0.1,
            "{} {expected}",
            found.standard_error()
        );
        assert!(found.estimate.abs() < 4.0 * expected);
    }

    #[test]
    fn copies_of_a_unit_are_no_new_evidence() {
        let mut draws = Draws::new(5, &[]);
        let values: Vec<f64> = (0..4000).map(|_| draws.exponential()).collect();
        let once: Vec<(u32, f64)> = (0u32..).zip(values.iter().copied()).collect();
        let nine: Vec<(u32, f64)> = once.iter().flat_map(|&row| [row; 9]).collect();
        let (once, nine) = (
            summary(&once, 4000, 0.9).expect("a"),
            summary(&nine, 4000, 0.9).expect("b"),
        );
        assert!((nine.standard_error() / once.standard_error() - 1.0).abs() < 0.1);
    }

    #[test]
    fn small_or_constant_samples_have_no_interval() {
        let few: Vec<(u32, f64)> = (0..20).map(|unit| (unit, f64::from(unit))).collect();
        assert_eq!(summary(&few, 20, 0.99), None);
        let same: Vec<(u32, f64)> = (0..2000).map(|unit| (unit, 7.0)).collect();
        assert_eq!(summary(&same, 2000, 0.5), None);
    }

    #[test]
    fn interpolation_matches_numpy() {
        // numpy.quantile([1, 2, 4, 8], 0.4) = 2.4
        assert!((interpolated(&[1.0, 2.0, 4.0, 8.0], 0.4) - 2.4).abs() < 1e-12);
    }
}
