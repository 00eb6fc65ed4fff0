//! Times as people write them → microseconds since 1970-01-01 UTC. A time without a zone is taken as UTC.

mod cursor;
mod pattern;

use cursor::Cursor;
pub(super) use pattern::Pattern;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// 1900-01-01 and 2200-01-01: a number outside, read as an epoch, is not a time.
const PLAUSIBLE_MICROS: std::ops::Range<i64> = -2_208_988_800 * MICROS_PER_SECOND..7_258_118_400 * MICROS_PER_SECOND;

/// How a column's times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeFormat {
    EpochSeconds,
    EpochMillis,
    EpochMicros,
    /// `20191001`, `20191001083000`
    Compact,
    /// ISO 8601 and its relatives, month names; numeric dates such as 1/2/2019 with the day first
    DayFirst,
    /// The same with the month first
    MonthFirst,
    /// As the user wrote it
    Written(Pattern),
}

/// Which family a textual time belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeShape {
    /// Year first
    Iso,
    /// Two numbers, then the year; each flag tells whether that order is possible
    Numeric { day_first: bool, month_first: bool },
    /// With the month's name
    Named,
}

impl TimeFormat {
    pub(super) fn parse(self, cell: &[u8]) -> Option<i64> {
        match self {
            Self::EpochSeconds => epoch(cell, MICROS_PER_SECOND),
            Self::EpochMillis => epoch(cell, 1_000),
            Self::EpochMicros => epoch(cell, 1),
            Self::Compact => parse_compact(cell),
            Self::DayFirst => parse_text(cell, true),
            Self::MonthFirst => parse_text(cell, false),
            Self::Written(pattern) => pattern.parse(cell),
        }
    }
}

/// A number of units since 1970, with or without decimals.
fn epoch(cell: &[u8], micros_per_unit: i64) -> Option<i64> {
    let micros = match super::cell::parse_int(cell) {
        Some(value) => value.checked_mul(micros_per_unit)?,
        None => {
            let value = super::cell::parse_float(cell)? * micros_per_unit as f64;
            if value.abs() > 9e18 {
                return None;
            }
            value.round() as i64
        }
    };
    PLAUSIBLE_MICROS.contains(&micros).then_some(micros)
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Writes `2019-10-01 08:05:09`, with `.ffffff` where the second has a fraction.
pub(super) fn write_iso(out: &mut Vec<u8>, micros: i64) {
    use std::io::Write as _;
    let days = micros.div_euclid(MICROS_PER_DAY);
    let clock = micros.rem_euclid(MICROS_PER_DAY);
    let (year, month, day) = civil_from_days(days);
    let (seconds, fraction) = (clock / MICROS_PER_SECOND, clock % MICROS_PER_SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let written = if fraction == 0 {
        write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    } else {
        write!(
            out,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{fraction:06}"
        )
    };
    // Writing to memory does not fail.
    debug_assert!(written.is_ok());
}

/// The inverse of `days_from_civil` (same source).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn date_micros(year: u32, month: u32, day: u32) -> Option<i64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if day == 0 || day > longest || year == 0 {
        return None;
    }
    Some(days_from_civil(i64::from(year), month, day) * MICROS_PER_DAY)
}

fn two(a: u8, b: u8) -> Option<u32> {
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    (a <= 9 && b <= 9).then(|| u32::from(a) * 10 + u32::from(b))
}

/// `yyyymmdd`, `yyyymmddHHMM`, `yyyymmddHHMMSS`.
pub(super) fn parse_compact(cell: &[u8]) -> Option<i64> {
    if !matches!(cell.len(), 8 | 12 | 14) {
        return None;
    }
    let pair = |at: usize| two(*cell.get(at)?, *cell.get(at + 1)?);
    let date = date_micros(pair(0)? * 100 + pair(2)?, pair(4)?, pair(6)?)?;
    if !PLAUSIBLE_MICROS.contains(&date) {
        return None;
    }
    let clock = match cell.len() {
        8 => 0,
        12 => clock_micros(pair(8)?, pair(10)?, 0)?,
        _ => clock_micros(pair(8)?, pair(10)?, pair(12)?)?,
    };
    Some(date + clock)
}

fn clock_micros(hour: u32, minute: u32, second: u32) -> Option<i64> {
    // 60 is a leap second; it counts as the next minute's first.
    (hour <= 23 && minute <= 59 && second <= 60)
        .then(|| i64::from(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND)
}

/// Any textual time; numeric dates by `day_first`.
#[inline]
pub(super) fn parse_text(cell: &[u8], day_first: bool) -> Option<i64> {
    if let Some(micros) = parse_common(cell) {
        return Some(micros);
    }
    match parse_shape(cell)? {
        (TimeShape::Numeric { .. }, Parts::Numeric { first, second, year }, clock) => {
            let (day, month) = if day_first { (first, second) } else { (second, first) };
            Some(date_micros(year, month, day)? + clock)
        }
        (_, Parts::Date(date), clock) => Some(date + clock),
        (_, Parts::Numeric { .. }, _) => None,
    }
}

/// Which family the text belongs to, if it is a time at all.
pub(super) fn shape(cell: &[u8]) -> Option<TimeShape> {
    parse_shape(cell).map(|(shape, _, _)| shape)
}

/// `2019-10-01 00:00:00` with an optional ` UTC` or `Z`: most of all times in logs.
#[inline]
fn parse_common(cell: &[u8]) -> Option<i64> {
    let head: &[u8; 19] = cell.get(..19)?.try_into().ok()?;
    if !matches!(&cell[19..], b"" | b" UTC" | b"Z")
        || head[4] != b'-'
        || head[7] != b'-'
        || head[13] != b':'
        || head[16] != b':'
    {
        return None;
    }
    if !matches!(head[10], b' ' | b'T') {
        return None;
    }
    let year = two(head[0], head[1])? * 100 + two(head[2], head[3])?;
    let date = date_micros(year, two(head[5], head[6])?, two(head[8], head[9])?)?;
    let clock = clock_micros(
        two(head[11], head[12])?,
        two(head[14], head[15])?,
        two(head[17], head[18])?,
    )?;
    Some(date + clock)
}

enum Parts {
    Date(i64),
    Numeric { first: u32, second: u32, year: u32 },
}

fn parse_shape(cell: &[u8]) -> Option<(TimeShape, Parts, i64)> {
    // The longest sensible form is `Wednesday, 30 September 2019 12:00:00.123456789 +08:00`.
    if cell.len() < 6 || cell.len() > 64 {
        return None;
    }
    let mut text = Cursor { rest: cell };
    if text.rest[0].is_ascii_digit() {
        let start = text.rest;
        let first = text.number(4)?;
        let first_digits = start.len() - text.rest.len();
        if first_digits == 4 {
            let date = text.rest_of_iso(first)?;
            return Some((TimeShape::Iso, Parts::Date(date), text.clock()?));
        }
        if first_digits > 2 {
            return None;
        }
        if let Some(separator) = text.separator() {
            if let Some(second) = text.number(2) {
                if text.separator()? != separator {
                    return None;
                }
                let year = if separator == b'/' {
                    text.year()?
                } else {
                    text.long_year()?
                };
                let day_first = date_micros(year, second, first).is_some();
                let month_first = date_micros(year, first, second).is_some();
                if !day_first && !month_first {
                    return None;
                }
                let shape = TimeShape::Numeric { day_first, month_first };
                return Some((shape, Parts::Numeric { first, second, year }, text.clock()?));
            }
            let month = text.month_name()?;
            text.separator()?;
            let year = text.year()?;
            return Some((
                TimeShape::Named,
                Parts::Date(date_micros(year, month, first)?),
                text.clock()?,
            ));
        }
        return None;
    }
    named_first(text)
}

/// `Tue, Oct 1 2019 08:00`, `October 1, 2019`, `Tue, 01 Oct 2019 08:00:00 GMT`.
fn named_first(mut text: Cursor<'_>) -> Option<(TimeShape, Parts, i64)> {
    if text.weekday() {
        text.skip(b", ");
        if text.rest.first()?.is_ascii_digit() {
            return match parse_shape(text.rest)? {
                (TimeShape::Named, parts, clock) => Some((TimeShape::Named, parts, clock)),
                _ => None,
            };
        }
    }
    let month = text.month_name()?;
    text.skip(b". ");
    let day = text.number(2)?;
    text.skip(b", ");
    let year = text.long_year()?;
    Some((
        TimeShape::Named,
        Parts::Date(date_micros(year, month, day)?),
        text.clock()?,
    ))
}

#[cfg(test)]
mod tests;
