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
    let columns = [
        Column::rest_above(
            format!("{} {}", cx.t(words::TEXT), words::samples_at(cx.lang(), now.step)),
            200.0,
        ),
        Column::right(cx.t(words::LABEL), 44.0),
        Column::left("", 96.0),
        Column::right(cx.t(words::SCORE_NOW), 60.0),
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
            widgets::share_bar(ui, share, Tone::Info, 84.0);
        });
        row.col(|ui| widgets::cell_right(ui, &number::fixed(sample.score, 3), p.text));
        // The same row at the start, found by its place and its text.
        let before = first.rows.get(index).filter(|before| before.text == sample.text);
        let score = before.map_or_else(|| "–".to_owned(), |before| number::fixed(before.score, 2));
        row.col(|ui| widgets::cell_right(ui, &score, p.text_2));
    });
}
