//! What became of a rule: how many cells, rows or days were judged, how many failed, and whether that is allowed.
//!
//! Invariant: `failed <= checked`; `share` is `failed / checked` and absent where nothing was judged or where the rule
//! is about one number; `status` is undefined exactly if `undefined` says why.

use super::rule::Rule;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::{Example, Fact};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// The rule as it stands in the file.
    #[serde(flatten)]
    pub rule: Rule,
    /// The rule in words.
    pub title: Bilingual,
    pub status: RuleStatus,
    /// What `checked` and `failed` count.
    pub unit: Judged,
    /// Rows that the rule is about: all, or those of its `where`.
    pub rows: u64,
    /// Of these, rows without a value to judge.
    pub missing: u64,
    pub checked: u64,
    pub failed: u64,
    pub share: Option<f64>,
    /// The largest share that passes, 1 − `mostly`; absent where `share` has no meaning.
    pub allowed_share: Option<f64>,
    /// What was seen, with the numbers.
    pub message: Bilingual,
    /// Why the rule could not be judged.
    pub undefined: Option<Bilingual>,
    pub facts: Vec<Fact>,
    /// The first failing rows, at most five.
    pub examples: Vec<Example>,
    /// All failing rows, ascending. Not stored: they are found again by checking again.
    #[serde(skip)]
    pub failing_rows: Arc<Vec<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleStatus {
    Passed,
    Failed,
    /// It could not be judged; a gate counts it as not passed.
    Undefined,
}

/// What a rule judges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    #[default]
    Rows,
    Days,
    /// One number of the whole log.
    Log,
}

impl RuleOutcome {
    pub fn passed(&self) -> bool {
        self.status == RuleStatus::Passed
    }
}

/// The severity of the worst rule that did not pass, undefined ones included.
pub fn worst(outcomes: &[RuleOutcome]) -> Option<Severity> {
    let open = outcomes.iter().filter(|outcome| !outcome.passed());
    open.map(|outcome| outcome.rule.severity).max()
}
