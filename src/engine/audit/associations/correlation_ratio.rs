//! The correlation ratio η of a category and a number.
//!
//! η² = Σ nₖ(x̄ₖ − x̄)² / Σ(x − x̄)²: the share of the number's variance that lies between the categories
//! (Fisher 1925, Statistical Methods for Research Workers, section 45).

use super::columns::{Variable, for_each_common};

/// η and the common rows; no value where the number does not vary or there is one category only.
pub(super) fn eta(category: &Variable, number: &Variable) -> (Option<f64>, u64) {
    let values = number.numbers().0;
    let shift = mean(values, &number.counts);
    let mut groups = vec![(0_u64, 0.0_f64); category.num_values()];
    let mut squares = 0.0;
    for_each_common(category, number, |x, y| {
        let value = values[y] - shift;
        let group = &mut groups[x];
        group.0 += 1;
        group.1 += value;
        squares += value * value;
    });
    let n: u64 = groups.iter().map(|group| group.0).sum();
    let used = groups.iter().filter(|group| group.0 > 0);
    if n == 0 || used.clone().count() < 2 {
        return (None, n);
    }
    let total: f64 = groups.iter().map(|group| group.1).sum();
    let centre = total * total / n as f64;
    let between = used.map(|group| group.1 * group.1 / group.0 as f64).sum::<f64>() - centre;
    let whole = squares - centre;
    // Less than rounding leaves of equal values is no variance.
    let varies = whole > 1e-12 * squares;
    if !varies {
        return (None, n);
    }
    (Some((between / whole).clamp(0.0, 1.0).sqrt()), n)
}

/// Mean over all filled rows: close enough to that of the common rows to keep the sums of squares small.
fn mean(values: &[f64], counts: &[u32]) -> f64 {
    let rows: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let weighted = values.iter().zip(counts).filter(|(_, count)| **count > 0);
    let sum: f64 = weighted.map(|(value, &count)| value * f64::from(count)).sum();
    if rows > 0 { sum / rows as f64 } else { 0.0 }
}
