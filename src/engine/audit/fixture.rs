//! Small tables for the tests of the audit.

use super::{AuditOptions, AuditReport, Dimension, Finding, SideTables, Unit, audit};
use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::ingest::dataset::{Dataset, InvalidCell};
use crate::engine::ingest::fixture::{dataset, times};
use crate::engine::progress::Progress;
use polars::prelude::{Column, NamedFrom as _, Series};
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
    fn build(self, name: &str) -> Column {
        match self {
            Self::S(values) => Series::new(name.into(), values).into(),
            Self::I(values) => Series::new(name.into(), values).into(),
            Self::F(values) => Series::new(name.into(), values).into(),
            Self::B(values) => Series::new(name.into(), values).into(),
            Self::T(values) => times(name, &values),
        }
    }
}

/// A dataset whose columns are named after their roles; row `i` stands on line `i + 2`.
pub fn table(columns: Vec<(&str, Col<'_>)>) -> Dataset {
    let role = |name| Role::from_name(name).unwrap_or_default();
    let built = columns
        .into_iter()
        .map(|(name, column)| (column.build(name), role(name)));
    dataset(built.collect())
}

/// A log of (user, item, event, seconds).
pub fn log(rows: &[(i64, i64, &'static str, i64)]) -> Dataset {
    let times = rows.iter().map(|row| Some(1_600_000_000 + row.3));
    table(vec![
        ("user", Col::I(rows.iter().map(|row| Some(row.0)).collect())),
        ("item", Col::I(rows.iter().map(|row| Some(row.1)).collect())),
        ("event", Col::S(rows.iter().map(|row| Some(row.2)).collect())),
        ("time", Col::T(times.collect())),
    ])
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

/// A finding of `count` rows with nothing else to it.
pub fn finding(code: &str, column: Option<&str>, severity: Severity, count: u64) -> Finding {
    let none = Bilingual::default;
    Finding {
        code: code.to_owned(),
        dimension: Dimension::Validity,
        severity,
        column: column.map(str::to_owned),
        count,
        unit: Unit::Rows,
        share: None,
        title: Bilingual::new(code, code),
        message: none(),
        why: none(),
        threshold: none(),
        facts: Vec::new(),
        examples: Vec::new(),
        fix: None,
        fix_title: None,
        plots: Vec::new(),
        rows: Arc::default(),
    }
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

/// The table with cells (column, row, raw text) that the reader could not parse.
pub fn invalid(mut data: Dataset, cells: Vec<(usize, u64, &str)>) -> Dataset {
    let mut info = (*data.info).clone();
    for &(column, ..) in &cells {
        info.columns[column].invalid += 1;
    }
    data.info = Arc::new(info);
    let cells = cells.into_iter().map(|(column, row, raw)| InvalidCell {
        row,
        column,
        raw: raw.to_owned(),
    });
    data.invalid = Arc::new(cells.collect());
    data
}
