//! Tables for learning: a file of rows → texts, numbers, labels, groups. And the scaler for the numbers.

use super::error::FeatureError;
use super::label::{column_index, read_labels};
use crate::engine::ingest::{Dataset, IngestError, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a model learns from or is tested on; one entry a row everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingTable {
    /// First text column; empty texts where missing. Empty if no text column was asked for.
    pub texts: Vec<String>,
    /// Second text column, for pairs.
    pub text_pairs: Option<Vec<String>>,
    /// Row-major, `num_rows × numeric.len()`; missing is not-a-number (see [`Scaler`]).
    pub numeric: Vec<f32>,
    pub numeric_columns: Vec<String>,
    pub labels: Vec<f32>,
    pub groups: Option<Vec<String>>,
    /// Line of the log each row came from (`__line`), else the row's own line in the file.
    pub lines: Vec<u32>,
}

impl TrainingTable {
    pub fn num_rows(&self) -> usize {
        self.labels.len()
    }
}

/// Which columns of a file play which part.
#[derive(Clone, Copy, Debug)]
pub struct TableColumns<'a> {
    /// None, one, or two for a pair.
    pub text: &'a [String],
    pub numeric: &'a [String],
    pub label: &'a str,
    pub group: Option<&'a str>,
}

/// Why a table for learning could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("cannot read {}: {source}", path.display())]
    Read {
        path: std::path::PathBuf,
        source: IngestError,
    },
    #[error("{}: {source}", path.display())]
    Columns {
        path: std::path::PathBuf,
        source: FeatureError,
    },
}

/// Reads a table of any format the program reads. Rows without a label are an error: a model cannot skip them silently.
pub fn load(path: &Path, columns: &TableColumns<'_>, progress: &Progress) -> Result<TrainingTable, TableError> {
    let dataset =
        read_log(&[path.to_owned()], &ReadOptions::default(), progress).map_err(|source| TableError::Read {
            path: path.to_owned(),
            source,
        })?;
    from_dataset(&dataset, columns).map_err(|source| TableError::Columns {
        path: path.to_owned(),
        source,
    })
}

/// The same from a table in memory.
pub fn from_dataset(dataset: &Dataset, columns: &TableColumns<'_>) -> Result<TrainingTable, FeatureError> {
    let cells = |name: &str| -> Result<Cells<'_>, FeatureError> {
        Ok(Cells::of(&dataset.frame.columns()[column_index(dataset, name)?])?)
    };
    let texts = |name: &str| -> Result<Vec<String>, FeatureError> {
        Ok(cells(name)?
            .shown()
            .map(|cell| cell.map_or_else(String::new, |cell| cell.into_owned()))
            .collect())
    };
    if columns.text.len() > 2 {
        return Err(FeatureError::OutOfRange {
            field: "text",
            value: columns.text.join(", "),
            needed: "one column, or two for a pair",
        });
    }
    let mut table = TrainingTable {
        texts: columns
            .text
            .first()
            .map(|name| texts(name))
            .transpose()?
            .unwrap_or_default(),
        text_pairs: columns.text.get(1).map(|name| texts(name)).transpose()?,
        numeric_columns: columns.numeric.to_vec(),
        groups: columns.group.map(texts).transpose()?,
        lines: dataset.lines.to_vec(),
        ..TrainingTable::default()
    };
    if let Ok(Cells::Integer(lines)) = cells("__line") {
        let own = lines.iter().zip(dataset.lines.iter());
        table.lines = own
            .map(|(line, own)| line.and_then(|line| u32::try_from(line).ok()).unwrap_or(*own))
            .collect();
    }
    for (row, label) in read_labels(cells(columns.label)?, &[]).enumerate() {
        let wrong = |value: String| FeatureError::NotALabel {
            column: columns.label.to_owned(),
            value,
            line: dataset.lines.get(row).copied().unwrap_or_default(),
        };
        let label = label.ok_or_else(|| wrong(String::new()))?.map_err(wrong)?;
        table.labels.push(f32::from(u8::from(label)));
    }
    table.numeric = row_major(dataset, columns.numeric)?;
    Ok(table)
}

fn row_major(dataset: &Dataset, names: &[String]) -> Result<Vec<f32>, FeatureError> {
    let mut values = vec![f32::NAN; dataset.num_rows() * names.len()];
    for (at, name) in names.iter().enumerate() {
        let cells = Cells::of(&dataset.frame.columns()[column_index(dataset, name)?])?;
        let numbers = cells.numbers().ok_or_else(|| FeatureError::OutOfRange {
            field: "numeric",
            value: name.clone(),
            needed: "a column of numbers",
        })?;
        for (row, number) in numbers.into_iter().enumerate() {
            values[row * names.len() + at] = number.map_or(f32::NAN, |number| number as f32);
        }
    }
    Ok(values)
}

/// How numeric columns are brought to a common scale: counts are squeezed by ln(1 + x), then each column gets mean 0
/// and deviation 1 by the training rows, and missing values become 0, the mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    pub columns: Vec<String>,
    /// True where ln(1 + x) comes first: columns without negative values whose skewness is above 2.
    pub logarithm: Vec<bool>,
    pub mean: Vec<f64>,
    /// 1 for a constant column.
    pub deviation: Vec<f64>,
}

impl Scaler {
    /// Learns the scale from training rows.
    pub fn fit(table: &TrainingTable) -> Self {
        let width = table.numeric_columns.len();
        let mut scaler = Self {
            columns: table.numeric_columns.clone(),
            ..Self::default()
        };
        for at in 0..width {
            let column = || {
                table
                    .numeric
                    .iter()
                    .skip(at)
                    .step_by(width)
                    .map(|v| f64::from(*v))
                    .filter(|v| v.is_finite())
            };
            let plain = moments(column());
            let logarithm = plain.skewness > 2.0 && column().all(|v| v >= 0.0);
            let used = if logarithm {
                moments(column().map(f64::ln_1p))
            } else {
                plain
            };
            scaler.logarithm.push(logarithm);
            scaler.mean.push(used.mean);
            scaler
                .deviation
                .push(if used.deviation > 1e-12 { used.deviation } else { 1.0 });
        }
        scaler
    }

    /// Scales a table of the same columns in place; afterwards every number is finite.
    pub fn apply(&self, table: &mut TrainingTable) {
        let width = self.columns.len().max(1);
        for (index, value) in table.numeric.iter_mut().enumerate() {
            let at = index % width;
            let mut number = f64::from(*value);
            if self.logarithm[at] {
                // Values below 0, never seen in training, stay at the border.
                number = number.max(0.0).ln_1p();
            }
            let scaled = (number - self.mean[at]) / self.deviation[at];
            *value = if value.is_nan() || !scaled.is_finite() {
                0.0
            } else {
                scaled as f32
            };
        }
    }
}

struct Moments {
    mean: f64,
    deviation: f64,
    skewness: f64,
}

/// Population mean, deviation and skewness; zeros without values.
fn moments(values: impl Iterator<Item = f64> + Clone) -> Moments {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let central = |power: i32| values.clone().map(|v| (v - mean).powi(power)).sum::<f64>() / count;
    let deviation = central(2).sqrt();
    let skewness = if deviation > 1e-12 {
        central(3) / deviation.powi(3)
    } else {
        0.0
    };
    Moments {
        mean,
        deviation,
        skewness,
    }
}
