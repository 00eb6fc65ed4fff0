//! What became of the rules over loads: one record a check, and two checks side by side.
//!
//! In: the outcomes of checks. Out: `RuleHistory`, `RuleChange`.
//! Invariant: a check that is repeated on the newest load takes the place of the one before, so that a load is told
//! once; a rule is the same rule whatever its severity, tolerance and reason; nothing of either check is left out.

use super::outcome::{Judged, RuleOutcome, RuleStatus};
use super::rule::Rule;
use crate::engine::artifact::{Bilingual, ContentHash, Severity};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Checks that are kept, the newest.
const MOST: usize = 500;

/// The checks of a project, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleHistory(Vec<RuleCheckRecord>);

/// One check of the rules on one load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleCheckRecord {
    pub log: ContentHash,
    pub log_name: String,
    /// Unix time in milliseconds.
    pub checked_ms: u64,
    /// In the order of the file as it was.
    pub rules: Vec<RuleRecord>,
}

/// An outcome without its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleRecord {
    #[serde(flatten)]
    pub rule: Rule,
    pub title: Bilingual,
    pub status: RuleStatus,
    #[serde(default)]
    pub unit: Judged,
    pub checked: u64,
    pub failed: u64,
    pub share: Option<f64>,
}

impl RuleRecord {
    pub fn of(outcome: &RuleOutcome) -> Self {
        Self {
            rule: outcome.rule.clone(),
            title: outcome.title.clone(),
            status: outcome.status,
            unit: outcome.unit,
            checked: outcome.checked,
            failed: outcome.failed,
            share: outcome.share,
        }
    }

    fn is_about(&self, rule: &Rule) -> bool {
        self.rule.expectation == rule.expectation && self.rule.filter == rule.filter
    }

    fn extent(&self) -> RuleExtent {
        RuleExtent {
            status: self.status,
            unit: self.unit,
            checked: self.checked,
            failed: self.failed,
            share: self.share,
        }
    }
}

impl RuleHistory {
    /// Adds a check; without an outcome there is nothing to tell.
    pub fn add(&mut self, record: RuleCheckRecord) {
        if record.rules.is_empty() {
            return;
        }
        if self.0.last().is_some_and(|last| last.log == record.log) {
            self.0.pop();
        }
        self.0.push(record);
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    /// Oldest first.
    pub fn checks(&self) -> &[RuleCheckRecord] {
        &self.0
    }

    /// The newest check on a log.
    pub fn of_log(&self, log: &ContentHash) -> Option<&RuleCheckRecord> {
        self.0.iter().rev().find(|check| check.log == *log)
    }

    /// What became of a rule, oldest first; checks that did not have it are left out.
    pub fn of_rule(&self, rule: &Rule) -> Vec<(&RuleCheckRecord, &RuleRecord)> {
        let find = |check: &'_ RuleCheckRecord| check.rules.iter().position(|known| known.is_about(rule));
        let told = self.0.iter();
        told.filter_map(|check| Some((check, &check.rules[find(check)?])))
            .collect()
    }
}

/// A rule then and now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleChange {
    pub title: Bilingual,
    pub severity: Severity,
    pub state: RuleState,
    pub before: Option<RuleExtent>,
    pub after: Option<RuleExtent>,
}

/// What moved, what got worse first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It passed, and does no longer.
    Broken,
    New,
    /// It did not pass, and does now.
    Mended,
    Gone,
    Same,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleExtent {
    pub status: RuleStatus,
    pub unit: Judged,
    pub checked: u64,
    pub failed: u64,
    pub share: Option<f64>,
}

/// Compares the rules of two checks; `after` is the later one. Inside a state the most severe first.
pub fn rule_changes(before: &[RuleRecord], after: &[RuleRecord]) -> Vec<RuleChange> {
    let find = |records: &[RuleRecord], rule: &Rule| records.iter().position(|known| known.is_about(rule));
    let kept = after.iter().map(|now| {
        let then = find(before, &now.rule).map(|place| &before[place]);
        rule_change(now, then.map(RuleRecord::extent), Some(now.extent()))
    });
    let gone = before.iter().filter(|then| find(after, &then.rule).is_none());
    let gone = gone.map(|then| rule_change(then, Some(then.extent()), None));
    let mut changes: Vec<RuleChange> = kept.chain(gone).collect();
    changes.sort_by_key(|change| (change.state, Reverse(change.severity)));
    changes
}

fn rule_change(shown: &RuleRecord, before: Option<RuleExtent>, after: Option<RuleExtent>) -> RuleChange {
    let passed = |extent: Option<RuleExtent>| extent.map(|extent| extent.status == RuleStatus::Passed);
    let state = match (passed(before), passed(after)) {
        (None, _) => RuleState::New,
        (_, None) => RuleState::Gone,
        (Some(true), Some(false)) => RuleState::Broken,
        (Some(false), Some(true)) => RuleState::Mended,
        _ => RuleState::Same,
    };
    RuleChange {
        title: shown.title.clone(),
        severity: shown.rule.severity,
        state,
        before,
        after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rules::RuleFile;

    /// `column`, whether it passed, cells that failed of 100.
    fn record(column: &str, failed: u64, severity: Severity) -> RuleRecord {
        let text = format!("version = 1\n[[rule]]\nkind = \"not_null\"\ncolumn = \"{column}\"\n");
        let mut rule = RuleFile::parse(&text, "rules.toml").expect("sound").rules.remove(0);
        rule.severity = severity;
        RuleRecord {
            title: Bilingual::new(column, column),
            rule,
            status: if failed == 0 {
                RuleStatus::Passed
            } else {
                RuleStatus::Failed
            },
            unit: Judged::Rows,
            checked: 100,
            failed,
            share: Some(failed as f64 / 100.0),
        }
    }

    fn check(log: &str, made: u64, rules: Vec<RuleRecord>) -> RuleCheckRecord {
        RuleCheckRecord {
            log: ContentHash::of_bytes(log.as_bytes()),
            log_name: log.to_owned(),
            checked_ms: made,
            rules,
        }
    }

    #[test]
    fn a_load_is_told_once_and_a_rule_keeps_its_history_when_its_severity_changes() {
        let mut history = RuleHistory::default();
        let user = |failed, severity| record("user", failed, severity);
        history.add(check("may", 1, vec![user(0, Severity::Error)]));
        history.add(check("june", 2, vec![user(9, Severity::Error)]));
        history.add(check(
            "june",
            3,
            vec![user(7, Severity::Warning), record("item", 0, Severity::Info)],
        ));
        history.add(check("june", 4, Vec::new()));
        assert_eq!(history.checks().len(), 2);
        let told = history.of_rule(&user(0, Severity::Error).rule);
        let seen: Vec<(u64, u64)> = told
            .iter()
            .map(|(check, rule)| (check.checked_ms, rule.failed))
            .collect();
        assert_eq!(seen, [(1, 0), (3, 7)]);
        assert_eq!(history.of_rule(&record("item", 0, Severity::Info).rule).len(), 1);
        assert_eq!(
            history
                .of_log(&ContentHash::of_bytes(b"may"))
                .map(|check| check.checked_ms),
            Some(1)
        );
        let json = serde_json::to_string(&history).expect("plain data");
        assert_eq!(serde_json::from_str::<RuleHistory>(&json).expect("round trip"), history);
    }

    #[test]
    fn rules_are_broken_mended_new_gone_or_the_same() {
        use Severity::{Error, Warning};
        let before = [
            record("a", 0, Error),
            record("b", 3, Error),
            record("c", 0, Warning),
            record("d", 5, Error),
        ];
        let after = [
            record("a", 2, Warning),
            record("b", 0, Error),
            record("d", 6, Error),
            record("e", 0, Error),
        ];
        let seen: Vec<(String, RuleState)> = rule_changes(&before, &after)
            .into_iter()
            .map(|change| (change.title.en, change.state))
            .collect();
        let expected = [
            ("a", RuleState::Broken),
            ("e", RuleState::New),
            ("b", RuleState::Mended),
            ("c", RuleState::Gone),
            ("d", RuleState::Same),
        ];
        assert_eq!(seen, expected.map(|(name, state)| (name.to_owned(), state)));
    }
}
