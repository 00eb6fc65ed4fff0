//! Carries out the requests of the rules page: edits of the project's rules file. `rules/jobs.rs` does the work.

mod jobs;

use super::ApplyContext;
use crate::engine::artifact::with_causes;
use crate::engine::flow::rules::{self as kept, ProjectRulesError, rules_path, rules_text, save_rules};
use crate::engine::rules::suggest::comment;
use crate::engine::rules::{Expectation, Rule, RuleSheet};
use crate::engine::run::now_ms;
use crate::gui::command::Command;
use crate::gui::command::rules::{RulesCommand, RulesView};
use crate::gui::dialog;
use crate::gui::i18n::{rules as words, shell};
use crate::gui::loadable::Loadable;
use crate::gui::settings::Language;
use crate::gui::state::rules::RulesState;
use std::path::Path;

/// How many earlier files are kept.
const MAX_UNDO: usize = 200;

pub fn apply(command: RulesCommand, cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    match command {
        RulesCommand::Check => {
            read_again(cx);
            jobs::check(cx, true);
        }
        RulesCommand::Suggest => jobs::suggest(cx),
        RulesCommand::Show(view) => cx.state.rules.view = view,
        RulesCommand::Accept(chosen) => accept(cx, &chosen),
        RulesCommand::Add(rule) => edit(cx, |sheet| sheet.push(*rule, "")),
        RulesCommand::Replace { index, old, new } => edit_at(cx, (index, &old), |sheet| sheet.replace(index, *new)),
        RulesCommand::Remove { index, old } => edit_at(cx, (index, &old), |sheet| sheet.remove(index)),
        RulesCommand::Undo => step_in_time(cx, true),
        RulesCommand::Redo => step_in_time(cx, false),
        RulesCommand::Try(rule) => jobs::try_rule(cx, *rule),
        RulesCommand::Open => dialog::pick_toml(cx.jobs, lang.t(words::OPEN_TITLE), |path| {
            Command::Rules(RulesCommand::ReadFrom(path))
        }),
        RulesCommand::ReadFrom(path) => read_from(cx, &path),
        RulesCommand::Save => dialog::save_as(cx.jobs, kept::RULES_FILE, |path| {
            Command::Rules(RulesCommand::WriteTo(path))
        }),
        RulesCommand::WriteTo(path) => write_to(cx, &path),
        RulesCommand::Reload => {
            read_again(cx);
            jobs::check(cx, false);
        }
    }
}

/// Reads what the project that was just opened holds of this stage: two small files.
pub fn restore(cx: &mut ApplyContext<'_>) {
    read_again(cx);
    cx.state.rules.past.clear();
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    cx.state.rules.history = kept::rule_history(project);
    if let Some(check) = kept::kept_check(project) {
        cx.state.rules.check.offer(check);
    }
}

/// Takes over the file as it is on the disk: it may have been edited there.
fn read_again(cx: &mut ApplyContext<'_>) {
    let Some(project) = cx.state.project.project.ready().cloned() else {
        return;
    };
    let name = rules_path(&project).display().to_string();
    let sheet = match rules_text(&project) {
        Ok(Some(text)) if text == cx.state.rules.sheet.text() => Ok(cx.state.rules.sheet.clone()),
        Ok(Some(text)) => RuleSheet::parse(&text, &name).map_err(ProjectRulesError::File),
        Ok(None) => Ok(RuleSheet::default()),
        Err(error) => Err(error),
    };
    let state = &mut cx.state.rules;
    match sheet {
        Ok(sheet) => {
            state.broken = None;
            if sheet != state.sheet {
                remember(state, sheet);
            }
        }
        Err(error) => state.broken = Some(error.explain()),
    }
}

/// Puts a file in the place of the one before, which can be had back.
fn remember(state: &mut RulesState, next: RuleSheet) {
    state.past.push(std::mem::replace(&mut state.sheet, next));
    if state.past.len() > MAX_UNDO {
        state.past.remove(0);
    }
    state.future.clear();
}

/// One edit of the file as it is on the disk: undoable, saved, and what is new is checked.
fn edit(cx: &mut ApplyContext<'_>, change: impl FnOnce(&mut RuleSheet)) {
    read_again(cx);
    if cx.state.rules.broken.is_some() || !may_write(cx) {
        return;
    }
    let mut next = cx.state.rules.sheet.clone();
    change(&mut next);
    if next == cx.state.rules.sheet {
        return;
    }
    remember(&mut cx.state.rules, next);
    after_edit(cx);
}

/// False, and said why, in a project that another window writes.
fn may_write(cx: &mut ApplyContext<'_>) -> bool {
    let project = cx.state.project.project.ready();
    let may = project.is_some_and(|project| !project.is_read_only());
    if !may {
        cx.state.project.notice = Some(cx.state.settings.language.t(shell::READ_ONLY_WHY).to_owned());
    }
    may
}

/// An edit of one rule, unless another stands in its place by now.
fn edit_at(cx: &mut ApplyContext<'_>, (index, old): (usize, &Rule), change: impl FnOnce(&mut RuleSheet)) {
    read_again(cx);
    if cx.state.rules.sheet.rules().get(index) == Some(old) {
        edit(cx, change);
    } else {
        cx.state.project.notice = Some(cx.state.settings.language.t(words::CHANGED_OUTSIDE).to_owned());
    }
}

fn after_edit(cx: &mut ApplyContext<'_>) {
    cx.state.rules.saved = None;
    if let Some(project) = cx.state.project.project.ready()
        && let Err(error) = save_rules(project, &cx.state.rules.sheet, now_ms())
    {
        cx.state.project.notice = Some(cx.state.settings.language.b(&error.explain()).to_owned());
    }
    if cx.state.rules.sheet.rules().is_empty() {
        jobs::forget(cx);
    }
    jobs::check(cx, false);
}

fn step_in_time(cx: &mut ApplyContext<'_>, back: bool) {
    if !may_write(cx) {
        return;
    }
    read_again(cx);
    let state = &mut cx.state.rules;
    let (from, to) = if back {
        (&mut state.past, &mut state.future)
    } else {
        (&mut state.future, &mut state.past)
    };
    let Some(sheet) = from.pop() else { return };
    to.push(std::mem::replace(&mut state.sheet, sheet));
    after_edit(cx);
}

fn accept(cx: &mut ApplyContext<'_>, chosen: &[usize]) {
    let Some(suggested) = cx.state.rules.suggestions.value().cloned() else {
        return;
    };
    let rules: Vec<_> = chosen
        .iter()
        .filter_map(|&index| suggested.found.rules.get(index))
        .collect();
    edit(cx, |sheet| {
        for found in rules {
            sheet.push(found.rule.clone(), &comment(found));
        }
    });
    cx.state.rules.view = RulesView::Rules;
}

/// A rules file is a few kilobytes: read and written at once.
fn read_from(cx: &mut ApplyContext<'_>, path: &Path) {
    if !may_write(cx) {
        return;
    }
    let shown = path.display().to_string();
    let read = std::fs::read_to_string(path).map_err(|source| ProjectRulesError::Read {
        source,
        path: path.to_owned(),
    });
    let sheet = read.and_then(|text| RuleSheet::parse(&text, &shown).map_err(ProjectRulesError::File));
    match sheet {
        Ok(mut sheet) => {
            let folder = cx
                .state
                .project
                .project
                .ready()
                .map(|project| project.folder().to_owned());
            keep_tables_found(&mut sheet, path, folder.as_deref());
            // The file on the disk may be the broken one that this one replaces.
            cx.state.rules.broken = None;
            remember(&mut cx.state.rules, sheet);
            after_edit(cx);
            cx.state.rules.view = RulesView::Rules;
        }
        Err(error) => {
            let lang = cx.state.settings.language;
            cx.state.project.notice = Some(lang.b(&error.explain()).to_owned());
        }
    }
}

/// Tables beside the opened file are named by their whole path in the project's, which lies elsewhere.
fn keep_tables_found(sheet: &mut RuleSheet, path: &Path, folder: Option<&Path>) {
    let from = path.parent().unwrap_or(Path::new(""));
    if folder == Some(from) {
        return;
    }
    for index in 0..sheet.rules().len() {
        let mut rule = sheet.rules()[index].clone();
        if let Expectation::References { table, .. } = &mut rule.expectation
            && !["items", "users"].contains(&table.as_str())
            && Path::new(table.as_str()).is_relative()
            && let Ok(whole) = std::path::absolute(from.join(table.as_str()))
        {
            *table = whole.to_string_lossy().into_owned();
            sheet.replace(index, rule);
        }
    }
}

fn write_to(cx: &mut ApplyContext<'_>, path: &Path) {
    let lang: Language = cx.state.settings.language;
    let shown = path.display().to_string();
    match std::fs::write(path, cx.state.rules.sheet.text()) {
        Ok(()) => cx.state.rules.saved = Some(words::saved(lang, &shown)),
        Err(error) => cx.state.project.notice = Some(format!("{shown}: {}", with_causes(&error))),
    }
}

/// True if the outcomes shown are those of a check that the window made itself.
pub(super) fn has_own_check(cx: &ApplyContext<'_>) -> bool {
    matches!(cx.state.rules.check, Loadable::Ready(_)) && cx.state.rules.rows.is_some()
}
