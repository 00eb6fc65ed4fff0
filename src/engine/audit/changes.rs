//! Two audits side by side: what moved from one load to the next.
//!
//! In: two `AuditRecord`s. Out: `AuditChanges`: scores, findings that are new, gone, or count more or fewer, rows,
//! columns with their main figures.
//! Invariant: findings are matched by check and column, the n-th of a kind with the n-th; nothing of either audit is
//! left out.

use super::column_changes::{ColumnChange, column_changes};
use super::finding::{Dimension, Unit};
use super::history::{AuditRecord, FindingRecord};
use crate::engine::artifact::{Bilingual, ContentHash, Severity};
use crate::engine::ingest::dataset::RowCounts;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What moved from `before` to `after`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditChanges {
    pub before: AuditHead,
    pub after: AuditHead,
    pub scores: Vec<ScoreChange>,
    /// What got worse first: new, more, fewer, gone, then what stayed; inside each the most severe first.
    pub findings: Vec<FindingChange>,
    /// In the order of the later log, then those that are gone.
    pub columns: Vec<ColumnChange>,
}

/// Which audit it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditHead {
    pub name: String,
    /// Unix time in milliseconds.
    pub made_ms: u64,
    pub log: ContentHash,
    /// Absent in records of earlier programs.
    pub rows: Option<RowCounts>,
}

/// A score then and now, 0..=100; absent where that audit has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreChange {
    pub dimension: Dimension,
    pub before: Option<f64>,
    pub after: Option<f64>,
    /// Points gained (above 0) or lost.
    pub delta: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    New,
    More,
    Fewer,
    Gone,
    Same,
}

/// A finding then and now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingChange {
    pub code: String,
    pub column: Option<String>,
    pub title: Bilingual,
    pub state: FindingState,
    pub before: Option<FindingExtent>,
    pub after: Option<FindingExtent>,
}

/// How much of a log a finding concerned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingExtent {
    pub severity: Severity,
    pub count: u64,
    pub unit: Unit,
    pub share: Option<f64>,
}

/// Compares two audits; `after` is the later one.
pub fn audit_changes(before: &AuditRecord, after: &AuditRecord) -> AuditChanges {
    AuditChanges {
        before: head(before),
        after: head(after),
        scores: Dimension::ALL
            .into_iter()
            .map(|dimension| score_change(dimension, before, after))
            .collect(),
        findings: finding_changes(&before.findings, &after.findings),
        columns: column_changes(before, after),
    }
}

impl AuditChanges {
    /// How many findings changed in this way.
    pub fn count(&self, state: FindingState) -> usize {
        self.findings.iter().filter(|change| change.state == state).count()
    }
}

impl FindingChange {
    /// The later severity, else the earlier one.
    pub fn severity(&self) -> Option<Severity> {
        self.after.or(self.before).map(|extent| extent.severity)
    }
}

fn head(record: &AuditRecord) -> AuditHead {
    AuditHead {
        name: record.name.clone(),
        made_ms: record.made_ms,
        log: record.log.clone(),
        rows: record.rows,
    }
}

fn score_change(dimension: Dimension, before: &AuditRecord, after: &AuditRecord) -> ScoreChange {
    let [before, after] = [before, after].map(|record| record.scores.get(&dimension).copied());
    ScoreChange {
        dimension,
        before,
        after,
        delta: before.zip(after).map(|(before, after)| after - before),
    }
}

fn finding_changes(before: &[FindingRecord], after: &[FindingRecord]) -> Vec<FindingChange> {
    let mut left: Vec<&FindingRecord> = before.iter().collect();
    let mut changes: Vec<FindingChange> = after
        .iter()
        .map(|now| {
            let same = |then: &&FindingRecord| (&then.code, &then.column) == (&now.code, &now.column);
            let place = left.iter().position(same);
            let then = place.map(|place| left.remove(place));
            finding_change(then, Some(now))
        })
        .collect();
    changes.extend(left.into_iter().map(|then| finding_change(Some(then), None)));
    changes.sort_by_key(|change| (change.state, Reverse(change.severity())));
    changes
}

/// One of the two is always there.
fn finding_change(before: Option<&FindingRecord>, after: Option<&FindingRecord>) -> FindingChange {
    let state = match (before, after) {
        (None, _) => FindingState::New,
        (_, None) => FindingState::Gone,
        (Some(then), Some(now)) if now.count > then.count => FindingState::More,
        (Some(then), Some(now)) if now.count < then.count => FindingState::Fewer,
        _ => FindingState::Same,
    };
    let shown = after.or(before);
    FindingChange {
        code: shown.map(|record| record.code.clone()).unwrap_or_default(),
        column: shown.and_then(|record| record.column.clone()),
        title: shown.map(FindingRecord::title).unwrap_or_default(),
        state,
        before: before.map(extent),
        after: after.map(extent),
    }
}

fn extent(record: &FindingRecord) -> FindingExtent {
    FindingExtent {
        severity: record.severity,
        count: record.count,
        unit: record.unit,
        share: record.share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str, column: Option<&str>, severity: Severity, count: u64) -> FindingRecord {
        FindingRecord {
            code: code.to_owned(),
            column: column.map(str::to_owned),
            severity,
            count,
            share: Some(count as f64 / 1000.0),
            unit: Unit::Rows,
            title: Bilingual::new(code, code),
        }
    }

    fn record(score: f64, findings: Vec<FindingRecord>) -> AuditRecord {
        AuditRecord {
            rows: Some(RowCounts {
                total: 1000,
                accepted: 1000,
                ..RowCounts::default()
            }),
            scores: [(Dimension::Validity, score)].into(),
            findings,
            ..AuditRecord::default()
        }
    }

    #[test]
    fn findings_are_new_gone_more_fewer_or_the_same() {
        use Severity::{Error, Info, Warning};
        let before = record(
            80.0,
            vec![
                found("V01", Some("price"), Error, 30),
                found("C01", Some("brand"), Warning, 5),
                found("C01", Some("query"), Warning, 5),
                found("U01", None, Warning, 9),
                found("B04", None, Info, 1),
            ],
        );
        let after = record(
            83.0,
            vec![
                found("V01", Some("price"), Warning, 12),
                found("C01", Some("query"), Error, 50),
                found("T01", Some("time"), Warning, 2),
                found("K02", None, Error, 7),
                found("B04", None, Info, 1),
            ],
        );
        let changes = audit_changes(&before, &after);
        let seen: Vec<(&str, Option<&str>, FindingState)> = changes
            .findings
            .iter()
            .map(|change| (change.code.as_str(), change.column.as_deref(), change.state))
            .collect();
        assert_eq!(
            seen,
            [
                ("K02", None, FindingState::New),
                ("T01", Some("time"), FindingState::New),
                ("C01", Some("query"), FindingState::More),
                ("V01", Some("price"), FindingState::Fewer),
                ("C01", Some("brand"), FindingState::Gone),
                ("U01", None, FindingState::Gone),
                ("B04", None, FindingState::Same),
            ]
        );
        assert_eq!(changes.count(FindingState::New), 2);
        let validity = changes
            .scores
            .iter()
            .find(|change| change.dimension == Dimension::Validity)
            .expect("all dimensions");
        assert_eq!(
            (validity.before, validity.after, validity.delta),
            (Some(80.0), Some(83.0), Some(3.0))
        );
        assert_eq!(changes.scores.len(), 7);
        assert_eq!(changes.scores[0].delta, None, "completeness was not scored");
    }

    #[test]
    fn findings_of_one_check_and_column_are_matched_in_order() {
        let [a, b] = [3, 4].map(|count| found("B03", None, Severity::Warning, count));
        let before = record(100.0, vec![a.clone(), b.clone()]);
        let after = record(100.0, vec![a]);
        let changes = audit_changes(&before, &after);
        assert_eq!(
            (changes.count(FindingState::Same), changes.count(FindingState::Gone)),
            (1, 1)
        );
        let same = audit_changes(&before, &before);
        assert_eq!(same.count(FindingState::Same), 2);
    }
}
