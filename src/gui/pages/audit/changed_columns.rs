//! The columns of two audits side by side: missing cells, different values, means, and whatever else is kept of them.

use crate::engine::audit::{ColumnChange, ColumnFigures, ColumnState, Value};
use crate::gui::i18n::number::{compact, count, share};
use crate::gui::i18n::{audit as audit_words, audit_history as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, changes: &[ColumnChange], height: f32, ui: &mut Ui) {
    let columns = [
        Column::rest(cx.t(words::COLUMN)),
        Column::right(cx.t(words::MISSING), 126.0),
        Column::right(cx.t(audit_words::DISTINCT), 136.0),
        Column::right(cx.t(audit_words::MEAN), 126.0),
    ];
    let size = (changes.len(), height, None);
    widgets::table(ui, "audit-changes-columns", &columns, size, |row, place| {
        let change = &changes[place];
        row.col(|ui| name_ui(cx, change, ui));
        row.col(|ui| {
            pair_ui(
                ui,
                change.null_share_before.map(share),
                change.null_share_after.map(share),
            )
        });
        let [before, after] = figures(change);
        let distinct = |figures: Option<&ColumnFigures>| figures.map(|figures| count(figures.distinct));
        row.col(|ui| pair_ui(ui, distinct(before), distinct(after)));
        let mean = |figures: Option<&ColumnFigures>| figures.and_then(|figures| figures.mean).map(compact);
        row.col(|ui| pair_ui(ui, mean(before), mean(after)));
        let told = all_figures(cx, change);
        row.response().on_hover_ui(|ui| {
            ui.label(RichText::new(&told).font(text::small()));
        });
    });
}

fn figures(change: &ColumnChange) -> [Option<&ColumnFigures>; 2] {
    [change.figures_before.as_ref(), change.figures_after.as_ref()]
}

/// The name, with what became of the column where it is not simply there in both.
fn name_ui(cx: &PageContext<'_>, change: &ColumnChange, ui: &mut Ui) {
    let p = palette(ui);
    match change.state {
        ColumnState::Same => widgets::cell(ui, &change.name, p.text),
        state => {
            let word = words::column_state(cx.lang(), state);
            widgets::cell(ui, &format!("{} · {word}", change.name), p.warning);
        }
    }
}

/// A figure then and now; once where it is the same.
fn pair_ui(ui: &mut Ui, before: Option<String>, after: Option<String>) {
    let p = palette(ui);
    match (before, after) {
        (Some(before), Some(after)) if before == after => widgets::cell_right(ui, &after, p.text_2),
        (None, None) => widgets::cell_right(ui, "–", p.text_2),
        (before, after) => {
            let [before, after] = [before, after].map(|figure| figure.unwrap_or_else(|| "–".to_owned()));
            widgets::cell_right(ui, &format!("{before} → {after}"), p.text);
        }
    }
}

/// Everything that is kept of the column, a line a figure.
fn all_figures(cx: &PageContext<'_>, change: &ColumnChange) -> String {
    let mut lines = vec![change.name.clone()];
    if let (Some(before), Some(after)) = (change.dtype_before, change.dtype_after) {
        let [before, after] = [before, after].map(|dtype| cx.b(&dtype.label()).to_owned());
        lines.push(format!("{}: {}", cx.t(audit_words::TYPE), then_and_now(before, after)));
    }
    let both = figures(change);
    let number = |pick: fn(&ColumnFigures) -> Option<f64>| both.map(|found| found.and_then(pick).map(compact));
    let value =
        |pick: fn(&ColumnFigures) -> Option<&Value>| both.map(|found| found.and_then(pick).map(ToString::to_string));
    let told = [
        (
            audit_words::DISTINCT,
            both.map(|found| found.map(|found| count(found.distinct))),
        ),
        (audit_words::MEAN, number(|found| found.mean)),
        (audit_words::STD, number(|found| found.std)),
        (words::LOWEST, value(|found| found.min.as_ref())),
        (words::MEDIAN, value(|found| found.median.as_ref())),
        (words::HIGHEST, value(|found| found.max.as_ref())),
        (words::ENTROPY, number(|found| found.entropy_bits)),
    ];
    for (label, [before, after]) in told {
        if before.is_some() || after.is_some() {
            let [before, after] = [before, after].map(|figure| figure.unwrap_or_else(|| "–".to_owned()));
            lines.push(format!("{}: {}", cx.t(label), then_and_now(before, after)));
        }
    }
    lines.join("\n")
}

/// `7 → 9`, or `7` where nothing moved.
fn then_and_now(before: String, after: String) -> String {
    if before == after {
        after
    } else {
        format!("{before} → {after}")
    }
}
