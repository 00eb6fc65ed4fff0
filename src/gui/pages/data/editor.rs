//! How a file is read: every decision with its evidence and a control to decide otherwise, beside the first rows.

use super::super::PageContext;
use super::{decisions, first_rows, formats};
use crate::engine::ingest::{Preview, ReadOptions};
use crate::gui::command::Command;
use crate::gui::command::data::DataCommand;
use crate::gui::i18n::{data as page_words, reading as words};
use crate::gui::loadable::Loadable;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::collections::BTreeMap;

/// Which decisions the left side shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    File,
    Columns,
}

/// Widget state: what is typed and does not yet stand for itself in the options.
#[derive(Default)]
pub struct Editor {
    pub open: bool,
    shown: Shown,
    pub(super) typed: Typed,
}

/// Texts of fields by the decision they are for.
#[derive(Default)]
pub(super) struct Typed(BTreeMap<String, String>);

impl Typed {
    /// A field whose text means a value: what is typed stays while it means the value that is set.
    pub(super) fn field<T: PartialEq>(
        &mut self,
        ui: &mut Ui,
        (key, label, hint): (&str, &str, &str),
        value: &T,
        (read, show): (impl Fn(&str) -> T, impl Fn(&T) -> String),
    ) -> Option<T> {
        let typed = self.0.entry(key.to_owned()).or_default();
        if read(typed) != *value {
            *typed = show(value);
        }
        let changed = ui.push_id(key, |ui| widgets::field(ui, label, typed, hint)).inner;
        let now = read(typed);
        (changed && now != *value).then_some(now)
    }
}

/// Sends the options with a change.
pub(super) fn attempt(cx: &PageContext<'_>, change: impl FnOnce(&mut ReadOptions)) {
    let mut options = cx.state.data.trial().clone();
    change(&mut options);
    cx.send(Command::Data(DataCommand::Try(Box::new(options))));
}

impl Editor {
    /// What the page's head offers while this is open, right to left.
    pub fn actions(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let data = &cx.state.data;
        let can_apply = data.has_changes() && data.preview.error().is_none();
        if widgets::primary_button(ui, cx.t(words::APPLY), can_apply).clicked() {
            cx.send(Command::Data(DataCommand::ApplyTrial));
            self.open = false;
        }
        if !data.trial().is_as_found() && widgets::secondary_button(ui, cx.t(words::RESET)).clicked() {
            cx.send(Command::Data(DataCommand::TryAsFound));
        }
        if widgets::secondary_button(ui, cx.t(words::CLOSE)).clicked() {
            cx.send(Command::Data(DataCommand::DropTrial));
            self.open = false;
        }
    }

    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let loadable = &cx.state.data.preview;
        let current = loadable
            .value()
            .is_some_and(|seen| seen.options == *cx.state.data.trial());
        if !loadable.is_loading() && loadable.error().is_none() && !current {
            cx.send(Command::Data(DataCommand::Preview));
        }
        let seen = loadable.value().cloned();
        let columns = widgets::Columns::of(ui.available_width(), 0.38);
        let window = ui.ctx().content_rect().height() - 120.0;
        let height = (ui.available_height() - space::GAP).min(window).max(320.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                widgets::card(ui, |ui| {
                    ui.set_min_height(height - 28.0);
                    self.decisions(cx, ui, seen.as_ref().map(|seen| &seen.first), height - 64.0);
                });
            });
            columns.right(ui, |ui| {
                widgets::card_titled(
                    ui,
                    cx.t(words::FIRST_ROWS),
                    |ui| {
                        if loadable.is_loading() {
                            ui.spinner();
                        }
                    },
                    |ui| {
                        ui.set_min_height(height - 58.0);
                        rows_side(cx, ui, height - 130.0);
                    },
                );
            });
        });
    }

    fn decisions(&mut self, cx: &PageContext<'_>, ui: &mut Ui, seen: Option<&Preview>, height: f32) {
        let Some(seen) = seen else {
            ui.label(RichText::new(cx.t(page_words::PREVIEWING)).color(palette(ui).text_2));
            return;
        };
        if seen.log.info.dialect.format == "parquet" {
            ui.label(RichText::new(cx.t(words::NO_PARQUET)).color(palette(ui).text_2));
            return;
        }
        ui.horizontal(|ui| {
            let columns = format!("{} {}", cx.t(words::COLUMNS), seen.log.info.columns.len());
            for (tab, label) in [(Shown::File, cx.t(words::FILE)), (Shown::Columns, columns.as_str())] {
                if widgets::toggle_chip(ui, self.shown == tab, label).clicked() {
                    self.shown = tab;
                }
            }
        });
        ui.add_space(space::SMALL);
        let id = match self.shown {
            Shown::File => "decisions",
            Shown::Columns => "formats",
        };
        egui::ScrollArea::vertical()
            .id_salt(id)
            .max_height(height)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                // The bar stands beside the controls, not on them.
                ui.set_max_width(ui.available_width() - space::GAP);
                match self.shown {
                    Shown::File => decisions::ui(cx, ui, seen, &mut self.typed),
                    Shown::Columns => formats::ui(cx, ui, seen, &mut self.typed),
                }
            });
    }
}

fn rows_side(cx: &PageContext<'_>, ui: &mut Ui, height: f32) {
    let loadable = &cx.state.data.preview;
    if let Some(error) = loadable.error() {
        widgets::tone_text(ui, Tone::Danger, error);
        ui.add_space(space::SMALL);
    }
    let Some(seen) = loadable.value() else {
        if let Loadable::Loading { .. } = loadable {
            ui.label(RichText::new(cx.t(page_words::PREVIEWING)).color(palette(ui).text_2));
        }
        return;
    };
    first_rows::ui(cx, ui, &seen.first, height);
}

/// One sentence of evidence, and who decided.
pub(super) fn evidence(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    sentences: &[&crate::engine::artifact::Bilingual],
    set: bool,
) {
    let p = palette(ui);
    let color = if set { p.accent } else { p.text_2 };
    for sentence in sentences {
        ui.add(egui::Label::new(RichText::new(cx.b(sentence)).font(text::small()).color(color)).wrap());
    }
}
