//! Tables made in memory for the tests of the stages after this one.

use super::dataset::{ColumnInfo, Dataset, DatasetInfo, Dialect, RowCounts, SourceFile};
use super::line_numbers::LineNumbers;
use crate::engine::artifact::{ColumnType, ContentHash, Role};
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit};
use std::sync::Arc;

/// A column of times in seconds since 1970.
pub(crate) fn times(name: &str, secs: &[Option<i64>]) -> Column {
    let micros: Vec<Option<i64>> = secs.iter().map(|secs| secs.map(|secs| secs * 1_000_000)).collect();
    Series::new(name.into(), micros)
        .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
        .expect("integers become times")
        .into()
}

/// A dataset as if read from one CSV with a header: row i stands on line i + 2.
pub(crate) fn dataset(columns: Vec<(Column, Role)>) -> Dataset {
    let (columns, roles): (Vec<Column>, Vec<Role>) = columns.into_iter().unzip();
    let frame = DataFrame::new_infer_height(columns).expect("columns of one length");
    let infos = frame.columns().iter().zip(roles).map(|(column, role)| {
        let mut info = ColumnInfo::new(column.name(), column_type(column.dtype()), role);
        info.nulls = column.null_count() as u64;
        info
    });
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
            columns: infos.collect(),
            hash: ContentHash::of_bytes(format!("{frame:?}").as_bytes()),
            elapsed_ms: 0,
        }),
        lines: Arc::new(LineNumbers::consecutive(2, frame.height())),
        source_of_row: None,
        rejects: Arc::default(),
        invalid: Arc::default(),
        frame: frame.into(),
    }
}

fn column_type(dtype: &DataType) -> ColumnType {
    match dtype {
        DataType::Int64 => ColumnType::Integer,
        DataType::Float64 => ColumnType::Float,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Datetime(_, _) => ColumnType::Time,
        _ => ColumnType::Text,
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
        decisions: Vec::new(),
    }
}
