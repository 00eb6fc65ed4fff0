//! Columns of a table as the slices an evaluation reads; the only place of this stage that knows the table type.
//!
//! Invariant: one value a row; a missing cell is NaN in numbers and `MISSING_CODE` in codes.

use super::input::{Codes, MISSING_CODE, Segment};
use super::interval::quantile;
use crate::engine::artifact::{Bilingual, with_causes};
use hashbrown::HashMap;
use polars::prelude::{Column, DataFrame, DataType, TimeUnit};

/// Distinct numbers above which a numeric segment column is cut into quarters.
const MAX_DISTINCT_NUMBERS: usize = 12;
const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// A column could not be read as asked.
#[derive(Debug, thiserror::Error)]
pub enum ColumnError {
    #[error("there is no column `{name}`; the columns are {known}")]
    Unknown { name: String, known: String },
    #[error("column `{name}` holds {found}, not numbers; map its values to numbers first")]
    NotNumeric { name: String, found: String },
    #[error("cannot read column `{name}`")]
    Table {
        name: String,
        #[source]
        source: polars::error::PolarsError,
    },
}

impl ColumnError {
    /// The message in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::Unknown { name, known } => format!("没有列 `{name}`；现有的列为 {known}"),
            Self::NotNumeric { name, found } => {
                format!("列 `{name}` 的内容是 {found}，不是数值；请先将其取值映射为数值")
            }
            Self::Table { name, source } => format!("无法读取列 `{name}`：{source}"),
        };
        Bilingual::new(with_causes(self), zh)
    }
}

/// A categorical column with its own memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodedColumn {
    pub name: String,
    pub codes: Vec<u32>,
    pub names: Vec<String>,
}

impl CodedColumn {
    pub fn codes(&self) -> Codes<'_> {
        Codes {
            codes: &self.codes,
            names: &self.names,
        }
    }

    pub fn segment(&self) -> Segment<'_> {
        Segment {
            column: &self.name,
            values: self.codes(),
        }
    }

    /// Codes in order of first appearance.
    fn of<T: AsRef<str>>(name: &str, values: impl Iterator<Item = Option<T>>) -> Self {
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut column = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for value in values {
            let code = value.map_or(MISSING_CODE, |value| {
                let value = value.as_ref();
                known.get(value).copied().unwrap_or_else(|| {
                    let code = column.names.len() as u32;
                    column.names.push(value.to_owned());
                    known.insert(value.to_owned(), code);
                    code
                })
            });
            column.codes.push(code);
        }
        column
    }
}

fn find<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column, ColumnError> {
    frame.column(name).map_err(|_| ColumnError::Unknown {
        name: name.to_owned(),
        known: frame
            .get_column_names()
            .iter()
            .map(|name| name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// A numeric or yes/no column as numbers.
///
/// # Errors
/// An unknown column, or one of text or time.
pub fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<f64>, ColumnError> {
    let column = find(frame, name)?;
    let table = |source| ColumnError::Table {
        name: name.to_owned(),
        source,
    };
    match column.dtype() {
        DataType::String | DataType::Datetime(..) | DataType::Date => Err(ColumnError::NotNumeric {
            name: name.to_owned(),
            found: if column.dtype() == &DataType::String {
                "text"
            } else {
                "times"
            }
            .to_owned(),
        }),
        DataType::Boolean => {
            let values = column.bool().map_err(table)?;
            Ok(values
                .iter()
                .map(|value| value.map_or(f64::NAN, |value| f64::from(u8::from(value))))
                .collect())
        }
        _ => {
            let cast = column.cast(&DataType::Float64).map_err(table)?;
            let values = cast.f64().map_err(table)?;
            Ok(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        }
    }
}

/// Any column as categories, e.g. the groups of ranking metrics: each distinct value is one.
///
/// # Errors
/// An unknown column.
pub fn categories(frame: &DataFrame, name: &str) -> Result<CodedColumn, ColumnError> {
    let column = find(frame, name)?;
    let table = |source| ColumnError::Table {
        name: name.to_owned(),
        source,
    };
    match column.dtype() {
        DataType::String => Ok(CodedColumn::of(name, column.str().map_err(table)?.iter())),
        DataType::Float64 => {
            let values = column.f64().map_err(table)?;
            let texts = values
                .iter()
                .map(|value| value.filter(|value| !value.is_nan()).map(|value| value.to_string()));
            Ok(CodedColumn::of(name, texts))
        }
        _ => {
            let cast = column.cast(&DataType::String).map_err(table)?;
            Ok(CodedColumn::of(name, cast.str().map_err(table)?.iter()))
        }
    }
}

/// A column as segments: like `categories`, but many distinct numbers become quarters and times become days.
///
/// # Errors
/// An unknown column.
pub fn segments(frame: &DataFrame, name: &str) -> Result<CodedColumn, ColumnError> {
    let column = find(frame, name)?;
    match column.dtype() {
        DataType::Int64 | DataType::Float64 | DataType::Int32 | DataType::Float32 => {
            let values = numbers(frame, name)?;
            Ok(quarters(name, &values).map_or_else(|| categories(frame, name), Ok)?)
        }
        DataType::Datetime(unit, _) => {
            let micros_per_tick = match unit {
                TimeUnit::Nanoseconds => None,
                TimeUnit::Microseconds => Some(1),
                TimeUnit::Milliseconds => Some(1000),
            };
            let cast = column.cast(&DataType::Int64).and_then(|ticks| {
                let ticks = ticks.i64()?.iter().map(|tick| {
                    let tick = tick?;
                    let micros = micros_per_tick.map_or(tick / 1000, |factor| tick.saturating_mul(factor));
                    day_name(micros.div_euclid(MICROSECONDS_PER_DAY))
                });
                Ok(CodedColumn::of(name, ticks))
            });
            cast.map_err(|source| ColumnError::Table {
                name: name.to_owned(),
                source,
            })
        }
        _ => categories(frame, name),
    }
}

fn day_name(days_since_epoch: i64) -> Option<String> {
    let seconds = days_since_epoch.checked_mul(86_400)?;
    chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.format("%Y-%m-%d").to_string())
}

/// Four ranges of nearly equal row counts; `None` when there are few distinct numbers.
fn quarters(name: &str, values: &[f64]) -> Option<CodedColumn> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= MAX_DISTINCT_NUMBERS {
        return None;
    }
    let mut edges: Vec<f64> = [0.25, 0.5, 0.75].iter().map(|&p| quantile(&sorted, p)).collect();
    edges.dedup();
    // A value belongs to the first range whose upper edge it does not exceed.
    let code = |value: f64| edges.partition_point(|&edge| value > edge);
    let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
    let lower = |at: usize| if at == 0 { first } else { edges[at - 1] };
    let upper = |at: usize| edges.get(at).copied().unwrap_or(last);
    let names = (0..=edges.len()).map(|at| {
        let (lower, upper) = (lower(at), upper(at));
        if at == 0 && lower == upper {
            return format!("{:.6}", Short(lower));
        }
        let opening = if at == 0 { '[' } else { '(' };
        format!("{opening}{:.6}, {:.6}]", Short(lower), Short(upper))
    });
    Some(CodedColumn {
        name: name.to_owned(),
        names: names.collect(),
        codes: values
            .iter()
            .map(|&value| {
                if value.is_nan() {
                    MISSING_CODE
                } else {
                    code(value) as u32
                }
            })
            .collect(),
    })
}

/// A number without trailing zeros.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.*}", f.precision().unwrap_or(6), self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoColumn as _, NamedFrom as _, Series};

    fn frame() -> DataFrame {
        let columns = vec![
            Series::new("label".into(), &[Some(true), None, Some(false)]).into_column(),
            Series::new("score".into(), &[Some(0.5), Some(1.5), None]).into_column(),
            Series::new("user".into(), &[Some("b"), Some("a"), Some("b")]).into_column(),
            Series::new("clicks".into(), &[Some(7_i64), None, Some(7)]).into_column(),
        ];
        DataFrame::new(3, columns).expect("equal lengths")
    }

    #[test]
    fn missing_cells_are_marked() {
        let frame = frame();
        let labels = numbers(&frame, "label").expect("yes/no");
        assert!(labels[0] == 1.0 && labels[1].is_nan() && labels[2] == 0.0);
        assert!(numbers(&frame, "score").expect("float")[2].is_nan());
        let users = categories(&frame, "user").expect("text");
        assert_eq!(
            (users.codes, users.names),
            (vec![0, 1, 0], vec!["b".to_owned(), "a".to_owned()])
        );
        let clicks = segments(&frame, "clicks").expect("integer");
        assert_eq!(
            (clicks.codes, clicks.names),
            (vec![0, MISSING_CODE, 0], vec!["7".to_owned()])
        );
    }

    #[test]
    fn wrong_columns_are_named() {
        let error = numbers(&frame(), "Label").expect_err("unknown").to_string();
        assert!(
            error.contains("`Label`") && error.contains("label, score, user, clicks"),
            "{error}"
        );
        assert!(matches!(numbers(&frame(), "user"), Err(ColumnError::NotNumeric { .. })));
    }

    #[test]
    fn many_numbers_become_quarters() {
        let values: Vec<f64> = (0..100).map(f64::from).chain([f64::NAN]).collect();
        let column = quarters("price", &values).expect("many");
        assert_eq!(
            column.names,
            ["[0, 24.75]", "(24.75, 49.5]", "(49.5, 74.25]", "(74.25, 99]"]
        );
        assert_eq!((column.codes[0], column.codes[50], column.codes[99]), (0, 2, 3));
        assert_eq!(column.codes[100], MISSING_CODE);
        assert_eq!(quarters("few", &[1.0, 2.0]), None);
        let zeros: Vec<f64> = (0..100).map(|row| f64::from((row - 40).max(0))).collect();
        let column = quarters("views", &zeros).expect("many");
        assert_eq!(column.names, ["0", "(0, 9.5]", "(9.5, 34.25]", "(34.25, 59]"]);
    }
}
