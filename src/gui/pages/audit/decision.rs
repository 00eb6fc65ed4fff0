//! Accepting a finding with a reason, and what became of a decision since.

use super::findings::unit_word;
use crate::engine::audit::{Acceptance, Finding};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::{audit_decisions as words, common};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Widget state of the form.
#[derive(Default)]
pub(super) struct DecisionForm {
    /// The finding the form is open for.
    open_for: Option<usize>,
    reason: String,
    /// Kept from one decision to the next.
    who: String,
}

impl DecisionForm {
    pub(super) fn is_open(&self, index: usize) -> bool {
        self.open_for == Some(index)
    }

    /// The button that opens the form; nothing for a finding that is accepted already.
    pub(super) fn button_ui(&mut self, cx: &PageContext<'_>, (index, finding): (usize, &Finding), ui: &mut Ui) {
        if !cx.state.audit.accepted.is_open(finding) || self.is_open(index) {
            return;
        }
        if widgets::link(ui, cx.t(words::ACCEPT)).clicked() {
            self.open_for = Some(index);
            self.reason.clear();
        }
    }

    pub(super) fn form_ui(&mut self, cx: &PageContext<'_>, index: usize, ui: &mut Ui) {
        let quiet = palette(ui).text_2;
        ui.label(RichText::new(cx.t(words::ACCEPT_WHY)).font(text::small()).color(quiet));
        ui.add_space(space::TIGHT);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            self.fields_ui(cx, ui);
        });
        ui.add_space(space::SMALL);
        self.buttons_ui(cx, index, ui);
    }

    fn fields_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let width = (ui.available_width() * 0.6).min(560.0);
        widgets::labelled(ui, cx.t(words::REASON), |ui| {
            let field = egui::TextEdit::multiline(&mut self.reason)
                .hint_text(cx.t(words::REASON_HINT))
                .desired_rows(2)
                .desired_width(width);
            // The hint would be taken for its name.
            ui.add(field).accessible_name(cx.t(words::REASON));
        });
        widgets::field(ui, cx.t(words::WHO), &mut self.who, "");
    }

    fn buttons_ui(&mut self, cx: &PageContext<'_>, index: usize, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let can_accept = !self.reason.trim().is_empty();
            if widgets::primary_button(ui, cx.t(words::ACCEPT_NOW), can_accept).clicked() {
                cx.send(Command::Audit(AuditCommand::Accept {
                    finding: index,
                    reason: self.reason.trim().to_owned(),
                    who: self.who.trim().to_owned(),
                }));
                self.open_for = None;
            }
            if widgets::secondary_button(ui, cx.t(common::CANCEL)).clicked() {
                self.open_for = None;
            }
        });
    }
}

/// The decision about a finding: when, by whom, why, and whether it has grown since.
pub(super) fn standing_ui(cx: &PageContext<'_>, finding: &Finding, ui: &mut Ui) {
    let accepted = &cx.state.audit.accepted;
    let Some(decision) = accepted.of(finding) else {
        let earlier = accepted.0.iter().find(|known| is_about(known, finding));
        if let Some(earlier) = earlier {
            widgets::tone_text(ui, Tone::Warning, &words::reopened(cx.lang(), earlier.severity));
        }
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let unit = unit_word(cx, decision.unit);
        let told = words::accepted_line(cx.lang(), decision, unit);
        ui.label(RichText::new(format!("✓ {told}")).color(palette(ui).text));
        if widgets::link(ui, cx.t(words::TAKE_BACK)).clicked() {
            cx.send(Command::Audit(AuditCommand::TakeBack {
                code: decision.code.clone(),
                column: decision.column.clone(),
            }));
        }
    });
    let more = decision.growth(finding);
    if more > 0 {
        let told = words::grown(cx.lang(), more, unit_word(cx, finding.unit));
        widgets::tone_text(ui, Tone::Warning, &told);
    }
}

fn is_about(decision: &Acceptance, finding: &Finding) -> bool {
    (&decision.code, &decision.column) == (&finding.code, &finding.column)
}
