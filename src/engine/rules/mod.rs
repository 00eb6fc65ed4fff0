//! Rules: what the analyst expects of a log, checked over all rows. Dataset + rules file → one outcome a rule.
//!
//! `file` reads and `write` writes the TOML, `sheet` edits a file and keeps its comments, `draft` is a rule being typed,
//! `kinds/` judges (one file a kind), `suggest` proposes rules from a log and tries them on rows it did not look at,
//! `history` keeps what became of the rules over loads. Invariant: exact, no sampling, no clock; a rule is passed,
//! failed, or undefined with a reason (no such column, nothing to judge), and undefined never counts as passed.

mod check;
mod draft;
mod expectation;
pub mod explain;
mod fields;
mod file;
mod history;
mod kinds;
mod outcome;
mod rule;
mod sheet;
mod subject;
pub mod suggest;
mod title;
mod write;

pub use check::check;
pub use draft::RuleDraft;
pub use file::{COMMON_KEYS, KINDS, RULES_VERSION, RuleFile, RuleFileError};
pub use history::{RuleChange, RuleCheckRecord, RuleExtent, RuleHistory, RuleRecord, RuleState, rule_changes};
pub use outcome::{Judged, RuleOutcome, RuleStatus, worst};
pub use rule::{Against, Direction, Expectation, Rule, Scalar, Span};
pub use sheet::RuleSheet;
pub use subject::Tables;
pub use write::to_toml;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
