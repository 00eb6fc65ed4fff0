//! One finding: what it means, the plot that convinces, the repair with its effect, the rows behind it, the decision.

use super::decision::{DecisionForm, standing_ui};
use super::findings::unit_word;
use super::repair;
use super::rows::RowsTable;
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditReport, Finding};
use crate::gui::i18n::number::{count, share};
use crate::gui::i18n::{audit as words, audit_decisions as decisions, common};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Highest plot; lower where the window leaves little room for the rows.
const PLOT_HEIGHT: f32 = 190.0;

/// Widget state of the open finding.
#[derive(Default)]
pub(super) struct Detail {
    rows: RowsTable,
    form: DecisionForm,
    /// The repair's rows before and after are shown instead of the rows behind the finding.
    shows_repair: bool,
}

impl Detail {
    pub(super) fn ui(
        &mut self,
        cx: &PageContext<'_>,
        report: &AuditReport,
        (index, finding): (usize, &Finding),
        height: f32,
        ui: &mut Ui,
    ) {
        let top = ui.cursor().top();
        widgets::card(ui, |ui| {
            title_ui(cx, finding, ui);
            let p = palette(ui);
            ui.label(RichText::new(cx.b(&finding.message)).color(p.text));
            ui.label(RichText::new(cx.b(&finding.why)).color(p.text_2));
            standing_ui(cx, finding, ui);
            let plot_height = (height * 0.26).clamp(120.0, PLOT_HEIGHT);
            plots_ui(cx, (index, finding), plot_height, ui);
        });
        ui.add_space(space::TIGHT);
        let left = (height - (ui.cursor().top() - top)).max(240.0);
        widgets::card(ui, |ui| {
            ui.set_height(left - 2.0 * f32::from(space::CARD_Y));
            repair::line_ui(cx, report, (index, finding), ui);
            self.actions_ui(cx, (index, finding), ui);
            ui.add_space(space::TIGHT);
            if self.form.is_open(index) {
                self.form.form_ui(cx, index, ui);
            } else if self.shows_repair && finding.fix.is_some() {
                repair::rows_ui(cx, index, ui);
            } else {
                self.rows.ui(cx, report, (index, finding), ui);
            }
        });
    }

    fn actions_ui(&mut self, cx: &PageContext<'_>, (index, finding): (usize, &Finding), ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.set_min_height(28.0);
            let rows = format!("{} {}", cx.t(words::ROWS_BEHIND), count(finding.rows.len() as u64));
            let has_fix = finding.fix.is_some();
            if widgets::toggle_chip(ui, !(self.shows_repair && has_fix), &rows).clicked() {
                self.shows_repair = false;
            }
            if has_fix && widgets::toggle_chip(ui, self.shows_repair, cx.t(decisions::REPAIR_EFFECT)).clicked() {
                self.shows_repair = true;
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                self.form.button_ui(cx, (index, finding), ui);
                let why = widgets::link(ui, cx.t(words::WHY_THRESHOLD));
                let popup = egui::Popup::from_toggle_button_response(&why).width(360.0);
                popup.show(|ui| {
                    ui.label(cx.b(&finding.threshold));
                });
            });
        });
    }
}

fn title_ui(cx: &PageContext<'_>, finding: &Finding, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(cx.b(&finding.title)).size(15.0).color(palette(ui).text));
        widgets::chip(ui, &finding.code, Tone::Quiet);
        let word = match finding.severity {
            Severity::Error => common::ERROR,
            Severity::Warning => common::WARNING,
            Severity::Info => common::INFO,
        };
        widgets::tone_text(ui, finding.severity.into(), cx.t(word));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let mut label = format!("{} {}", count(finding.count), unit_word(cx, finding.unit));
            if let Some(part) = finding.share {
                label += &format!(" • {}", share(part));
            }
            widgets::chip(ui, &label, Tone::Quiet);
        });
    });
}

fn plots_ui(cx: &PageContext<'_>, (index, finding): (usize, &Finding), height: f32, ui: &mut Ui) {
    let plots: Vec<_> = finding.plots.iter().take(2).collect();
    if plots.is_empty() {
        return;
    }
    ui.add_space(space::SMALL);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let gaps = space::GAP * (plots.len() - 1) as f32;
        let width = ((ui.available_width() - gaps) / plots.len() as f32).floor();
        for (place, plot) in plots.iter().enumerate() {
            let id = format!("finding {index} {} {place}", finding.code);
            widgets::finding_plot(ui, &id, plot, (width, height), cx.lang());
        }
    });
    for note in plots.iter().filter_map(|plot| widgets::drawn_note(plot, cx.lang())) {
        ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
    }
}
