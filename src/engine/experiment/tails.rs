//! Tail probabilities and quantiles of the normal, Student, chi-square and binomial laws.
//!
//! Invariant: total functions; a statistic that is not a number gives `None`, never NaN.

use statrs::function::beta::beta_reg;
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::{gamma_ur, ln_gamma};
use std::f64::consts::SQRT_2;

/// Beyond this the Student law is taken as normal after Wallace's transformation.
const LARGE_DF: f64 = 2000.0;

/// P(Z > z).
pub(super) fn normal_upper(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// P(Z ≤ z).
pub(super) fn normal_cdf(z: f64) -> f64 {
    normal_upper(-z)
}

pub(super) fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// z with P(Z ≤ z) = p, 0 < p < 1.
pub(super) fn normal_quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

/// P(|Z| ≥ |z|).
pub(super) fn normal_two_sided(z: f64) -> Option<f64> {
    (!z.is_nan()).then(|| erfc(z.abs() / SQRT_2).min(1.0))
}

/// P(T > t) of Student's law, t ≥ 0.
fn student_upper(t: f64, df: f64) -> f64 {
    if df > LARGE_DF {
        return normal_upper(wallace(t, df));
    }
    0.5 * beta_reg(0.5 * df, 0.5, df / (df + t * t))
}

/// Normal deviate with the same tail as `t`: Wallace, Ann. Math. Statist. 1959; its error at `LARGE_DF` is
/// below 1e-7 of the probability.
fn wallace(t: f64, df: f64) -> f64 {
    (8.0 * df + 1.0) / (8.0 * df + 3.0) * (df * (t * t / df).ln_1p()).sqrt()
}

/// P(|T| ≥ |t|).
pub(super) fn student_two_sided(t: f64, df: f64) -> Option<f64> {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return None;
    }
    if t.is_infinite() {
        return Some(0.0);
    }
    Some((2.0 * student_upper(t.abs(), df)).min(1.0))
}

/// t with P(T ≤ t) = p for p ≥ 0.5, found by bisection to the last digits.
pub(super) fn student_quantile(p: f64, df: f64) -> f64 {
    let target = 1.0 - p;
    let (mut low, mut high) = (0.0f64, 2.0f64);
    while student_upper(high, df) > target && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if student_upper(middle, df) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// P(X ≥ x) of the chi-square law.
pub(super) fn chi_square_upper(x: f64, df: f64) -> Option<f64> {
    if x.is_nan() || x < 0.0 || df <= 0.0 {
        return None;
    }
    Some(if x == 0.0 { 1.0 } else { gamma_ur(0.5 * df, 0.5 * x) })
}

/// Two-sided exact binomial test: the probability of all outcomes no more likely than `k` of `n`.
pub(super) fn binomial_two_sided(k: u64, n: u64, p: f64) -> f64 {
    let log_choose = |i: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(i as f64 + 1.0) - ln_gamma((n - i) as f64 + 1.0);
    let probability = |i: u64| (log_choose(i) + i as f64 * p.ln() + (n - i) as f64 * (1.0 - p).ln()).exp();
    // The usual allowance for rounding, as in R's binom.test.
    let limit = probability(k) * (1.0 + 1e-7);
    (0..=n)
        .map(probability)
        .filter(|&value| value <= limit)
        .sum::<f64>()
        .min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} is not {b}");
    }

    // Reference values: scipy 1.17 stats.t.sf, t.ppf, chi2.sf, binomtest, norm.ppf.
    #[test]
    fn student_matches_scipy() {
        for (t, df, p) in [
            (2.0, 5.0, 0.101_939_478_829_858_35),
            (2.5, 1999.0, 0.012_498_892_427_391_186),
            (2.5, 2001.0, 0.012_498_812_808_693_163),
            (1.1, 87_000.5, 0.271_335_165_536_407_9),
            (8.0, 30.0, 6.265_822_475_700_759e-9),
        ] {
            close(student_two_sided(t, df).expect("defined"), p, 1e-6);
        }
        close(student_quantile(0.975, 3.5), 2.940_088_637_982_728_2, 1e-9);
        close(student_quantile(0.975, 50_000.0), 1.960_011_431_093_679_8, 1e-8);
        assert_eq!(student_two_sided(f64::NAN, 3.0), None);
        assert_eq!(student_two_sided(1.0, 0.0), None);
    }

    #[test]
    fn others_match_scipy() {
        close(
            chi_square_upper(6.917_6, 1.0).expect("defined"),
            0.008_535_145_024_598_765,
            1e-10,
        );
        close(
            chi_square_upper(9.21, 2.0).expect("defined"),
            0.010_001_702_004_705_48,
            1e-10,
        );
        close(binomial_two_sided(3, 20, 0.5), 0.002_576_828_002_929_688, 1e-10);
        close(binomial_two_sided(13, 20, 0.4), 0.036_990_090_267_779_406, 1e-9);
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-12);
        close(
            normal_two_sided(3.164).expect("defined"),
            0.001_556_167_954_940_110_5,
            1e-9,
        );
    }
}
