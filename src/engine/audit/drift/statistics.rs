//! Distances between two samples and tests of whether they differ.
//!
//! Invariant: every function is symmetric or says whose bins and scale it uses; empty samples give `None`.

use statrs::distribution::{ChiSquared, ContinuousCDF as _};

/// A share of 0 counts as this in the PSI, as in `feature_engine` and Evidently, so that its logarithm exists.
pub const SMALLEST_SHARE: f64 = 1e-4;

/// A statistic with its p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    pub statistic: f64,
    pub p_value: f64,
}

/// Inner edges of at most `bins` bins with equal shares of the (sorted) reference; equal edges are one.
///
/// Quantiles by linear interpolation between order statistics (Hyndman & Fan 1996, definition 7; NumPy's default).
pub fn quantile_edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let Some(last) = sorted.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut edges: Vec<f64> = (1..bins)
        .map(|step| {
            let at = last as f64 * step as f64 / bins as f64;
            let (low, part) = (at.floor() as usize, at.fract());
            let high = (low + 1).min(last);
            sorted[low] + part * (sorted[high] - sorted[low])
        })
        .collect();
    edges.dedup();
    edges
}

/// Counts of a sorted sample in the bins (−∞, e₁], (e₁, e₂], …, (eₖ, ∞).
pub fn binned(sorted: &[f64], edges: &[f64]) -> Vec<u64> {
    let mut counts = Vec::with_capacity(edges.len() + 1);
    let mut before = 0;
    for edge in edges {
        let upto = sorted.partition_point(|value| value <= edge);
        counts.push((upto - before) as u64);
        before = upto;
    }
    counts.push((sorted.len() - before) as u64);
    counts
}

fn shares(counts: &[u64]) -> Option<Vec<f64>> {
    let total: u64 = counts.iter().sum();
    (total > 0).then(|| counts.iter().map(|count| *count as f64 / total as f64).collect())
}

/// Population stability index Σ (qᵢ − pᵢ) ln(qᵢ / pᵢ) (Siddiqi 2006), p the reference's shares, q the current ones.
pub fn psi(reference: &[u64], current: &[u64]) -> Option<f64> {
    let (p, q) = (shares(reference)?, shares(current)?);
    let part = |(p, q): (&f64, &f64)| {
        let (p, q) = (p.max(SMALLEST_SHARE), q.max(SMALLEST_SHARE));
        (q - p) * (q / p).ln()
    };
    Some(p.iter().zip(&q).map(part).sum())
}

/// Jensen-Shannon distance: the square root of the divergence with base-2 logarithms (Endres & Schindelin 2003), so
/// 0 = equal, 1 = nothing in common.
pub fn jensen_shannon(reference: &[u64], current: &[u64]) -> Option<f64> {
    let (p, q) = (shares(reference)?, shares(current)?);
    let kl_to_middle = |a: f64, middle: f64| if a > 0.0 { a * (a / middle).log2() } else { 0.0 };
    let divergence: f64 = p
        .iter()
        .zip(&q)
        .map(|(&p, &q)| {
            let middle = f64::midpoint(p, q);
            (kl_to_middle(p, middle) + kl_to_middle(q, middle)) / 2.0
        })
        .sum();
    Some(divergence.clamp(0.0, 1.0).sqrt())
}

/// Walks two sorted samples: at each distinct value but the last, its distance to the next one and the difference of
/// the two empirical distribution functions there.
fn walk(a: &[f64], b: &[f64], mut visit: impl FnMut(f64, f64)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let value = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.min(*y),
            (Some(x), None) => *x,
            (None, Some(y)) => *y,
            (None, None) => return,
        };
        while a.get(i).is_some_and(|x| *x <= value) {
            i += 1;
        }
        while b.get(j).is_some_and(|y| *y <= value) {
            j += 1;
        }
        let next = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.min(*y),
            (Some(x), None) => *x,
            (None, Some(y)) => *y,
            (None, None) => value,
        };
        let difference = i as f64 / a.len() as f64 - j as f64 / b.len() as f64;
        visit(next - value, difference);
    }
}

/// First Wasserstein distance ∫|F − G| of two sorted samples, in the unit of the values.
pub fn wasserstein(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    walk(a, b, |width, difference| sum += width * difference.abs());
    Some(sum)
}

/// Standard deviation with the number of values as divisor.
pub fn deviation(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / values.len() as f64).sqrt())
}

/// Two-sample Kolmogorov-Smirnov test on sorted samples. The p-value is the limiting distribution at Stephens'
/// (1970) argument (√n + 0.12 + 0.11/√n)·D with n = n₁n₂/(n₁+n₂); it is conservative for values with many ties.
pub fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> Option<Tested> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let mut statistic = 0.0_f64;
    walk(a, b, |_, difference| statistic = statistic.max(difference.abs()));
    let (n, m) = (a.len() as f64, b.len() as f64);
    let root = (n * m / (n + m)).sqrt();
    let p_value = kolmogorov_tail((root + 0.12 + 0.11 / root) * statistic);
    Some(Tested { statistic, p_value })
}

/// P(K > λ) = 2 Σ (−1)^{k−1} e^{−2k²λ²}; for small λ by the theta-function identity, which converges there.
fn kolmogorov_tail(lambda: f64) -> f64 {
    if lambda < 1e-3 {
        return 1.0;
    }
    let tail = if lambda < 1.18 {
        let factor = (2.0 * std::f64::consts::PI).sqrt() / lambda;
        let exponent = -std::f64::consts::PI.powi(2) / (8.0 * lambda * lambda);
        let below: f64 = (1..=20).map(|k| (exponent * f64::from(2 * k - 1).powi(2)).exp()).sum();
        1.0 - factor * below
    } else {
        let term = |k: i32| {
            let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
            sign * (-2.0 * f64::from(k * k) * lambda * lambda).exp()
        };
        2.0 * (1..=20).map(term).sum::<f64>()
    };
    tail.clamp(0.0, 1.0)
}

/// Pearson's test that two rows of counts come from one distribution, with Cramér's V. Columns empty in both are
/// left out; with fewer than two columns there is nothing to test.
pub fn chi_square(reference: &[u64], current: &[u64]) -> Option<(Tested, f64)> {
    let (n, m) = (reference.iter().sum::<u64>() as f64, current.iter().sum::<u64>() as f64);
    let used: Vec<(f64, f64)> = reference
        .iter()
        .zip(current)
        .map(|(&a, &b)| (a as f64, b as f64))
        .filter(|(a, b)| a + b > 0.0)
        .collect();
    if used.len() < 2 || n == 0.0 || m == 0.0 {
        return None;
    }
    let total = n + m;
    let statistic: f64 = used
        .iter()
        .map(|(a, b)| {
            let (expected_a, expected_b) = ((a + b) * n / total, (a + b) * m / total);
            (a - expected_a).powi(2) / expected_a + (b - expected_b).powi(2) / expected_b
        })
        .sum();
    let distribution = ChiSquared::new((used.len() - 1) as f64).ok()?;
    let tested = Tested {
        statistic,
        p_value: distribution.sf(statistic),
    };
    // Two rows, so the smaller dimension minus one is 1.
    Some((tested, (statistic / total).sqrt().min(1.0)))
}

/// Adjusted p-values that keep the false discovery rate (Benjamini & Hochberg 1995), in the order given.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let mut adjusted = vec![1.0; count];
    let mut least = 1.0_f64;
    for (from_top, place) in order.into_iter().enumerate() {
        let rank = (count - from_top) as f64;
        // The quotient first: it is 1 for the largest p, which rounding must not push below itself.
        least = least.min(p_values[place] * (count as f64 / rank));
        adjusted[place] = least;
    }
    adjusted
}
