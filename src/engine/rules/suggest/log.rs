//! Candidates from the log as a whole: one row an event, tables that hold the identifiers, order, rows a day.

use super::Candidate;
use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Cells;
use crate::engine::audit::{CoreTime, DAY_MICROS, HOUR_MICROS, Thresholds, bucket_counts, duration, thousands};
use crate::engine::rules::rule::{Against, Direction, Expectation, Span};
use crate::engine::rules::subject::Subject;

/// A rule of the log that more rows than this break is no rule.
const MOST_FAILING: f64 = 0.05;
/// Whole days needed before their volume is a rule: with n days a new one lies outside the range seen with
/// probability 2 / (n + 1) by chance alone.
const FEWEST_DAYS: usize = 7;
/// A day may have this times more or fewer rows than any seen.
const VOLUME_ROOM: u64 = 2;

/// Rules that rows break one by one.
pub(super) fn candidates(subject: &Subject<'_>) -> Vec<Candidate> {
    let name = |role| {
        let index = subject.dataset.column_with_role(role)?;
        Some(subject.dataset.info.columns[index].name.clone())
    };
    let mut found = Vec::new();
    let mut add = |expectation, severity| {
        found.push(Candidate {
            expectation,
            severity,
            most_failing: MOST_FAILING,
            evidence: None,
        });
    };
    for (role, table, given) in [
        (Role::Item, "items", subject.tables.items),
        (Role::User, "users", subject.tables.users),
    ] {
        let (Some(column), Some(given)) = (name(role), given) else {
            continue;
        };
        let Some(index) = given.column_with_role(role) else {
            continue;
        };
        let other = &given.info.columns[index].name;
        add(
            Expectation::References {
                table_column: (*other != column).then(|| other.clone()),
                column,
                table: table.to_owned(),
            },
            Severity::Error,
        );
    }
    if let (Some(user), Some(item), Some(time)) = (name(Role::User), name(Role::Item), name(Role::Time)) {
        let mut columns = vec![user, item, time];
        columns.extend(name(Role::Event));
        add(Expectation::UniqueTogether { columns }, Severity::Warning);
    }
    if let Some(column) = name(Role::Time) {
        let order = |group| Expectation::Monotone {
            column: column.clone(),
            group,
            direction: Direction::Increasing,
            strict: false,
        };
        add(order(Vec::new()), Severity::Warning);
        if let Some(user) = name(Role::User) {
            add(order(vec![user]), Severity::Warning);
        }
    }
    found
}

/// The times of the log's core within a mask, ascending, with the name of their column.
fn core_times(subject: &Subject<'_>, mask: &[bool]) -> Option<(String, Vec<i64>)> {
    let index = subject.dataset.column_with_role(Role::Time)?;
    let name = subject.dataset.info.columns[index].name.clone();
    let cells @ Cells::Time(_) = subject.column(&name).ok()?.cells else {
        return None;
    };
    let rows = (0..mask.len()).filter(|&row| mask[row]);
    let mut times: Vec<i64> = rows.filter_map(|row| cells.key(row)).map(|key| key as i64).collect();
    let thresholds = Thresholds::default();
    let possible = thresholds.earliest_time_secs.saturating_mul(1_000_000)..=subject.now_micros;
    let core = CoreTime::find(&times, &possible, &thresholds)?;
    times.retain(|&time| core.contains(time));
    times.sort_unstable();
    Some((name, times))
}

/// Rows a day, from the whole days of the core; a stray time must not make months without rows.
pub(super) fn volume(subject: &Subject<'_>, fit: &[bool]) -> Option<Candidate> {
    let (column, times) = core_times(subject, fit)?;
    let days = bucket_counts(times.iter().copied(), DAY_MICROS);
    let (&first, _) = days.first_key_value()?;
    let (&last, _) = days.last_key_value()?;
    let whole: Vec<u64> = (first + 1..last)
        .map(|day| days.get(&day).copied().unwrap_or(0))
        .collect();
    if whole.len() < FEWEST_DAYS {
        return None;
    }
    let (least, most) = (*whole.iter().min()?, *whole.iter().max()?);
    let (n, least_shown, most_shown) = (whole.len(), thousands(least), thousands(most));
    Some(Candidate {
        expectation: Expectation::Volume {
            min_rows: Some(least / VOLUME_ROOM),
            max_rows: Some(most * VOLUME_ROOM),
            per_day: Some(column),
            edge_days: false,
        },
        severity: Severity::Warning,
        most_failing: MOST_FAILING,
        evidence: Some(Bilingual::new(
            format!(
                "{n} whole days had {least_shown} to {most_shown} rows; half the least to twice the most is allowed"
            ),
            format!("{n} 个整天有 {least_shown} 至 {most_shown} 行；允许最小值的一半至最大值的两倍"),
        )),
    })
}

/// How long the log was silent at most, and what freshness follows from it.
pub(super) struct Silence {
    pub expectation: Expectation,
    pub evidence: Bilingual,
    pub within: Span,
}

pub(super) fn freshness(subject: &Subject<'_>, fit: &[bool]) -> Option<Silence> {
    let (column, times) = core_times(subject, fit)?;
    let longest = gaps(&times).max()?;
    // Twice the longest silence, in whole hours.
    let hours = (2 * longest).div_ceil(HOUR_MICROS as u64).max(1);
    let within = Span { secs: hours * 3_600 };
    let (en, zh) = duration(longest as f64 / 1e6);
    Some(Silence {
        expectation: Expectation::Freshness {
            column,
            within,
            against: Against::Now,
        },
        evidence: Bilingual::new(
            format!("the longest time without a row was {en}; twice that is allowed"),
            format!("最长无数据时间为 {zh}；允许其两倍"),
        ),
        within,
    })
}

/// How many pauses of these rows there are, and how many are longer than a span.
pub(super) fn pauses(subject: &Subject<'_>, mask: &[bool], within: Span) -> Option<(u64, u64)> {
    let (_, times) = core_times(subject, mask)?;
    let all = gaps(&times).count() as u64;
    let long = gaps(&times).filter(|&gap| gap > within.micros() as u64).count() as u64;
    (all > 0).then_some((all, long))
}

/// Pauses between neighbouring different moments, in microseconds.
fn gaps(times: &[i64]) -> impl Iterator<Item = u64> + '_ {
    times
        .windows(2)
        .map(|pair| pair[1].abs_diff(pair[0]))
        .filter(|&gap| gap > 0)
}
