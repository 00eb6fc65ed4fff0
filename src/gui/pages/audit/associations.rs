//! How the columns hang together: a triangle of all pairs, the pairs by strength, and what is missing together.

use super::findings::body_height;
use crate::engine::audit::AuditReport;
use crate::engine::audit::associations::{Association, Associations, Measure, MissingPair};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::audit_profile as words;
use crate::gui::i18n::number::{count, fixed, share};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column, HeatCell, HeatLook};
use egui::{RichText, Ui};

/// Columns of the triangle; the table holds the pairs of all.
const MOST_COLUMNS: usize = 24;

pub(super) fn ui(cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
    let state = &cx.state.audit;
    let found = state
        .associations
        .value()
        .map(|all| &**all)
        .or(report.associations.as_ref());
    let Some(found) = found else {
        widgets::empty_page(ui, cx.t(words::NO_ASSOCIATIONS), cx.t(words::NO_ASSOCIATIONS_WHY), None);
        return;
    };
    let height = body_height(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let width = (ui.available_width() * 0.56).floor();
        ui.allocate_ui(egui::vec2(width, height), |ui| {
            titled(
                ui,
                (height, cx.t(words::STRENGTH)),
                |ui| actions(cx, found, ui),
                |ui| triangle(cx, found, ui),
            );
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::GAP;
            let upper = ((height - space::GAP) * 0.6).floor();
            pairs(cx, found, upper, ui);
            // Two cards have one border more above each other than the one beside them.
            missing(cx, found, height - space::GAP - upper - 2.0, ui);
        });
    });
}

/// A card of this height with a title and actions on its right.
fn titled(ui: &mut Ui, (height, title): (f32, &str), actions: impl FnOnce(&mut Ui), add: impl FnOnce(&mut Ui)) {
    widgets::card(ui, |ui| {
        ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
        ui.spacing_mut().item_spacing.y = space::TIGHT;
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            ui.label(RichText::new(title).font(text::body()).color(palette(ui).text_2));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
        });
        add(ui);
    });
}

/// The step that computes what the audit could not afford.
fn actions(cx: &PageContext<'_>, found: &Associations, ui: &mut Ui) {
    let state = &cx.state.audit.associations;
    if state.is_loading() {
        ui.label(
            RichText::new(cx.t(words::ASSOCIATING))
                .font(text::small())
                .color(palette(ui).text_2),
        );
    } else if let Some(error) = state.error() {
        widgets::tone_text(ui, Tone::Danger, error);
    }
    let can_run = found.is_partial() && cx.state.audit.log.is_some() && !state.is_loading();
    if can_run && widgets::link(ui, cx.t(words::ALL_PAIRS)).clicked() {
        cx.send(Command::Audit(AuditCommand::Associate));
    }
}

fn triangle(cx: &PageContext<'_>, found: &Associations, ui: &mut Ui) {
    let names: Vec<&str> = found
        .columns
        .iter()
        .take(MOST_COLUMNS)
        .map(|column| column.name.as_str())
        .collect();
    let labels: Vec<String> = names
        .iter()
        .map(|name| crate::engine::audit::shortened(name, 18))
        .collect();
    let cells: Vec<Vec<HeatCell>> = (0..names.len())
        .map(|row| {
            (0..row)
                .map(|column| cell(cx, found.pair(names[row], names[column])))
                .collect()
        })
        .collect();
    let legend = [
        (-1.0, "−1".to_owned()),
        (-0.5, "−0.5".to_owned()),
        (0.0, "0".to_owned()),
        (0.5, "0.5".to_owned()),
        (1.0, "1".to_owned()),
    ];
    widgets::heat_legend(ui, &legend);
    ui.add_space(space::TIGHT);
    egui::ScrollArea::both()
        .id_salt("audit associations")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            let room = (ui.available_width() - 130.0) / names.len().max(2) as f32;
            let look = HeatLook {
                cell: egui::vec2(room.clamp(36.0, 64.0), 26.0),
                label_width: 130.0,
            };
            widgets::heat_map(ui, cx.t(words::STRENGTH), (&labels, &[]), &cells, look);
            ui.add_space(space::SMALL);
            notes(cx, found, ui);
        });
}

fn cell(cx: &PageContext<'_>, pair: Option<&Association>) -> HeatCell {
    let value = pair.and_then(|pair| pair.value);
    HeatCell {
        strength: value.map(|value| value as f32),
        text: value.map_or_else(|| "–".to_owned(), |value| fixed(value, 2)),
        hint: pair.map_or_else(String::new, |pair| {
            let measure = cx.b(&pair.measure.label()).to_owned();
            words::pair(cx.lang(), (&pair.a, &pair.b), &measure, pair.n)
        }),
    }
}

/// What the numbers are, and which columns take no part.
fn notes(cx: &PageContext<'_>, found: &Associations, ui: &mut Ui) {
    let color = palette(ui).text_2;
    let mut note = |line: &str| {
        ui.add(egui::Label::new(RichText::new(line).font(text::small()).color(color)).wrap());
    };
    for measure in Measure::ALL {
        note(&format!("{} · {}", cx.b(&measure.label()), cx.b(&measure.definition())));
    }
    if found.pairs_left > 0 {
        note(&words::pairs_left(cx.lang(), found.pairs_left));
    }
    let left_out: Vec<String> = found
        .left_out
        .iter()
        .map(|left| format!("{} ({})", left.column, cx.b(&left.reason.label())))
        .collect();
    if !left_out.is_empty() {
        note(&format!("{} {}", cx.t(words::NOT_COMPARED), left_out.join(", ")));
    }
}

fn pairs(cx: &PageContext<'_>, found: &Associations, height: f32, ui: &mut Ui) {
    let title = words::num_pairs(cx.lang(), found.pairs.len());
    titled(
        ui,
        (height, &title),
        |_ui| {},
        |ui| {
            let columns = [
                Column::rest(cx.t(words::PAIR)),
                Column::left(cx.t(words::MEASURE), 120.0),
                Column::right(cx.t(words::VALUE), 58.0),
                Column::right("n", 84.0),
            ];
            let look = (found.pairs.len(), ui.available_height(), None);
            widgets::table(ui, "audit pairs", &columns, look, |row, place| {
                let pair = &found.pairs[place];
                let value = pair.value.map_or_else(|| "–".to_owned(), |value| fixed(value, 3));
                row.col(|ui| widgets::cell(ui, &format!("{} × {}", pair.a, pair.b), palette(ui).text));
                row.col(|ui| widgets::cell(ui, cx.t(words::measure(pair.measure)), palette(ui).text_2));
                row.col(|ui| widgets::cell_right(ui, &value, palette(ui).text));
                row.col(|ui| widgets::cell_right(ui, &count(pair.n), palette(ui).text_2));
            });
        },
    );
}

fn missing(cx: &PageContext<'_>, found: &Associations, height: f32, ui: &mut Ui) {
    let together: Vec<&MissingPair> = found.missingness.pairs.iter().collect();
    titled(
        ui,
        (height, cx.t(words::MISSING_TOGETHER)),
        |_ui| {},
        |ui| {
            if together.is_empty() {
                ui.label(RichText::new(cx.t(words::NOTHING_MISSING)).color(palette(ui).text_2));
                return;
            }
            let columns = [
                Column::rest(cx.t(words::PAIR)),
                Column::right(cx.t(words::BOTH), 84.0),
                Column::right(cx.t(words::SHARE), 62.0),
                Column::right("φ", 62.0),
            ];
            let look = (together.len(), ui.available_height(), None);
            widgets::table(ui, "audit missing pairs", &columns, look, |row, place| {
                let pair = together[place];
                let rows = pair.both + pair.only_a + pair.only_b + pair.neither;
                let phi = pair.phi.map_or_else(|| "–".to_owned(), |phi| fixed(phi, 3));
                row.col(|ui| widgets::cell(ui, &format!("{} + {}", pair.a, pair.b), palette(ui).text));
                row.col(|ui| widgets::cell_right(ui, &count(pair.both), palette(ui).text));
                let part = pair.both as f64 / rows.max(1) as f64;
                row.col(|ui| widgets::cell_right(ui, &share(part), palette(ui).text_2));
                row.col(|ui| widgets::cell_right(ui, &phi, palette(ui).text));
            });
        },
    );
}
