//! Cramér's V of two categories with correction of bias.
//!
//! Source: W. Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, Journal of the Korean Statistical
//! Society 42, equations 5 to 7: φ² = max(0, χ²/n − (r−1)(c−1)/(n−1)), r̃ = r − (r−1)²/(n−1), c̃ alike,
//! V = √(φ² / min(r̃−1, c̃−1)). Without the correction wide tables of independent columns look associated.

use super::columns::{Variable, for_each_common};
use hashbrown::HashMap;

/// Cells of the largest table that is held as it is; larger ones are hashed.
const DENSE_CELLS: usize = 1 << 22;

/// V and the common rows; no value where a column has a single category in them.
pub(super) fn corrected(a: &Variable, b: &Variable) -> (Option<f64>, u64) {
    let (rows, columns) = (a.num_values(), b.num_values());
    let mut margins = (vec![0_u64; rows], vec![0_u64; columns]);
    let cells: Vec<(usize, usize, u64)> = if rows.saturating_mul(columns) <= DENSE_CELLS {
        let mut table = vec![0_u32; rows * columns];
        for_each_common(a, b, |x, y| table[x * columns + y] += 1);
        let filled = table.into_iter().enumerate().filter(|(_, count)| *count > 0);
        filled
            .map(|(place, count)| (place / columns, place % columns, u64::from(count)))
            .collect()
    } else {
        let mut table: HashMap<(u32, u32), u32> = HashMap::new();
        for_each_common(a, b, |x, y| *table.entry((x as u32, y as u32)).or_default() += 1);
        let mut cells: Vec<(usize, usize, u64)> = table
            .into_iter()
            .map(|((x, y), count)| (x as usize, y as usize, u64::from(count)))
            .collect();
        // The order of a hash table must not show in the last digit of the sum.
        cells.sort_unstable();
        cells
    };
    for &(x, y, count) in &cells {
        margins.0[x] += count;
        margins.1[y] += count;
    }
    let n: u64 = margins.0.iter().sum();
    (v_of(&cells, &margins, n), n)
}

fn v_of(cells: &[(usize, usize, u64)], (rows, columns): &(Vec<u64>, Vec<u64>), n: u64) -> Option<f64> {
    let used = |margin: &[u64]| margin.iter().filter(|count| **count > 0).count() as f64;
    let (r, c) = (used(rows), used(columns));
    if n < 2 || r < 2.0 || c < 2.0 {
        return None;
    }
    let share =
        |&(x, y, count): &(usize, usize, u64)| (count as f64 / rows[x] as f64) * (count as f64 / columns[y] as f64);
    // χ²/n = Σ o² / (row · column) − 1.
    let phi2 = cells.iter().map(share).sum::<f64>() - 1.0;
    let before = n as f64 - 1.0;
    let phi2 = (phi2 - (r - 1.0) * (c - 1.0) / before).max(0.0);
    let shrunk = |k: f64| k - (k - 1.0).powi(2) / before;
    let most = shrunk(r).min(shrunk(c)) - 1.0;
    (most > 0.0).then(|| (phi2 / most).sqrt().min(1.0))
}
