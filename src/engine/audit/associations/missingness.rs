//! Which columns are missing together.
//!
//! In: the null rows of each column as a set of bits. Out: `Missingness`: for each pair of columns with nulls the 2 × 2
//! table and φ = (n₁₁n₀₀ − n₁₀n₀₁) / √(n₁.n₀.n.₁n.₀) (Yule 1912): 1 where the same rows are empty in both.

use crate::engine::audit::distinct::{Distinct, NULL};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Columns whose pairs are tabulated; the first ones of the file that have nulls.
const MOST_COLUMNS: usize = 80;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissingPair {
    pub a: String,
    pub b: String,
    /// Rows in which both are null, only `a`, only `b`, neither.
    pub both: u64,
    pub only_a: u64,
    pub only_b: u64,
    pub neither: u64,
    pub phi: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Missingness {
    /// Pairs of columns of which both have null and filled rows; largest |φ| first.
    pub pairs: Vec<MissingPair>,
    /// Columns with nulls beyond the first 80, which are not tabulated.
    pub columns_left: u64,
}

/// The null rows of a column, one bit a row.
pub(super) struct NullRows {
    words: Vec<u64>,
    nulls: u64,
    rows: u64,
}

impl NullRows {
    /// `None` where no row or every row is null.
    pub(super) fn of(distinct: &Distinct) -> Option<Self> {
        let rows = distinct.codes.len() as u64;
        if distinct.nulls == 0 || distinct.nulls == rows {
            return None;
        }
        let word = |codes: &[u32]| {
            let bits = codes.iter().enumerate();
            bits.fold(0_u64, |word, (bit, &code)| word | u64::from(code == NULL) << bit)
        };
        Some(Self {
            words: distinct.codes.chunks(64).map(word).collect(),
            nulls: distinct.nulls,
            rows,
        })
    }

    fn common(&self, other: &Self) -> u64 {
        let words = self.words.iter().zip(&other.words);
        words.map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }
}

pub(super) fn missingness(mut columns: Vec<(&str, &NullRows)>) -> Missingness {
    let columns_left = columns.len().saturating_sub(MOST_COLUMNS) as u64;
    columns.truncate(MOST_COLUMNS);
    let places: Vec<(usize, usize)> = (0..columns.len())
        .flat_map(|a| (a + 1..columns.len()).map(move |b| (a, b)))
        .collect();
    let mut pairs: Vec<MissingPair> = places
        .into_par_iter()
        .map(|(a, b)| pair(columns[a], columns[b]))
        .collect();
    let strength = |pair: &MissingPair| pair.phi.map_or(-1.0, f64::abs);
    pairs.sort_by(|x, y| {
        strength(y)
            .total_cmp(&strength(x))
            .then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b)))
    });
    Missingness { pairs, columns_left }
}

fn pair((a, nulls_a): (&str, &NullRows), (b, nulls_b): (&str, &NullRows)) -> MissingPair {
    let both = nulls_a.common(nulls_b);
    let (only_a, only_b) = (nulls_a.nulls - both, nulls_b.nulls - both);
    let neither = nulls_a.rows - both - only_a - only_b;
    let (x, y, n) = (nulls_a.nulls as f64, nulls_b.nulls as f64, nulls_a.rows as f64);
    let margins = x * (n - x) * y * (n - y);
    let difference = both as f64 * neither as f64 - only_a as f64 * only_b as f64;
    MissingPair {
        a: a.to_owned(),
        b: b.to_owned(),
        both,
        only_a,
        only_b,
        neither,
        phi: (margins > 0.0).then(|| difference / margins.sqrt()),
    }
}
