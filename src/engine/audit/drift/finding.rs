//! D01 to D04: what of the drift an analyst should look at.
//!
//! Invariant: a distribution is reported only if its distance is large and its adjusted p-value is small, so that
//! neither a large log's trifles nor a small log's noise are.

use super::DriftReport;
use super::categories::categories;
use super::missingness::missingness;
use super::schema::{changed_type, schema};
use super::shift::shift;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::finding::{Dimension, Example, Fact, Finding, Unit, example};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::registry::RuleInfo;
use crate::engine::audit::wording::thousands;
use crate::engine::ingest::dataset::Dataset;
use std::sync::Arc;

/// Level of the adjusted p-values.
pub(super) const ALPHA: f64 = 0.05;
const EXAMPLES: usize = 5;

const fn info(code: &'static str, name_en: &'static str, name_zh: &'static str, source: &'static str) -> RuleInfo {
    RuleInfo {
        code,
        name_en,
        name_zh,
        dimension: Dimension::Consistency,
        source,
    }
}

/// The checks made against a reference, in order of their codes.
pub const INFOS: [RuleInfo; 4] = [
    info("D01", "Distribution shift", "分布漂移", include_str!("shift.rs")),
    info("D02", "Missingness shift", "缺失率漂移", include_str!("missingness.rs")),
    info(
        "D03",
        "New or vanished categories",
        "新增或消失的类别",
        include_str!("categories.rs"),
    ),
    info("D04", "Changed columns", "列变化", include_str!("schema.rs")),
];

/// What a finding says; the rest follows from its code.
pub(super) struct Told<'a> {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) column: Option<&'a str>,
    pub(super) count: u64,
    pub(super) unit: Unit,
    pub(super) share: Option<f64>,
    pub(super) title: Bilingual,
    pub(super) message: Bilingual,
    pub(super) why: Bilingual,
    pub(super) threshold: Bilingual,
    pub(super) facts: Vec<Fact>,
    pub(super) plots: Vec<FindingPlot>,
    pub(super) rows: Vec<u32>,
}

impl Told<'_> {
    fn finding(self, current: &Dataset) -> Result<Finding, AuditError> {
        Ok(Finding {
            code: self.code.to_owned(),
            dimension: Dimension::Consistency,
            severity: self.severity,
            column: self.column.map(str::to_owned),
            count: self.count,
            unit: self.unit,
            share: self.share,
            title: self.title,
            message: self.message,
            why: self.why,
            threshold: self.threshold,
            facts: self.facts,
            examples: examples(current, &self.rows)?,
            fix: None,
            fix_title: None,
            plots: self.plots,
            rows: Arc::new(self.rows),
        })
    }
}

/// The findings of a drift report; `current` gives the rows behind new categories.
pub(super) fn findings(report: &DriftReport, current: &Dataset) -> Result<Vec<Finding>, AuditError> {
    let mut found = Vec::new();
    for column in &report.columns {
        found.extend(shift(column).map(|told| told.finding(current)).transpose()?);
        found.extend(missingness(column).map(|told| told.finding(current)).transpose()?);
        found.extend(
            categories(column, current)?
                .map(|told| told.finding(current))
                .transpose()?,
        );
        found.extend(
            changed_type(column, current)
                .map(|told| told.finding(current))
                .transpose()?,
        );
    }
    for name in &report.vanished_columns {
        found.push(schema(name, Severity::Error, "is gone", "已消失").finding(current)?);
    }
    for name in &report.new_columns {
        found.push(schema(name, Severity::Info, "is new", "是新增列").finding(current)?);
    }
    Ok(found)
}

pub(super) fn p_text(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

fn examples(current: &Dataset, rows: &[u32]) -> Result<Vec<Example>, AuditError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let cells: Vec<ColumnCells> = (0..current.info.columns.len())
        .map(|index| ColumnCells::new(current, index))
        .collect::<Result<_, _>>()?;
    let shown = rows.iter().take(EXAMPLES);
    Ok(shown.map(|&row| example(current, &cells, row as usize)).collect())
}

/// A sentence of the report for the terminal: rows compared and how many tests.
pub fn summary(report: &DriftReport) -> String {
    format!(
        "against {}: {} rows then, {} now, {} columns compared, p adjusted over {} tests",
        report.reference,
        thousands(report.reference_rows),
        thousands(report.current_rows),
        report.columns.len(),
        report.family_size
    )
}
