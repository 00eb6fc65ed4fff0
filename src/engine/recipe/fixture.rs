//! Small datasets for the tests of this stage and the next.

use crate::engine::artifact::{ColumnType, ContentHash, Role};
use crate::engine::ingest::dataset::{ColumnInfo, Dataset, DatasetInfo, Dialect, InvalidCell, RowCounts, SourceFile};
use crate::engine::recipe::cells::Cells;
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit};
use std::sync::Arc;

pub(crate) fn text(name: &str, role: Role, cells: &[Option<&str>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn integer(name: &str, role: Role, cells: &[Option<i64>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn float(name: &str, role: Role, cells: &[Option<f64>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

pub(crate) fn boolean(name: &str, role: Role, cells: &[Option<bool>]) -> (Column, Role) {
    (Series::new(name.into(), cells).into(), role)
}

/// Times in seconds since the epoch.
pub(crate) fn time(name: &str, role: Role, secs: &[Option<i64>]) -> (Column, Role) {
    let micros: Vec<Option<i64>> = secs.iter().map(|v| v.map(|v| v * 1_000_000)).collect();
    let series = Series::new(name.into(), micros)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
        .expect("integers become times");
    (series.into(), role)
}

/// A dataset as if read from one CSV with a header: row i stands on line i + 2.
pub(crate) fn dataset(columns: Vec<(Column, Role)>) -> Dataset {
    let (columns, roles): (Vec<Column>, Vec<Role>) = columns.into_iter().unzip();
    let frame = DataFrame::new_infer_height(columns).expect("columns of one length");
    let infos = frame
        .columns()
        .iter()
        .zip(roles)
        .map(|(column, role)| info(column, role))
        .collect();
    let rows = frame.height() as u64;
    let counts = RowCounts {
        total: rows + 1,
        accepted: rows,
        rejected: 0,
        skipped: 1,
    };
    Dataset {
        info: Arc::new(DatasetInfo {
            name: "test".to_owned(),
            sources: vec![SourceFile {
                path: "test.csv".into(),
                bytes: 1,
                rows: counts,
                schema_differences: Vec::new(),
            }],
            dialect: dialect(),
            rows: counts,
            columns: infos,
            hash: ContentHash::of_bytes(format!("{frame:?}").as_bytes()),
            elapsed_ms: 0,
        }),
        lines: Arc::new((0..frame.height() as u32).map(|row| row + 2).collect()),
        source_of_row: None,
        rejects: Arc::new(Vec::new()),
        invalid: Arc::new(Vec::new()),
        frame,
    }
}

pub(crate) fn with_invalid(mut dataset: Dataset, invalid: Vec<InvalidCell>) -> Dataset {
    dataset.invalid = Arc::new(invalid);
    dataset
}

fn info(column: &Column, role: Role) -> ColumnInfo {
    ColumnInfo {
        name: column.name().to_string(),
        dtype: Cells::of(column).map_or(ColumnType::Text, Cells::dtype),
        role,
        confidence: 1.0,
        why: String::new(),
        time_format: None,
        nulls: column.null_count() as u64,
        invalid: 0,
    }
}

fn dialect() -> Dialect {
    Dialect {
        format: "csv".to_owned(),
        compression: "none".to_owned(),
        encoding: "UTF-8".to_owned(),
        byte_order_mark: false,
        delimiter: ',',
        quote: Some('"'),
        escape: None,
        header: true,
        preamble_lines: 0,
        footer_lines: 0,
        line_ending: "lf".to_owned(),
        evidence: Vec::new(),
    }
}

/// Every cell of a column as text, `-` where missing.
pub(crate) fn shown(dataset: &Dataset, column: &str) -> Vec<String> {
    let column = dataset.frame.column(column).expect("the column exists");
    let cells = Cells::of(column).expect("a supported type");
    cells
        .shown()
        .map(|cell| cell.map_or_else(|| "-".to_owned(), |cell| cell.into_owned()))
        .collect()
}
