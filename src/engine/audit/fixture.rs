//! Small tables for the tests of the audit.

use super::{AuditOptions, AuditReport, Finding, SideTables, audit};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::dataset::{ColumnInfo, Dataset, DatasetInfo, Dialect, RowCounts, SourceFile};
use crate::engine::progress::Progress;
use polars::prelude::{Column, DataFrame, DataType, NamedFrom, Series, TimeUnit};
use std::path::PathBuf;
use std::sync::Arc;

/// A column of a test table.
pub enum Col<'a> {
    /// text
    S(Vec<Option<&'a str>>),
    /// integer
    I(Vec<Option<i64>>),
    /// float
    F(Vec<Option<f64>>),
    /// boolean
    B(Vec<Option<bool>>),
    /// time in seconds since 1970
    T(Vec<Option<i64>>),
}

impl Col<'_> {
    fn build(self, name: &str) -> (Column, ColumnType) {
        match self {
            Self::S(values) => (Series::new(name.into(), values).into(), ColumnType::Text),
            Self::I(values) => (Series::new(name.into(), values).into(), ColumnType::Integer),
            Self::F(values) => (Series::new(name.into(), values).into(), ColumnType::Float),
            Self::B(values) => (Series::new(name.into(), values).into(), ColumnType::Boolean),
            Self::T(values) => {
                let micros: Vec<Option<i64>> = values.into_iter().map(|v| v.map(|secs| secs * 1_000_000)).collect();
                let series = Series::new(name.into(), micros)
                    .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
                    .expect("integers become times");
                (series.into(), ColumnType::Time)
            }
        }
    }
}

/// Role a test column gets from its name.
fn role_of(name: &str) -> Role {
    Role::from_name(name).unwrap_or_default()
}

/// A dataset whose columns are named after their roles; row `i` stands on line `i + 2`.
pub fn table(columns: Vec<(&str, Col<'_>)>) -> Dataset {
    let mut infos = Vec::new();
    let mut series = Vec::new();
    for (name, column) in columns {
        let (column, dtype) = column.build(name);
        infos.push(ColumnInfo {
            name: name.to_owned(),
            dtype,
            role: role_of(name),
            confidence: 1.0,
            why: "test".to_owned(),
            time_format: None,
            nulls: column.null_count() as u64,
            invalid: 0,
        });
        series.push(column);
    }
    let frame = DataFrame::new_infer_height(series).expect("columns of one length");
    let rows = frame.height();
    let counts = RowCounts {
        total: rows as u64 + 1,
        accepted: rows as u64,
        rejected: 0,
        skipped: 1,
    };
    Dataset {
        info: Arc::new(DatasetInfo {
            name: "test".to_owned(),
            sources: vec![SourceFile {
                path: PathBuf::from("test.csv"),
                bytes: 0,
                rows: counts,
                schema_differences: Vec::new(),
            }],
            dialect: dialect(),
            rows: counts,
            columns: infos,
            hash: Default::default(),
            elapsed_ms: 0,
        }),
        frame,
        lines: Arc::new((0..rows as u32).map(|row| row + 2).collect()),
        source_of_row: None,
        rejects: Arc::default(),
        invalid: Arc::default(),
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

/// "Now" of the tests: 2023-11-14 22:13:20 UTC.
pub const NOW_SECS: i64 = 1_700_000_000;

/// Audits a test table.
pub fn audited(data: &Dataset) -> AuditReport {
    let options = AuditOptions::new(NOW_SECS as u64 * 1_000);
    audit(data, &options, &Progress::new()).expect("the audit of a test table succeeds")
}

/// Findings of one rule on a test table, in the report's order.
pub fn findings(data: &Dataset, code: &str) -> Vec<Finding> {
    audited(data).with_code(code).cloned().collect()
}

/// Findings of one rule with an item table at hand.
pub fn findings_with_items(data: &Dataset, items: &Dataset, code: &str) -> Vec<Finding> {
    let tables = SideTables {
        items: Some(items),
        users: None,
    };
    let options = AuditOptions::new(NOW_SECS as u64 * 1_000).with_tables(tables);
    let report = audit(data, &options, &Progress::new()).expect("the audit of a test table succeeds");
    report.with_code(code).cloned().collect()
}
