//! The recipe page: steps on the left, the chosen one and the rows it touches on the right.

mod diff;
mod editor;
mod fields;
mod new_step;
mod steps;

#[cfg(test)]
mod page_tests;

use super::{Page, PageContext};
use crate::gui::command::Command;
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::i18n::{number, recipe as words};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::recipe::RecipePreview;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::{self, Figure};
use egui::Ui;

/// Widget state only.
#[derive(Default)]
pub struct RecipePage {
    editor: editor::Editor,
}

impl RecipePage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let log = &cx.state.data.dataset;
        if log.value().is_none() {
            no_log(cx, ui);
            return;
        }
        self.keep_preview_current(cx);
        header(cx, ui);
        if cx.state.recipe.is_stale(&cx.state.data) && !cx.state.recipe.applied.is_loading() {
            widgets::stale_note(ui, cx.lang());
            ui.add_space(space::TIGHT);
        }
        // The steps stay in reach: the one that failed must be mended or switched off.
        if let Some(error) = cx.state.recipe.applied.error() {
            widgets::tone_text(ui, Tone::Danger, error);
            ui.add_space(space::TIGHT);
        }
        figures(cx, ui);
        ui.add_space(space::GAP);
        self.body(cx, ui);
    }

    fn keep_preview_current(&self, cx: &PageContext<'_>) {
        let recipe = &cx.state.recipe;
        let key = recipe.preview_key(&cx.state.data);
        let made_for = recipe.preview.value().map(|preview| &preview.key);
        let failed = recipe.preview.error().is_some();
        if key.as_ref() != made_for && !recipe.applied.is_loading() && !failed {
            // A preview under way for an older recipe is superseded.
            let under_way = recipe.preview.is_loading() && self.editor.was_asked(key.as_ref());
            if !under_way {
                self.editor.asked_for(key);
                send(cx, RecipeCommand::Preview);
            }
        }
    }

    fn body(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let left = 400.0;
        let right = ui.available_width() - left - space::GAP;
        let height = (ui.ctx().content_rect().height() - 290.0).max(380.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            column(ui, left, |ui| steps::card(cx, ui, height));
            column(ui, right, |ui| {
                self.editor.card(cx, ui);
                ui.add_space(space::GAP);
                diff::card(cx, ui, (height - 260.0).max(180.0));
            });
        });
    }
}

fn column(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.set_max_width(width);
        add(ui);
    });
}

fn send(cx: &PageContext<'_>, command: RecipeCommand) {
    cx.send(Command::Recipe(command));
}

/// The preview of the recipe as it stands, or the latest one while it is worked out.
fn shown_preview<'a>(cx: &PageContext<'a>) -> Option<&'a RecipePreview> {
    cx.state.recipe.preview.value().map(|preview| &**preview)
}

fn no_log(cx: &PageContext<'_>, ui: &mut Ui) {
    widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
    match &cx.state.data.dataset {
        Loadable::Loading { progress, .. } => {
            if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                cx.send(Command::CancelJob(Stage::Data));
            }
        }
        Loadable::Failed { error, .. } => {
            if widgets::failed_page(ui, cx.lang(), error, cx.t(words::TO_DATA)) {
                cx.send(Command::Go(Page::Data));
            }
        }
        _ => {
            if widgets::empty_page(
                ui,
                cx.t(words::EMPTY),
                cx.t(words::EMPTY_WHY),
                Some(cx.t(words::TO_DATA)),
            ) {
                cx.send(Command::Go(Page::Data));
            }
        }
    }
}

fn header(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.recipe;
    let name = cx.state.data.dataset.value().map_or("", |log| log.info.name.as_str());
    let on = state.recipe.steps.iter().filter(|step| step.enabled).count();
    let elapsed = shown_preview(cx).map(|preview| preview.elapsed_ms);
    let facts = words::facts(cx.lang(), name, on, state.recipe.steps.len(), elapsed);
    widgets::page_header(ui, cx.t(words::TITLE), &facts, |ui| {
        let idle = !state.applied.is_loading();
        if widgets::primary_button(ui, cx.t(words::APPLY), idle).clicked() {
            send(cx, RecipeCommand::Run);
        }
        for (enabled, label, command) in [
            (state.history.can_redo(), words::REDO, RecipeCommand::Redo),
            (state.history.can_undo(), words::UNDO, RecipeCommand::Undo),
            (true, words::EXPORT, RecipeCommand::Export),
            (true, words::IMPORT, RecipeCommand::Import),
        ] {
            ui.add_enabled_ui(enabled, |ui| {
                if widgets::secondary_button(ui, cx.t(label)).clicked() {
                    send(cx, command);
                }
            });
        }
    });
    let undo = egui::KeyboardShortcut::new(egui::Modifiers::COMMAND, egui::Key::Z);
    let redo = egui::KeyboardShortcut::new(egui::Modifiers::COMMAND.plus(egui::Modifiers::SHIFT), egui::Key::Z);
    // Text fields have their own undo.
    if !ui.ctx().egui_wants_keyboard_input() {
        if ui.input_mut(|input| input.consume_shortcut(&redo)) {
            send(cx, RecipeCommand::Redo);
        } else if ui.input_mut(|input| input.consume_shortcut(&undo)) {
            send(cx, RecipeCommand::Undo);
        }
    }
}

fn figures(cx: &PageContext<'_>, ui: &mut Ui) {
    let preview = shown_preview(cx).map(|found| &found.preview);
    let count = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), number::count);
    let dropped = preview.map(|preview| preview.rows_in - preview.rows_out);
    let share = preview.map(|preview| (preview.rows_in - preview.rows_out) as f64 / preview.rows_in.max(1) as f64);
    let figure = |label, value: String, note: String| Figure {
        label: cx.t(label).to_owned(),
        value,
        note,
        ..Figure::default()
    };
    let applied = match (&cx.state.recipe.applied, cx.state.recipe.is_stale(&cx.state.data)) {
        (Loadable::Loading { .. }, _) => words::CALCULATING,
        (found, _) if found.value().is_none() => words::NOT_APPLIED,
        (_, true) => words::CHANGED_SINCE,
        (_, false) => words::APPLIED,
    };
    let hash = cx
        .state
        .recipe
        .applied
        .value()
        .map_or_else(String::new, |applied| applied.hash.short().to_owned());
    let preview_note = cx.t(words::PREVIEWED).to_owned();
    widgets::figure_card(
        ui,
        &[
            figure(words::ROWS_IN, count(preview.map(|p| p.rows_in)), String::new()),
            figure(words::ROWS_OUT, count(preview.map(|p| p.rows_out)), preview_note),
            figure(
                words::DROPPED,
                count(dropped),
                share.map_or_else(String::new, number::share),
            ),
            figure(words::CELLS, count(preview.map(|p| p.cells_changed)), String::new()),
            figure(words::STATE, cx.t(applied).to_owned(), hash),
        ],
    );
}
