//! Carries out the requests of the recipe page.

use super::ApplyContext;
use crate::engine::flow::catalogue;
use crate::engine::flow::choices::key::RECIPE as SETTING;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::project::ArtefactKind;
use crate::engine::recipe::{
    Applied, Recipe, RecipeError, Step, add_step, apply as apply_recipe, preview, step_of, suggest,
};
use crate::engine::run::now_ms;
use crate::gui::command::Command;
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::dialog;
use crate::gui::i18n::recipe as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::settings::Language;
use crate::gui::state::Stage;
use crate::gui::state::recipe::RecipePreview;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Rows before and after a step that the preview collects.
const PREVIEW_ROWS: usize = 200;

pub fn apply(command: RecipeCommand, cx: &mut ApplyContext<'_>) {
    match command {
        RecipeCommand::Run => run(cx),
        RecipeCommand::Suggest => add_suggested(cx),
        RecipeCommand::AddFindings(findings) => add_steps(cx, findings.iter().filter_map(step_of).collect()),
        RecipeCommand::AddStep(action) => {
            edit(cx, |recipe| recipe.steps.push(Step::new(action)));
            cx.state.recipe.selected = cx.state.recipe.recipe.steps.len().checked_sub(1);
        }
        RecipeCommand::SetAction { index, action } => set_action(cx, index, action),
        RecipeCommand::SetEnabled { index, enabled } => edit(cx, |recipe| {
            if let Some(step) = recipe.steps.get_mut(index) {
                step.enabled = enabled;
            }
        }),
        RecipeCommand::Move { from, to } => move_step(cx, from, to),
        RecipeCommand::Remove(index) => remove(cx, index),
        RecipeCommand::Undo => step_in_time(cx, true),
        RecipeCommand::Redo => step_in_time(cx, false),
        RecipeCommand::Select(selected) => {
            cx.state.recipe.selected = selected;
            cx.state.recipe.typing_in = None;
        }
        RecipeCommand::Preview => start_preview(cx),
        RecipeCommand::Export => {
            dialog::save_as(cx.jobs, "recipe.json", |path| {
                Command::Recipe(RecipeCommand::WriteTo(path))
            });
        }
        RecipeCommand::WriteTo(path) => write_to(cx, &path),
        RecipeCommand::Import => {
            let lang = cx.state.settings.language;
            dialog::pick_json(cx.jobs, lang.t(words::IMPORT_TITLE), |path| {
                Command::Recipe(RecipeCommand::ReadFrom(path))
            });
        }
        RecipeCommand::ReadFrom(path) => read_from(cx, &path),
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    let saved: Option<Recipe> = cx.state.project.setting(SETTING);
    cx.state.recipe.is_decided = saved.is_some();
    cx.state.recipe.recipe = saved.unwrap_or_default();
    cx.state.recipe.keep_one_selected();
    cx.state.recipe.awaits_log = cx.state.project.latest(ArtefactKind::CleanDataset).is_some();
}

/// Applies the recipe of a project that was just opened, once its log is read, if that was done before: the cleaned
/// rows are not stored, they are made again.
pub fn resume(cx: &mut ApplyContext<'_>) {
    if !cx.state.recipe.awaits_log {
        return;
    }
    let Some(log) = cx.state.data.dataset.ready().cloned() else {
        return;
    };
    cx.state.recipe.awaits_log = false;
    let state = &cx.state.recipe;
    let (raw, hash) = (&log.info.hash, state.recipe.hash());
    let was_applied = cx.state.project.artefacts.iter().any(|known| {
        known.kind == ArtefactKind::CleanDataset && known.inputs.contains(raw) && known.inputs.contains(&hash)
    });
    let is_untouched = matches!(state.applied, Loadable::Empty) && !cx.state.flow.is_running();
    if was_applied && is_untouched {
        start_applying(cx, log, false);
    }
}

/// One edit: undoable, saved, and previewed by the page when it is drawn.
fn edit(cx: &mut ApplyContext<'_>, change: impl FnOnce(&mut Recipe)) {
    let state = &mut cx.state.recipe;
    let mut next = state.recipe.clone();
    change(&mut next);
    state.typing_in = None;
    state.history.edit(&mut state.recipe, next);
    after_edit(cx);
}

fn after_edit(cx: &mut ApplyContext<'_>) {
    let state = &mut cx.state.recipe;
    state.is_decided = true;
    state.keep_one_selected();
    let recipe = state.recipe.clone();
    cx.state.project.save_setting(SETTING, &recipe);
}

fn set_action(cx: &mut ApplyContext<'_>, index: usize, action: crate::engine::recipe::Action) {
    let state = &mut cx.state.recipe;
    let mut next = state.recipe.clone();
    let Some(step) = next.steps.get_mut(index) else { return };
    step.action = action;
    if state.typing_in == Some(index) {
        state.history.amend(&mut state.recipe, next);
    } else {
        state.history.edit(&mut state.recipe, next);
    }
    state.typing_in = Some(index);
    after_edit(cx);
}

fn move_step(cx: &mut ApplyContext<'_>, from: usize, to: usize) {
    let count = cx.state.recipe.recipe.steps.len();
    if from >= count || to >= count {
        return;
    }
    edit(cx, |recipe| {
        let step = recipe.steps.remove(from);
        recipe.steps.insert(to, step);
    });
    cx.state.recipe.selected = Some(to);
}

fn remove(cx: &mut ApplyContext<'_>, index: usize) {
    if index < cx.state.recipe.recipe.steps.len() {
        edit(cx, |recipe| {
            recipe.steps.remove(index);
        });
    }
}

fn step_in_time(cx: &mut ApplyContext<'_>, back: bool) {
    let state = &mut cx.state.recipe;
    state.typing_in = None;
    let moved = if back {
        state.history.undo(&mut state.recipe)
    } else {
        state.history.redo(&mut state.recipe)
    };
    if moved {
        after_edit(cx);
    }
}

fn add_steps(cx: &mut ApplyContext<'_>, steps: Vec<Step>) {
    edit(cx, |recipe| {
        for step in steps {
            add_step(recipe, step);
        }
    });
}

fn add_suggested(cx: &mut ApplyContext<'_>) {
    match cx.state.audit.report.ready().cloned() {
        Some(report) => add_steps(cx, suggest(&report).steps),
        None => cx.state.project.notice = Some(cx.state.settings.language.t(words::NO_AUDIT).to_owned()),
    }
}

fn run(cx: &mut ApplyContext<'_>) {
    let Some(log) = cx.state.data.dataset.ready().cloned() else {
        let why = cx.state.settings.language.t(words::NO_LOG).to_owned();
        cx.state.recipe.applied.finish(Err(JobFailure::Failed(why)));
        return;
    };
    if !cx.state.recipe.is_decided && cx.state.audit.report.ready().is_some() {
        add_suggested(cx);
    }
    start_applying(cx, log, true);
}

/// Applies the recipe in a job; `is_new` records what comes of it.
fn start_applying(cx: &mut ApplyContext<'_>, log: Arc<Dataset>, is_new: bool) {
    // The preview shares the stage's one job; it is asked for again when the page is drawn.
    if cx.state.recipe.preview.is_loading() {
        cx.state.recipe.preview.finish(Err(JobFailure::Cancelled));
    }
    let (recipe, lang) = (cx.state.recipe.recipe.clone(), cx.state.settings.language);
    let progress = cx.jobs.start(
        Stage::Recipe,
        words::JOB.into(),
        move |progress| apply_recipe(&log, &recipe, progress).map_err(|error| failure(&error, lang, progress)),
        move |outcome, cx| {
            let succeeded = outcome.is_ok();
            cx.state.recipe.applied.finish(outcome);
            if succeeded && is_new {
                record(cx);
            }
        },
    );
    cx.state.recipe.applied.start(progress);
}

/// The error in the window's language.
pub(super) fn failure(error: &RecipeError, lang: Language, progress: &Progress) -> JobFailure {
    match error {
        RecipeError::Cancelled(_) => JobFailure::Cancelled,
        _ if progress.is_cancelled() => JobFailure::Cancelled,
        error => JobFailure::Failed(lang.b(&error.explain()).to_owned()),
    }
}

fn record(cx: &mut ApplyContext<'_>) {
    if let Some(applied) = cx.state.recipe.applied.ready().cloned() {
        record_applied(cx, &applied);
    }
}

/// Adds the recipe and the cleaned log to the catalogue.
pub(super) fn record_applied(cx: &mut ApplyContext<'_>, applied: &Applied) {
    let (name, now) = (applied.dataset.info.name.clone(), now_ms());
    let recipe = cx.state.recipe.recipe.clone();
    cx.state.project.save_setting(SETTING, &recipe);
    let record = catalogue::recipe(&recipe, &applied.input, &name, now);
    cx.state.project.record(&record);
    cx.state.project.record(&catalogue::clean_dataset(applied, now));
}

fn start_preview(cx: &mut ApplyContext<'_>) {
    let state = &cx.state.recipe;
    // Applying goes first: it is what was asked for.
    if state.applied.is_loading() {
        return;
    }
    let (Some(log), Some(key)) = (
        cx.state.data.dataset.value().cloned(),
        state.preview_key(&cx.state.data),
    ) else {
        return;
    };
    let (recipe, focus) = (state.recipe.clone(), state.selected);
    let progress = cx.jobs.start(
        Stage::Recipe,
        words::PREVIEW_JOB.into(),
        move |progress| {
            let started = Instant::now();
            let preview = preview(&log, &recipe, focus, PREVIEW_ROWS, progress)?;
            let elapsed_ms = started.elapsed().as_millis() as u64;
            Ok(RecipePreview {
                preview,
                key,
                elapsed_ms,
            })
        },
        |outcome, cx| cx.state.recipe.preview.finish(outcome),
    );
    cx.state.recipe.preview.start(progress);
}

/// A recipe is a few kilobytes: read and written at once.
fn write_to(cx: &mut ApplyContext<'_>, path: &Path) {
    if let Err(error) = std::fs::write(path, cx.state.recipe.recipe.to_json() + "\n") {
        cx.state.project.notice = Some(format!("{error}: {}", path.display()));
    }
}

fn read_from(cx: &mut ApplyContext<'_>, path: &Path) {
    let lang = cx.state.settings.language;
    let read = std::fs::read_to_string(path)
        .map_err(|error| error.to_string())
        .and_then(|text| Recipe::from_json(&text).map_err(|error| lang.b(&error.explain()).to_owned()));
    match read {
        Ok(recipe) => edit(cx, |current| *current = recipe),
        Err(error) => cx.state.project.notice = Some(format!("{error}: {}", path.display())),
    }
}
