//! The rules page: what the analyst expects of the log, what became of it, suggestions, and a form for each kind.

mod detail;
mod editor;
mod form;
mod list;
mod suggestions;

use super::{Page, PageContext};
use crate::gui::command::Command;
use crate::gui::command::rules::{RulesCommand, RulesView};
use crate::gui::i18n::common;
use crate::gui::i18n::rules as words;
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use editor::{Editor, Ended};
use egui::{RichText, Ui};

/// Share of the width that the list takes.
const LIST_SHARE: f32 = 0.54;

/// Widget state only.
#[derive(Default)]
pub struct RulesPage {
    /// Index into the project's rules.
    selected: usize,
    editor: Option<Editor>,
    ticks: suggestions::Ticks,
}

impl RulesPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.rules;
        if let Some(why) = &state.broken {
            broken_ui(cx, cx.b(why), ui);
        } else if state.view == RulesView::Suggestions {
            suggestions::ui(cx, &mut self.ticks, ui);
        } else if state.sheet.rules().is_empty() && self.editor.is_none() {
            self.empty_ui(cx, ui);
        } else {
            self.ready_ui(cx, ui);
        }
    }

    /// No rule yet: what they are for, and three ways to have some.
    fn empty_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
        if cx.state.data.dataset.value().is_none() {
            no_log_ui(cx, ui);
            return;
        }
        tabs_ui(cx, ui);
        let p = palette(ui);
        widgets::card(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.add_space(56.0);
                ui.label(RichText::new(cx.t(words::EMPTY)).font(text::verdict()).color(p.text));
                ui.add_space(space::TIGHT);
                ui.scope(|ui| {
                    ui.set_max_width(600.0);
                    ui.label(RichText::new(cx.t(words::EMPTY_WHY)).color(p.text_2));
                });
                ui.add_space(space::GAP);
                if widgets::primary_button(ui, cx.t(words::SUGGEST_FROM_LOG), true).clicked() {
                    send(cx, RulesCommand::Suggest);
                }
                ui.add_space(space::SMALL);
                if widgets::secondary_button(ui, cx.t(words::WRITE)).clicked() {
                    self.editor = Some(Editor::of_new(cx));
                }
                ui.add_space(space::SMALL);
                if widgets::secondary_button(ui, cx.t(words::OPEN)).clicked() {
                    send(cx, RulesCommand::Open);
                }
                ui.add_space(56.0);
            });
        });
    }

    fn ready_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        self.header_ui(cx, ui);
        tabs_ui(cx, ui);
        ui.add_space(space::TIGHT);
        undo_keys(cx, ui);
        let rules = cx.state.rules.sheet.rules();
        self.selected = self.selected.min(rules.len().saturating_sub(1));
        let (width, height) = (ui.available_width(), body_height(ui));
        let columns = widgets::Columns::of(width, LIST_SHARE);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                if let Some(clicked) = list::card(cx, self.selected, height, ui) {
                    self.selected = clicked;
                    self.editor = None;
                }
            });
            columns.right(ui, |ui| self.right_ui(cx, height, ui));
        });
    }

    fn right_ui(&mut self, cx: &PageContext<'_>, height: f32, ui: &mut Ui) {
        let rules = cx.state.rules.sheet.rules();
        if let Some(editor) = &mut self.editor {
            match editor.ui(cx, height, ui) {
                Some(Ended::Saved { is_new }) => {
                    self.editor = None;
                    if is_new {
                        self.selected = rules.len();
                    }
                }
                Some(Ended::Cancelled) => self.editor = None,
                None => {}
            }
        } else if let Some(rule) = rules.get(self.selected) {
            match detail::ui(cx, (self.selected, rule), height, ui) {
                Some(detail::Asked::Edit) => self.editor = Some(Editor::of_rule(self.selected, rule)),
                Some(detail::Asked::Copy) => self.editor = Some(Editor::of_copy(rule)),
                None => {}
            }
        }
    }

    fn header_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.rules;
        let check = state.check.value();
        let name = check.map(|check| check.log_name.as_str());
        let counts = state.passed();
        let facts = words::facts(
            cx.lang(),
            state.sheet.rules().len(),
            counts.zip(name),
            check.map(|c| c.checked_ms),
        );
        widgets::page_header(ui, cx.t(words::TITLE), &facts, |ui| {
            let has_log = cx.state.data.dataset.ready().is_some();
            let can_check = has_log && !state.is_busy() && !state.sheet.rules().is_empty();
            // While a rule is written, saving it is what the page is for.
            let check = if self.editor.is_some() {
                ui.add_enabled_ui(can_check, |ui| widgets::secondary_button(ui, cx.t(words::CHECK_ALL)))
                    .inner
            } else {
                widgets::primary_button(ui, cx.t(words::CHECK_ALL), can_check)
            };
            if check.clicked() {
                send(cx, RulesCommand::Check);
            }
            if widgets::secondary_button(ui, cx.t(words::WRITE)).clicked() {
                self.editor = Some(Editor::of_new(cx));
            }
            ui.add_enabled_ui(has_log, |ui| {
                if widgets::secondary_button(ui, cx.t(words::SUGGEST_FROM_LOG)).clicked() {
                    send(cx, RulesCommand::Suggest);
                }
            });
            for (label, command) in [(words::SAVE, RulesCommand::Save), (words::OPEN, RulesCommand::Open)] {
                if widgets::secondary_button(ui, cx.t(label)).clicked() {
                    send(cx, command);
                }
            }
        });
    }
}

fn send(cx: &PageContext<'_>, command: RulesCommand) {
    cx.send(Command::Rules(command));
}

/// The quiet title of a card, with small actions on the right.
fn heading(ui: &mut Ui, title: &str, actions: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        ui.label(RichText::new(title).font(text::body()).color(palette(ui).text_2));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
    });
    ui.add_space(space::TIGHT);
}

/// What is left of the window below the tabs, enough for a list in any case.
fn body_height(ui: &Ui) -> f32 {
    let left = ui.clip_rect().bottom() - ui.cursor().top() - f32::from(space::PAGE_Y);
    left.clamp(420.0, 2_000.0)
}

/// The rules and the suggestions beside each other, and how the check stands.
fn tabs_ui(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.rules;
    let has_suggestions = !matches!(state.suggestions, Loadable::Empty);
    let has_note = state.check.is_loading()
        || state.check.error().is_some()
        || state.is_stale(&cx.state.data)
        || !state.sheet.keeps_comments()
        || state.saved.is_some();
    if !(has_suggestions || has_note) {
        return;
    }
    ui.horizontal(|ui| {
        ui.set_min_height(24.0);
        if has_suggestions {
            let found = state.suggestions.value().map(|found| found.found.rules.len());
            let found = found.map_or_else(|| "…".to_owned(), |found| found.to_string());
            let tabs = [
                (
                    RulesView::Rules,
                    format!("{} {}", cx.t(words::TITLE), state.sheet.rules().len()),
                ),
                (RulesView::Suggestions, format!("{} {found}", cx.t(words::SUGGESTIONS))),
            ];
            for (view, label) in tabs {
                if widgets::toggle_chip(ui, state.view == view, &label).clicked() {
                    send(cx, RulesCommand::Show(view));
                }
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| notes_ui(cx, ui));
    });
}

fn notes_ui(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.rules;
    if let Loadable::Loading { progress, .. } = &state.check {
        if widgets::link(ui, cx.t(common::CANCEL)).clicked() {
            cx.send(Command::CancelJob(Stage::Rules));
        }
        let seen = progress.snapshot();
        let label = format!("{} {:.0} %", cx.b(&seen.phase), seen.fraction * 100.0);
        ui.label(RichText::new(label).font(text::small()).color(palette(ui).text_2));
    } else if let Some(error) = state.check.error() {
        if widgets::link(ui, cx.t(common::RETRY)).clicked() {
            send(cx, RulesCommand::Check);
        }
        widgets::tone_text(ui, Tone::Danger, error);
    } else if state.is_stale(&cx.state.data) {
        widgets::tone_text(ui, Tone::Warning, cx.t(words::STALE));
    } else if !state.sheet.keeps_comments() {
        widgets::tone_text(ui, Tone::Warning, cx.t(words::LOSES_COMMENTS));
    } else if let Some(saved) = &state.saved {
        widgets::tone_text(ui, Tone::Success, saved);
    }
}

fn undo_keys(cx: &PageContext<'_>, ui: &mut Ui) {
    let undo = egui::KeyboardShortcut::new(egui::Modifiers::COMMAND, egui::Key::Z);
    let redo = egui::KeyboardShortcut::new(egui::Modifiers::COMMAND.plus(egui::Modifiers::SHIFT), egui::Key::Z);
    // Text fields have their own undo.
    if !ui.ctx().egui_wants_keyboard_input() {
        if ui.input_mut(|input| input.consume_shortcut(&redo)) {
            send(cx, RulesCommand::Redo);
        } else if ui.input_mut(|input| input.consume_shortcut(&undo)) {
            send(cx, RulesCommand::Undo);
        }
    }
}

fn no_log_ui(cx: &PageContext<'_>, ui: &mut Ui) {
    match &cx.state.data.dataset {
        Loadable::Loading { progress, .. } => {
            if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                cx.send(Command::CancelJob(Stage::Data));
            }
        }
        Loadable::Failed { error, .. } => {
            if widgets::failed_page(ui, cx.lang(), error, cx.t(words::GO_DATA)) {
                cx.send(Command::Go(Page::Data));
            }
        }
        _ => {
            let action = Some(cx.t(words::GO_DATA));
            if widgets::empty_page(ui, cx.t(words::NO_LOG), cx.t(words::NO_LOG_WHY), action) {
                cx.send(Command::Go(Page::Data));
            }
        }
    }
}

/// The file on the disk cannot be used: it is mended there, or another takes its place.
fn broken_ui(cx: &PageContext<'_>, why: &str, ui: &mut Ui) {
    widgets::page_header(ui, cx.t(words::TITLE), "", |ui| {
        if widgets::secondary_button(ui, cx.t(words::OPEN)).clicked() {
            send(cx, RulesCommand::Open);
        }
    });
    if widgets::failed_page(ui, cx.lang(), why, cx.t(words::READ_AGAIN)) {
        send(cx, RulesCommand::Reload);
    }
}
