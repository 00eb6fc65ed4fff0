//! What is kept of every audit of a project: enough to see how quality moves from load to load.
//!
//! In: an `AuditReport`. Out: `AuditRecord`, without rows, plots and examples.
//! Invariant: a record of an earlier program reads, with what it did not keep left empty.

use super::acceptance::Acceptances;
use super::cells::Value;
use super::finding::{Finding, Unit};
use super::profile::{ColumnKind, ColumnProfile};
use super::registry::rule;
use super::report::AuditReport;
use super::score::Scores;
use crate::engine::artifact::{Bilingual, ColumnType, ContentHash, Severity};
use crate::engine::ingest::dataset::RowCounts;
use serde::{Deserialize, Serialize};

/// One audit of one load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditRecord {
    /// Unix time in milliseconds.
    pub made_ms: u64,
    /// Name of the log.
    pub name: String,
    /// Content hash of the log.
    pub log: ContentHash,
    /// Absent in records of earlier programs.
    pub rows: Option<RowCounts>,
    pub columns: Vec<ColumnRecord>,
    pub scores: Scores,
    /// Worst first.
    pub findings: Vec<FindingRecord>,
}

/// A column as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnRecord {
    pub name: String,
    pub dtype: ColumnType,
    /// Cells without a value.
    pub nulls: u64,
    /// Absent in records of earlier programs.
    #[serde(default)]
    pub figures: Option<ColumnFigures>,
}

/// The main figures of a column's values. Of texts no value is kept: it may be personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnFigures {
    pub distinct: u64,
    /// Numbers that are no identifiers.
    pub mean: Option<f64>,
    /// Sample standard deviation; seconds for times.
    pub std: Option<f64>,
    pub median: Option<Value>,
    /// Numbers and times.
    pub min: Option<Value>,
    pub max: Option<Value>,
    /// Entropy of the values in bits.
    pub entropy_bits: Option<f64>,
}

impl ColumnFigures {
    fn of(column: &ColumnProfile) -> Self {
        let is_open = |_: &&Value| column.dtype != ColumnType::Text;
        // The middle of identifiers means nothing.
        let is_measured = column.kind != ColumnKind::Identifier;
        let quantiles = column.quantiles.as_ref().filter(|_| is_measured);
        Self {
            distinct: column.distinct,
            mean: column.mean.filter(|_| is_measured),
            std: column.std.filter(|_| is_measured),
            median: quantiles.map(|quantiles| &quantiles.p50).filter(is_open).cloned(),
            min: column.min.as_ref().filter(is_open).cloned(),
            max: column.max.as_ref().filter(is_open).cloned(),
            entropy_bits: column.entropy_bits,
        }
    }
}

/// A finding without its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    pub code: String,
    pub column: Option<String>,
    pub severity: Severity,
    pub count: u64,
    pub share: Option<f64>,
    #[serde(default)]
    pub unit: Unit,
    #[serde(default)]
    pub title: Bilingual,
}

impl AuditRecord {
    pub fn of(report: &AuditReport) -> Self {
        let columns = report.columns.iter().map(|column| ColumnRecord {
            name: column.name.clone(),
            dtype: column.dtype,
            nulls: column.nulls,
            figures: Some(ColumnFigures::of(column)),
        });
        Self {
            made_ms: report.provenance.created_ms,
            name: report.name.clone(),
            log: report.provenance.inputs.first().cloned().unwrap_or_default(),
            rows: Some(report.rows),
            columns: columns.collect(),
            scores: report.scores.clone(),
            findings: report.findings.iter().map(FindingRecord::of).collect(),
        }
    }

    /// Share of the cells of a column without a value.
    pub fn null_share(&self, column: &ColumnRecord) -> Option<f64> {
        let rows = self.rows?.accepted;
        (rows > 0).then(|| column.nulls as f64 / rows as f64)
    }
}

impl FindingRecord {
    pub fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            column: finding.column.clone(),
            severity: finding.severity,
            count: finding.count,
            share: finding.share,
            unit: finding.unit,
            title: finding.title.clone(),
        }
    }

    /// The title, or the name of the check where an earlier program kept none.
    pub fn title(&self) -> Bilingual {
        if self.title.en.is_empty() {
            rule(&self.code).map_or_else(|| Bilingual::new(&self.code, &self.code), |rule| rule.info.name())
        } else {
            self.title.clone()
        }
    }
}

impl AuditReport {
    /// Takes over the decisions of the project the report is shown in, and what the scores are without them.
    pub fn take_over(&mut self, accepted: &Acceptances) {
        self.accepted = accepted.clone();
        let has_any = self.findings.iter().any(|finding| !accepted.is_open(finding));
        self.scores_without_accepted = has_any.then(|| self.scores_without(accepted));
    }

    /// The scores as they would be without the accepted findings.
    pub fn scores_without(&self, accepted: &Acceptances) -> Scores {
        super::score::score_without(&self.scores, &self.score_parts, |part| {
            let mut found = self.findings.iter();
            found.any(|finding| {
                (&finding.code, &finding.column) == (&part.code, &part.column) && !accepted.is_open(finding)
            })
        })
    }

    /// The worst of what nobody accepted.
    pub fn worst_open(&self) -> Option<Severity> {
        let open = self.findings.iter().filter(|finding| self.accepted.is_open(finding));
        open.map(|finding| finding.severity).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::Dimension;
    use crate::engine::audit::fixture::{Col, audited, table};

    fn report() -> AuditReport {
        audited(&table(vec![
            ("user", Col::I(vec![Some(1), Some(2), None, Some(1)])),
            ("price", Col::F(vec![Some(1.0), Some(-2.0), Some(3.5), Some(2.0)])),
        ]))
    }

    #[test]
    fn a_record_is_the_report_without_its_evidence() {
        let report = report();
        let record = AuditRecord::of(&report);
        assert_eq!(record.rows, Some(report.rows));
        assert_eq!(record.findings.len(), report.findings.len());
        assert_eq!(record.columns[0].nulls, 1);
        assert_eq!(record.null_share(&record.columns[0]), Some(0.25));
        let price = record.columns[1].figures.as_ref().expect("kept");
        assert_eq!(
            (price.distinct, price.mean, price.median.clone()),
            (4, Some(1.125), Some(Value::Number(1.5)))
        );
        let json = serde_json::to_string(&record).expect("plain data");
        assert_eq!(serde_json::from_str::<AuditRecord>(&json).expect("round trip"), record);
    }

    #[test]
    fn a_record_of_an_earlier_program_reads() {
        let stored = serde_json::json!({
            "scores": {"validity": 81.5},
            "findings": [{"code": "V01", "severity": "error", "column": "price", "count": 3, "share": 0.1}],
        });
        let record: AuditRecord = serde_json::from_value(stored).expect("it reads");
        assert_eq!((record.rows, record.scores[&Dimension::Validity]), (None, 81.5));
        assert_eq!(record.findings[0].unit, Unit::Rows);
        assert_eq!(record.findings[0].title(), rule("V01").expect("there").info.name());
    }

    #[test]
    fn scores_stay_and_those_without_the_accepted_stand_beside_them() {
        let mut report = report();
        let before = report.scores.clone();
        let price = report.with_code("V01").next().expect("a price below zero").clone();
        let mut accepted = Acceptances::default();
        report.take_over(&accepted);
        assert_eq!(report.scores_without_accepted, None);
        accepted.accept(&price, "refunds", None, 1).expect("a reason");
        report.take_over(&accepted);
        assert_eq!(report.scores, before, "the score stays exact");
        let without = report.scores_without_accepted.as_ref().expect("one is accepted");
        assert_eq!(without[&Dimension::Validity], 100.0);
        assert_eq!(without[&Dimension::Completeness], before[&Dimension::Completeness]);
        assert!(before[&Dimension::Validity] < 100.0);
        let json = serde_json::to_value(&report).expect("plain data");
        assert_eq!(json["accepted"][0]["reason"], "refunds");
        let back: AuditReport = serde_json::from_value(json).expect("round trip");
        assert_eq!(back.accepted, accepted);
    }
}
