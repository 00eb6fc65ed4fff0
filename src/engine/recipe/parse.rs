//! Steps that read text as times or numbers. Cells that cannot be read become missing and count as changed.

use super::cells::{Cells, show_moment};
use super::condition::parse_moment;
use super::error::StepError;
use super::table::{Parsed, Replacement, Table};
use super::values::time_column;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::dataset::MAX_KEPT;
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use hashbrown::HashMap;
use polars::prelude::{Float64Chunked, Int64Chunked, IntoColumn as _};
use rayon::prelude::*;

/// How a time is written.
enum TimeFormat<'a> {
    Iso,
    /// Microseconds a unit.
    Epoch(f64),
    Strftime(Vec<Item<'a>>),
}

impl<'a> TimeFormat<'a> {
    fn new(format: &'a str) -> Result<Self, StepError> {
        let refused = |reason| StepError::TimeFormat {
            format: format.to_owned(),
            reason,
        };
        match format.trim().to_ascii_lowercase().as_str() {
            "" => return Err(refused("it is empty; write for example %Y-%m-%d %H:%M:%S")),
            "iso 8601" | "iso" => return Ok(Self::Iso),
            "epoch seconds" | "epoch s" => return Ok(Self::Epoch(1e6)),
            "epoch milliseconds" | "epoch ms" => return Ok(Self::Epoch(1e3)),
            "epoch microseconds" | "epoch us" => return Ok(Self::Epoch(1.0)),
            _ => {}
        }
        let items: Vec<Item<'a>> = StrftimeItems::new(format).collect();
        if items.contains(&Item::Error) {
            return Err(refused("it has an unknown % letter"));
        }
        if !items
            .iter()
            .any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(_)))
        {
            return Err(refused("it has no %Y, %m, %d; or write `ISO 8601` or `epoch seconds`"));
        }
        Ok(Self::Strftime(items))
    }

    fn read(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        match self {
            Self::Iso => parse_moment(text),
            Self::Epoch(unit) => text.parse::<f64>().ok().and_then(|value| epoch(value, *unit)),
            Self::Strftime(items) => {
                let mut parsed = chrono::format::Parsed::new();
                chrono::format::parse(&mut parsed, text, items.iter()).ok()?;
                moment_of(&parsed)
            }
        }
    }
}

fn epoch(value: f64, unit: f64) -> Option<i64> {
    let micros = value * unit;
    // Years 1 to 9999; beyond that it is no time but a number.
    let sane = (-6.213_56e16..=2.534_02e17).contains(&micros);
    sane.then(|| micros.round() as i64)
}

/// A moment with an offset is moved to UTC; without a time of day it is midnight.
fn moment_of(parsed: &chrono::format::Parsed) -> Option<i64> {
    if let Ok(moment) = parsed.to_datetime() {
        return Some(DateTime::timestamp_micros(&moment));
    }
    if let Ok(moment) = parsed.to_naive_datetime_with_offset(0) {
        return Some(NaiveDateTime::and_utc(&moment).timestamp_micros());
    }
    let date: NaiveDate = parsed.to_naive_date().ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

/// Text is read by the format, numbers by an epoch format. In a column of times only the cells whose text could not
/// be read before are read again, so several formats in one column are several steps.
pub(super) fn parse_time(table: &Table, column: &str, format: &str) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = table.cells(index)?;
    let reader = TimeFormat::new(format)?;
    let micros: Vec<Option<i64>> = match (cells, &reader) {
        (Cells::Text(c), _) => {
            let texts: Vec<Option<&str>> = c.iter().collect();
            texts
                .into_par_iter()
                .with_min_len(4096)
                .map(|text| text.and_then(|text| reader.read(text)))
                .collect()
        }
        (Cells::Integer(c), TimeFormat::Epoch(unit)) => {
            c.iter().map(|v| v.and_then(|v| epoch(v as f64, *unit))).collect()
        }
        (Cells::Float(c), TimeFormat::Epoch(unit)) => c.iter().map(|v| v.and_then(|v| epoch(v, *unit))).collect(),
        (Cells::Integer(_), _) => cells.shown().map(|v| v.and_then(|v| reader.read(&v))).collect(),
        (Cells::Time(c), _) => {
            let unread = unread_cells(table, index);
            let again = |row: &u32| unread.get(row).and_then(|raw| reader.read(raw));
            c.iter()
                .zip(&table.rows)
                .map(|(v, row)| v.or_else(|| again(row)))
                .collect()
        }
        (other, _) => {
            return Err(StepError::wrong_type(
                column,
                other.dtype(),
                "text, or numbers with an epoch format",
            ));
        }
    };
    let changed = match cells {
        Cells::Time(c) => c.iter().zip(&micros).map(|(a, b)| a != *b).collect(),
        other => other
            .shown()
            .zip(&micros)
            .map(|(before, after)| match (before, after) {
                (Some(before), Some(after)) => before != show_moment(*after),
                (before, after) => before.is_some() || after.is_some(),
            })
            .collect(),
    };
    let missing = |row: usize| micros[row].is_none();
    let mut parsed = match cells {
        Cells::Time(_) => still_unread(table, index, missing),
        other => unread(table, other, missing),
    };
    parsed.time_format = Some(format.to_owned());
    let values: Int64Chunked = micros.into_iter().collect();
    Ok(vec![Replacement {
        index,
        values: time_column(values),
        dtype: ColumnType::Time,
        changed,
        parsed: Some(parsed),
    }])
}

/// Texts of the source that did not fit this column, by source row.
fn unread_cells(table: &Table, index: usize) -> HashMap<u32, &str> {
    let source = table.source_columns[index];
    table
        .invalid
        .iter()
        .filter(|cell| cell.column == source)
        .filter_map(|cell| Some((u32::try_from(cell.row).ok()?, cell.raw.as_str())))
        .collect()
}

/// The cells that had a text before and have no value after.
fn unread(table: &Table, before: Cells<'_>, missing: impl Fn(usize) -> bool) -> Parsed {
    let mut parsed = Parsed {
        time_format: None,
        unread: Vec::new(),
        unread_count: 0,
    };
    for (row, text) in before.shown().enumerate() {
        if let (Some(text), true) = (text, missing(row)) {
            parsed.unread_count += 1;
            if parsed.unread.len() < MAX_KEPT {
                parsed.unread.push((table.rows[row], text.into_owned()));
            }
        }
    }
    parsed
}

/// Of the cells that could not be read before, those that still cannot.
fn still_unread(table: &Table, index: usize, missing: impl Fn(usize) -> bool) -> Parsed {
    let known = unread_cells(table, index);
    let left: Vec<(u32, String)> = table
        .rows
        .iter()
        .enumerate()
        .filter(|(row, _)| missing(*row))
        .filter_map(|(_, source)| known.get(source).map(|raw| (*source, (*raw).to_owned())))
        .collect();
    Parsed {
        time_format: None,
        unread_count: left.len() as u64,
        unread: left,
    }
}

/// Reads text as numbers; the column is whole numbers if every cell is one.
pub(super) fn parse_number(table: &Table, column: &str) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = match table.cells(index)? {
        Cells::Text(cells) => cells,
        Cells::Integer(_) | Cells::Float(_) => return Ok(Vec::new()),
        other => return Err(StepError::wrong_type(column, other.dtype(), "text")),
    };
    let numbers: Vec<Option<f64>> = cells.iter().map(|text| text.and_then(read_number)).collect();
    let changed = cells
        .iter()
        .zip(&numbers)
        .map(|(before, after)| match (before, after) {
            (Some(before), Some(after)) => before != after.to_string(),
            (before, _) => before.is_some(),
        })
        .collect();
    // 2^53: whole numbers beyond it would lose digits as floats and are left as floats.
    let whole = |v: &f64| v.fract() == 0.0 && v.abs() < 9_007_199_254_740_992.0;
    let parsed = unread(table, Cells::Text(cells), |row| numbers[row].is_none());
    let (values, dtype) = if numbers.iter().flatten().all(whole) {
        let integers: Int64Chunked = numbers.iter().map(|v| v.map(|v| v as i64)).collect();
        (integers.into_column(), ColumnType::Integer)
    } else {
        let floats: Float64Chunked = numbers.into_iter().collect();
        (floats.into_column(), ColumnType::Float)
    };
    Ok(vec![Replacement {
        index,
        values,
        dtype,
        changed,
        parsed: Some(parsed),
    }])
}

/// `12`, `-3.5e2`, `1,234.50`, `¥99`, `99元`, `12 €`; a comma is a thousands mark only in front of three digits.
fn read_number(text: &str) -> Option<f64> {
    let marks = |c: char| c.is_whitespace() || "$¥￥€£元".contains(c);
    let text = text.trim_matches(marks);
    let plain = if text.contains(',') {
        without_thousands(text)?
    } else {
        text.to_owned()
    };
    let starts_right = plain.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    plain.parse::<f64>().ok().filter(|v| v.is_finite() && starts_right)
}

fn without_thousands(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let digits = first.trim_start_matches(['+', '-']);
    let first_fits = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let rest_fits = groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    let joined = whole.replace(',', "");
    (first_fits && rest_fits).then(|| match fraction {
        Some(fraction) => format!("{joined}.{fraction}"),
        None => joined,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("12", Some(12.0)),
            (" -3.5e2 ", Some(-350.0)),
            ("1,234.50", Some(1234.5)),
            ("1,234,567", Some(1_234_567.0)),
            ("¥99", Some(99.0)),
            ("99元", Some(99.0)),
            ("12 €", Some(12.0)),
            ("12,5", None),
            ("1,23,456", None),
            ("abc", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read_number(text), expected, "{text}");
        }
    }

    #[test]
    fn times_are_read_by_their_format() {
        let read = |format: &str, text: &str| TimeFormat::new(format).expect("a format").read(text);
        let new_year = Some(1_767_225_600_000_000);
        assert_eq!(read("%d/%m/%Y %H:%M", "01/01/2026 00:00"), new_year);
        assert_eq!(read("%d.%m.%Y", "01.01.2026"), new_year);
        assert_eq!(read("%Y%m%d", "20260101"), new_year);
        assert_eq!(read("%Y-%m-%d %H:%M:%S %z", "2026-01-01 08:00:00 +0800"), new_year);
        assert_eq!(read("%Y年%m月%d日", "2026年01月01日"), new_year);
        assert_eq!(read("ISO 8601", "2026-01-01T00:00:00Z"), new_year);
        assert_eq!(read("epoch seconds", "1767225600"), new_year);
        assert_eq!(read("epoch milliseconds", "1767225600000"), new_year);
        assert_eq!(read("epoch seconds", "1767225600000000"), None);
        assert_eq!(read("%d/%m/%Y", "31/02/2026"), None);
        assert_eq!(read("%d/%m/%Y", "2026-01-01"), None);
        for bad in ["", "%Q", "no letters"] {
            assert!(TimeFormat::new(bad).is_err(), "{bad}");
        }
    }
}
