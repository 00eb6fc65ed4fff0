//! Fixed validation rows and how the model scores them, now and at the first evaluation.

use super::super::PageContext;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
    let p = palette(ui);
    let sets = &run.view.samples;
    let (Some(first), Some(now)) = (sets.first(), sets.last()) else {
        ui.label(RichText::new(cx.t(words::NO_SAMPLES)).color(p.text_2));
        return;
    };
    // The evaluation before this one.
    let earlier = sets.len().checked_sub(2).and_then(|at| sets.get(at));
    let columns = [
        Column::rest_above(
            format!("{} {}", cx.t(words::TEXT), words::samples_at(cx.lang(), now.step)),
            160.0,
        ),
        Column::right(cx.t(words::LABEL), 44.0),
        Column::left("", 76.0),
        Column::right(cx.t(words::SCORE_NOW), 60.0),
        Column::right(cx.t(words::SCORE_CHANGE), 64.0),
        Column::right(cx.t(words::SCORE_START), 60.0),
    ];
    let rows = (now.rows.len(), height - space::ROW, None);
    widgets::table(ui, "samples", &columns, rows, |row, index| {
        let sample = &now.rows[index];
        row.col(|ui| {
            let label = RichText::new(&sample.text).font(text::table()).color(p.text);
            ui.add(egui::Label::new(label).truncate()).on_hover_text(&sample.text);
        });
        let is_positive = sample.label >= 0.5;
        let color = if is_positive { p.success } else { p.text_2 };
        row.col(|ui| widgets::cell_right(ui, &number::fixed(sample.label, 0), color));
        row.col(|ui| {
            let share = if sample.score.is_finite() {
                sample.score as f32
            } else {
                0.0
            };
            widgets::share_bar(ui, share, Tone::Info, 66.0);
        });
        row.col(|ui| widgets::cell_right(ui, &number::fixed(sample.score, 3), p.text));
        let change = earlier
            .and_then(|set| set.rows.get(index))
            .filter(|before| before.text == sample.text)
            .map(|before| sample.score - before.score);
        row.col(|ui| change_cell(ui, change, is_positive));
        // The same row at the start, found by its place and its text.
        let before = first.rows.get(index).filter(|before| before.text == sample.text);
        let score = before.map_or_else(|| "–".to_owned(), |before| number::fixed(before.score, 2));
        row.col(|ui| widgets::cell_right(ui, &score, p.text_2));
    });
}

/// How far the score moved since the evaluation before: towards the label is good.
fn change_cell(ui: &mut Ui, change: Option<f64>, is_positive: bool) {
    let p = palette(ui);
    let Some(change) = change.filter(|change| change.is_finite()) else {
        widgets::cell_right(ui, "–", p.text_2);
        return;
    };
    let color = match (change.abs() < 0.0005, (change > 0.0) == is_positive) {
        (true, _) => p.text_2,
        (false, true) => p.success,
        (false, false) => p.danger,
    };
    widgets::cell_right(ui, &number::signed(change, 3), color);
}
