//! All checks with what became of them.

use super::findings::body_height;
use crate::engine::audit::{AuditReport, CheckOutcome};
use crate::gui::i18n::audit as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space};
use crate::gui::widgets::{self, Column};
use egui::Ui;

pub(super) fn ui(cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
    let height = body_height(ui);
    widgets::card(ui, |ui| {
        let columns = [
            Column::left(cx.t(words::CODE), 60.0),
            Column::left(cx.t(words::CHECKS), 300.0),
            Column::left(cx.t(words::OUTCOME), 160.0),
            Column::rest(cx.t(words::REASON)),
        ];
        let height = height - 2.0 * f32::from(space::CARD_Y);
        widgets::table(
            ui,
            "audit checks",
            &columns,
            (report.checks.len(), height, None),
            |row, place| {
                let check = &report.checks[place];
                row.col(|ui| widgets::cell(ui, &check.code, palette(ui).text_2));
                row.col(|ui| widgets::cell(ui, cx.b(&check.name), palette(ui).text));
                row.col(|ui| {
                    let (tone, word) = match check.outcome {
                        CheckOutcome::Passed => (Tone::Success, words::PASSED),
                        CheckOutcome::Found => (Tone::Warning, words::FOUND),
                        CheckOutcome::NotApplicable => (Tone::Quiet, words::NOT_APPLICABLE),
                    };
                    widgets::tone_text(ui, tone, cx.t(word));
                });
                let reason = check.reason.as_ref().map_or("", |reason| cx.b(reason));
                row.col(|ui| widgets::cell(ui, reason, palette(ui).text_2));
            },
        );
    });
}
