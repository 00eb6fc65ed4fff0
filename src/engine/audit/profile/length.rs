//! Lengths of a text column in Unicode characters.

use crate::engine::audit::cells::Cells;
use crate::engine::audit::distinct::Distinct;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    pub min: u64,
    pub max: u64,
    pub mean: f64,
    /// The smallest length that at least half of the rows do not exceed.
    pub p50: u64,
    pub p95: u64,
    /// Rows whose text is there but empty.
    pub empty: u64,
}

impl Lengths {
    /// Counts every row through the dictionary; `None` without values.
    pub fn of(cells: Cells<'_>, distinct: &Distinct) -> Option<Self> {
        let mut lengths: Vec<(u64, u64)> = distinct
            .first_row
            .iter()
            .zip(&distinct.counts)
            .filter_map(|(&row, &count)| Some((characters(cells.text(row as usize)?), u64::from(count))))
            .collect();
        lengths.sort_unstable();
        let rows: u64 = lengths.iter().map(|(_, count)| count).sum();
        let total: u128 = lengths
            .iter()
            .map(|&(length, count)| u128::from(length) * u128::from(count))
            .sum();
        Some(Self {
            min: lengths.first()?.0,
            max: lengths.last()?.0,
            mean: total as f64 / rows as f64,
            p50: nearest_rank(&lengths, rows.div_ceil(2)),
            p95: nearest_rank(&lengths, (rows * 95).div_ceil(100)),
            empty: lengths
                .iter()
                .take_while(|(length, _)| *length == 0)
                .map(|(_, count)| count)
                .sum(),
        })
    }
}

fn characters(text: &str) -> u64 {
    if text.is_ascii() {
        text.len() as u64
    } else {
        text.chars().count() as u64
    }
}

fn nearest_rank(sorted: &[(u64, u64)], rank: u64) -> u64 {
    let mut passed = 0;
    for &(length, count) in sorted {
        passed += count;
        if passed >= rank {
            return length;
        }
    }
    sorted.last().map_or(0, |last| last.0)
}
