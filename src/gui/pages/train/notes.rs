//! What needs attention above the figures of a run.

use super::super::PageContext;
use super::TrainPage;
use crate::engine::run::status::RunStatus;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::common;
use crate::gui::i18n::train::{self as words, runs};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets;
use egui::Ui;

impl TrainPage {
    /// What needs attention: a failed request, a failed or crashed run, curves that are out of date.
    pub(super) fn notes(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
        let train = &cx.state.train;
        if let Some(error) = train.error.as_deref().or(train.started.error()) {
            let title = if train.error.is_some() {
                common::ERROR
            } else {
                words::NOT_STARTED
            };
            widgets::verdict_card(ui, Tone::Danger, cx.t(title), error, |ui| {
                if widgets::secondary_button(ui, cx.t(crate::gui::i18n::shell::DISMISS)).clicked() {
                    cx.send(Command::Train(TrainCommand::DismissError));
                }
            });
            ui.add_space(space::GAP);
        }
        if let Some(deleted) = &train.deleted {
            let told = runs::deleted(cx.lang(), &deleted.deleted.run_id);
            widgets::verdict_card(ui, Tone::Info, &told, "", |ui| {
                if widgets::secondary_button(ui, cx.t(crate::gui::i18n::shell::DISMISS)).clicked() {
                    cx.send(Command::Train(TrainCommand::DismissError));
                }
                if widgets::secondary_button(ui, cx.t(runs::UNDO)).clicked() {
                    cx.send(Command::Train(TrainCommand::Restore(deleted.path.clone())));
                }
            });
            ui.add_space(space::GAP);
        }
        let last = run.last_words.lines().rev().find(|line| !line.trim().is_empty());
        match &run.status {
            RunStatus::Crashed => {
                let reasons = match last {
                    Some(last) => format!("{}\n{last}", cx.t(words::CRASHED_WHY)),
                    None => cx.t(words::CRASHED_WHY).to_owned(),
                };
                widgets::verdict_card(ui, Tone::Danger, cx.t(words::CRASHED), &reasons, |_ui| {});
                ui.add_space(space::GAP);
            }
            RunStatus::Failed { message, hint } => {
                let reasons = format!("{message}\n{hint}");
                widgets::verdict_card(ui, Tone::Danger, cx.t(words::FAILED), &reasons, |_ui| {});
                ui.add_space(space::GAP);
            }
            RunStatus::Paused => {
                widgets::tone_text(ui, Tone::Info, cx.t(words::PAUSED_WHY));
            }
            _ => {}
        }
        if run.view.not_finite > 0 {
            widgets::tone_text(ui, Tone::Warning, &words::not_finite(cx.lang(), run.view.not_finite));
        }
        if train.is_stale(&cx.state.project.artefacts) {
            widgets::tone_text(ui, Tone::Warning, cx.t(words::STALE_WHY));
        }
    }
}
