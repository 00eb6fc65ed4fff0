//! The table of models: each metric with the best value marked, the models above the baselines.

use super::headline_metrics;
use crate::engine::eval::{Metric, ModelEvaluation, ModelKind};
use crate::gui::i18n::{evaluate as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::Ui;

pub(super) const CARD_HEIGHT: f32 = 310.0;

/// Draws the table; returns the position of a clicked model.
pub(super) fn table(cx: &PageContext<'_>, ui: &mut Ui, models: &[ModelEvaluation], selected: usize) -> Option<usize> {
    let mut clicked = None;
    widgets::card_titled(
        ui,
        cx.t(words::MODELS),
        |_ui| {},
        |ui| {
            ui.set_min_height(CARD_HEIGHT - 60.0);
            let metrics = models
                .first()
                .map_or_else(Vec::new, |model| headline_metrics(&model.evaluation));
            let best: Vec<Option<f64>> = metrics.iter().map(|&metric| best_value(models, metric)).collect();
            let mut columns = vec![Column::rest_above(cx.t(words::MODEL), 120.0)];
            columns.extend(metrics.iter().map(|metric| {
                let heading = metric.label();
                Column::right(cx.b(&heading), heading_width(ui, cx.b(&heading)))
            }));
            let height = CARD_HEIGHT - 90.0;
            clicked = widgets::table(
                ui,
                "models",
                &columns,
                (models.len(), height, Some(selected)),
                |row, index| {
                    let model = &models[index];
                    row.col(|ui| name_cell(cx, ui, model, index));
                    for (&metric, &best) in metrics.iter().zip(&best) {
                        row.col(|ui| value_cell(ui, model, metric, best));
                    }
                },
            );
        },
    );
    clicked
}

/// Room for the heading and for four digits, so that neither is cut.
fn heading_width(ui: &Ui, heading: &str) -> f32 {
    let color = palette(ui).text_2;
    let galley = ui.painter().layout_no_wrap(heading.to_owned(), text::small(), color);
    (galley.size().x + 2.0 * space::SMALL).max(64.0)
}

fn best_value(models: &[ModelEvaluation], metric: Metric) -> Option<f64> {
    let values = models.iter().filter_map(|model| model.evaluation.value(metric));
    if metric.higher_is_better() {
        values.reduce(f64::max)
    } else {
        values.reduce(f64::min)
    }
}

/// The curve's colour, the name, and whether it is a baseline.
fn name_cell(cx: &PageContext<'_>, ui: &mut Ui, model: &ModelEvaluation, index: usize) {
    let p = palette(ui);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
    let y = rect.center().y;
    ui.painter()
        .hline(rect.x_range(), y, egui::Stroke::new(2.5, p.series(index)));
    ui.add_space(space::TIGHT);
    let name = match model.kind {
        ModelKind::Model => model.model_name.clone(),
        ModelKind::Popularity | ModelKind::Logistic => {
            format!("{} ({})", words::model_name(cx.lang(), model), cx.t(words::BASELINE))
        }
    };
    widgets::cell(ui, &name, p.text);
}

/// The best of a column is in the accent and bold by weight of colour; its interval shows on hover.
fn value_cell(ui: &mut Ui, model: &ModelEvaluation, metric: Metric, best: Option<f64>) {
    let p = palette(ui);
    let value = model.evaluation.value(metric);
    let shown = value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4));
    let is_best = value.is_some() && value == best;
    let response = ui
        .scope(|ui| widgets::cell_right(ui, &shown, if is_best { p.accent } else { p.text }))
        .response;
    if let Some([low, high]) = model.evaluation.interval(metric) {
        response.on_hover_text(format!("{} – {}", number::fixed(low, 4), number::fixed(high, 4)));
    }
}
