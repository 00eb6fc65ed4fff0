//! The frame of a page: header, and its empty, loading and failed states.

use super::button::{primary_button, secondary_button};
use super::card::card;
use crate::engine::progress::ProgressSnapshot;
use crate::gui::i18n::common;
use crate::gui::settings::Language;
use crate::gui::theme::{Tone, palette, space, text};
use egui::{RichText, Ui};

/// Title, one line of facts, actions on the right (drawn right to left: the primary one first).
pub fn page_header(ui: &mut Ui, title: &str, facts: &str, actions: impl FnOnce(&mut Ui)) {
    let p = palette(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(46.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(RichText::new(title).font(text::title()).color(p.text));
            if !facts.is_empty() {
                ui.label(RichText::new(facts).font(text::body()).color(p.text_2));
            }
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
    });
    ui.add_space(space::SMALL);
}

/// What this page will show, what to do first, and the button for it. True when it is pressed.
pub fn empty_page(ui: &mut Ui, headline: &str, explanation: &str, action: Option<&str>) -> bool {
    let p = palette(ui);
    let mut pressed = false;
    card(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(56.0);
            ui.label(RichText::new(headline).font(text::verdict()).color(p.text));
            ui.add_space(space::TIGHT);
            ui.scope(|ui| {
                ui.set_max_width(560.0);
                ui.label(RichText::new(explanation).color(p.text_2));
            });
            ui.add_space(space::GAP);
            if let Some(label) = action {
                pressed = primary_button(ui, label, true).clicked();
            }
            ui.add_space(56.0);
        });
    });
    pressed
}

/// What is running, how far it is, and a way to stop it. True when cancel is pressed.
pub fn loading_page(ui: &mut Ui, lang: Language, seen: &ProgressSnapshot) -> bool {
    let p = palette(ui);
    let mut cancelled = false;
    card(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(56.0);
            let phase = lang.b(&seen.phase);
            let phase = if phase.is_empty() {
                lang.t(common::WORKING)
            } else {
                phase
            };
            ui.label(RichText::new(phase).font(text::verdict()).color(p.text));
            ui.add_space(space::SMALL);
            ui.add(
                egui::ProgressBar::new(seen.fraction)
                    .desired_width(360.0)
                    .desired_height(8.0)
                    .fill(p.accent),
            );
            ui.label(RichText::new(common::how_far(lang, seen)).color(p.text_2));
            ui.add_space(space::SMALL);
            cancelled = secondary_button(ui, lang.t(common::CANCEL)).clicked();
            ui.add_space(56.0);
        });
    });
    cancelled
}

/// What happened, and the way out. True when the way out is pressed.
pub fn failed_page(ui: &mut Ui, lang: Language, error: &str, way_out: &str) -> bool {
    let p = palette(ui);
    let mut pressed = false;
    card(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(48.0);
            // A row begins at the left; one as wide as what it holds stands in the middle.
            let word = lang.t(common::ERROR);
            let galley = ui.painter().layout_no_wrap(word.to_owned(), text::small(), p.danger);
            let size = egui::vec2(galley.size().x + 19.0, 18.0);
            ui.allocate_ui(size, |ui| super::mark::tone_text(ui, Tone::Danger, word));
            ui.label(
                RichText::new(lang.t(common::FAILED))
                    .font(text::verdict())
                    .color(p.text),
            );
            ui.add_space(space::TIGHT);
            ui.scope(|ui| {
                ui.set_max_width(640.0);
                ui.add(egui::Label::new(RichText::new(error).color(p.text_2)).selectable(true));
            });
            ui.add_space(space::GAP);
            pressed = primary_button(ui, way_out, true).clicked();
            ui.add_space(48.0);
        });
    });
    pressed
}

/// A one-line note that what is shown is out of date.
pub fn stale_note(ui: &mut Ui, lang: Language) {
    super::mark::tone_text(ui, Tone::Warning, lang.t(common::STALE));
}

/// Labels on the left and values on the right of the width that there is; what does not fit is cut and shown on hover.
pub fn fact_lines(ui: &mut Ui, pairs: &[(String, String)]) {
    let p = palette(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let line = |text: &str, color| egui::Label::new(RichText::new(text).font(text::table()).color(color)).truncate();
    for (key, value) in pairs {
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(line(value, p.text));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(line(key, p.text_2));
                });
            });
        });
    }
}

/// Label and value pairs in two columns, values right-aligned.
pub fn key_values(ui: &mut Ui, id: &str, pairs: &[(String, String)]) {
    let p = palette(ui);
    egui::Grid::new(id)
        .num_columns(2)
        .spacing(egui::vec2(16.0, 4.0))
        .show(ui, |ui| {
            for (key, value) in pairs {
                ui.label(RichText::new(key).font(text::table()).color(p.text_2));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.label(RichText::new(value).font(text::table()).color(p.text));
                });
                ui.end_row();
            }
        });
}
