//! Segments: where the model is strong and where it is weak, as a forest plot in a table.

use crate::engine::eval::{Evaluation, SegmentEvaluation};
use crate::gui::i18n::{evaluate as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette};
use crate::gui::widgets::{self, Column, ForestScale, forest_cell};
use egui::{RichText, Ui};

const HEIGHT: f32 = 270.0;

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluation) {
    let count = found.segments.len();
    widgets::card_titled(
        ui,
        cx.t(words::SEGMENTS),
        |ui| {
            if count > 0 {
                widgets::chip(ui, &number::count(count as u64), Tone::Quiet);
            }
        },
        |ui| {
            if count == 0 {
                ui.label(RichText::new(cx.t(words::NO_SEGMENTS)).color(palette(ui).text_2));
                return;
            }
            table(cx, ui, found);
        },
    );
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluation) {
    let ends = found
        .segments
        .iter()
        .filter_map(|segment| segment.auc_interval)
        .flatten();
    let scale = ForestScale::around(ends, found.auc);
    let columns = [
        Column::left(cx.t(words::SEGMENT), 88.0),
        Column::left(cx.t(words::VALUE), 108.0),
        Column::right(cx.t(words::ROWS), 60.0),
        Column::right(cx.t(words::POSITIVE), 64.0),
        Column::right(cx.t(words::AUC), 60.0),
        Column::rest_above(cx.t(words::INTERVAL), 120.0),
        Column::right(cx.t(words::AP), 56.0),
        Column::right(cx.t(words::F1), 56.0),
    ];
    let rows = found.segments.len();
    let p = palette(ui);
    widgets::table(ui, "segments", &columns, (rows, HEIGHT, None), |row, index| {
        let segment = &found.segments[index];
        row.col(|ui| widgets::cell(ui, &segment.column, p.text_2));
        let name = if segment.value.is_empty() {
            cx.t(words::MISSING)
        } else {
            segment.value.as_str()
        };
        row.col(|ui| widgets::cell(ui, name, p.text));
        row.col(|ui| widgets::cell_right(ui, &number::count(segment.n), p.text));
        row.col(|ui| widgets::cell_right(ui, &number::share(segment.positive_rate), p.text));
        row.col(|ui| widgets::cell_right(ui, &shown(segment.auc), p.text));
        row.col(|ui| {
            let spoken = spoken(segment);
            forest_cell(
                ui,
                &scale,
                segment.auc,
                segment.auc_interval,
                (tone(segment, found), &spoken),
            );
        });
        row.col(|ui| widgets::cell_right(ui, &shown(segment.average_precision), p.text));
        row.col(|ui| widgets::cell_right(ui, &shown(segment.f1), p.text));
    });
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 3))
}

fn spoken(segment: &SegmentEvaluation) -> String {
    segment.auc_interval.map_or_else(String::new, |[low, high]| {
        format!(
            "{} {} – {}",
            segment.value,
            number::fixed(low, 3),
            number::fixed(high, 3)
        )
    })
}

/// Weak where the whole interval lies below the AUC of all rows, strong where above.
fn tone(segment: &SegmentEvaluation, found: &Evaluation) -> Tone {
    match (segment.auc_interval, found.auc) {
        (Some([_, high]), Some(all)) if high < all => Tone::Danger,
        (Some([low, _]), Some(all)) if low > all => Tone::Success,
        _ => Tone::Info,
    }
}
