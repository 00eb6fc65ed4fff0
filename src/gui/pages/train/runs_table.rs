//! The list of runs: settings, state and a small curve of each; a click shows it.

use super::super::PageContext;
use crate::engine::run::status::RunStatus;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::state::StageMark;
use crate::gui::theme::{Palette, Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{Color32, RichText, Sense, Stroke, Ui, vec2};

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, shown: &RunSnapshot, height: f32) {
    let p = palette(ui);
    let all = cx.state.train.runs.runs.iter().enumerate();
    let runs: Vec<(usize, &RunSnapshot)> = all
        .filter(|(_, run)| !run.about.archived || run.run_id == shown.run_id)
        .collect();
    let count = |ui: &mut Ui| {
        widgets::chip(ui, &number::count(runs.len() as u64), Tone::Quiet);
    };
    widgets::card_titled(ui, cx.t(words::RUNS), count, |ui| {
        let columns = [
            Column::left(cx.t(words::RUN), 48.0),
            Column::left(cx.t(words::METHOD), 70.0),
            Column::right(cx.t(words::RATE), 52.0),
            Column::right(cx.t(words::STEP), 56.0),
            Column::right(words::metric(cx.lang(), &shown.config.metric), 64.0),
            Column::right(cx.t(words::SPEED), 76.0),
            Column::left(cx.t(words::STATE), 84.0),
            Column::rest(cx.t(words::LOSS)),
        ];
        let selected = runs.iter().position(|(_, run)| run.run_id == shown.run_id);
        let mut clicked = None;
        super::filled(ui, height, |ui| {
            let size = (runs.len(), height - space::ROW, selected);
            clicked = widgets::table(ui, "runs", &columns, size, |row, index| {
                let (at, run) = runs[index];
                let color = run_color(&p, at, selected == Some(index));
                row.col(|ui| name_cell(ui, run, color, &p));
                row.col(|ui| widgets::cell(ui, &words::method(cx.lang(), &run.config.method), p.text));
                let rate = number::rate(run.config.learning_rate);
                row.col(|ui| widgets::cell_right(ui, &rate, p.text));
                row.col(|ui| widgets::cell_right(ui, &number::count(run.view.step), p.text));
                // Values of another metric do not belong in this column.
                let best = run.best_value().filter(|_| run.config.metric == shown.config.metric);
                row.col(|ui| widgets::cell_right(ui, &optional(best, 4), p.text));
                let speed = run.view.last(crate::engine::run::replay::curve::SAMPLES_PER_SEC);
                row.col(|ui| widgets::cell_right(ui, &optional(speed, 1), p.text));
                row.col(|ui| match cx.state.train.runs.queue.place(&run.run_id) {
                    Some(place) => widgets::cell(ui, &words::runs::queued(cx.lang(), place), p.info),
                    None => state_cell(cx, ui, &run.status),
                });
                row.col(|ui| {
                    let width = (ui.available_width() - 4.0).max(20.0);
                    widgets::sparkline(ui, &run.spark, color, width);
                });
            });
        });
        if let Some((_, run)) = clicked.and_then(|index| runs.get(index)) {
            cx.send(Command::Train(TrainCommand::Select(run.run_id.clone())));
        }
    });
}

/// The shown run in the accent, the others in the series' colours by place in the list.
pub(super) fn run_color(p: &Palette, index: usize, is_shown: bool) -> Color32 {
    // The yellow of the series is too near to the accent.
    const COLORS: [usize; 7] = [6, 3, 0, 2, 7, 1, 4];
    if is_shown {
        p.accent
    } else {
        p.series(COLORS[index % COLORS.len()])
    }
}

/// Shape and word of a state.
pub(super) fn state_cell(cx: &PageContext<'_>, ui: &mut Ui, status: &RunStatus) {
    let word = words::status(cx.lang(), status);
    let tone = match status {
        RunStatus::Waiting => Tone::Quiet,
        RunStatus::Starting | RunStatus::Running | RunStatus::Stopping => {
            running_cell(ui, word);
            return;
        }
        RunStatus::Paused | RunStatus::Stopped => Tone::Info,
        RunStatus::Finished => Tone::Success,
        RunStatus::Failed { .. } | RunStatus::Crashed => Tone::Danger,
    };
    widgets::tone_text(ui, tone, word);
}

/// The navigation's sign of something running: an open ring that turns.
fn running_cell(ui: &mut Ui, word: &str) {
    let p = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        let time = ui.input(|input| input.time);
        widgets::paint_stage_mark(ui.painter(), rect.center(), StageMark::Running, &p, time);
        ui.label(RichText::new(word).font(text::small()).color(p.accent));
    });
}

/// A short line in the run's colour.
pub(super) fn name_mark(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, Stroke::new(2.0, color));
}

fn name_cell(ui: &mut Ui, run: &RunSnapshot, color: Color32, p: &Palette) {
    name_mark(ui, color);
    widgets::cell(ui, &run.short_name(), p.text);
}

fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, digits))
}
