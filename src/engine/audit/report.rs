//! The audit report: everything one audit says about one log.
//!
//! Out: `AuditReport`, the JSON of `touchstone audit` and the source of the HTML report and the page.
//! Invariant: findings are sorted worst first; every rule of the registry appears once in `checks`.

use super::acceptance::Acceptances;
use super::associations::Associations;
use super::drift::DriftReport;
use super::finding::Finding;
use super::log_profile::LogProfile;
use super::profile::ColumnProfile;
use super::score::{ScorePart, Scores};
use crate::engine::artifact::{Bilingual, Provenance, Severity};
use crate::engine::ingest::dataset::RowCounts;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditReport {
    /// Inputs: the log, then the item table, then the user table, as far as given.
    pub provenance: Provenance,
    pub name: String,
    pub rows: RowCounts,
    pub columns: Vec<ColumnProfile>,
    /// How the columns hang together; absent from audits of older versions.
    #[serde(default)]
    pub associations: Option<Associations>,
    pub log: Option<LogProfile>,
    pub findings: Vec<Finding>,
    /// What became of each check, in order of codes.
    pub checks: Vec<CheckStatus>,
    /// 0..=100 a dimension.
    pub scores: Scores,
    pub score_parts: Vec<ScorePart>,
    /// Differences from a reference log, where one was given.
    #[serde(default)]
    pub drift: Option<DriftReport>,
    /// Decisions of the project about findings that may stay; none where the audit is shown without a project.
    #[serde(default, skip_serializing_if = "Acceptances::is_empty")]
    pub accepted: Acceptances,
    /// The scores as they would be without the accepted findings, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores_without_accepted: Option<Scores>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckStatus {
    pub code: String,
    pub name: Bilingual,
    pub outcome: CheckOutcome,
    /// Why it could not be applied.
    pub reason: Option<Bilingual>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Passed,
    Found,
    NotApplicable,
}

impl AuditReport {
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Findings with a code.
    pub fn with_code<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.code == code)
    }
}
