//! Accepted findings: what an analyst decided to live with, and why.
//!
//! In: findings and the decisions kept with a project. Out: which findings are open, and which have grown since.
//! Invariant: a decision is about a check and a column, so it outlives the audit it was made in; it changes no finding
//! and no score.

use super::finding::{Finding, Unit};
use crate::engine::artifact::{Bilingual, Severity};
use serde::{Deserialize, Serialize};

/// Why a finding cannot be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptanceError {
    #[error("a finding is accepted with a reason; say why it may stay")]
    NoReason,
}

/// One decision: this finding may stay, for this reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Code of the check.
    pub code: String,
    /// The column it is about; `None` for a finding about the log as a whole.
    #[serde(default)]
    pub column: Option<String>,
    pub reason: String,
    /// Who decided, where that was said.
    #[serde(default)]
    pub who: Option<String>,
    /// Unix time in milliseconds.
    pub accepted_ms: u64,
    /// What the finding counted when it was accepted, in `unit`.
    pub count: u64,
    #[serde(default)]
    pub unit: Unit,
    /// Its severity then.
    pub severity: Severity,
    /// Its title then, for when it is found no more.
    #[serde(default)]
    pub title: Bilingual,
}

impl Acceptance {
    /// How many more the finding counts than when it was accepted.
    pub fn growth(&self, finding: &Finding) -> u64 {
        finding.count.saturating_sub(self.count)
    }

    fn is_about(&self, code: &str, column: Option<&str>) -> bool {
        self.code.eq_ignore_ascii_case(code) && self.column.as_deref() == column
    }
}

/// The decisions of a project, in the order they were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Acceptances(pub Vec<Acceptance>);

impl Acceptances {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The decision about a finding. One that has become more severe than it was is open again.
    pub fn of(&self, finding: &Finding) -> Option<&Acceptance> {
        let mut decisions = self.0.iter();
        decisions
            .find(|known| known.is_about(&finding.code, finding.column.as_deref()))
            .filter(|known| finding.severity <= known.severity)
    }

    pub fn is_open(&self, finding: &Finding) -> bool {
        self.of(finding).is_none()
    }

    /// Accepts a finding as it is now, in place of an earlier decision about it.
    ///
    /// # Errors
    /// The reason is blank.
    pub fn accept(
        &mut self,
        finding: &Finding,
        reason: &str,
        who: Option<&str>,
        now_ms: u64,
    ) -> Result<(), AcceptanceError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(AcceptanceError::NoReason);
        }
        self.take_back(&finding.code, finding.column.as_deref());
        let who = who.map(str::trim).filter(|who| !who.is_empty());
        self.0.push(Acceptance {
            code: finding.code.clone(),
            column: finding.column.clone(),
            reason: reason.to_owned(),
            who: who.map(str::to_owned),
            accepted_ms: now_ms,
            count: finding.count,
            unit: finding.unit,
            severity: finding.severity,
            title: finding.title.clone(),
        });
        Ok(())
    }

    /// Takes a decision back; false if there was none.
    pub fn take_back(&mut self, code: &str, column: Option<&str>) -> bool {
        let before = self.0.len();
        self.0.retain(|known| !known.is_about(code, column));
        self.0.len() < before
    }

    /// Decisions about findings that are not among these: found no more.
    pub fn settled<'a>(&'a self, findings: &'a [Finding]) -> impl Iterator<Item = &'a Acceptance> {
        self.0.iter().filter(|known| {
            let mut found = findings.iter();
            !found.any(|finding| known.is_about(&finding.code, finding.column.as_deref()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::finding;

    #[test]
    fn a_decision_outlives_its_audit_and_says_what_grew() {
        let mut known = Acceptances::default();
        let then = finding("U01", Some("user"), Severity::Warning, 40);
        known
            .accept(&then, "  the partner sends pairs ", Some(" "), 7)
            .expect("a reason is given");
        let decision = &known.0[0];
        assert_eq!(
            (decision.reason.as_str(), &decision.who),
            ("the partner sends pairs", &None)
        );
        let now = finding("U01", Some("user"), Severity::Warning, 55);
        assert_eq!(known.of(&now).map(|known| known.growth(&now)), Some(15));
        let fewer = finding("U01", Some("user"), Severity::Info, 3);
        assert_eq!(known.of(&fewer).map(|known| known.growth(&fewer)), Some(0));
        for other in [
            finding("U01", None, Severity::Warning, 40),
            finding("U01", Some("item"), Severity::Warning, 40),
            finding("U02", Some("user"), Severity::Warning, 40),
            finding("U01", Some("user"), Severity::Error, 40),
        ] {
            assert!(known.is_open(&other), "{} {:?}", other.code, other.column);
        }
        let json = serde_json::to_string(&known).expect("plain data");
        assert_eq!(serde_json::from_str::<Acceptances>(&json).expect("round trip"), known);
    }

    #[test]
    fn accepting_again_replaces_and_taking_back_opens() {
        let mut known = Acceptances::default();
        let found = finding("C01", Some("brand"), Severity::Warning, 10);
        assert_eq!(known.accept(&found, " \n", None, 1), Err(AcceptanceError::NoReason));
        known.accept(&found, "optional", None, 1).expect("accepted");
        let more = finding("C01", Some("brand"), Severity::Error, 90);
        known.accept(&more, "still optional", Some("Li"), 2).expect("accepted");
        assert_eq!(known.0.len(), 1);
        assert_eq!((known.0[0].count, known.0[0].accepted_ms), (90, 2));
        assert_eq!(known.settled(&[]).count(), 1);
        assert_eq!(known.settled(std::slice::from_ref(&more)).count(), 0);
        assert!(known.take_back("c01", Some("brand")) && !known.take_back("C01", Some("brand")));
        assert!(known.is_open(&more));
    }
}
