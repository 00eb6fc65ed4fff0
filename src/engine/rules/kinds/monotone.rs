//! monotone: no value is below (above) the one before it, in the order of the file, within each group.
//!
//! A row is judged against the nearest earlier row of its group that has a value; the first of each group has none
//! and is not counted. One value that is far too high therefore fails one row, not all that follow.

use crate::engine::audit::distinct::NULL;
use crate::engine::rules::rule::Direction;
use crate::engine::rules::subject::{Scope, Stop, Subject, Verdict};
use std::cmp::Ordering;

/// Stands for "no row yet".
const NONE: u32 = u32::MAX;

pub(super) fn judge(
    column: &str,
    group: &[String],
    (direction, strict): (Direction, bool),
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    let cells = subject.column(column)?.cells;
    let (codes, groups) = if group.is_empty() {
        (Vec::new(), 1)
    } else {
        subject.combined_codes(group)?
    };
    let wrong = match direction {
        Direction::Increasing => Ordering::Less,
        Direction::Decreasing => Ordering::Greater,
    };
    let mut before = vec![NONE; groups];
    let mut verdict = Verdict::default();
    for row in scope.rows() {
        let code = codes.get(row).copied().unwrap_or(0);
        if code == NULL || cells.is_null(row) {
            verdict.missing += 1;
            continue;
        }
        let before = &mut before[code as usize];
        if *before != NONE {
            let order = cells.compare(row, *before as usize);
            if order == wrong || (strict && order == Ordering::Equal) {
                verdict.fail(row);
            } else {
                verdict.pass();
            }
        }
        *before = row as u32;
    }
    Ok(verdict)
}
