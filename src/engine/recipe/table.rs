//! The table a recipe works on: frame, source row of each row, column facts; and what a step does to it.
//!
//! Invariant: `rows.len() == frame.height()`, `columns` describes `frame`'s columns in order, and `rows` holds
//! row numbers of the dataset the recipe started from.

use super::cells::Cells;
use super::error::{StepError, closest};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::dataset::{ColumnInfo, Dataset, InvalidCell};
use crate::engine::progress::Progress;
use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray as _, PolarsResult};

pub(super) struct Table {
    pub frame: DataFrame,
    pub rows: Vec<u32>,
    pub columns: Vec<ColumnInfo>,
    /// For each column, its index in the source.
    pub source_columns: Vec<usize>,
    /// Cells whose text does not fit their column; `row` and `column` count as in the source.
    pub invalid: Vec<InvalidCell>,
    pub progress: Progress,
}

/// What a step does, computed before anything is changed, so that a preview can show both sides.
pub(super) enum Effect {
    Keep(Vec<bool>),
    Replace(Vec<Replacement>),
    RemoveColumn(usize),
}

/// New cells of one column.
pub(super) struct Replacement {
    pub index: usize,
    pub values: Column,
    pub dtype: ColumnType,
    /// One flag a row: the cell is another than before.
    pub changed: Vec<bool>,
    /// Set by steps that read text as another type.
    pub parsed: Option<Parsed>,
}

/// What reading text as another type left unread.
pub(super) struct Parsed {
    /// How times were written, where the step read times.
    pub time_format: Option<String>,
    /// Source row and text of cells that could not be read; at most `MAX_KEPT`.
    pub unread: Vec<(u32, String)>,
    /// How many there are in all.
    pub unread_count: u64,
}

impl Table {
    pub fn of(dataset: &Dataset, progress: &Progress) -> Self {
        // `apply` refuses more rows than u32 can number.
        let rows = (0..dataset.num_rows() as u32).collect();
        Self {
            frame: dataset.frame.whole().clone(),
            rows,
            columns: dataset.info.columns.clone(),
            source_columns: (0..dataset.info.columns.len()).collect(),
            invalid: dataset.invalid.to_vec(),
            progress: progress.clone(),
        }
    }

    pub fn num_rows(&self) -> usize {
        self.frame.height()
    }

    pub fn index_of(&self, name: &str) -> Result<usize, StepError> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
                StepError::UnknownColumn {
                    column: name.to_owned(),
                    closest: closest(name, &names).map(str::to_owned),
                }
            })
    }

    /// Indices of the named columns, or of all of them if none is named.
    pub fn indices_of(&self, names: &[String]) -> Result<Vec<usize>, StepError> {
        if names.is_empty() {
            return Ok((0..self.columns.len()).collect());
        }
        names.iter().map(|name| self.index_of(name)).collect()
    }

    pub fn with_role(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == role)
    }

    pub fn column(&self, index: usize) -> &Column {
        &self.frame.columns()[index]
    }

    pub fn cells(&self, index: usize) -> Result<Cells<'_>, StepError> {
        Ok(Cells::of(self.column(index))?)
    }

    pub fn name(&self, index: usize) -> &str {
        &self.columns[index].name
    }

    /// Carries the effect out.
    pub fn apply(&mut self, effect: Effect) -> PolarsResult<()> {
        match effect {
            Effect::Keep(keep) => self.keep(&keep),
            Effect::Replace(replacements) => {
                let mut columns = self.frame.columns().to_vec();
                for replacement in replacements {
                    let info = &mut self.columns[replacement.index];
                    info.dtype = replacement.dtype;
                    columns[replacement.index] = replacement.values.with_name(info.name.as_str().into());
                    if let Some(parsed) = replacement.parsed {
                        self.note_unread(replacement.index, parsed);
                    }
                }
                self.frame = DataFrame::new(self.frame.height(), columns)?;
                Ok(())
            }
            Effect::RemoveColumn(index) => {
                let mut columns = self.frame.columns().to_vec();
                columns.remove(index);
                self.columns.remove(index);
                let source = self.source_columns.remove(index);
                self.invalid.retain(|cell| cell.column != source);
                self.frame = DataFrame::new(self.frame.height(), columns)?;
                Ok(())
            }
        }
    }

    fn note_unread(&mut self, index: usize, parsed: Parsed) {
        let info = &mut self.columns[index];
        info.time_format = parsed.time_format.or(info.time_format.take());
        info.invalid = parsed.unread_count;
        let column = self.source_columns[index];
        self.invalid.retain(|cell| cell.column != column);
        let cells = parsed.unread.into_iter().map(|(row, raw)| InvalidCell {
            row: u64::from(row),
            column,
            raw,
        });
        self.invalid.extend(cells);
    }

    fn keep(&mut self, keep: &[bool]) -> PolarsResult<()> {
        if keep.iter().all(|keep| *keep) {
            return Ok(());
        }
        let mask = BooleanChunked::from_slice("keep".into(), keep);
        self.frame = self.frame.filter(&mask)?;
        let mut flags = keep.iter();
        self.rows.retain(|_| flags.next().copied().unwrap_or(true));
        Ok(())
    }
}
