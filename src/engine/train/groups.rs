//! Ranking groups of rows (queries, users): a column of a table as codes, looked up by the rows' lines.
//!
//! Invariant: rows of one value of the column have one code; an empty cell has none.

use super::TrainError;
use crate::engine::ingest::Dataset;
use polars::prelude::DataType;
use std::collections::HashMap;
use std::path::Path;

/// The code of a row without a group.
pub const NO_GROUP: u32 = u32::MAX;

/// The group of each line of a table.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    of_line: HashMap<u32, u32>,
}

impl Groups {
    /// Reads a column; `path` is for messages.
    pub fn of(dataset: &Dataset, column: &str, path: &Path) -> Result<Self, TrainError> {
        let frame = dataset.frame.whole();
        let found = frame.column(column).map_err(|_| TrainError::MissingColumn {
            path: path.to_owned(),
            column: column.to_owned(),
            known: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
        })?;
        let bad = |error: polars::prelude::PolarsError| TrainError::Table {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let texts = found.cast(&DataType::String).map_err(bad)?;
        let mut codes: HashMap<&str, u32> = HashMap::new();
        let cells = texts.str().map_err(bad)?;
        let mut of_line = HashMap::with_capacity(cells.len());
        for (cell, &line) in cells.iter().zip(dataset.lines.iter()) {
            let Some(cell) = cell.filter(|cell| !cell.is_empty()) else {
                continue;
            };
            let next = u32::try_from(codes.len()).unwrap_or(NO_GROUP);
            of_line.insert(line, *codes.entry(cell).or_insert(next));
        }
        Ok(Self { of_line })
    }

    /// The groups of rows that came from these lines.
    pub fn codes(&self, lines: &[u32]) -> Vec<u32> {
        let code = |line: &u32| self.of_line.get(line).copied().unwrap_or(NO_GROUP);
        lines.iter().map(code).collect()
    }
}
