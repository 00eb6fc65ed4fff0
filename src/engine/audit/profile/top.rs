//! The most frequent values of a column.

use crate::engine::audit::cells::{Cells, Value};
use crate::engine::audit::distinct::Distinct;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopValue {
    pub value: Value,
    pub count: u64,
    /// Of the filled rows.
    pub share: f64,
}

/// The `limit` most frequent values; ties in order of value, so the list does not depend on row order.
pub fn top_values(cells: Cells<'_>, distinct: &Distinct, limit: usize) -> Vec<TopValue> {
    let before = |a: u32, b: u32| -> Ordering {
        let by_count = distinct.counts[b as usize].cmp(&distinct.counts[a as usize]);
        by_count.then_with(|| {
            cells.compare(
                distinct.first_row[a as usize] as usize,
                distinct.first_row[b as usize] as usize,
            )
        })
    };
    let mut best: Vec<u32> = Vec::with_capacity(limit + 1);
    for code in 0..distinct.num_values() as u32 {
        let full = best.len() == limit;
        if full && best.last().is_some_and(|&last| before(code, last) != Ordering::Less) {
            continue;
        }
        let place = best.partition_point(|&other| before(other, code) == Ordering::Less);
        best.insert(place, code);
        best.truncate(limit);
    }
    let filled = distinct.num_filled().max(1) as f64;
    best.into_iter()
        .map(|code| TopValue {
            value: cells.value(distinct.first_row[code as usize] as usize),
            count: u64::from(distinct.counts[code as usize]),
            share: f64::from(distinct.counts[code as usize]) / filled,
        })
        .collect()
}
