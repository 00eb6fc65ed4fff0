//! Spearman's rank correlation of two columns of numbers.
//!
//! Pearson's correlation of the ranks, equal values sharing their mid-rank (Kendall 1970, Rank Correlation Methods,
//! chapter 3). Ranks come from the ordered dictionary, so no row is sorted.

use super::columns::{Variable, for_each_common};

/// ρ and the common rows; no value where a column does not vary in them.
pub(super) fn rho(a: &Variable, b: &Variable) -> (Option<f64>, u64) {
    let common = if a.has_nulls() || b.has_nulls() {
        let (mut counts_a, mut counts_b) = (vec![0; a.num_values()], vec![0; b.num_values()]);
        for_each_common(a, b, |x, y| {
            counts_a[x] += 1;
            counts_b[y] += 1;
        });
        Some((counts_a, counts_b))
    } else {
        None
    };
    let (counts_a, counts_b) = common.as_ref().map_or((&a.counts, &b.counts), |(x, y)| (x, y));
    let n: u64 = counts_a.iter().map(|&count| u64::from(count)).sum();
    let (ranks_a, squares_a) = centred_ranks(a.numbers().1, counts_a, n);
    let (ranks_b, squares_b) = centred_ranks(b.numbers().1, counts_b, n);
    if squares_a <= 0.0 || squares_b <= 0.0 {
        return (None, n);
    }
    let mut products = 0.0;
    for_each_common(a, b, |x, y| products += ranks_a[x] * ranks_b[y]);
    let value = products / (squares_a * squares_b).sqrt();
    (Some(value.clamp(-1.0, 1.0)), n)
}

/// Mid-rank of each code less the mean rank, and their sum of squares over the rows.
fn centred_ranks(ascending: &[u32], counts: &[u32], n: u64) -> (Vec<f64>, f64) {
    let middle = (n as f64 + 1.0) / 2.0;
    let (mut ranks, mut squares, mut passed) = (vec![0.0; counts.len()], 0.0, 0_u64);
    for &code in ascending {
        let count = u64::from(counts[code as usize]);
        let rank = passed as f64 + (count as f64 + 1.0) / 2.0 - middle;
        ranks[code as usize] = rank;
        squares += count as f64 * rank * rank;
        passed += count;
    }
    (ranks, squares)
}
