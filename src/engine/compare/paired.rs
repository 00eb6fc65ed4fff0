//! Paired tests of one difference: DeLong, McNemar, sign-flip randomisation, Student's t.
//!
//! Invariant: swapping the two models changes no p-value.

use super::comparison::Test;
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::random::Draws;
use rayon::prelude::*;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};
use statrs::function::erf::erfc;

/// Sign patterns one task draws.
const PATTERNS_PER_TASK: usize = 256;

/// Two-sided p-value of a standard normal statistic.
pub(super) fn normal_p_value(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Exact two-sided McNemar test: of the rows only one model gets right, is either model favoured?
pub(super) fn mcnemar_p_value(only_a: u64, only_b: u64) -> f64 {
    let discordant = only_a + only_b;
    match Binomial::new(0.5, discordant) {
        Ok(coin) if discordant > 0 => (2.0 * coin.cdf(only_a.min(only_b))).min(1.0),
        _ => 1.0,
    }
}

/// Two-sided one-sample t test of mean 0; `None` with fewer than two values or no spread.
pub(super) fn t_test_p_value(values: &[f64]) -> Option<f64> {
    let (mean, deviation) = mean_and_deviation(values)?;
    if deviation <= 0.0 {
        return None;
    }
    let n = values.len() as f64;
    let t = mean / (deviation / n.sqrt());
    let student = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
    Some(2.0 * student.cdf(-t.abs()))
}

/// Mean and sample standard deviation; `None` with fewer than two values.
pub(super) fn mean_and_deviation(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, (squares / (n - 1.0)).sqrt()))
}

/// How the sign patterns are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patterns {
    /// All patterns are tried when there are no more than this many.
    pub limit: usize,
    pub seed: u64,
    pub stream: u64,
}

/// Two-sided randomisation test: under "no difference" each group's contribution is as likely negative.
///
/// Sampled patterns give (count + 1) / (B + 1), which is never 0 (Phipson and Smyth 2010).
pub(super) fn randomisation_p_value(
    contributions: &[f64],
    patterns: Patterns,
    progress: &Progress,
) -> Result<(f64, Test), Cancelled> {
    // Groups without a difference do not move the sum, whatever their sign.
    let moving: Vec<f64> = contributions.iter().copied().filter(|&value| value != 0.0).collect();
    let total: f64 = moving.iter().sum();
    let size: f64 = moving.iter().map(|value| value.abs()).sum();
    let extreme = total.abs() - 1e-12 * size;
    if moving.len() < 63 && (1_usize << moving.len()) <= patterns.limit {
        let count = (0..1_u64 << moving.len())
            .filter(|&signs| signed_sum(&moving, total, |word| if word == 0 { signs } else { 0 }).abs() >= extreme)
            .count();
        return Ok((count as f64 / (1_u64 << moving.len()) as f64, Test::RandomisationExact));
    }
    let tasks = patterns.limit.div_ceil(PATTERNS_PER_TASK);
    let counts: Vec<usize> = (0..tasks)
        .into_par_iter()
        .map(|task| {
            progress.check()?;
            let mut draws = Draws::new(patterns.seed, &[patterns.stream, task as u64]);
            let here = PATTERNS_PER_TASK.min(patterns.limit - task * PATTERNS_PER_TASK);
            Ok((0..here)
                .filter(|_| signed_sum(&moving, total, |_| draws.next_u64()).abs() >= extreme)
                .count())
        })
        .collect::<Result<_, Cancelled>>()?;
    let count: usize = counts.iter().sum();
    Ok(((count + 1) as f64 / (patterns.limit + 1) as f64, Test::Randomisation))
}

/// Σ ±value, where bit i of the words says "plus" for value i: total − 2 · (sum of the minus ones).
fn signed_sum(values: &[f64], total: f64, mut word: impl FnMut(usize) -> u64) -> f64 {
    let mut kept = 0.0;
    for (at, chunk) in values.chunks(64).enumerate() {
        let mut bits = word(at);
        for value in chunk {
            kept += value * (bits & 1) as f64;
            bits >>= 1;
        }
    }
    2.0 * kept - total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(limit: usize) -> Patterns {
        Patterns {
            limit,
            seed: 3,
            stream: 0,
        }
    }

    fn randomisation(values: &[f64], limit: usize) -> (f64, Test) {
        randomisation_p_value(values, patterns(limit), &Progress::new()).expect("not cancelled")
    }

    #[test]
    fn mcnemar_equals_scipy() {
        // scipy 1.17: binomtest(119, 280).pvalue and binomtest(2, 12).pvalue
        assert!((mcnemar_p_value(161, 119) - 0.014_131_865_390_006_19).abs() < 1e-12);
        assert!((mcnemar_p_value(2, 10) - 0.038_574_218_75).abs() < 1e-12);
        assert_eq!((mcnemar_p_value(0, 0), mcnemar_p_value(4, 4)), (1.0, 1.0));
    }

    #[test]
    fn exact_randomisation_by_hand() {
        // Of the 8 sign patterns of (1, 2, 3) only all-plus and all-minus reach 6; of (1, 2, −3), sum 0, all do.
        assert_eq!(randomisation(&[1.0, 2.0, 3.0], 9999), (0.25, Test::RandomisationExact));
        assert_eq!(randomisation(&[1.0, 2.0, -3.0], 9999).0, 1.0);
        assert_eq!(randomisation(&[0.0, 0.0], 9999), (1.0, Test::RandomisationExact));
    }

    #[test]
    fn sampled_and_exact_agree_and_p_is_never_zero() {
        let values: Vec<f64> = (0..14).map(|at| f64::from(at % 5) - 1.2).collect();
        let (exact, _) = randomisation(&values, 20_000);
        let (sampled, test) = randomisation(&values, 16_000);
        assert_eq!(test, Test::Randomisation);
        assert!((exact - sampled).abs() < 0.012, "{exact} {sampled}");
        assert_eq!(randomisation(&[1.0; 200], 999).0, 0.001);
    }

    #[test]
    fn swapping_the_models_changes_nothing() {
        let values: Vec<f64> = (0..90).map(|at| f64::from(at % 7) - 2.6).collect();
        let swapped: Vec<f64> = values.iter().map(|value| -value).collect();
        assert_eq!(randomisation(&values, 5000).0, randomisation(&swapped, 5000).0);
        assert_eq!(t_test_p_value(&values), t_test_p_value(&swapped));
        assert_eq!(mcnemar_p_value(3, 9), mcnemar_p_value(9, 3));
    }

    #[test]
    fn t_and_normal_equal_scipy() {
        // scipy 1.17: ttest_1samp([1, 2, 3, 4, 0.5], 0).pvalue; 2 * norm.sf(2.5)
        let p = t_test_p_value(&[1.0, 2.0, 3.0, 4.0, 0.5]).expect("spread");
        assert!((p - 0.030_510_812_580_33).abs() < 1e-12, "{p}");
        assert!((normal_p_value(-2.5) - 0.012_419_330_651_552_27).abs() < 1e-11);
        assert_eq!((t_test_p_value(&[1.0]), t_test_p_value(&[2.0, 2.0])), (None, None));
    }
}
