//! Which rows rules are drawn from, and which they are tried on.
//!
//! Invariant: no row is in both parts, every row is in one, and rows of the same moment are in the same part.

use crate::engine::artifact::{Bilingual, Role};
use crate::engine::audit::cells::iso_time;
use crate::engine::audit::percent;
use crate::engine::rules::subject::Subject;

/// Share of the rows that rules are tried on.
const HELD_OUT: f64 = 0.2;

pub(super) struct Parts {
    /// True for the rows that rules are drawn from.
    pub fit: Vec<bool>,
    pub test: Vec<bool>,
    /// How they were parted.
    pub how: Bilingual,
}

/// The newest fifth by the time column; by the order of the file where there is no time to part them.
pub(super) fn part(subject: &Subject<'_>) -> Parts {
    by_time(subject).unwrap_or_else(|| by_order(subject.dataset.num_rows()))
}

fn by_time(subject: &Subject<'_>) -> Option<Parts> {
    let index = subject.dataset.column_with_role(Role::Time)?;
    let name = &subject.dataset.info.columns[index].name;
    let cells = subject.column(name).ok()?.cells;
    let time = |row: usize| cells.key(row).map(|key| key as i64);
    let rows = subject.dataset.num_rows();
    let mut times: Vec<i64> = (0..rows).filter_map(time).collect();
    let place = (times.len() as f64 * (1.0 - HELD_OUT)).ceil() as usize;
    if place == 0 || place >= times.len() {
        return None;
    }
    let (_, &mut cut, _) = times.select_nth_unstable(place);
    // Rows without a time stay in the part that rules are drawn from.
    let test: Vec<bool> = (0..rows).map(|row| time(row).is_some_and(|time| time >= cut)).collect();
    if test.iter().all(|&in_test| in_test) {
        return None;
    }
    let share = test.iter().filter(|&&in_test| in_test).count() as f64 / rows as f64;
    let (from, share) = (iso_time(cut), percent(share));
    Some(Parts {
        fit: test.iter().map(|in_test| !in_test).collect(),
        test,
        how: Bilingual::new(
            format!("drawn from the rows before {from} of {name}, tried on those from then on ({share} of all)"),
            format!("依据 {name} 早于 {from} 的行提出，在其后的行（占 {share}）上回测"),
        ),
    })
}

fn by_order(rows: usize) -> Parts {
    let first = (rows as f64 * (1.0 - HELD_OUT)).ceil() as usize;
    Parts {
        fit: (0..rows).map(|row| row < first).collect(),
        test: (0..rows).map(|row| row >= first).collect(),
        how: Bilingual::new(
            "drawn from the first 80 % of the rows in the order of the file, tried on the rest",
            "依据文件中前 80 % 的行提出，在其余行上回测",
        ),
    }
}
