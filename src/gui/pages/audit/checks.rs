//! All checks with what became of them.

use super::findings::body_height;
use crate::engine::audit::{AuditReport, CheckOutcome, CheckStatus};
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
            Column::left(cx.t(words::CHECKS), 250.0),
            Column::left(cx.t(words::OUTCOME), 130.0),
            Column::rest(cx.t(words::SEEN)),
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
                    let worst = report.with_code(&check.code).map(|finding| finding.severity).max();
                    let (tone, word) = match check.outcome {
                        CheckOutcome::Passed => (Tone::Success, words::PASSED),
                        CheckOutcome::Found => (worst.map_or(Tone::Warning, Tone::from), words::FOUND),
                        CheckOutcome::NotApplicable => (Tone::Quiet, words::NOT_APPLICABLE),
                    };
                    widgets::tone_text(ui, tone, cx.t(word));
                });
                row.col(|ui| widgets::cell(ui, &seen(cx, report, check), palette(ui).text_2));
            },
        );
    });
}

/// Why a check could not be applied, or what it found, in the words of its findings.
fn seen(cx: &PageContext<'_>, report: &AuditReport, check: &CheckStatus) -> String {
    if let Some(reason) = &check.reason {
        return cx.b(reason).to_owned();
    }
    let mut found: Vec<&str> = report
        .with_code(&check.code)
        .map(|finding| cx.b(&finding.message))
        .collect();
    let more = found.len().saturating_sub(1);
    found.truncate(1);
    let told = found.concat();
    if more > 0 { format!("{told} (+{more})") } else { told }
}
