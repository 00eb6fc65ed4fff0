//! State of the rules page: the project's rules file with its history, what became of the rules, and suggestions.

use super::audit::AuditedLog;
use super::{AppState, StageMark, StageStatus};
use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::flow::rules::RuleCheck;
use crate::engine::rules::suggest::Suggestions;
use crate::engine::rules::{Rule, RuleHistory, RuleOutcome, RuleSheet};
use crate::gui::command::rules::RulesView;
use crate::gui::loadable::Loadable;
use crate::gui::state::data::DataState;
use std::sync::Arc;

#[derive(Default)]
pub struct RulesState {
    /// The project's rules file; it always equals what is on the disk, but for a read-only project.
    pub sheet: RuleSheet,
    /// Files before the edits, the newest last, and files that were undone.
    pub past: Vec<RuleSheet>,
    pub future: Vec<RuleSheet>,
    /// Why the file on the disk cannot be used; nothing is edited until it is mended or replaced.
    pub broken: Option<Bilingual>,
    /// What became of the rules when they were last checked.
    pub check: Loadable<RuleCheck>,
    /// What became of the rules over loads.
    pub history: RuleHistory,
    /// The log they were checked on; its rows stand behind the outcomes.
    pub rows: Option<Arc<AuditedLog>>,
    pub suggestions: Loadable<FromLog>,
    pub view: RulesView,
    /// The rule that is being written, judged on the open log.
    pub trial: Loadable<Trial>,
    /// A check that waits until the stage's job has ended.
    pub check_waits: bool,
    /// Where the rules were saved to.
    pub saved: Option<String>,
}

/// Suggestions and the log they are from.
#[derive(Debug)]
pub struct FromLog {
    pub found: Suggestions,
    pub log: ContentHash,
}

/// What a rule that is not saved yet would say about a log.
#[derive(Debug)]
pub struct Trial {
    pub log: ContentHash,
    pub outcome: RuleOutcome,
}

impl RulesState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let rules = self.sheet.rules();
        let count = (!rules.is_empty()).then(|| rules.len().to_string());
        let mark = if self.check.is_loading() || self.suggestions.is_loading() {
            StageMark::Running
        } else if self.broken.is_some() || (!rules.is_empty() && self.check.error().is_some()) {
            StageMark::NeedsAttention
        } else if rules.is_empty() || self.check.value().is_none() {
            StageMark::Nothing
        } else if self.is_stale(&state.data) {
            StageMark::Stale
        } else if rules
            .iter()
            .all(|rule| self.outcome(rule).is_some_and(RuleOutcome::passed))
        {
            StageMark::Done
        } else {
            StageMark::NeedsAttention
        };
        StageStatus { mark, count }
    }

    /// What became of a rule as it stands now, in the newest check.
    pub fn outcome(&self, rule: &Rule) -> Option<&RuleOutcome> {
        self.check.value()?.of(rule)
    }

    /// True if another log was loaded since the check, or a rule was not checked as it stands.
    pub fn is_stale(&self, data: &DataState) -> bool {
        let Some(check) = self.check.value() else { return false };
        let log = data.dataset.ready().map(|log| &log.info.hash);
        let is_other_log = log.is_some_and(|log| *log != check.log);
        is_other_log || self.sheet.rules().iter().any(|rule| check.of(rule).is_none())
    }

    /// True while a job of this stage runs.
    pub fn is_busy(&self) -> bool {
        self.check.is_loading() || self.suggestions.is_loading() || self.trial.is_loading()
    }

    /// True if the project has this rule, whatever its severity and reason.
    pub fn has(&self, rule: &Rule) -> bool {
        let same = |known: &Rule| known.expectation == rule.expectation && known.filter == rule.filter;
        self.sheet.rules().iter().any(same)
    }

    /// How many rules passed, of all that the project has; `None` where they were not checked.
    pub fn passed(&self) -> Option<(usize, usize)> {
        self.check.value()?;
        let rules = self.sheet.rules();
        let passed = rules
            .iter()
            .filter(|rule| self.outcome(rule).is_some_and(RuleOutcome::passed));
        Some((passed.count(), rules.len()))
    }
}
