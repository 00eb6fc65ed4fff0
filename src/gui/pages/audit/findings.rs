//! The list of findings with severity chips, search and share bars.

use super::detail::Detail;
use crate::engine::artifact::Severity;
use crate::engine::audit::{Acceptance, AuditReport, Dimension, Finding, Unit};
use crate::gui::i18n::number::{count, share};
use crate::gui::i18n::{audit as words, audit_decisions as decisions, common};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

const LIST_WIDTH: f32 = 470.0;

/// Widget state of the list.
#[derive(Default)]
pub(super) struct FindingsList {
    severity: Option<Severity>,
    /// Only accepted findings are listed.
    only_accepted: bool,
    search: String,
    /// Index into the report's findings; the first of the list where nothing was chosen.
    selected: Option<usize>,
    detail: Detail,
}

impl FindingsList {
    /// Opens a finding, whatever the list is narrowed to.
    pub(super) fn open(&mut self, index: usize) {
        (self.severity, self.only_accepted, self.selected) = (None, false, Some(index));
        self.search.clear();
    }

    pub(super) fn ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, dimension: Option<Dimension>, ui: &mut Ui) {
        if report.findings.is_empty() {
            widgets::empty_page(ui, cx.t(words::NOTHING_FOUND), cx.t(words::EMPTY_WHY), None);
            return;
        }
        let shown = self.shown(cx, report, dimension);
        if self.selected.is_none_or(|selected| !shown.contains(&selected)) {
            self.selected = shown.first().copied();
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
                if let Some(index) = self.selected
                    && let Some(finding) = report.findings.get(index)
                {
                    self.detail.ui(cx, report, (index, finding), height, ui);
                }
            });
        });
    }

    /// Shows open and accepted findings again.
    pub(super) fn show_all(&mut self) {
        self.only_accepted = false;
    }

    /// Indices of the findings that pass the filters, in the report's order, those that are accepted last.
    fn shown(&self, cx: &PageContext<'_>, report: &AuditReport, dimension: Option<Dimension>) -> Vec<usize> {
        let search = self.search.trim().to_lowercase();
        let passes = |finding: &Finding| {
            let column = finding.column.as_deref().unwrap_or_default();
            let is_open = cx.state.audit.accepted.is_open(finding);
            self.severity
                .is_none_or(|severity| finding.severity == severity && is_open)
                && !(self.only_accepted && is_open)
                && dimension.is_none_or(|dimension| finding.dimension == dimension)
                && (search.is_empty()
                    || [cx.b(&finding.title), cx.b(&finding.message), column, &finding.code]
                        .iter()
                        .any(|text| text.to_lowercase().contains(&search)))
        };
        let (mut open, accepted): (Vec<usize>, Vec<usize>) = (0..report.findings.len())
            .filter(|&index| passes(&report.findings[index]))
            .partition(|&index| cx.state.audit.accepted.is_open(&report.findings[index]));
        open.extend(accepted);
        open
    }

    fn chips_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let accepted = &cx.state.audit.accepted;
            let all = format!("{} {}", cx.t(common::ALL), report.findings.len());
            if widgets::toggle_chip(ui, self.severity.is_none() && !self.only_accepted, &all).clicked() {
                (self.severity, self.only_accepted) = (None, false);
            }
            let kinds = [
                (Severity::Error, "●", common::ERROR),
                (Severity::Warning, "▲", common::WARNING),
                (Severity::Info, "■", common::INFO),
            ];
            for (severity, shape, word) in kinds {
                let of_severity = report.findings.iter().filter(|finding| finding.severity == severity);
                let open = of_severity.filter(|finding| accepted.is_open(finding)).count();
                let label = format!("{shape} {} {open}", cx.t(word));
                let on = self.severity == Some(severity);
                if widgets::toned_chip(ui, on, severity.into(), &label).clicked() {
                    (self.severity, self.only_accepted) = (if on { None } else { Some(severity) }, false);
                }
            }
            let num_accepted = report.findings.len() - cx.state.audit.num_open(report);
            if num_accepted > 0 {
                let label = format!("✓ {} {num_accepted}", cx.t(decisions::ACCEPTED));
                if widgets::toggle_chip(ui, self.only_accepted, &label).clicked() {
                    (self.severity, self.only_accepted) = (None, !self.only_accepted);
                }
            } else {
                self.only_accepted = false;
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    self.search_ui(cx, 130.0, ui);
                });
            }
        });
        // Five chips leave no room for the field beside them.
        if report.findings.len() > cx.state.audit.num_open(report) {
            ui.add_space(space::TIGHT);
            self.search_ui(cx, f32::INFINITY, ui);
        }
    }

    fn search_ui(&mut self, cx: &PageContext<'_>, widest: f32, ui: &mut Ui) {
        let field = egui::TextEdit::singleline(&mut self.search)
            .hint_text(cx.t(common::FILTER))
            .desired_width(ui.available_width().min(widest));
        ui.add(field).accessible_name(cx.t(words::SEARCH));
    }

    fn table_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, shown: &[usize], ui: &mut Ui) {
        if shown.is_empty() {
            let color = palette(ui).text_2;
            ui.label(RichText::new(cx.t(words::NOTHING_MATCHES)).color(color));
            return;
        }
        let columns = [
            Column::left("", 18.0),
            Column::rest(cx.t(words::FINDING)),
            Column::left(cx.t(words::CODE), 44.0),
            Column::right(cx.t(words::COUNT), 66.0),
            Column::left(cx.t(words::SHARE), 66.0),
        ];
        let selected = shown.iter().position(|&index| Some(index) == self.selected);
        let height = ui.available_height();
        let clicked = widgets::table(
            ui,
            "audit findings",
            &columns,
            (shown.len(), height, selected),
            |row, place| {
                let finding = &report.findings[shown[place]];
                let decision = cx.state.audit.accepted.of(finding);
                row.col(|ui| match decision {
                    Some(_) => widgets::cell(ui, "✓", palette(ui).text_2),
                    None => {
                        widgets::severity_mark(ui, finding.severity);
                    }
                });
                row.col(|ui| title_ui(cx, finding, decision, ui));
                row.col(|ui| widgets::cell(ui, &finding.code, palette(ui).text_2));
                row.col(|ui| widgets::cell_right(ui, &count(finding.count), palette(ui).text));
                row.col(|ui| {
                    let part = finding.share.unwrap_or(0.0);
                    let tone = decision.map_or(Tone::from(finding.severity), |_| Tone::Quiet);
                    let bar = widgets::share_bar(ui, part as f32, tone, 56.0);
                    bar.on_hover_text(share(part));
                });
            },
        );
        if let Some(place) = clicked {
            self.selected = Some(shown[place]);
        }
    }
}

/// The title; that of an accepted finding muted, with the reason and what it grew by.
fn title_ui(cx: &PageContext<'_>, finding: &Finding, decision: Option<&Acceptance>, ui: &mut Ui) {
    let p = palette(ui);
    let Some(decision) = decision else {
        return widgets::cell(ui, cx.b(&finding.title), p.text);
    };
    let more = decision.growth(finding);
    let (grown, color) = if more > 0 {
        (format!("▲ +{} · ", count(more)), p.warning)
    } else {
        (String::new(), p.text_2)
    };
    let told = format!("{grown}{} · {}", cx.b(&finding.title), decision.reason);
    widgets::cell(ui, &told, color);
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
