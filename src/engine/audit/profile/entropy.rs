//! Shannon entropy of a column's values.
//!
//! Source: C. E. Shannon (1948), A Mathematical Theory of Communication, section 6: H = −Σ p·log₂ p.

use super::number::compensated_sum;
use crate::engine::audit::distinct::Distinct;

/// Bits a value; `None` without values.
///
/// With counts c that add up to n, H = log₂ n − (Σ c·log₂ c) / n: values that occur once cost nothing.
pub(super) fn bits(distinct: &Distinct) -> Option<f64> {
    let n = distinct.num_filled();
    if n == 0 {
        return None;
    }
    let repeated = distinct.counts.iter().filter(|count| **count > 1);
    let terms = repeated.map(|&count| f64::from(count) * f64::from(count).log2());
    let n = n as f64;
    // Rounding must not make the entropy of a constant negative.
    Some((n.log2() - compensated_sum(terms) / n).max(0.0))
}
