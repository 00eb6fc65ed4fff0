//! Read access to one column of a dataset: typed cells without copying, and cells as values for people.
//!
//! In: a `Dataset` column. Out: borrowed slices and `Value`s.
//! Invariant: a cell is null where the table is null or where a float is not a number; nothing else is.

use super::AuditError;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::ingest::{CodedTexts, FrameColumn};
use polars::prelude::{BooleanType, Float64Type, Int64Type, PolarsDataType, Series, StringType};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

type TextArray = <StringType as PolarsDataType>::Array;
type IntegerArray = <Int64Type as PolarsDataType>::Array;
type FloatArray = <Float64Type as PolarsDataType>::Array;
type BooleanArray = <BooleanType as PolarsDataType>::Array;

/// One cell as data: what JSON, the report and the tables show. Times are ISO 8601 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// What a column's cells are read from.
#[derive(Clone, Debug)]
enum Held {
    Series(Series),
    Texts(CodedTexts),
}

/// A column in one piece, kept alive while its cells are read.
#[derive(Clone, Debug)]
pub struct ColumnCells {
    held: Held,
    dtype: ColumnType,
}

impl ColumnCells {
    /// Takes column `index` of the dataset; a column in several chunks is joined into one.
    pub fn new(dataset: &Dataset, index: usize) -> Result<Self, AuditError> {
        let name = || {
            dataset
                .info
                .columns
                .get(index)
                .map_or_else(String::new, |column| column.name.clone())
        };
        let column = dataset
            .frame
            .stored()
            .get(index)
            .ok_or_else(|| AuditError::NoSuchColumn { column: name() })?;
        let dtype = dataset.info.columns.get(index).map(|column| column.dtype);
        let dtype = dtype.ok_or_else(|| AuditError::NoSuchColumn { column: name() })?;
        let cells = Self {
            held: match column {
                FrameColumn::Plain(column) => Held::Series(column.as_materialized_series().rechunk()),
                FrameColumn::Texts { texts, .. } => Held::Texts(texts.clone()),
            },
            dtype,
        };
        match cells.cells_or_none() {
            Some(_) => Ok(cells),
            None => Err(AuditError::WrongType {
                column: name(),
                expected: dtype.name(),
                found: match &cells.held {
                    Held::Series(series) => series.dtype().to_string(),
                    Held::Texts(_) => ColumnType::Text.name().to_owned(),
                },
            }),
        }
    }

    pub fn dtype(&self) -> ColumnType {
        self.dtype
    }

    pub fn len(&self) -> usize {
        match &self.held {
            Held::Series(series) => series.len(),
            Held::Texts(texts) => texts.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The typed cells. Cannot fail: `new` has checked the type and the single chunk.
    pub fn cells(&self) -> Cells<'_> {
        self.cells_or_none()
            .expect("the type was checked when the column was taken")
    }

    fn cells_or_none(&self) -> Option<Cells<'_>> {
        let series = match &self.held {
            Held::Texts(texts) => return (self.dtype == ColumnType::Text).then_some(Cells::Coded(texts)),
            Held::Series(series) => series,
        };
        Some(match self.dtype {
            ColumnType::Text => Cells::Text(series.str().ok()?.downcast_get(0)?),
            ColumnType::Integer => Cells::Integer(series.i64().ok()?.downcast_get(0)?),
            ColumnType::Float => Cells::Float(series.f64().ok()?.downcast_get(0)?),
            ColumnType::Boolean => Cells::Boolean(series.bool().ok()?.downcast_get(0)?),
            ColumnType::Time => Cells::Time(series.datetime().ok()?.phys.downcast_get(0)?),
        })
    }
}

/// Borrowed typed cells of one column; times are microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    Text(&'a TextArray),
    /// Texts as codes into a dictionary.
    Coded(&'a CodedTexts),
    Integer(&'a IntegerArray),
    Float(&'a FloatArray),
    Boolean(&'a BooleanArray),
    Time(&'a IntegerArray),
}

impl<'a> Cells<'a> {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Text(array) => array.len(),
            Self::Coded(texts) => texts.len(),
            Self::Integer(array) | Self::Time(array) => array.len(),
            Self::Float(array) => array.len(),
            Self::Boolean(array) => array.len(),
        }
    }

    /// Text of a cell; `None` for null and for columns that are not text.
    pub fn text(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Text(array) => array.get(row),
            Self::Coded(texts) => texts.get(row),
            _ => None,
        }
    }

    /// The 64 bits that identify a value of a column that is not text; `None` for null.
    /// Both zeros of a float are one value.
    pub fn key(&self, row: usize) -> Option<u64> {
        match self {
            Self::Text(_) | Self::Coded(_) => None,
            Self::Integer(array) | Self::Time(array) => {
                valid(array.validity().is_none_or(|bits| bits.get_bit(row)))?;
                array.values().get(row).map(|&value| value as u64)
            }
            Self::Float(array) => {
                valid(array.validity().is_none_or(|bits| bits.get_bit(row)))?;
                array.values().get(row).and_then(|&value| float_key(value))
            }
            Self::Boolean(array) => {
                valid(array.validity().is_none_or(|bits| bits.get_bit(row)))?;
                Some(u64::from(array.values().get_bit(row)))
            }
        }
    }

    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Text(_) | Self::Coded(_) => self.text(row).is_none(),
            _ => self.key(row).is_none(),
        }
    }

    /// The cell as a number: integers, floats, booleans as 0 and 1, times in microseconds.
    pub fn number(&self, row: usize) -> Option<f64> {
        let key = self.key(row)?;
        Some(match self {
            Self::Float(_) => f64::from_bits(key),
            _ => key as i64 as f64,
        })
    }

    /// True if two cells hold the same value, null being equal to null.
    pub fn same(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Coded(texts) => texts.codes[a] == texts.codes[b],
            Self::Text(_) => self.text(a) == self.text(b),
            _ => self.key(a) == self.key(b),
        }
    }

    /// Order of two cells by value, nulls first; text by Unicode scalar values.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Text(_) | Self::Coded(_) => self.text(a).cmp(&self.text(b)),
            Self::Float(_) => match (self.number(a), self.number(b)) {
                (Some(x), Some(y)) => x.total_cmp(&y),
                (x, y) => x.is_some().cmp(&y.is_some()),
            },
            _ => self
                .key(a)
                .map(|key| key as i64)
                .cmp(&self.key(b).map(|key| key as i64)),
        }
    }

    /// The cell as data to show.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Self::Text(_) | Self::Coded(_) => self.text(row).map_or(Value::Null, |text| Value::Text(text.to_owned())),
            _ => self.key(row).map_or(Value::Null, |key| self.value_of_key(key)),
        }
    }

    /// The value behind a key of this column (not for text).
    pub fn value_of_key(&self, key: u64) -> Value {
        match self {
            Self::Text(_) | Self::Coded(_) => Value::Null,
            Self::Integer(_) => Value::Integer(key as i64),
            Self::Time(_) => Value::Text(iso_time(key as i64)),
            Self::Float(_) => Value::Number(f64::from_bits(key)),
            Self::Boolean(_) => Value::Boolean(key != 0),
        }
    }
}

fn valid(is_valid: bool) -> Option<()> {
    is_valid.then_some(())
}

/// Bits of a float with one zero; `None` if it is not a number.
fn float_key(value: f64) -> Option<u64> {
    if value.is_nan() {
        None
    } else if value == 0.0 {
        Some(0)
    } else {
        Some(value.to_bits())
    }
}

/// `2019-10-01T00:00:00Z`, with microseconds only where there are any; the number itself beyond year 9999.
pub fn iso_time(micros: i64) -> String {
    let Some(time) = chrono::DateTime::from_timestamp_micros(micros) else {
        return format!("{micros} µs");
    };
    if micros.rem_euclid(1_000_000) == 0 {
        time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    } else {
        time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, table};

    #[test]
    fn cells_are_null_only_where_the_table_is_or_not_a_number() {
        let data = table(vec![
            (
                "f",
                Col::F(vec![Some(0.0), Some(-0.0), None, Some(f64::NAN), Some(f64::INFINITY)]),
            ),
            ("s", Col::S(vec![Some(""), Some("a"), None, Some("a"), Some("é")])),
        ]);
        let float = ColumnCells::new(&data, 0).expect("float column");
        let cells = float.cells();
        assert!(cells.same(0, 1), "both zeros are one value");
        assert!(cells.is_null(2) && cells.is_null(3) && !cells.is_null(4));
        let text = ColumnCells::new(&data, 1).expect("text column");
        let cells = text.cells();
        assert!(!cells.is_null(0) && cells.is_null(2) && cells.same(1, 3));
        assert_eq!(cells.compare(2, 0), Ordering::Less);
        assert_eq!(cells.compare(4, 1), Ordering::Greater);
    }

    #[test]
    fn integers_beyond_two_to_the_53_stay_exact() {
        let id = 2_053_013_555_069_845_885_i64;
        let data = table(vec![("id", Col::I(vec![Some(id), Some(-1)]))]);
        let column = ColumnCells::new(&data, 0).expect("integer column");
        assert_eq!(column.cells().value(0), Value::Integer(id));
        assert_eq!(column.cells().compare(1, 0), Ordering::Less);
        assert_eq!(
            serde_json::to_string(&column.cells().value(0)).expect("plain"),
            id.to_string()
        );
    }

    #[test]
    fn a_column_of_another_type_than_announced_is_refused() {
        let mut data = table(vec![("id", Col::I(vec![Some(1)]))]);
        let mut info = (*data.info).clone();
        info.columns[0].dtype = ColumnType::Text;
        data.info = std::sync::Arc::new(info);
        let error = ColumnCells::new(&data, 0).expect_err("type differs");
        assert!(error.to_string().contains("`id`"), "{error}");
    }

    #[test]
    fn times_are_iso_8601() {
        assert_eq!(iso_time(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso_time(1_569_888_000_250_000), "2019-10-01T00:00:00.250000Z");
        assert_eq!(iso_time(-1_000_000), "1969-12-31T23:59:59Z");
    }
}
