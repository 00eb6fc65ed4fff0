//! The page while its runs are read: its places and what the catalogue knows of the runs, so that nothing jumps.

use super::super::PageContext;
use crate::engine::project::ArtefactKind;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::run_number;
use crate::gui::i18n::{number, train as words};
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column, Figure};
use egui::{RichText, Ui};

/// A run as the catalogue has it.
struct Known {
    name: String,
    config: TrainConfig,
}

/// True when there is something to show: the catalogue holds runs of this project.
pub(super) fn knows_runs(cx: &PageContext<'_>) -> bool {
    cx.state.project.latest(ArtefactKind::Run).is_some()
}

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, (upper, lower): (f32, f32)) {
    let known = known_runs(cx);
    let metric = known.first().map_or("auc", |run| run.config.metric.as_str()).to_owned();
    figures(cx, ui, &metric);
    ui.add_space(space::GAP);
    let inside = ui.spacing().item_spacing.x;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        ui.columns_const(|[left, right]| {
            left.spacing_mut().item_spacing.x = inside;
            right.spacing_mut().item_spacing.x = inside;
            place(cx, left, cx.t(words::LOSS), upper);
            place(cx, right, &words::valid_metric(cx.lang(), &metric), upper);
        });
        ui.add_space(space::SMALL);
        ui.columns_const(|[left, right]| {
            left.spacing_mut().item_spacing.x = inside;
            right.spacing_mut().item_spacing.x = inside;
            runs(cx, left, &known, lower);
            place(cx, right, cx.t(words::SAMPLES), lower);
        });
    });
}

/// Newest first, each run once.
fn known_runs(cx: &PageContext<'_>) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for record in &cx.state.project.artefacts {
        if record.kind != ArtefactKind::Run || known.iter().any(|run| run.name == record.name) {
            continue;
        }
        // A line of another version shows its name alone.
        let config = serde_json::from_value(record.content.clone()).unwrap_or_default();
        known.push(Known {
            name: record.name.clone(),
            config,
        });
    }
    known.sort_by(|a, b| crate::engine::run::dir::compare_ids(&b.name, &a.name));
    known
}

fn figures(cx: &PageContext<'_>, ui: &mut Ui, metric: &str) {
    let labels = [
        cx.t(words::STEP).to_owned(),
        words::valid_metric(cx.lang(), metric),
        cx.t(words::TRAIN_LOSS).to_owned(),
        cx.t(words::THROUGHPUT).to_owned(),
        cx.t(words::LEARNING_RATE).to_owned(),
        cx.t(words::PADDING).to_owned(),
    ];
    let figures = labels.map(|label| Figure {
        label,
        value: "–".to_owned(),
        note: " ".to_owned(),
        ..Figure::default()
    });
    widgets::figure_card(ui, &figures);
}

fn place(cx: &PageContext<'_>, ui: &mut Ui, title: &str, height: f32) {
    widgets::card_titled(
        ui,
        title,
        |_ui| {},
        |ui| {
            super::filled(ui, height, |ui| {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label(RichText::new(cx.t(words::READING)).color(palette(ui).text_2));
                });
            });
        },
    );
}

fn runs(cx: &PageContext<'_>, ui: &mut Ui, known: &[Known], height: f32) {
    let p = palette(ui);
    let count = |ui: &mut Ui| {
        widgets::chip(ui, &number::count(known.len() as u64), Tone::Quiet);
    };
    widgets::card_titled(ui, cx.t(words::RUNS), count, |ui| {
        let columns = [
            Column::left(cx.t(words::RUN), 48.0),
            Column::left(cx.t(words::METHOD), 90.0),
            Column::right(cx.t(words::RATE), 60.0),
            Column::rest(cx.t(words::STATE)),
        ];
        super::filled(ui, height, |ui| {
            let size = (known.len(), height - space::ROW, None);
            widgets::table(ui, "known runs", &columns, size, |row, index| {
                let run = &known[index];
                let name = run_number(&run.name).map_or_else(|| run.name.clone(), |number| number.to_string());
                row.col(|ui| widgets::cell(ui, &name, p.text));
                row.col(|ui| widgets::cell(ui, &words::method(cx.lang(), &run.config.method), p.text));
                let rate = number::rate(run.config.learning_rate);
                row.col(|ui| widgets::cell_right(ui, &rate, p.text));
                row.col(|ui| {
                    ui.label(RichText::new(cx.t(words::READING)).font(text::small()).color(p.text_2));
                });
            });
        });
    });
}
