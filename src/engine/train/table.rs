//! A table file → `Rows`: which columns are text, numbers and label.
//!
//! Invariant: no row is lost silently; each dropped row and each unreadable number is counted in a note.

use super::TrainError;
use super::data::{NO_GROUP, Rows};
use super::tasks::{Label, TaskRules};
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use polars::prelude::{Column, DataFrame, DataType};
use std::collections::HashMap;
use std::path::Path;

/// Rows of a file, and what was left out of it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    pub rows: Rows,
    /// One English sentence each.
    pub notes: Vec<String>,
}

/// Names of the columns to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// One, or two for a pair.
    pub text: &'a [String],
    pub numeric: &'a [String],
    pub categorical: &'a [String],
    /// Rows without it are dropped; `None` to score.
    pub label: Option<&'a str>,
    pub group: Option<&'a str>,
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

/// Reads any table file; the named text, category and label columns keep their text as written (`007` stays `007`).
pub fn open(path: &Path, columns: Columns<'_>, progress: &Progress) -> Result<Dataset, TrainError> {
    let named = columns.text.iter().chain(columns.categorical).map(String::as_str);
    let as_text = named.chain(columns.label).chain(columns.group);
    let options = ReadOptions {
        types: as_text.map(|name| (name.to_owned(), ColumnType::Text)).collect(),
        ..ReadOptions::default()
    };
    read_log(&[path.to_owned()], &options, progress).map_err(|error| TrainError::Table {
        path: path.to_owned(),
        reason: error.to_string(),
    })
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

/// Takes the named columns out of a table; `path` is for messages. Labels are read by the rules of the task.
pub fn rows_of(
    table: &Table,
    path: &Path,
    columns: Columns<'_>,
    rules: Option<&dyn TaskRules>,
) -> Result<Loaded, TrainError> {
    let mut notes = Vec::new();
    let reader = Reader { table, path };
    let all_texts = |names: &[String]| {
        names
            .iter()
            .map(|name| reader.texts(name))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut texts = all_texts(columns.text)?.into_iter();
    let first = texts
        .next()
        .ok_or_else(|| TrainError::config("data.text", "names no column"))?;
    let numbers = columns
        .numeric
        .iter()
        .map(|name| reader.numbers(name, &mut notes))
        .collect::<Result<Vec<_>, _>>()?;
    let labels = match (columns.label, rules) {
        (Some(name), Some(rules)) => Some(reader.labels(name, rules)?),
        _ => None,
    };
    let groups = columns.group.map(|name| reader.texts(name)).transpose()?;
    let mut rows = Rows {
        numeric: (0..first.len())
            .flat_map(|row| numbers.iter().map(move |column| column[row]))
            .collect(),
        numeric_columns: numbers.len(),
        texts: first,
        pairs: texts.next(),
        categories: all_texts(columns.categorical)?,
        labels: Vec::new(),
        groups: groups.map_or_else(Vec::new, |names| numbered(&names)),
        lines: table.lines.clone(),
    };
    if let Some(labels) = labels {
        notes.extend(labels.notes(path));
        let kept: Vec<usize> = (0..rows.len()).filter(|&row| labels.values[row].is_some()).collect();
        if kept.len() < rows.len() {
            rows = rows.take(&kept);
        }
        rows.labels = labels.values.into_iter().flatten().collect();
    }
    Ok(Loaded { rows, notes })
}

/// The labels of a column as the task reads them, and what was left out, one English sentence each.
pub fn labels_of(
    table: &Table,
    path: &Path,
    name: &str,
    rules: &dyn TaskRules,
) -> Result<(Vec<Option<f32>>, Vec<String>), TrainError> {
    let found = Reader { table, path }.labels(name, rules)?;
    let notes = found.notes(path);
    Ok((found.values, notes))
}

/// How often each label of a column occurs, and the line of its first row; rows without a label are left out.
pub fn label_counts(table: &Table, path: &Path, name: &str) -> Result<Vec<LabelCount>, TrainError> {
    let reader = Reader { table, path };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<LabelCount> = Vec::new();
    for (row, cell) in reader.texts(name)?.into_iter().enumerate() {
        let label = super::tasks::plain_label(&cell);
        if label.is_empty() {
            continue;
        }
        let place = *places.entry(label.to_owned()).or_insert_with(|| {
            found.push(LabelCount {
                label: label.to_owned(),
                rows: 0,
                line: reader.line(row),
            });
            found.len() - 1
        });
        found[place].rows += 1;
    }
    Ok(found)
}

/// A label as it is written, in how many rows it stands, and the line of the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelCount {
    pub label: String,
    pub rows: usize,
    pub line: u64,
}

/// Names as numbers in order of appearance; an empty cell is in no group.
fn numbered(names: &[String]) -> Vec<u32> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut numbers = Vec::with_capacity(names.len());
    for name in names {
        let next = u32::try_from(known.len()).unwrap_or(NO_GROUP);
        numbers.push(match name.as_str() {
            "" => NO_GROUP,
            name => *known.entry(name).or_insert(next),
        });
    }
    numbers
}

/// Labels of all rows, and what was wrong with those that are none.
struct LabelCells {
    values: Vec<Option<f32>>,
    missing: usize,
    /// Classes no training row has, with their rows.
    unknown: Vec<(String, usize)>,
}

impl LabelCells {
    fn notes(&self, path: &Path) -> Vec<String> {
        let (path, all) = (path.display(), self.values.len());
        let mut notes = Vec::new();
        if self.missing > 0 {
            notes.push(format!(
                "{path}: {} of {all} rows have no label and are left out",
                self.missing
            ));
        }
        if !self.unknown.is_empty() {
            let rows: usize = self.unknown.iter().map(|(_, rows)| rows).sum();
            let names: Vec<&str> = self.unknown.iter().take(5).map(|(name, _)| name.as_str()).collect();
            let more = match self.unknown.len() {
                0..=5 => String::new(),
                count => format!(" and {} more", count - 5),
            };
            notes.push(format!(
                "{path}: {rows} of {all} rows are of classes no training row has ({}{more}) and are left out",
                names.join(", ")
            ));
        }
        notes
    }
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

    /// As the task reads them, `None` where the cell is empty or of an unknown class.
    fn labels(&self, name: &str, rules: &dyn TaskRules) -> Result<LabelCells, TrainError> {
        let mut found = LabelCells {
            values: Vec::new(),
            missing: 0,
            unknown: Vec::new(),
        };
        for (row, cell) in self.texts(name)?.into_iter().enumerate() {
            let value = match rules.read_label(&cell) {
                Label::Value(value) => Some(value),
                Label::Missing => {
                    found.missing += 1;
                    None
                }
                Label::Unknown => {
                    let known = found.unknown.iter_mut().find(|(name, _)| *name == cell);
                    match known {
                        Some((_, rows)) => *rows += 1,
                        None => found.unknown.push((cell, 1)),
                    }
                    None
                }
                Label::Bad { expected } => {
                    return Err(TrainError::Label {
                        path: self.path.to_owned(),
                        line: self.line(row),
                        column: name.to_owned(),
                        value: cell.trim().chars().take(40).collect(),
                        expected,
                    });
                }
            };
            found.values.push(value);
        }
        Ok(found)
    }
}
