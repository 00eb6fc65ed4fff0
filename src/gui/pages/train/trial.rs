//! The card of a trial in the form of a new run: what a few steps took, and what the whole run will take.

use super::super::PageContext;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::trial::TrialReport;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::number;
use crate::gui::i18n::train::trial as words;
use crate::gui::theme::{Tone, palette, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Draws the trial of these settings; nothing where none was asked for, a hint where the settings have changed since.
pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig) {
    let trial = &cx.state.train.trial;
    if !trial.is_loading() && trial.error().is_none() && trial.value().is_none() {
        return;
    }
    let p = palette(ui);
    widgets::card_titled(
        ui,
        cx.t(words::TITLE),
        |ui| {
            if trial.is_loading() && widgets::link(ui, cx.t(words::CANCEL)).clicked() {
                cx.send(Command::Train(TrainCommand::StopTrial));
            }
        },
        |ui| {
            if trial.is_loading() {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label(RichText::new(cx.t(words::RUNNING)).color(p.text_2));
                });
            } else if let Some(error) = trial.error() {
                widgets::tone_text(ui, Tone::Danger, error);
            } else if let Some(found) = trial.value() {
                if found.config == *config {
                    report(cx, ui, &found.report);
                } else {
                    widgets::tone_text(ui, Tone::Info, cx.t(words::OTHER_SETTINGS));
                }
            }
        },
    );
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
