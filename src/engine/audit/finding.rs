//! A finding: one thing a check saw, with the rows behind it, why it matters, and a proposed repair.
//!
//! Out: `Finding`, the unit of the audit report and of what the recipe proposes.
//! Invariant: `rows` holds every row behind the finding, ascending, never a sample; `count` counts what
//! `unit` names, and `share` is in 0..=1 of the base the message states.

use super::cells::{ColumnCells, Value};
use super::fix::Fix;
use super::plot::FindingPlot;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::ingest::dataset::Dataset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The seven sides of data quality that are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    Completeness,
    Uniqueness,
    Validity,
    Consistency,
    Timeliness,
    Behaviour,
    Privacy,
}

impl Dimension {
    pub const ALL: [Self; 7] = [
        Self::Completeness,
        Self::Uniqueness,
        Self::Validity,
        Self::Consistency,
        Self::Timeliness,
        Self::Behaviour,
        Self::Privacy,
    ];

    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Uniqueness => "uniqueness",
            Self::Validity => "validity",
            Self::Consistency => "consistency",
            Self::Timeliness => "timeliness",
            Self::Behaviour => "behaviour",
            Self::Privacy => "privacy",
        }
    }

    pub fn label(self) -> Bilingual {
        match self {
            Self::Completeness => Bilingual::new("Completeness", "完整性"),
            Self::Uniqueness => Bilingual::new("Uniqueness", "唯一性"),
            Self::Validity => Bilingual::new("Validity", "有效性"),
            Self::Consistency => Bilingual::new("Consistency", "一致性"),
            Self::Timeliness => Bilingual::new("Timeliness", "时效性"),
            Self::Behaviour => Bilingual::new("Behaviour", "行为合理性"),
            Self::Privacy => Bilingual::new("Privacy", "隐私"),
        }
    }
}

/// What `Finding::count` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Rows of the log; then `count` equals the number of rows behind the finding.
    #[default]
    Rows,
    Users,
    Items,
    Sessions,
    Columns,
    Days,
}

/// A row shown as an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// 1-based line of the file (row number for Parquet).
    pub line: u32,
    /// File name, where the log was read from several files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    pub values: BTreeMap<String, Value>,
}

/// A named number of the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Stable snake_case name.
    pub name: String,
    pub label: Bilingual,
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code of the rule, e.g. `B02`.
    pub code: String,
    pub dimension: Dimension,
    pub severity: Severity,
    pub column: Option<String>,
    pub count: u64,
    pub unit: Unit,
    /// 0..=1; `None` where a share means nothing.
    pub share: Option<f64>,
    /// Short title, a few words.
    pub title: Bilingual,
    /// What was seen, with the numbers, one or two sentences.
    pub message: Bilingual,
    /// Why it matters.
    pub why: Bilingual,
    /// The threshold that was applied, and why it is what it is.
    pub threshold: Bilingual,
    pub facts: Vec<Fact>,
    /// At most five rows, the first ones behind the finding.
    pub examples: Vec<Example>,
    pub fix: Option<Fix>,
    /// What the fix does, for a button.
    pub fix_title: Option<Bilingual>,
    pub plots: Vec<FindingPlot>,
    /// All rows behind the finding, ascending. Not stored: they are found again by auditing again.
    #[serde(skip)]
    pub rows: Arc<Vec<u32>>,
}

impl Finding {
    /// The value of a fact by its name.
    pub fn fact(&self, name: &str) -> Option<f64> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value)
    }

    /// Order of findings everywhere: worst first, then most rows, then code and column.
    pub fn sort(findings: &mut [Self]) {
        findings.sort_by(|a, b| {
            (b.severity, b.share.unwrap_or(0.0))
                .partial_cmp(&(a.severity, a.share.unwrap_or(0.0)))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then_with(|| (&a.code, &a.column).cmp(&(&b.code, &b.column)))
        });
    }
}

/// A row with the cells of all columns, and the line of the file it stands on.
pub(in crate::engine) fn example(dataset: &Dataset, columns: &[ColumnCells], row: usize) -> Example {
    let names = dataset.info.columns.iter().map(|column| column.name.clone());
    let file = dataset.source_of_row.as_ref().and_then(|sources| {
        let source = dataset.info.sources.get(usize::from(*sources.get(row)?))?;
        Some(source.path.file_name()?.to_string_lossy().into_owned())
    });
    let values = (0..columns.len()).map(|column| shown_value(dataset, columns, column, row));
    Example {
        line: dataset.lines.get(row).unwrap_or(row as u32 + 1),
        file,
        values: names.zip(values).collect(),
    }
}

/// The cell, or the text that did not parse, so that the example shows what stands in the file.
fn shown_value(dataset: &Dataset, columns: &[ColumnCells], column: usize, row: usize) -> Value {
    let value = columns[column].cells().value(row);
    if value != Value::Null || dataset.info.columns[column].invalid == 0 {
        return value;
    }
    let mut unparsed = dataset.invalid.iter();
    let unparsed = unparsed.find(|cell| cell.column == column && cell.row == row as u64);
    unparsed.map_or(Value::Null, |cell| Value::Text(cell.raw.clone()))
}
