//! A typed, read-only view of one column: polars `Column` → `Cells`.
//!
//! Invariant: only the five column types of the product exist behind it; anything else is refused by name.

use crate::engine::artifact::ColumnType;
use chrono::DateTime;
use polars::prelude::{BooleanChunked, Column, DataType, Float64Chunked, Int64Chunked, StringChunked};

/// One column's cells in the type they were read as.
#[derive(Clone, Copy)]
pub enum Cells<'a> {
    Text(&'a StringChunked),
    Integer(&'a Int64Chunked),
    Float(&'a Float64Chunked),
    Boolean(&'a BooleanChunked),
    /// Microseconds since the epoch, UTC.
    Time(&'a Int64Chunked),
}

/// A column in a type the product does not use (a list, a struct, …).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` has the type {dtype}, which cannot be worked on")]
pub struct UnsupportedType {
    pub column: String,
    pub dtype: String,
}

impl<'a> Cells<'a> {
    pub fn of(column: &'a Column) -> Result<Self, UnsupportedType> {
        let refused = || UnsupportedType {
            column: column.name().to_string(),
            dtype: column.dtype().to_string(),
        };
        let cells = match column.dtype() {
            DataType::String => column.str().ok().map(Cells::Text),
            DataType::Int64 => column.i64().ok().map(Cells::Integer),
            DataType::Float64 => column.f64().ok().map(Cells::Float),
            DataType::Boolean => column.bool().ok().map(Cells::Boolean),
            DataType::Datetime(_, _) => column.datetime().ok().map(|time| Cells::Time(time.physical())),
            _ => None,
        };
        cells.ok_or_else(refused)
    }

    pub fn dtype(self) -> ColumnType {
        match self {
            Self::Text(_) => ColumnType::Text,
            Self::Integer(_) => ColumnType::Integer,
            Self::Float(_) => ColumnType::Float,
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Time(_) => ColumnType::Time,
        }
    }

    pub fn len(self) -> usize {
        match self {
            Self::Text(c) => c.len(),
            Self::Integer(c) | Self::Time(c) => c.len(),
            Self::Float(c) => c.len(),
            Self::Boolean(c) => c.len(),
        }
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    pub fn is_null(self, row: usize) -> bool {
        match self {
            Self::Text(c) => c.get(row).is_none(),
            Self::Integer(c) | Self::Time(c) => c.get(row).is_none(),
            Self::Float(c) => c.get(row).is_none(),
            Self::Boolean(c) => c.get(row).is_none(),
        }
    }

    /// The cell as people read it; `None` where it is missing.
    pub fn show(self, row: usize) -> Option<String> {
        match self {
            Self::Text(c) => c.get(row).map(str::to_owned),
            Self::Integer(c) => c.get(row).map(|v| v.to_string()),
            Self::Float(c) => c.get(row).map(|v| v.to_string()),
            Self::Boolean(c) => c.get(row).map(|v| v.to_string()),
            Self::Time(c) => c.get(row).map(show_moment),
        }
    }

    /// Every cell as people read it, in row order.
    pub fn shown(self) -> Box<dyn Iterator<Item = Option<std::borrow::Cow<'a, str>>> + 'a> {
        use std::borrow::Cow;
        match self {
            Self::Text(c) => Box::new(c.iter().map(|v| v.map(Cow::Borrowed))),
            Self::Integer(c) => Box::new(c.iter().map(|v| v.map(|v| Cow::Owned(v.to_string())))),
            Self::Float(c) => Box::new(c.iter().map(|v| v.map(|v| Cow::Owned(v.to_string())))),
            Self::Boolean(c) => Box::new(c.iter().map(|v| v.map(|v| Cow::Owned(v.to_string())))),
            Self::Time(c) => Box::new(c.iter().map(|v| v.map(|v| Cow::Owned(show_moment(v))))),
        }
    }

    /// Numbers of an integer, float or true/false (1/0) column; missing and not-a-number cells are `None`.
    pub fn numbers(self) -> Option<Vec<Option<f64>>> {
        match self {
            Self::Integer(c) => Some(c.iter().map(|v| v.map(|v| v as f64)).collect()),
            Self::Float(c) => Some(c.iter().map(|v| v.filter(|v| !v.is_nan())).collect()),
            Self::Boolean(c) => Some(c.iter().map(|v| v.map(|v| f64::from(u8::from(v)))).collect()),
            Self::Text(_) | Self::Time(_) => None,
        }
    }
}

/// `2026-10-01 08:00:00`, with a fraction only where there is one.
pub fn show_moment(micros: i64) -> String {
    match DateTime::from_timestamp_micros(micros) {
        Some(moment) if micros % 1_000_000 == 0 => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
        Some(moment) => moment.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        None => format!("{micros} µs"),
    }
}
