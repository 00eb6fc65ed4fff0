//! Steps on numbers: fill what is missing, clip what is out of bounds.

use super::cells::Cells;
use super::condition::parse_moment;
use super::error::StepError;
use super::step::{CellValue, Fill};
use super::table::{Replacement, Table};
use hashbrown::HashMap;
use polars::prelude::{
    BooleanChunked, Column, Float64Chunked, Int64Chunked, IntoColumn as _, NewChunkedArray as _, StringChunked,
    TimeUnit,
};
use std::hash::Hash;

/// A value of one of the column types, ready to be put into missing cells.
enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
}

pub(super) fn fill_missing(table: &Table, column: &str, with: &Fill) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = table.cells(index)?;
    let changed: Vec<bool> = table
        .column(index)
        .is_null()
        .iter()
        .map(|null| null == Some(true))
        .collect();
    if !changed.contains(&true) {
        return Ok(Vec::new());
    }
    let value = match with {
        Fill::Constant { value } => constant(column, cells, value)?,
        Fill::Mean => mean(column, cells)?,
        Fill::Median => median(column, cells)?,
        Fill::Mode => mode(column, cells)?,
    };
    let values = filled(cells, &value);
    Ok(vec![Replacement {
        index,
        values,
        dtype: cells.dtype(),
        changed,
        parsed: None,
    }])
}

fn filled(cells: Cells<'_>, value: &Value) -> Column {
    match (cells, value) {
        (Cells::Text(c), Value::Text(v)) => {
            StringChunked::from_iter_values(c.name().clone(), c.iter().map(|cell| cell.unwrap_or(v))).into_column()
        }
        (Cells::Integer(c), Value::Integer(v)) => {
            Int64Chunked::from_iter_values(c.name().clone(), c.iter().map(|cell| cell.unwrap_or(*v))).into_column()
        }
        (Cells::Time(c), Value::Integer(v)) => time_column(Int64Chunked::from_iter_values(
            c.name().clone(),
            c.iter().map(|cell| cell.unwrap_or(*v)),
        )),
        (Cells::Float(c), Value::Float(v)) => {
            Float64Chunked::from_iter_values(c.name().clone(), c.iter().map(|cell| cell.unwrap_or(*v))).into_column()
        }
        (Cells::Boolean(c), Value::Boolean(v)) => {
            BooleanChunked::from_iter_values(c.name().clone(), c.iter().map(|cell| cell.unwrap_or(*v))).into_column()
        }
        // `constant`, `mean`, `median` and `mode` return a value of the column's own type; keep the cells otherwise.
        (Cells::Text(c), _) => c.clone().into_column(),
        (Cells::Integer(c), _) => c.clone().into_column(),
        (Cells::Time(c), _) => time_column(c.clone()),
        (Cells::Float(c), _) => c.clone().into_column(),
        (Cells::Boolean(c), _) => c.clone().into_column(),
    }
}

/// Microseconds as the time type of the product.
pub(super) fn time_column(micros: Int64Chunked) -> Column {
    micros.into_datetime(TimeUnit::Microseconds, None).into_column()
}

fn constant(column: &str, cells: Cells<'_>, value: &CellValue) -> Result<Value, StepError> {
    let refused = || StepError::ValueType {
        column: column.to_owned(),
        value: value.show(),
        dtype: cells.dtype().name(),
    };
    let shown = value.show();
    let text = shown.trim();
    match cells {
        Cells::Text(_) => Some(Value::Text(shown.clone())),
        Cells::Integer(_) => text.parse().ok().map(Value::Integer),
        Cells::Float(_) => text.parse().ok().filter(|v: &f64| v.is_finite()).map(Value::Float),
        Cells::Boolean(_) => text.to_lowercase().parse().ok().map(Value::Boolean),
        Cells::Time(_) => parse_moment(text).map(Value::Integer),
    }
    .ok_or_else(refused)
}

fn no_value(column: &str, wanted: &'static str) -> StepError {
    StepError::NothingToFillFrom {
        column: column.to_owned(),
        wanted,
    }
}

fn mean(column: &str, cells: Cells<'_>) -> Result<Value, StepError> {
    match cells {
        Cells::Integer(c) => {
            let (sum, count) = c
                .iter()
                .flatten()
                .fold((0i128, 0i128), |(s, n), v| (s + i128::from(v), n + 1));
            if count == 0 {
                return Err(no_value(column, "mean"));
            }
            Ok(Value::Integer((sum as f64 / count as f64).round() as i64))
        }
        Cells::Float(c) => {
            let values: Vec<f64> = c.iter().flatten().filter(|v| v.is_finite()).collect();
            if values.is_empty() {
                return Err(no_value(column, "mean"));
            }
            Ok(Value::Float(values.iter().sum::<f64>() / values.len() as f64))
        }
        other => Err(StepError::wrong_type(column, other.dtype(), "numbers for a mean")),
    }
}

fn median(column: &str, cells: Cells<'_>) -> Result<Value, StepError> {
    match cells {
        Cells::Integer(c) | Cells::Time(c) => {
            let mut values: Vec<i64> = c.iter().flatten().collect();
            let middle = values.len().checked_sub(1).ok_or_else(|| no_value(column, "median"))? / 2;
            Ok(Value::Integer(*values.select_nth_unstable(middle).1))
        }
        Cells::Float(c) => {
            let mut values: Vec<f64> = c.iter().flatten().filter(|v| v.is_finite()).collect();
            values.sort_unstable_by(f64::total_cmp);
            quantile_of_sorted(&values, 0.5)
                .map(Value::Float)
                .ok_or_else(|| no_value(column, "median"))
        }
        other => Err(StepError::wrong_type(
            column,
            other.dtype(),
            "numbers or times for a median",
        )),
    }
}

fn mode(column: &str, cells: Cells<'_>) -> Result<Value, StepError> {
    let none = || no_value(column, "most frequent value");
    match cells {
        Cells::Text(c) => most_frequent(c.iter().flatten()).map(|v| Value::Text(v.to_owned())),
        Cells::Integer(c) | Cells::Time(c) => most_frequent(c.iter().flatten()).map(Value::Integer),
        Cells::Boolean(c) => most_frequent(c.iter().flatten()).map(Value::Boolean),
        Cells::Float(c) => {
            // Floats are counted by their bits; the smallest is the smallest number.
            let mut counts: HashMap<u64, usize> = HashMap::new();
            for value in c.iter().flatten().filter(|v| v.is_finite()) {
                *counts.entry((value + 0.0).to_bits()).or_default() += 1;
            }
            counts
                .into_iter()
                .map(|(bits, count)| (count, f64::from_bits(bits)))
                .max_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))
                .map(|(_, value)| Value::Float(value))
        }
    }
    .ok_or_else(none)
}

/// The value that occurs most often; of several, the smallest.
fn most_frequent<T: Ord + Hash + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(value, _)| value)
}

/// Hyndman–Fan type 7 (linear interpolation, numpy's default) of ascending values.
pub fn quantile_of_sorted(values: &[f64], q: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let position = q.clamp(0.0, 1.0) * last as f64;
    let low = position.floor() as usize;
    let high = (low + 1).min(last);
    Some(values[low] + (values[high] - values[low]) * (position - low as f64))
}

/// Bounds of a clip step as written.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub lower_quantile: Option<f64>,
    pub upper_quantile: Option<f64>,
}

pub(super) fn clip(table: &Table, column: &str, bounds: Bounds) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = table.cells(index)?;
    let (low, high) = resolve(column, cells, bounds)?;
    let name = table.column(index).name().clone();
    let (values, changed) = match cells {
        Cells::Integer(c) => {
            // The nearest whole numbers inside the bounds.
            let (low, high) = (low.ceil() as i64, high.floor() as i64);
            let clipped: Vec<Option<i64>> = c.iter().map(|v| v.map(|v| v.max(low).min(high))).collect();
            let changed = c.iter().zip(&clipped).map(|(a, b)| a != *b).collect();
            (Int64Chunked::from_slice_options(name, &clipped).into_column(), changed)
        }
        Cells::Float(c) => {
            let clip_one = |v: f64| if v.is_nan() { v } else { v.max(low).min(high) };
            let clipped: Vec<Option<f64>> = c.iter().map(|v| v.map(clip_one)).collect();
            let same = |a: Option<f64>, b: Option<f64>| a.map(f64::to_bits) == b.map(f64::to_bits);
            let changed = c.iter().zip(&clipped).map(|(a, b)| !same(a, *b)).collect();
            (
                Float64Chunked::from_slice_options(name, &clipped).into_column(),
                changed,
            )
        }
        other => return Err(StepError::wrong_type(column, other.dtype(), "numbers")),
    };
    Ok(vec![Replacement {
        index,
        values,
        dtype: cells.dtype(),
        changed,
        parsed: None,
    }])
}

/// The bounds as numbers; an open side is infinite.
fn resolve(column: &str, cells: Cells<'_>, bounds: Bounds) -> Result<(f64, f64), StepError> {
    for (field, quantile) in [
        ("lower_quantile", bounds.lower_quantile),
        ("upper_quantile", bounds.upper_quantile),
    ] {
        if let Some(q) = quantile.filter(|q| !(0.0..=1.0).contains(q)) {
            return Err(StepError::OutOfRange {
                field,
                value: q.to_string(),
                needed: "between 0 and 1",
            });
        }
    }
    let mut sorted = Vec::new();
    if bounds.lower_quantile.is_some() || bounds.upper_quantile.is_some() {
        let numbers = cells
            .numbers()
            .ok_or_else(|| StepError::wrong_type(column, cells.dtype(), "numbers"))?;
        sorted = numbers.into_iter().flatten().filter(|v| v.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        if sorted.is_empty() {
            return Err(no_value(column, "quantile"));
        }
    }
    let quantile = |q: Option<f64>| q.and_then(|q| quantile_of_sorted(&sorted, q));
    let low = bounds
        .min
        .or(quantile(bounds.lower_quantile))
        .unwrap_or(f64::NEG_INFINITY);
    let high = bounds.max.or(quantile(bounds.upper_quantile)).unwrap_or(f64::INFINITY);
    if low > high || low.is_nan() || high.is_nan() {
        return Err(StepError::OutOfRange {
            field: "min",
            value: low.to_string(),
            needed: "a number not above max",
        });
    }
    Ok((low, high))
}
