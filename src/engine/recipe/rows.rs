//! Steps that drop rows: each returns one flag a row, true = keep.

use super::cells::Cells;
use super::condition::Condition;
use super::error::StepError;
use super::row_hash::{BuildIdentity, RowHash, row_hashes};
use super::step::Keep;
use super::table::Table;
use crate::engine::artifact::Role;
use hashbrown::{HashMap, HashSet};

pub(super) fn drop_duplicates(table: &Table, columns: &[String], keep: Keep) -> Result<Vec<bool>, StepError> {
    let indices = table.indices_of(columns)?;
    let hashes = hashes_of(table, &indices)?;
    table.progress.check()?;
    let mut seen: HashSet<RowHash, BuildIdentity> =
        HashSet::with_capacity_and_hasher(hashes.len(), BuildIdentity::default());
    let mut flags = vec![false; hashes.len()];
    match keep {
        Keep::First => (0..hashes.len()).for_each(|row| flags[row] = seen.insert(hashes[row])),
        Keep::Last => (0..hashes.len())
            .rev()
            .for_each(|row| flags[row] = seen.insert(hashes[row])),
    }
    Ok(flags)
}

fn hashes_of(table: &Table, indices: &[usize]) -> Result<Vec<RowHash>, StepError> {
    let cells: Vec<Cells<'_>> = indices
        .iter()
        .map(|&index| table.cells(index))
        .collect::<Result<_, _>>()?;
    Ok(row_hashes(&cells, table.num_rows()))
}

pub(super) fn drop_missing(table: &Table, columns: &[String]) -> Result<Vec<bool>, StepError> {
    let mut flags = vec![true; table.num_rows()];
    for index in table.indices_of(columns)? {
        let column = table.column(index);
        if column.null_count() == 0 {
            continue;
        }
        for (flag, null) in flags.iter_mut().zip(column.is_null().iter()) {
            *flag &= null != Some(true);
        }
    }
    Ok(flags)
}

/// `matching` = true keeps the rows that satisfy the condition, false drops them.
pub(super) fn by_condition(table: &Table, condition: &str, matching: bool) -> Result<Vec<bool>, StepError> {
    let mut flags = Condition::parse(condition)?.evaluate(&table.frame)?;
    if !matching {
        flags.iter_mut().for_each(|flag| *flag = !*flag);
    }
    Ok(flags)
}

pub(super) fn drop_users(table: &Table, users: &[String], column: Option<&str>) -> Result<Vec<bool>, StepError> {
    let index = match column {
        Some(name) => table.index_of(name)?,
        None => table
            .with_role(Role::User)
            .ok_or(StepError::NoRole { role: Role::User })?,
    };
    let listed: HashSet<&str> = users.iter().map(String::as_str).collect();
    Ok(match table.cells(index)? {
        Cells::Text(cells) => cells.iter().map(|v| v.is_none_or(|v| !listed.contains(v))).collect(),
        Cells::Integer(cells) => {
            let listed: HashSet<i64> = users.iter().filter_map(|user| user.trim().parse().ok()).collect();
            cells.iter().map(|v| v.is_none_or(|v| !listed.contains(&v))).collect()
        }
        other => other
            .shown()
            .map(|v| v.is_none_or(|v| !listed.contains(v.as_ref())))
            .collect(),
    })
}

/// Parameters of `drop_double_fire`.
pub(super) struct DoubleFire<'a> {
    pub seconds: f64,
    pub columns: &'a [String],
    pub time: Option<&'a str>,
    pub slow_events: &'a [String],
    pub slow_seconds: Option<f64>,
}

/// An event goes if the event before it (in time, then in file order) with the same key is close enough, whether
/// that one stays or goes: a burst leaves its first event. Rows without a time or with a missing key stay.
pub(super) fn drop_double_fire(table: &Table, rule: &DoubleFire<'_>) -> Result<Vec<bool>, StepError> {
    let limit = micros("seconds", rule.seconds)?;
    let slow_limit = micros("slow_seconds", rule.slow_seconds.unwrap_or(rule.seconds))?;
    let times = times_of(table, rule.time)?;
    let keys = key_columns(table, rule.columns)?;
    let hashes = hashes_of(table, &keys)?;
    let missing = missing_in_any(table, &keys);
    let slow = slow_rows(table, rule.slow_events)?;
    table.progress.check()?;
    let mut order: Vec<u32> = (0..table.num_rows() as u32)
        .filter(|&row| times[row as usize].is_some() && !missing[row as usize])
        .collect();
    if !order.is_sorted_by_key(|&row| times[row as usize]) {
        order.sort_by_key(|&row| (times[row as usize], row));
    }
    table.progress.check()?;
    let mut last: HashMap<RowHash, i64, BuildIdentity> = HashMap::default();
    let mut flags = vec![true; table.num_rows()];
    for row in order {
        let row = row as usize;
        let Some(time) = times[row] else { continue };
        if let Some(before) = last.insert(hashes[row], time) {
            let within = if slow.as_ref().is_some_and(|slow| slow[row]) {
                slow_limit
            } else {
                limit
            };
            flags[row] = time.saturating_sub(before) > within;
        }
    }
    Ok(flags)
}

fn micros(field: &'static str, seconds: f64) -> Result<i64, StepError> {
    // A year: more is a slip, and stays far inside i64 microseconds.
    if (0.0..=31_622_400.0).contains(&seconds) {
        return Ok((seconds * 1e6).round() as i64);
    }
    Err(StepError::OutOfRange {
        field,
        value: seconds.to_string(),
        needed: "between 0 and 31622400 (a year)",
    })
}

fn times_of(table: &Table, name: Option<&str>) -> Result<Vec<Option<i64>>, StepError> {
    let index = match name {
        Some(name) => table.index_of(name)?,
        None => table
            .with_role(Role::Time)
            .ok_or(StepError::NoRole { role: Role::Time })?,
    };
    match table.cells(index)? {
        Cells::Time(cells) => Ok(cells.iter().collect()),
        other => Err(StepError::wrong_type(
            table.name(index),
            other.dtype(),
            "times (add a parse_time step before)",
        )),
    }
}

fn key_columns(table: &Table, names: &[String]) -> Result<Vec<usize>, StepError> {
    if !names.is_empty() {
        return table.indices_of(names);
    }
    let user = table
        .with_role(Role::User)
        .ok_or(StepError::NoRole { role: Role::User })?;
    let others = [Role::Item, Role::Event]
        .into_iter()
        .filter_map(|role| table.with_role(role));
    Ok(std::iter::once(user).chain(others).collect())
}

fn missing_in_any(table: &Table, indices: &[usize]) -> Vec<bool> {
    let mut missing = vec![false; table.num_rows()];
    for &index in indices {
        let column = table.column(index);
        if column.null_count() > 0 {
            for (flag, null) in missing.iter_mut().zip(column.is_null().iter()) {
                *flag |= null == Some(true);
            }
        }
    }
    missing
}

fn slow_rows(table: &Table, slow_events: &[String]) -> Result<Option<Vec<bool>>, StepError> {
    if slow_events.is_empty() {
        return Ok(None);
    }
    let index = table
        .with_role(Role::Event)
        .ok_or(StepError::NoRole { role: Role::Event })?;
    let slow = table
        .cells(index)?
        .shown()
        .map(|kind| kind.is_some_and(|kind| slow_events.iter().any(|slow| *slow == kind)))
        .collect();
    Ok(Some(slow))
}
