//! Columns of identifiers that are nearly unique, and the rows that repeat one.
//!
//! In: the log and what the name of such a column is like. Out: `RepeatedIds` of the first such column.
//! Invariant: an exact copy of an earlier row is no repeat; it is reported as a copy.

use super::context::Context;
use super::distinct::NULL;
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::progress::Cancelled;

/// Share of different values from which a column is meant to be unique.
const UNIQUE_SHARE: f64 = 0.95;
/// Fewer cells than this are unique by accident.
const LEAST_CELLS: u64 = 50;

pub struct RepeatedIds {
    pub column: String,
    pub filled: u64,
    /// Rows that repeat an earlier identifier with other content, ascending.
    pub rows: Vec<u32>,
}

/// Looks at the first column that is named like an identifier, names nothing else, and is nearly unique.
pub fn repeated_ids(context: &Context<'_>, is_named: impl Fn(&str) -> bool) -> Result<Option<RepeatedIds>, Cancelled> {
    for (index, info) in context.dataset.info.columns.iter().enumerate() {
        let is_key = matches!(info.dtype, ColumnType::Text | ColumnType::Integer) && info.role == Role::Other;
        if !is_key || !is_named(&info.name) {
            continue;
        }
        let distinct = context.distinct(index)?;
        let filled = distinct.num_filled();
        if filled < LEAST_CELLS || (distinct.num_values() as f64) < UNIQUE_SHARE * filled as f64 {
            continue;
        }
        let duplicates = context.duplicates()?;
        let repeats = |row: &u32| {
            let code = distinct.codes[*row as usize];
            code != NULL && distinct.first_row[code as usize] != *row && !duplicates.is_surplus(*row)
        };
        let rows = (0..distinct.codes.len() as u32).filter(repeats).collect();
        return Ok(Some(RepeatedIds {
            column: info.name.clone(),
            filled,
            rows,
        }));
    }
    Ok(None)
}
