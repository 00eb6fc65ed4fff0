//! The chosen metric by every method on the same rows.

use super::metrics::shown;
use crate::engine::experiment::Inference;
use crate::engine::experiment::report::MetricResult;
use crate::gui::i18n::{experiments as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, Column};
use egui::Ui;

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, metric: &MetricResult, treatment: usize) {
    let result = &metric.treatments[treatment];
    let all: Vec<&Inference> = std::iter::once(&result.inference).chain(&result.alternatives).collect();
    let title = format!("{} · {}", cx.t(words::READINGS), metric.name);
    widgets::card_titled(
        ui,
        &title,
        |_ui| {},
        |ui| {
            let p = palette(ui);
            let columns = [
                Column::rest_above(cx.t(words::METHOD), 170.0),
                Column::right(cx.t(words::DELTA), 90.0),
                Column::right(cx.t(words::INTERVAL), 170.0),
                Column::right(cx.t(words::RELATIVE), 80.0),
                Column::right(cx.t(words::P_VALUE), 90.0),
            ];
            let height = 30.0 + 30.0 * all.len() as f32;
            widgets::table(
                ui,
                "experiment-readings",
                &columns,
                (all.len(), height, None),
                |row, index| {
                    let inference = all[index];
                    let name = words::inference(cx.lang(), inference.method);
                    let name = if index == 0 {
                        format!("{name} · {}", cx.t(words::CHOSEN))
                    } else {
                        name.to_owned()
                    };
                    let interval = inference.interval.map_or_else(
                        || "–".to_owned(),
                        |[low, high]| format!("[{}, {}]", number::compact(low), number::compact(high)),
                    );
                    let relative = shown(inference.relative.map(|value| value * 100.0), false);
                    let p_value = inference.p_value.map_or_else(|| "–".to_owned(), number::p_value);
                    let ink = if index == 0 { p.text } else { p.text_2 };
                    row.col(|ui| widgets::cell(ui, &name, ink));
                    row.col(|ui| widgets::cell_right(ui, &shown(inference.delta, true), ink));
                    row.col(|ui| widgets::cell_right(ui, &interval, ink));
                    row.col(|ui| widgets::cell_right(ui, &relative, ink));
                    row.col(|ui| widgets::cell_right(ui, &p_value, ink));
                },
            );
        },
    );
}
