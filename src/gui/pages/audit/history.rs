//! History over loads: the scores of every audit, the list of audits, and two of them side by side.

use super::changes;
use super::findings::body_height;
use crate::engine::audit::{AuditRecord, Dimension, audit_changes};
use crate::engine::rules::{RuleChange, rule_changes};
use crate::gui::i18n::audit_history as words;
use crate::gui::i18n::number::{count, moment};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column, PlotLook, curve, line_plot};
use egui::{RichText, Ui};
use egui_plot::{MarkerShape, PlotPoints, Points};

const PLOT_HEIGHT: f32 = 230.0;

/// Widget state: the two audits that are compared, by when they were made, so that a new audit changes neither.
#[derive(Default)]
pub(super) struct HistoryView {
    before: Option<u64>,
    after: Option<u64>,
    listed: changes::Listed,
}

impl HistoryView {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let history = &*cx.state.audit.history;
        if history.is_empty() {
            widgets::empty_page(ui, cx.t(words::NONE), cx.t(words::NONE_WHY), None);
            return;
        }
        let (before, after) = self.chosen(history);
        let height = body_height(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            let width = (ui.available_width() * 0.48).floor();
            ui.allocate_ui(egui::vec2(width, height), |ui| {
                widgets::card(ui, |ui| {
                    ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
                    plot_ui(cx, history, ui);
                    ui.add_space(space::SMALL);
                    self.list_ui(cx, history, (before, after), ui);
                });
            });
            ui.vertical(|ui| {
                if let [_] = history {
                    widgets::empty_page(ui, cx.t(words::ONLY_ONE), cx.t(words::NONE_WHY), None);
                } else {
                    let (before, after) = (&history[before], &history[after]);
                    let rules = rules_moved(cx, before, after);
                    let moved = audit_changes(before, after);
                    changes::ui(cx, (&moved, &rules), &mut self.listed, height, ui);
                }
            });
        });
    }

    /// Places of the two audits; the newest and the one before it where nothing is chosen.
    fn chosen(&self, history: &[AuditRecord]) -> (usize, usize) {
        let place = |made: Option<u64>| history.iter().position(|record| Some(record.made_ms) == made);
        let last = history.len() - 1;
        (
            place(self.before).unwrap_or(1.min(last)),
            place(self.after).unwrap_or(0),
        )
    }

    fn list_ui(&mut self, cx: &PageContext<'_>, history: &[AuditRecord], (before, after): (usize, usize), ui: &mut Ui) {
        let color = palette(ui).text_2;
        let columns = [
            Column::left(cx.t(words::BEFORE), 42.0),
            Column::left(cx.t(words::AFTER), 38.0),
            Column::rest(cx.t(words::LOG)),
            Column::left(cx.t(words::WHEN), 112.0),
            Column::right(cx.t(words::ACCEPTED_ROWS), 64.0),
            Column::right(cx.t(words::REJECTED_ROWS), 58.0),
            Column::right(cx.t(words::FINDINGS), 58.0),
        ];
        let size = (history.len(), ui.available_height(), None);
        widgets::table(ui, "audit-history", &columns, size, |row, place| {
            let record = &history[place];
            let number = history.len() - place;
            row.col(|ui| {
                if chip(ui, place == before, cx.t(words::BEFORE), number) {
                    self.before = Some(record.made_ms);
                }
            });
            row.col(|ui| {
                if chip(ui, place == after, cx.t(words::AFTER), number) {
                    self.after = Some(record.made_ms);
                }
            });
            row.col(|ui| {
                let label = egui::Label::new(RichText::new(&record.name).font(text::table())).truncate();
                ui.add(label).on_hover_text(record.log.short());
            });
            row.col(|ui| widgets::cell(ui, &moment(record.made_ms), color));
            let rows = |count_of: fn(&crate::engine::ingest::RowCounts) -> u64| {
                record
                    .rows
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |rows| count(count_of(rows)))
            };
            row.col(|ui| widgets::cell_right(ui, &rows(|rows| rows.accepted), palette(ui).text));
            row.col(|ui| widgets::cell_right(ui, &rows(|rows| rows.rejected), color));
            row.col(|ui| widgets::cell_right(ui, &record.findings.len().to_string(), color));
        });
    }
}

/// What became of the rules on the two logs, as they were last checked on each.
fn rules_moved(cx: &PageContext<'_>, before: &AuditRecord, after: &AuditRecord) -> Vec<RuleChange> {
    let of = |record: &AuditRecord| {
        let check = cx.state.rules.history.of_log(&record.log);
        check.map_or(&[][..], |check| &check.rules)
    };
    rule_changes(of(before), of(after))
}

/// The number of an audit as a chip that chooses it; true when it was pressed.
fn chip(ui: &mut Ui, on: bool, what: &str, number: usize) -> bool {
    let response = widgets::toggle_chip(ui, on, &number.to_string());
    let is_pressed = response.clicked();
    response.on_hover_text(what);
    is_pressed
}

/// The score of each dimension, audit by audit, oldest on the left.
fn plot_ui(cx: &PageContext<'_>, history: &[AuditRecord], ui: &mut Ui) {
    let p = palette(ui);
    ui.label(RichText::new(cx.t(words::SCORES)).color(p.text_2));
    let lowest = history
        .iter()
        .flat_map(|record| record.scores.values().copied())
        .fold(100.0, f64::min);
    let look = PlotLook {
        legend: true,
        include_y: Some((lowest.min(90.0), 101.0)),
        // Room for the legend to the right of the newest audit.
        include_x: Some((0.8, 1.2 + 1.5 * (history.len() as f64 - 0.6))),
        x_counts_to: Some(history.len()),
        x_label: cx.t(words::AUDITS),
        ..PlotLook::new("audit-history-scores", PLOT_HEIGHT)
    };
    line_plot(ui, &look, |plot| {
        for (index, dimension) in Dimension::ALL.into_iter().enumerate() {
            let points: Vec<[f64; 2]> = history
                .iter()
                .rev()
                .enumerate()
                .filter_map(|(place, record)| Some([place as f64 + 1.0, *record.scores.get(&dimension)?]))
                .filter(|[_, score]| score.is_finite())
                .collect();
            let name = cx.b(&dimension.label()).to_owned();
            let marks = Points::new(name.clone(), PlotPoints::from(points.clone()))
                .shape(MARKERS[index])
                .radius(3.5)
                .color(p.series(index));
            plot.line(curve(name, &points, p.series(index)));
            plot.points(marks);
        }
    });
}

/// Dimensions are told apart by shape as well as by colour.
const MARKERS: [MarkerShape; 7] = [
    MarkerShape::Circle,
    MarkerShape::Square,
    MarkerShape::Diamond,
    MarkerShape::Up,
    MarkerShape::Down,
    MarkerShape::Left,
    MarkerShape::Right,
];
