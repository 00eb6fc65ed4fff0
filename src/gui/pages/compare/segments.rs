//! The deciding metric of a pair within each segment, as a forest plot.

use crate::engine::compare::{Comparison, SegmentComparison};
use crate::gui::i18n::{compare as words, evaluate as shared_words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette};
use crate::gui::widgets::{self, Column, ForestScale, forest_cell};
use egui::{RichText, Ui};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, found: &Comparison, (a, b): (&str, &str)) {
    let title = format!("{}: {}", cx.t(words::SEGMENTS), cx.b(&found.primary_metric.label()));
    let own: Vec<&SegmentComparison> = found
        .segments
        .iter()
        .filter(|part| part.a == a && part.b == b)
        .collect();
    widgets::card_titled(
        ui,
        &title,
        |_ui| {},
        |ui| {
            if own.is_empty() {
                ui.label(RichText::new(cx.t(words::NO_SEGMENTS)).color(palette(ui).text_2));
                return;
            }
            table(cx, ui, found, &own);
        },
    );
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, found: &Comparison, own: &[&SegmentComparison]) {
    let p = palette(ui);
    let ends = own.iter().filter_map(|part| part.interval).flatten();
    let scale = ForestScale::around(ends, Some(0.0));
    let columns = [
        Column::left(cx.t(shared_words::SEGMENT), 100.0),
        Column::left(cx.t(shared_words::VALUE), 130.0),
        Column::right(cx.t(shared_words::ROWS), 64.0),
        Column::rest_above(cx.t(words::DIFFERENCE), 160.0),
        Column::right(cx.t(words::DIFFERENCE), 70.0),
        Column::right(cx.t(words::P), 76.0),
    ];
    let higher = found.primary_metric.higher_is_better();
    let alpha = found.config.alpha;
    widgets::table(
        ui,
        "segment-differences",
        &columns,
        (own.len(), 240.0, None),
        |row, index| {
            let part = own[index];
            let name = if part.value.is_empty() {
                cx.t(shared_words::MISSING)
            } else {
                part.value.as_str()
            };
            let delta = part
                .delta
                .map_or_else(|| "–".to_owned(), |delta| number::signed(delta, 4));
            row.col(|ui| widgets::cell(ui, &part.column, p.text_2));
            row.col(|ui| widgets::cell(ui, name, p.text));
            row.col(|ui| widgets::cell_right(ui, &number::count(part.n), p.text));
            row.col(|ui| {
                let spoken = format!("{name} {delta}");
                forest_cell(
                    ui,
                    &scale,
                    part.delta,
                    part.interval,
                    (tone(part, higher, alpha), &spoken),
                );
            });
            row.col(|ui| widgets::cell_right(ui, &delta, p.text));
            let adjusted = part.p_adjusted.map_or_else(|| "–".to_owned(), number::p_value);
            row.col(|ui| widgets::cell_right(ui, &adjusted, p.text_2));
        },
    );
}

fn tone(part: &SegmentComparison, higher_is_better: bool, alpha: f64) -> Tone {
    match (part.p_adjusted, part.delta) {
        (Some(p), Some(delta)) if p <= alpha && delta != 0.0 => {
            if (delta > 0.0) == higher_is_better {
                Tone::Success
            } else {
                Tone::Danger
            }
        }
        _ => Tone::Info,
    }
}
