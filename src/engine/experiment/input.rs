//! From the table to the columns an analysis reads; the only place of this stage that knows the table type.
//!
//! Invariant: one value a row of the dataset; nothing is dropped here.

use super::config::{ExperimentConfig, MetricKind};
use super::error::ExperimentError;
use super::table::{Coded, LogColumns, UnitTable};
use super::values::{MetricColumns, covariate_of_unit};
use crate::engine::eval::columns::{CodedColumn, ColumnError, categories, numbers, segments};
use crate::engine::ingest::{Codes, Dataset};
use polars::prelude::{Column, DataFrame, DataType, TimeUnit};
use std::collections::BTreeMap;

const DAY_MICROS: i64 = 86_400_000_000;

/// Who and when, in the columns the config names.
pub(super) fn log_columns(dataset: &Dataset, config: &ExperimentConfig) -> Result<LogColumns, ExperimentError> {
    let frame = dataset.frame.whole();
    let (units, num_units) = match &config.unit {
        Some(name) => {
            let codes = Codes::of_column(find(frame, name)?);
            (codes.codes.to_vec(), codes.num)
        }
        None => ((0..frame.height() as u32).collect(), frame.height()),
    };
    let segments = config.segments.iter().map(|name| Ok(coded(segments(frame, name)?)));
    Ok(LogColumns {
        units,
        num_units,
        variant: coded(categories(frame, &config.variant)?),
        segments: segments.collect::<Result<_, ColumnError>>()?,
        days: config.time.as_ref().map(|name| days(frame, name)).transpose()?,
    })
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

fn coded(column: CodedColumn) -> Coded {
    Coded {
        name: column.name,
        codes: column.codes,
        values: column.names,
    }
}

/// Days since 1970-01-01; whole numbers are taken as day numbers.
fn days(frame: &DataFrame, name: &str) -> Result<Vec<Option<i32>>, ExperimentError> {
    let column = find(frame, name)?;
    let per_day = match column.dtype() {
        DataType::Datetime(TimeUnit::Microseconds, _) => DAY_MICROS,
        DataType::Datetime(TimeUnit::Milliseconds, _) => DAY_MICROS / 1000,
        DataType::Datetime(TimeUnit::Nanoseconds, _) => DAY_MICROS * 1000,
        DataType::Date | DataType::Int64 | DataType::Int32 => 1,
        _ => return Err(ExperimentError::NotTime { name: name.to_owned() }),
    };
    let table = |source| ColumnError::Table {
        name: name.to_owned(),
        source,
    };
    let ticks = column.cast(&DataType::Int64).map_err(table)?;
    let ticks = ticks.i64().map_err(table)?;
    Ok(ticks
        .iter()
        .map(|tick| tick.and_then(|tick| i32::try_from(tick.div_euclid(per_day)).ok()))
        .collect())
}

/// The columns of each metric; each table column is read once.
pub(super) fn metric_columns(
    dataset: &Dataset,
    config: &ExperimentConfig,
    table: &UnitTable,
) -> Result<Vec<MetricColumns>, ExperimentError> {
    let mut covariates: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut found = Vec::with_capacity(config.metrics.len());
    for metric in &config.metrics {
        let covariate_of_unit = match config.covariate_of(metric) {
            None => Vec::new(),
            Some(name) => {
                if !covariates.contains_key(name) {
                    covariates.insert(name, covariate_of_unit(&numbers(&dataset.frame, name)?, table));
                }
                covariates[name].clone()
            }
        };
        let denominator = match (&metric.denominator, metric.kind) {
            (Some(name), MetricKind::Ratio) => numbers(&dataset.frame, name)?,
            (None, MetricKind::Ratio) => {
                return Err(ExperimentError::BadSetting {
                    what: format!("the ratio `{}` has no denominator column", metric.name),
                });
            }
            _ => Vec::new(),
        };
        found.push(MetricColumns {
            numerator: numbers(&dataset.frame, &metric.column)?,
            denominator,
            covariate_of_unit,
        });
    }
    Ok(found)
}

/// True where a proportion's column holds other values than 0 and 1.
pub(super) fn is_binary(values: &[f64]) -> bool {
    values
        .iter()
        .all(|value| value.is_nan() || *value == 0.0 || *value == 1.0)
}
