//! The list of findings with severity chips, search and share bars.

use super::detail;
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditReport, Dimension, Finding, Unit};
use crate::gui::i18n::number::{count, share};
use crate::gui::i18n::{audit as words, common};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

const LIST_WIDTH: f32 = 470.0;

/// Widget state of the list.
#[derive(Default)]
pub(super) struct FindingsList {
    severity: Option<Severity>,
    search: String,
    /// Index into the report's findings.
    selected: usize,
}

impl FindingsList {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, dimension: Option<Dimension>, ui: &mut Ui) {
        if report.findings.is_empty() {
            widgets::empty_page(ui, cx.t(words::NOTHING_FOUND), cx.t(words::EMPTY_WHY), None);
            return;
        }
        let shown = self.shown(cx, report, dimension);
        if !shown.contains(&self.selected) {
            self.selected = shown.first().copied().unwrap_or(0);
        }
        let height = body_height(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            let width = LIST_WIDTH.min(ui.available_width() * 0.42);
            ui.allocate_ui(egui::vec2(width, height), |ui| {
                widgets::card(ui, |ui| {
                    ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
                    self.chips_ui(cx, report, ui);
                    ui.add_space(space::TIGHT);
                    self.table_ui(cx, report, &shown, ui);
                });
            });
            ui.vertical(|ui| {
                if let Some(finding) = report.findings.get(self.selected).filter(|_| !shown.is_empty()) {
                    detail::ui(cx, report, (self.selected, finding), height, ui);
                }
            });
        });
    }

    /// Indices of the findings that pass the filters, in the report's order.
    fn shown(&self, cx: &PageContext<'_>, report: &AuditReport, dimension: Option<Dimension>) -> Vec<usize> {
        let search = self.search.trim().to_lowercase();
        let passes = |finding: &Finding| {
            let column = finding.column.as_deref().unwrap_or_default();
            self.severity.is_none_or(|severity| finding.severity == severity)
                && dimension.is_none_or(|dimension| finding.dimension == dimension)
                && (search.is_empty()
                    || [cx.b(&finding.title), cx.b(&finding.message), column, &finding.code]
                        .iter()
                        .any(|text| text.to_lowercase().contains(&search)))
        };
        (0..report.findings.len())
            .filter(|&index| passes(&report.findings[index]))
            .collect()
    }

    fn chips_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let all = format!("{} {}", cx.t(common::ALL), report.findings.len());
            if widgets::toggle_chip(ui, self.severity.is_none(), &all).clicked() {
                self.severity = None;
            }
            let kinds = [
                (Severity::Error, "●", common::ERROR),
                (Severity::Warning, "▲", common::WARNING),
                (Severity::Info, "■", common::INFO),
            ];
            for (severity, shape, word) in kinds {
                let label = format!("{shape} {} {}", cx.t(word), report.count(severity));
                let on = self.severity == Some(severity);
                if widgets::toggle_chip(ui, on, &label).clicked() {
                    self.severity = if on { None } else { Some(severity) };
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let field = egui::TextEdit::singleline(&mut self.search)
                    .hint_text(cx.t(common::FILTER))
                    .desired_width(ui.available_width().min(130.0));
                ui.add(field).accessible_name(cx.t(words::SEARCH));
            });
        });
    }

    fn table_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, shown: &[usize], ui: &mut Ui) {
        if shown.is_empty() {
            let color = palette(ui).text_2;
            ui.label(RichText::new(cx.t(words::NOTHING_MATCHES)).color(color));
            return;
        }
        let columns = [
            Column::left("", 36.0),
            Column::rest(cx.t(words::FINDING)),
            Column::left(cx.t(words::CODE), 44.0),
            Column::right(cx.t(words::COUNT), 66.0),
            Column::left(cx.t(words::SHARE), 66.0),
        ];
        let selected = shown.iter().position(|&index| index == self.selected);
        let height = ui.available_height();
        let clicked = widgets::table(
            ui,
            "audit findings",
            &columns,
            (shown.len(), height, selected),
            |row, place| {
                let finding = &report.findings[shown[place]];
                row.col(|ui| {
                    widgets::severity_mark(ui, finding.severity);
                });
                row.col(|ui| widgets::cell(ui, cx.b(&finding.title), palette(ui).text));
                row.col(|ui| widgets::cell(ui, &finding.code, palette(ui).text_2));
                row.col(|ui| widgets::cell_right(ui, &count(finding.count), palette(ui).text));
                row.col(|ui| {
                    let part = finding.share.unwrap_or(0.0);
                    let bar = widgets::share_bar(ui, part as f32, Tone::from(finding.severity), 56.0);
                    bar.on_hover_text(share(part));
                });
            },
        );
        if let Some(place) = clicked {
            self.selected = shown[place];
        }
    }
}

/// What is left of the window below the tabs, enough for a list in any case.
pub(super) fn body_height(ui: &Ui) -> f32 {
    let left = ui.clip_rect().bottom() - ui.cursor().top() - f32::from(space::PAGE_Y);
    left.clamp(420.0, 2_000.0)
}

/// What a finding counts, e.g. `rows`.
pub(super) fn unit_word(cx: &PageContext<'_>, unit: Unit) -> &'static str {
    cx.t(match unit {
        Unit::Rows => common::ROWS,
        Unit::Users => words::USERS,
        Unit::Items => words::ITEMS,
        Unit::Sessions => words::SESSIONS,
        Unit::Columns => words::COLUMNS,
        Unit::Days => words::DAYS,
    })
}
