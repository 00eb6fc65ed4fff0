//! The rules of two audits side by side: which broke, which hold again, and how many cells fail then and now.

use crate::engine::rules::{RuleChange, RuleExtent, RuleState, RuleStatus};
use crate::gui::i18n::number::{count, share};
use crate::gui::i18n::{audit_history as words, rules as rule_words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, changes: &[RuleChange], height: f32, ui: &mut Ui) {
    if changes.is_empty() {
        ui.label(RichText::new(cx.t(words::NO_RULES)).color(palette(ui).text_2));
        return;
    }
    let columns = [
        Column::left("", 96.0),
        Column::rest(cx.t(rule_words::RULE)),
        Column::right(cx.t(words::BEFORE), 108.0),
        Column::right(cx.t(words::AFTER), 108.0),
    ];
    let size = (changes.len(), height, None);
    widgets::table(ui, "audit-changes-rules", &columns, size, |row, place| {
        let change = &changes[place];
        row.col(|ui| {
            widgets::tone_text(ui, tone(change), words::rule_state(cx.lang(), change.state));
        });
        row.col(|ui| widgets::cell(ui, cx.b(&change.title), palette(ui).text));
        for extent in [change.before, change.after] {
            row.col(|ui| extent_ui(cx, extent, ui));
        }
    });
}

/// What is broken now is told in the tone of its severity, what is new or the same by how it stands.
fn tone(change: &RuleChange) -> Tone {
    match (change.state, change.after.map(|extent| extent.status)) {
        (RuleState::Gone, _) | (_, None) => Tone::Quiet,
        (_, Some(RuleStatus::Passed)) => Tone::Success,
        (_, Some(RuleStatus::Undefined)) => Tone::Warning,
        (_, Some(RuleStatus::Failed)) => change.severity.into(),
    }
}

fn extent_ui(cx: &PageContext<'_>, extent: Option<RuleExtent>, ui: &mut Ui) {
    let p = palette(ui);
    let Some(extent) = extent else {
        return widgets::cell_right(ui, "–", p.text_2);
    };
    let word = match extent.status {
        RuleStatus::Passed => rule_words::PASSED,
        RuleStatus::Failed => rule_words::FAILED,
        RuleStatus::Undefined => rule_words::NOT_JUDGED,
    };
    let told = match extent.share.filter(|_| extent.failed > 0) {
        Some(part) => share(part),
        None => cx.t(word).to_owned(),
    };
    widgets::cell_right(ui, &told, p.text);
    let told = format!("{}: {} / {}", cx.t(word), count(extent.failed), count(extent.checked));
    ui.response().on_hover_text(RichText::new(told).font(text::small()));
}
