//! Two audits side by side: rows, scores, and below them findings, rules or columns, as the engine compared them.

use super::findings::unit_word;
use super::{changed_columns, changed_rules};
use crate::engine::audit::changes::{AuditChanges, FindingChange, FindingExtent};
use crate::engine::audit::{ColumnChange, ColumnState, FindingState};
use crate::engine::rules::{RuleChange, RuleState};
use crate::gui::i18n::number::{count, fixed, share};
use crate::gui::i18n::{
    audit as audit_words, audit_decisions as decisions, audit_history as words, common, rules as rule_words,
};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

const HEADING: f32 = 26.0;
const SCROLL_BAR: f32 = 16.0;

/// What is listed below the scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Listed {
    #[default]
    Findings,
    Rules,
    Columns,
}

pub(super) fn ui(
    cx: &PageContext<'_>,
    (changes, rules): (&AuditChanges, &[RuleChange]),
    listed: &mut Listed,
    height: f32,
    ui: &mut Ui,
) {
    widgets::card(ui, |ui| {
        ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
        let bottom = ui.cursor().top() + height - 2.0 * f32::from(space::CARD_Y);
        let p = palette(ui);
        let (before, after) = (&changes.before, &changes.after);
        let pair = words::pair(cx.lang(), (&before.name, before.made_ms), (&after.name, after.made_ms));
        ui.label(RichText::new(pair).size(15.0).color(p.text));
        rows_line(cx, changes, ui);
        ui.add_space(space::SMALL);
        scores_ui(cx, changes, ui);
        ui.add_space(space::SMALL);
        chips_ui(cx, (changes, rules), listed, ui);
        let told = match listed {
            Listed::Findings => findings_told(cx, changes),
            Listed::Rules => rules_told(cx, rules),
            Listed::Columns => columns_told(cx, changes),
        };
        ui.label(RichText::new(told).color(p.text_2));
        let left = (bottom - ui.cursor().top() - HEADING).max(120.0);
        ui.scope(|ui| {
            // The table's scroll bar stands beside its columns.
            ui.set_max_width(ui.available_width() - SCROLL_BAR);
            match listed {
                Listed::Findings if changes.findings.is_empty() => {}
                Listed::Findings => findings_ui(cx, changes, left, ui),
                Listed::Rules => changed_rules::ui(cx, rules, left, ui),
                Listed::Columns => changed_columns::ui(cx, &changes.columns, left, ui),
            }
        });
    });
}

fn chips_ui(cx: &PageContext<'_>, (changes, rules): (&AuditChanges, &[RuleChange]), listed: &mut Listed, ui: &mut Ui) {
    ui.horizontal(|ui| {
        let chips = [
            (Listed::Findings, words::FINDINGS, changes.findings.len()),
            (Listed::Rules, rule_words::TITLE, rules.len()),
            (Listed::Columns, audit_words::COLUMNS, changes.columns.len()),
        ];
        for (choice, label, count) in chips {
            let label = format!("{} {count}", cx.t(label));
            if widgets::toggle_chip(ui, *listed == choice, &label).clicked() {
                *listed = choice;
            }
        }
    });
}

fn findings_told(cx: &PageContext<'_>, changes: &AuditChanges) -> String {
    if changes.findings.is_empty() {
        return cx.t(words::NO_FINDINGS).to_owned();
    }
    let states = [
        FindingState::New,
        FindingState::More,
        FindingState::Fewer,
        FindingState::Gone,
        FindingState::Same,
    ];
    words::findings_moved(cx.lang(), states.map(|state| changes.count(state)))
}

fn rules_told(cx: &PageContext<'_>, rules: &[RuleChange]) -> String {
    let states = [
        RuleState::Broken,
        RuleState::New,
        RuleState::Mended,
        RuleState::Gone,
        RuleState::Same,
    ];
    let count = |state| rules.iter().filter(|change| change.state == state).count();
    words::rules_moved(cx.lang(), states.map(count))
}

fn rows_line(cx: &PageContext<'_>, changes: &AuditChanges, ui: &mut Ui) {
    let told = match (changes.before.rows, changes.after.rows) {
        (Some(before), Some(after)) => words::rows_moved(
            cx.lang(),
            (before.accepted, after.accepted),
            (before.rejected, after.rejected),
        ),
        _ => common::named(cx.lang(), cx.t(audit_words::ROWS), cx.t(words::NOT_KEPT)),
    };
    ui.label(RichText::new(told).color(palette(ui).text_2));
}

/// Columns that are new, gone or of another type, and how many moved otherwise.
fn columns_told(cx: &PageContext<'_>, changes: &AuditChanges) -> String {
    if changes.columns.is_empty() {
        return common::named(cx.lang(), cx.t(audit_words::COLUMNS), cx.t(words::NOT_KEPT));
    }
    let is_other = |column: &&ColumnChange| column.state != ColumnState::Same;
    let mut parts: Vec<String> = changes
        .columns
        .iter()
        .filter(is_other)
        .map(|column| format!("{} {}", column.name, words::column_state(cx.lang(), column.state)))
        .collect();
    let kept = changes
        .columns
        .iter()
        .filter(|column| column.state == ColumnState::Same);
    let moved = kept.filter(|column| !column.moved().is_empty()).count();
    if moved > 0 {
        parts.push(words::columns_moved(cx.lang(), moved));
    }
    if parts.is_empty() {
        cx.t(words::COLUMNS_SAME).to_owned()
    } else {
        common::named(cx.lang(), cx.t(audit_words::COLUMNS), &parts.join(" · "))
    }
}

/// Then, now and the change of each score, two dimensions a line.
fn scores_ui(cx: &PageContext<'_>, changes: &AuditChanges, ui: &mut Ui) {
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| fixed(value, 1));
    let look = egui::Grid::new("audit-changes-scores")
        .num_columns(6)
        .min_row_height(22.0)
        .spacing(egui::vec2(space::GAP, 2.0));
    look.show(ui, |ui| {
        let p = palette(ui);
        for (place, change) in changes.scores.iter().enumerate() {
            let mut told = |words: &str, color| {
                ui.label(RichText::new(words).font(text::table()).color(color));
            };
            told(cx.b(&change.dimension.label()), p.text_2);
            told(&format!("{} → {}", number(change.before), number(change.after)), p.text);
            let delta = change.delta.unwrap_or(0.0);
            let color = if delta >= 0.05 {
                p.success
            } else if delta <= -0.05 {
                p.danger
            } else {
                p.text_2
            };
            told(&change.delta.map_or_else(|| "–".to_owned(), decisions::change), color);
            if place % 2 == 1 {
                ui.end_row();
            } else {
                // The second dimension of a line stands apart from the first.
                ui.add_space(2.0 * space::GAP);
            }
        }
    });
}

fn findings_ui(cx: &PageContext<'_>, changes: &AuditChanges, height: f32, ui: &mut Ui) {
    let columns = [
        Column::left("", 66.0),
        Column::left("", 20.0),
        Column::rest(cx.t(audit_words::FINDING)),
        Column::left(cx.t(audit_words::CODE), 44.0),
        Column::right(cx.t(words::BEFORE), 106.0),
        Column::right(cx.t(words::AFTER), 106.0),
    ];
    let size = (changes.findings.len(), height, None);
    widgets::table(ui, "audit-changes-findings", &columns, size, |row, place| {
        let change = &changes.findings[place];
        row.col(|ui| state_ui(cx, change, ui));
        row.col(|ui| {
            if let Some(severity) = change.severity() {
                widgets::severity_mark(ui, severity);
            }
        });
        row.col(|ui| widgets::cell(ui, cx.b(&change.title), palette(ui).text));
        row.col(|ui| widgets::cell(ui, &change.code, palette(ui).text_2));
        for extent in [change.before, change.after] {
            row.col(|ui| extent_ui(cx, extent, ui));
        }
    });
}

fn state_ui(cx: &PageContext<'_>, change: &FindingChange, ui: &mut Ui) {
    let p = palette(ui);
    let (shape, color) = match change.state {
        FindingState::New => ("+", p.danger),
        FindingState::More => ("▲", p.danger),
        FindingState::Fewer => ("▼", p.success),
        FindingState::Gone => ("−", p.success),
        FindingState::Same => ("=", p.text_2),
    };
    let told = format!("{shape} {}", words::finding_state(cx.lang(), change.state));
    widgets::cell(ui, &told, color);
}

fn extent_ui(cx: &PageContext<'_>, extent: Option<FindingExtent>, ui: &mut Ui) {
    let p = palette(ui);
    let Some(extent) = extent else {
        return widgets::cell_right(ui, "–", p.text_2);
    };
    let part = extent
        .share
        .map_or_else(String::new, |part| format!(" · {}", share(part)));
    // The share, too: a longer log has more of everything.
    widgets::cell_right(ui, &format!("{}{part}", count(extent.count)), p.text);
    let told = format!("{} {}{part}", count(extent.count), unit_word(cx, extent.unit));
    ui.response().on_hover_text(RichText::new(told).font(text::small()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_score_is_told_by_shape_and_sign() {
        assert_eq!(decisions::change(-2.04), "▼ −2.0");
        assert_eq!(decisions::change(3.0), "▲ +3.0");
        assert_eq!(decisions::change(0.01), "=");
    }
}
