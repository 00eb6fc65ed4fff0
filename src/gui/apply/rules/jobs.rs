//! The work of the rules page: checks, suggestions, and the rule that is being written, one job at a time.
//!
//! Invariant: a check that was asked for is made, if need be after the suggestions, which take its place in the queue;
//! the rule that is being written waits for both, since the page asks for it again.

use super::super::ApplyContext;
use crate::engine::flow::rules::{RuleCheck, check_rules, keep_check};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::rules::suggest::suggest as suggest_rules;
use crate::engine::rules::{Expectation, Rule, Tables};
use crate::engine::run::now_ms;
use crate::gui::command::rules::RulesView;
use crate::gui::i18n::rules as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::settings::Language;
use crate::gui::state::Stage;
use crate::gui::state::audit::AuditedLog;
use crate::gui::state::rules::{FromLog, Trial};
use std::path::PathBuf;
use std::sync::Arc;

/// The open log with what rules may refer to.
struct Subject {
    log: Arc<Dataset>,
    items: Option<Arc<Dataset>>,
    users: Option<PathBuf>,
    folder: PathBuf,
    lang: Language,
}

impl Subject {
    /// `None` where no log is open.
    fn of(cx: &ApplyContext<'_>) -> Option<Self> {
        let project = cx.state.project.project.ready();
        Some(Self {
            log: cx.state.data.dataset.ready()?.clone(),
            items: cx.state.data.items.ready().cloned(),
            users: cx.state.project.sources.users.clone(),
            folder: project.map(|project| project.folder().to_owned()).unwrap_or_default(),
            lang: cx.state.settings.language,
        })
    }

    /// The user table, read only where it is needed.
    fn users(&self, is_needed: bool, progress: &Progress) -> Result<Option<Dataset>, JobFailure> {
        let Some(path) = self.users.clone().filter(|_| is_needed) else {
            return Ok(None);
        };
        let read = read_log(&[path], &ReadOptions::default(), progress);
        Ok(Some(read.map_err(|error| {
            JobFailure::told(&error.explain(), self.lang, progress)
        })?))
    }

    fn check(&self, rules: &[Rule], progress: &Progress) -> Result<RuleCheck, JobFailure> {
        let users = self.users(rules.iter().any(names_users), progress)?;
        let tables = Tables {
            items: self.items.as_deref(),
            users: users.as_ref(),
            ..Tables::default()
        };
        check_rules(rules, (&self.log, tables), &self.folder, now_ms(), progress)
            .map_err(|error| JobFailure::from_error(&error, progress))
    }
}

fn names_users(rule: &Rule) -> bool {
    matches!(&rule.expectation, Expectation::References { table, .. } if table == "users")
}

/// Checks the rules that were not checked on this log yet, or all of them.
pub(super) fn check(cx: &mut ApplyContext<'_>, all: bool) {
    let rules = cx.state.rules.sheet.rules().to_vec();
    let Some(subject) = Subject::of(cx).filter(|_| !rules.is_empty() && cx.state.rules.broken.is_none()) else {
        return;
    };
    if cx.state.rules.suggestions.is_loading() {
        cx.state.rules.check_waits = true;
        return;
    }
    if cx.state.rules.trial.is_loading() {
        cx.state.rules.trial.finish(Err(JobFailure::Cancelled));
    }
    let known = cx.state.rules.check.value().cloned();
    let known = known.filter(|check| !all && check.log == subject.log.info.hash && super::has_own_check(cx));
    let rows = cx
        .state
        .rules
        .rows
        .clone()
        .filter(|rows| rows.hash() == &subject.log.info.hash);
    let progress = cx.jobs.start(
        Stage::Rules,
        words::CHECK_JOB.into(),
        move |progress| {
            let is_new = |rule: &&Rule| known.as_ref().is_none_or(|known| known.of(rule).is_none());
            let new: Vec<Rule> = rules.iter().filter(is_new).cloned().collect();
            let mut made = subject.check(&new, progress)?;
            let all = known
                .as_ref()
                .map_or(&[][..], |known| &known.outcomes)
                .iter()
                .chain(&made.outcomes);
            let all: Vec<_> = all.collect();
            let of = |rule: &Rule| {
                all.iter()
                    .rev()
                    .find(|outcome| outcome.rule == *rule)
                    .map(|found| (*found).clone())
            };
            made.outcomes = rules.iter().filter_map(of).collect();
            let rows = match rows {
                Some(rows) => rows,
                None => {
                    let log = AuditedLog::new(Arc::clone(&subject.log));
                    Arc::new(log.map_err(|error| JobFailure::from_error(&error, progress))?)
                }
            };
            Ok((made, rows))
        },
        checked,
    );
    cx.state.rules.check.start(progress);
}

fn checked(outcome: Result<(RuleCheck, Arc<AuditedLog>), JobFailure>, cx: &mut ApplyContext<'_>) {
    let outcome = outcome.map(|(check, rows)| {
        cx.state.rules.rows = Some(rows);
        check
    });
    cx.state.rules.check.finish(outcome);
    if let Loadable::Ready(check) = &cx.state.rules.check {
        let check = Arc::clone(check);
        cx.state.rules.history.add(check.record());
        keep(cx, check);
    }
}

/// The last rule is gone: nothing is left to be shown or reported.
pub(super) fn forget(cx: &mut ApplyContext<'_>) {
    cx.state.rules.check = Loadable::Empty;
    keep(cx, Arc::default());
}

/// Keeps the outcomes with the project, beside the window's work.
fn keep(cx: &mut ApplyContext<'_>, check: Arc<RuleCheck>) {
    let Some(project) = cx.state.project.project.ready().cloned() else {
        return;
    };
    if project.is_read_only() {
        return;
    }
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        if let Err(error) = keep_check(&project, &check) {
            deliver(Box::new(move |cx| {
                let lang = cx.state.settings.language;
                cx.state.project.notice = Some(lang.b(&error.explain()).to_owned());
            }));
        }
    });
}

pub(super) fn suggest(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    cx.state.rules.view = RulesView::Suggestions;
    let Some(subject) = Subject::of(cx) else {
        let why = lang.t(words::NO_LOG).to_owned();
        cx.state.rules.suggestions.finish(Err(JobFailure::Failed(why)));
        return;
    };
    let state = &mut cx.state.rules;
    if state.check.is_loading() {
        state.check.finish(Err(JobFailure::Cancelled));
        state.check_waits = true;
    }
    if state.trial.is_loading() {
        state.trial.finish(Err(JobFailure::Cancelled));
    }
    let progress = cx.jobs.start(
        Stage::Rules,
        words::SUGGEST_JOB.into(),
        move |progress| {
            let users = subject.users(true, progress)?;
            let tables = Tables {
                items: subject.items.as_deref(),
                users: users.as_ref(),
                ..Tables::default()
            };
            let found = suggest_rules(&subject.log, None, &tables, now_ms(), progress)
                .map_err(|error| JobFailure::from_error(&error, progress))?;
            Ok(FromLog {
                found,
                log: subject.log.info.hash.clone(),
            })
        },
        |outcome, cx| {
            cx.state.rules.suggestions.finish(outcome);
            if matches!(cx.state.rules.suggestions, Loadable::Empty) {
                cx.state.rules.view = RulesView::Rules;
            }
            if std::mem::take(&mut cx.state.rules.check_waits) {
                check(cx, true);
            }
        },
    );
    cx.state.rules.suggestions.start(progress);
}

/// Judges the rule that is being written; the page asks again once the stage is free.
pub(super) fn try_rule(cx: &mut ApplyContext<'_>, rule: Rule) {
    let state = &cx.state.rules;
    if state.check.is_loading() || state.suggestions.is_loading() {
        return;
    }
    let Some(subject) = Subject::of(cx) else { return };
    let progress = cx.jobs.start(
        Stage::Rules,
        words::TRY_JOB.into(),
        move |progress| {
            let made = subject.check(std::slice::from_ref(&rule), progress)?;
            let outcome = made.outcomes.into_iter().next().ok_or(JobFailure::Cancelled)?;
            Ok(Trial { log: made.log, outcome })
        },
        |outcome, cx| cx.state.rules.trial.finish(outcome),
    );
    cx.state.rules.trial.start(progress);
}
