//! The rows behind a finding → a file, for the people who can mend them at the source.
//!
//! In: a dataset and row numbers. Out: CSV (or TSV) with the line of each row in its file and all cells.
//! Invariant: the file appears whole or not at all; a cell that could not be read is written as it stands in the log.

use super::AuditError;
use super::cells::{ColumnCells, Value};
use crate::engine::artifact::{Bilingual, with_causes};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::ingest::write::{WriteError, persist, push_cell, temporary_beside};
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Rows formatted by one thread, and how many such parts lie in memory at once.
const ROWS_AT_ONCE: usize = 4_096;
const PARTS_AT_ONCE: usize = 64;

/// Why the rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    #[error("the name must end in .csv or .tsv")]
    UnknownFormat,
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl RowsError {
    /// The message with its causes in both languages.
    pub fn explain(&self) -> Bilingual {
        let causes = with_causes(self);
        let zh = match self {
            Self::UnknownFormat => "文件名须以 .csv 或 .tsv 结尾".to_owned(),
            Self::Cancelled(_) => "已取消".to_owned(),
            Self::Audit(_) | Self::Write(_) => format!("无法写入（请检查磁盘空间和写入权限）：{causes}"),
        };
        Bilingual::new(causes, zh)
    }
}

impl From<std::io::Error> for RowsError {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Writes rows of a log in the order given: `source_line`, `source_file` where the log was read from several files, then
/// all columns; times are ISO 8601.
///
/// # Errors
/// The ending is another one, the disk fails, or `progress` is cancelled; then nothing is left behind.
pub fn write_failing_rows(dataset: &Dataset, rows: &[u32], path: &Path, progress: &Progress) -> Result<(), RowsError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let delimiter = match ending.as_deref() {
        Some("csv") => b',',
        Some("tsv") => b'\t',
        _ => return Err(RowsError::UnknownFormat),
    };
    let columns: Vec<ColumnCells> = (0..dataset.info.columns.len())
        .map(|index| ColumnCells::new(dataset, index))
        .collect::<Result<_, _>>()?;
    let lines = Lines {
        dataset,
        columns: &columns,
        delimiter,
    };
    let temporary = temporary_beside(path)?;
    let mut out = BufWriter::with_capacity(1 << 20, temporary.as_file());
    out.write_all(&lines.heading())?;
    for (done, batch) in rows.chunks(ROWS_AT_ONCE * PARTS_AT_ONCE).enumerate() {
        progress.check()?;
        progress.set((done * ROWS_AT_ONCE * PARTS_AT_ONCE) as f64 / rows.len() as f64);
        let parts: Vec<Vec<u8>> = batch.par_chunks(ROWS_AT_ONCE).map(|part| lines.written(part)).collect();
        for part in parts {
            out.write_all(&part)?;
        }
    }
    out.flush()?;
    drop(out);
    Ok(persist(temporary, path)?)
}

struct Lines<'a> {
    dataset: &'a Dataset,
    columns: &'a [ColumnCells],
    delimiter: u8,
}

impl Lines<'_> {
    fn heading(&self) -> Vec<u8> {
        let mut line = b"source_line".to_vec();
        if self.dataset.source_of_row.is_some() {
            line.push(self.delimiter);
            line.extend_from_slice(b"source_file");
        }
        for column in &self.dataset.info.columns {
            line.push(self.delimiter);
            push_cell(&mut line, column.name.as_bytes(), self.delimiter);
        }
        line.push(b'\n');
        line
    }

    fn written(&self, rows: &[u32]) -> Vec<u8> {
        let mut out = Vec::with_capacity(rows.len() * 64);
        for &row in rows {
            let line = self.dataset.lines.get(row as usize).unwrap_or(row + 1);
            out.extend_from_slice(line.to_string().as_bytes());
            if let Some(sources) = &self.dataset.source_of_row {
                out.push(self.delimiter);
                let source = sources.get(row as usize).copied().unwrap_or_default();
                let path = self
                    .dataset
                    .info
                    .sources
                    .get(usize::from(source))
                    .map(|source| &source.path);
                let name = path.map(|path| path.display().to_string()).unwrap_or_default();
                push_cell(&mut out, name.as_bytes(), self.delimiter);
            }
            for index in 0..self.columns.len() {
                out.push(self.delimiter);
                push_cell(&mut out, self.cell(index, row).as_bytes(), self.delimiter);
            }
            out.push(b'\n');
        }
        out
    }

    /// The cell as text; what stands in the file where it could not be read.
    fn cell(&self, column: usize, row: u32) -> String {
        let value = self.columns[column].cells().value(row as usize);
        if value != Value::Null || self.dataset.info.columns[column].invalid == 0 {
            return value.to_string();
        }
        // Unreadable cells are in the order of their rows.
        let cells = &self.dataset.invalid;
        let start = cells.partition_point(|cell| cell.row < u64::from(row));
        let mut of_row = cells[start..].iter().take_while(|cell| cell.row == u64::from(row));
        let raw = of_row.find(|cell| cell.column == column);
        raw.map(|cell| cell.raw.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, invalid, table};

    #[test]
    fn rows_are_written_with_their_lines_in_the_order_given() {
        let data = invalid(
            table(vec![
                ("query", Col::S(vec![Some("tea, green"), Some("a \"b\""), None])),
                ("price", Col::F(vec![Some(1.5), None, Some(-2.0)])),
                ("time", Col::T(vec![Some(0), Some(1_600_000_000), None])),
            ]),
            vec![(1, 1, "12 EUR")],
        );
        let dir = tempfile::tempdir().expect("temp folder");
        let path = dir.path().join("rows.csv");
        write_failing_rows(&data, &[2, 0, 1], &path, &Progress::new()).expect("written");
        let text = std::fs::read_to_string(&path).expect("readable");
        assert_eq!(
            text,
            "source_line,query,price,time\n4,,-2,\n2,\"tea, green\",1.5,1970-01-01T00:00:00Z\n\
             3,\"a \"\"b\"\"\",12 EUR,2020-09-13T12:26:40Z\n"
        );
        let refused = write_failing_rows(&data, &[0], &dir.path().join("rows.xlsx"), &Progress::new());
        assert!(matches!(refused, Err(RowsError::UnknownFormat)));
        let cancelled = Progress::new();
        cancelled.cancel();
        let other = dir.path().join("other.tsv");
        assert!(write_failing_rows(&data, &[0], &other, &cancelled).is_err() && !other.exists());
    }
}
