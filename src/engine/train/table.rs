//! A table file → `Rows`: which columns are text, numbers and label.
//!
//! Invariant: no row is lost silently; each dropped row and each unreadable number is counted in a note.

use super::TrainError;
use super::data::Rows;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use polars::prelude::{Column, DataFrame, DataType};
use std::path::Path;

/// Rows of a file, and what was left out of it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    pub rows: Rows,
    /// One English sentence each.
    pub notes: Vec<String>,
}

/// Names of the columns to read.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// One, or two for a pair.
    pub text: &'a [String],
    pub numeric: &'a [String],
    /// Rows without it are dropped; `None` to score.
    pub label: Option<&'a str>,
}

/// A table and the line of each of its rows.
#[derive(Clone, Debug)]
pub struct Table {
    pub frame: DataFrame,
    pub lines: Vec<u32>,
}

impl From<&Dataset> for Table {
    fn from(dataset: &Dataset) -> Self {
        Self {
            frame: dataset.frame.whole().clone(),
            lines: dataset.lines.iter().collect(),
        }
    }
}

/// Reads any table file; the named text and label columns keep their text as written (`007` stays `007`).
pub fn open(path: &Path, columns: Columns<'_>, progress: &Progress) -> Result<Dataset, TrainError> {
    let as_text = columns.text.iter().map(String::as_str).chain(columns.label);
    let options = ReadOptions {
        types: as_text.map(|name| (name.to_owned(), ColumnType::Text)).collect(),
        ..ReadOptions::default()
    };
    read_log(&[path.to_owned()], &options, progress).map_err(|error| TrainError::Table {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads the named columns of a table file.
pub fn load(path: &Path, columns: Columns<'_>, progress: &Progress) -> Result<Loaded, TrainError> {
    let dataset = open(path, columns, progress)?;
    let mut loaded = rows_of(&Table::from(&dataset), path, columns)?;
    loaded.notes.extend(rejected_note(&dataset, path));
    Ok(loaded)
}

/// One sentence if the file holds lines that are no rows.
pub fn rejected_note(dataset: &Dataset, path: &Path) -> Option<String> {
    let rejected = dataset.info.rows.rejected;
    (rejected > 0).then(|| {
        format!(
            "{}: {rejected} lines do not fit the table and are left out",
            path.display()
        )
    })
}

/// Takes the named columns out of a table; `path` is for messages.
pub fn rows_of(table: &Table, path: &Path, columns: Columns<'_>) -> Result<Loaded, TrainError> {
    let mut notes = Vec::new();
    let reader = Reader { table, path };
    let texts = columns
        .text
        .iter()
        .map(|name| reader.texts(name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut texts = texts.into_iter();
    let first = texts
        .next()
        .ok_or_else(|| TrainError::config("data.text", "names no column"))?;
    let numbers = columns
        .numeric
        .iter()
        .map(|name| reader.numbers(name, &mut notes))
        .collect::<Result<Vec<_>, _>>()?;
    let labels = columns.label.map(|name| reader.labels(name)).transpose()?;
    let all = Rows {
        numeric: (0..first.len())
            .flat_map(|row| numbers.iter().map(move |column| column[row]))
            .collect(),
        numeric_columns: numbers.len(),
        texts: first,
        pairs: texts.next(),
        labels: Vec::new(),
        lines: table.lines.clone(),
    };
    let rows = match labels {
        None => all,
        Some(labels) => {
            let kept: Vec<usize> = (0..labels.len()).filter(|&row| labels[row].is_some()).collect();
            if kept.len() < labels.len() {
                notes.push(format!(
                    "{}: {} of {} rows have no label and are left out",
                    path.display(),
                    labels.len() - kept.len(),
                    labels.len()
                ));
            }
            let mut rows = if kept.len() == labels.len() {
                all
            } else {
                all.take(&kept)
            };
            rows.labels = labels.into_iter().flatten().collect();
            rows
        }
    };
    Ok(Loaded { rows, notes })
}

struct Reader<'a> {
    table: &'a Table,
    path: &'a Path,
}

impl Reader<'_> {
    fn column(&self, name: &str) -> Result<&Column, TrainError> {
        self.table.frame.column(name).map_err(|_| TrainError::MissingColumn {
            path: self.path.to_owned(),
            column: name.to_owned(),
            known: self
                .table
                .frame
                .get_column_names()
                .iter()
                .map(|n| n.to_string())
                .collect(),
        })
    }

    fn bad(&self, reason: impl ToString) -> TrainError {
        TrainError::Table {
            path: self.path.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn line(&self, row: usize) -> u64 {
        self.table.lines.get(row).copied().map_or(0, u64::from)
    }

    /// Cells as text; a missing cell is the empty text.
    fn texts(&self, name: &str) -> Result<Vec<String>, TrainError> {
        let column = self
            .column(name)?
            .cast(&DataType::String)
            .map_err(|error| self.bad(error))?;
        let cells = column.str().map_err(|error| self.bad(error))?;
        Ok(cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect())
    }

    /// Cells as numbers, NaN where there is none.
    fn numbers(&self, name: &str, notes: &mut Vec<String>) -> Result<Vec<f32>, TrainError> {
        let column = self.column(name)?;
        if !matches!(column.dtype(), DataType::Boolean | DataType::String) && !column.dtype().is_primitive_numeric() {
            return Err(self.bad(format!("column '{name}' holds {}, not numbers", column.dtype())));
        }
        let cast = column.cast(&DataType::Float64).map_err(|error| self.bad(error))?;
        let lost = cast.null_count().saturating_sub(column.null_count());
        if lost > 0 {
            notes.push(format!(
                "{}: {lost} cells of '{name}' are no numbers and count as missing",
                self.path.display()
            ));
        }
        let cells = cast.f64().map_err(|error| self.bad(error))?;
        Ok(cells
            .iter()
            .map(|cell| cell.map_or(f32::NAN, |value| value as f32))
            .collect())
    }

    /// 0 or 1, `None` where the cell is empty.
    fn labels(&self, name: &str) -> Result<Vec<Option<u8>>, TrainError> {
        let column = self
            .column(name)?
            .cast(&DataType::String)
            .map_err(|error| self.bad(error))?;
        let cells = column.str().map_err(|error| self.bad(error))?;
        let label = |(row, cell): (usize, Option<&str>)| match cell.map(str::trim) {
            None | Some("") => Ok(None),
            Some("0" | "0.0" | "false" | "False" | "FALSE") => Ok(Some(0)),
            Some("1" | "1.0" | "true" | "True" | "TRUE") => Ok(Some(1)),
            Some(other) => Err(TrainError::Label {
                path: self.path.to_owned(),
                line: self.line(row),
                column: name.to_owned(),
                value: other.chars().take(40).collect(),
            }),
        };
        cells.iter().enumerate().map(label).collect()
    }
}
