//! The trial in the form of a new run: what a few steps took, and what the whole run will take.

use super::super::PageContext;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::trial::TrialReport;
use crate::engine::run::validate;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::number;
use crate::gui::i18n::train::trial as words;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

const REPORT_WIDTH: f32 = 640.0;

/// Starts a trial of these settings, or ends the one that runs.
pub(super) fn action(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig) {
    if cx.state.train.trial.is_loading() {
        if widgets::link(ui, cx.t(words::CANCEL)).clicked() {
            cx.send(Command::Train(TrainCommand::StopTrial));
        }
    } else if validate::value_problems(config).is_empty()
        && widgets::link(ui, cx.t(words::TRY))
            .on_hover_text(cx.t(words::TRY_WHY))
            .clicked()
    {
        cx.send(Command::Train(TrainCommand::Try(Box::new(config.clone()))));
    }
}

/// Whether a trial was made with these settings.
pub(super) fn is_measured(cx: &PageContext<'_>, config: &TrainConfig) -> bool {
    let trial = cx.state.train.trial.ready();
    trial.is_some_and(|found| found.config == *config)
}

/// What the trial of these settings measured; nothing where none was asked for, a hint where the settings have changed
/// since.
pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig) {
    let trial = &cx.state.train.trial;
    if trial.is_loading() {
        ui.add_space(space::SMALL);
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(RichText::new(cx.t(words::RUNNING)).color(palette(ui).text_2));
        });
    } else if let Some(error) = trial.error() {
        ui.add_space(space::SMALL);
        widgets::tone_text(ui, Tone::Danger, error);
    } else if let Some(found) = trial.value() {
        ui.add_space(space::SMALL);
        if found.config == *config {
            ui.scope(|ui| {
                // Names and figures stay near each other on a wide page.
                ui.set_max_width(ui.available_width().min(REPORT_WIDTH));
                report(cx, ui, &found.report);
            });
        } else {
            widgets::tone_text(ui, Tone::Info, cx.t(words::OTHER_SETTINGS));
        }
    }
}

fn report(cx: &PageContext<'_>, ui: &mut Ui, report: &TrialReport) {
    let lang = cx.lang();
    let span = |secs: f64| number::span_secs(secs, lang);
    let mut memory = words::memory(
        lang,
        &number::bytes(report.peak_bytes),
        &number::bytes(report.estimated_bytes),
    );
    if let Some(peak) = report.device_peak_bytes {
        memory = words::device_memory(lang, &number::bytes(peak), &memory);
    }
    let rows = [
        (
            words::WHOLE_RUN,
            words::whole_run(lang, &span(report.total_secs()), report.total_steps),
        ),
        (
            words::STEP,
            words::step(lang, report.step_secs, report.longest_step_secs),
        ),
        (
            words::SPEED,
            words::speed(lang, report.samples_per_sec, report.tokens_per_sec),
        ),
        (words::MEMORY, memory),
        (
            words::PARTS,
            words::parts(
                lang,
                [
                    report.load_secs,
                    report.train_secs,
                    report.eval_secs,
                    report.checkpoint_secs.unwrap_or(0.0),
                ]
                .map(span),
            ),
        ),
    ];
    let rows: Vec<(String, String)> = rows
        .into_iter()
        .map(|(name, told)| (cx.t(name).to_owned(), told))
        .collect();
    widgets::key_values(ui, "trial", &rows);
    if let Some(rows) = report.micro_batch {
        widgets::tone_text(ui, Tone::Info, &words::micro_batch(lang, rows, report.batch_size));
    }
    let p = palette(ui);
    let note = words::measured_on(lang, report.steps, &report.device, &report.precision);
    ui.label(RichText::new(note).font(text::small()).color(p.text_2));
}
