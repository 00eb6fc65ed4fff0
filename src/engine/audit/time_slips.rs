//! What is wrong with a cell of a time column that did not parse.
//!
//! In: the raw text and how the column's times are written. Out: `TimeSlip`.
//! Invariant: a cell has at most one slip, so that no two checks report it.

use super::context::ColumnContext;
use crate::engine::artifact::ColumnType;
use regex::Regex;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSlip {
    /// Written like a time, but no calendar or clock has it.
    Impossible,
    /// A number among written-out times.
    OtherFormat,
    /// A number of another unit among numbers.
    OtherUnit,
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?.*)?$")
        .expect("the pattern is fixed and tested")
});

/// The column's unparsed cells with one slip, in row order.
pub fn cells_with<'a>(column: &'a ColumnContext<'_>, slip: TimeSlip) -> Vec<(u32, &'a str)> {
    let cells = column.invalid_cells().into_iter();
    cells.filter(|(_, raw)| slip_of(column, raw) == Some(slip)).collect()
}

/// What is wrong with an unparsed cell of a time column, if it can be told.
pub fn slip_of(column: &ColumnContext<'_>, raw: &str) -> Option<TimeSlip> {
    if column.info.dtype != ColumnType::Time {
        return None;
    }
    if is_impossible(raw) {
        return Some(TimeSlip::Impossible);
    }
    if !reads_as_time(raw, &column.context.possible_times()) {
        return None;
    }
    let is_epoch = column
        .info
        .time_format
        .as_deref()
        .is_some_and(|format| format.starts_with("epoch"));
    Some(if is_epoch {
        TimeSlip::OtherUnit
    } else {
        TimeSlip::OtherFormat
    })
}

/// Year first, and a month, day, hour, minute or second that does not exist.
fn is_impossible(raw: &str) -> bool {
    let Some(parts) = DATE.captures(raw) else {
        return false;
    };
    let part = |index: usize| parts.get(index).and_then(|part| part.as_str().parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(1), part(2), part(3)) else {
        return false;
    };
    let no_day = chrono::NaiveDate::from_ymd_opt(year as i32, month, day).is_none();
    // 60 is a leap second.
    let no_clock = part(4).is_some_and(|hour| hour > 23)
        || part(5).is_some_and(|minute| minute > 59)
        || part(6).is_some_and(|second| second > 60);
    no_day || no_clock
}

/// A whole number that is a moment in seconds, milliseconds or microseconds since 1970, or as yyyymmdd.
fn reads_as_time(raw: &str, possible: &RangeInclusive<i64>) -> bool {
    if !raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let micros_per_unit = match raw.len() {
        10 => 1_000_000,
        13 => 1_000,
        16 => 1,
        8 => return is_compact_date(raw, possible),
        _ => return false,
    };
    let micros = raw
        .parse::<i64>()
        .ok()
        .and_then(|value| value.checked_mul(micros_per_unit));
    micros.is_some_and(|micros| possible.contains(&micros))
}

fn is_compact_date(raw: &str, possible: &RangeInclusive<i64>) -> bool {
    let date = chrono::NaiveDate::parse_from_str(raw, "%Y%m%d").ok();
    let moment = date.and_then(|date| date.and_hms_opt(0, 0, 0));
    moment.is_some_and(|moment| possible.contains(&moment.and_utc().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_and_clocks() {
        for raw in ["2025-02-30", "2025/13/01 10:00", "2025-01-01 24:10:00", "2023-2-29"] {
            assert!(is_impossible(raw), "{raw}");
        }
        for raw in ["2024-02-29", "2025-01-01 23:59:60", "soon", "30-02-2025", "2025-01", ""] {
            assert!(!is_impossible(raw), "{raw}");
        }
    }

    #[test]
    fn numbers_that_are_moments() {
        let possible = 946_684_800_000_000..=1_800_000_000_000_000;
        for raw in ["1600000000", "1600000000000", "1600000000000000", "20200913"] {
            assert!(reads_as_time(raw, &possible), "{raw}");
        }
        for raw in ["12", "9999999999", "20201301", "19700101", "160000000x"] {
            assert!(!reads_as_time(raw, &possible), "{raw}");
        }
    }
}
