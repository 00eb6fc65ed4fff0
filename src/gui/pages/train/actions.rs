//! What can be done with the shown run: buttons for the usual, a menu for the rest, and the question before a deletion.

use super::super::{Page, PageContext};
use super::TrainPage;
use super::form::NewRunForm;
use crate::engine::run::about::About;
use crate::engine::run::status::RunStatus;
use crate::gui::command::Command;
use crate::gui::command::train::{QueueAction, RunAction, TrainCommand};
use crate::gui::i18n::train::{self as words, runs};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

impl TrainPage {
    /// Drawn right to left: the primary action first.
    pub(super) fn actions(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
        if is_read_only(cx) {
            return;
        }
        let busy = cx.state.train.started.is_loading();
        if widgets::primary_button(ui, cx.t(words::NEW_RUN), !busy).clicked() {
            self.open_form(cx);
        }
        let act = |action| cx.send(Command::Train(TrainCommand::Act(run.run_id.clone(), action)));
        let shown: &[RunAction] = match &run.status {
            RunStatus::Starting => &[RunAction::Stop],
            RunStatus::Running => &[RunAction::Stop, RunAction::Pause],
            RunStatus::Paused => &[RunAction::Stop, RunAction::Continue],
            RunStatus::Stopping | RunStatus::Finished => &[],
            RunStatus::Waiting | RunStatus::Stopped | RunStatus::Failed { .. } | RunStatus::Crashed => {
                &[RunAction::Resume]
            }
        };
        ui.menu_button(cx.t(words::MORE), |ui| self.more(cx, ui, run));
        for action in shown {
            let has_begun = run.status != RunStatus::Waiting;
            let label = if has_begun {
                words::action(*action)
            } else {
                runs::START_NOW
            };
            if widgets::secondary_button(ui, cx.t(label)).clicked() {
                act(*action);
            }
        }
        if run.status == RunStatus::Finished && widgets::secondary_button(ui, cx.t(words::EVALUATE)).clicked() {
            cx.send(Command::Go(Page::Evaluate));
        }
    }

    fn more(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
        let act = |action| cx.send(Command::Train(TrainCommand::Act(run.run_id.clone(), action)));
        if run.status.is_live() {
            for action in [RunAction::Checkpoint, RunAction::Kill] {
                if ui.button(cx.t(words::action(action))).clicked() {
                    act(action);
                }
            }
        }
        if !run.checkpoints.is_empty() && ui.button(cx.t(runs::FORK)).clicked() {
            cx.send(Command::Train(TrainCommand::Refresh));
            self.form = Some(NewRunForm::fork(cx, run));
        }
        if ui.button(cx.t(runs::REPEAT)).clicked() {
            cx.send(Command::Train(TrainCommand::Refresh));
            self.form = Some(NewRunForm::repeat(cx, run));
        }
        if run.status.can_start() {
            let is_queued = cx.state.train.runs.queue.place(&run.run_id).is_some();
            let label = if is_queued { runs::UNQUEUE } else { runs::ADD_TO_QUEUE };
            if ui.button(cx.t(label)).clicked() {
                let run_id = run.run_id.clone();
                let action = if is_queued {
                    QueueAction::Remove(run_id)
                } else {
                    QueueAction::Add(run_id)
                };
                cx.send(Command::Train(TrainCommand::Queue(action)));
            }
        }
        let label = if run.about.archived {
            runs::UNARCHIVE
        } else {
            runs::ARCHIVE
        };
        if ui.button(cx.t(label)).clicked() {
            let about = About {
                archived: !run.about.archived,
                ..(*run.about).clone()
            };
            cx.send(Command::Train(TrainCommand::Say(run.run_id.clone(), about)));
        }
        if !run.status.is_live() && ui.button(cx.t(words::action(RunAction::Delete))).clicked() {
            self.deleting = Some(run.run_id.clone());
        }
    }

    pub(super) fn delete_question(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let Some(run_id) = self.deleting.clone() else { return };
        let modal = egui::Modal::new(egui::Id::unique("delete run")).show(ui, |ui| {
            let p = palette(ui);
            ui.set_width(380.0);
            ui.label(
                RichText::new(cx.t(words::DELETE_SURE))
                    .font(text::verdict())
                    .color(p.text),
            );
            ui.label(RichText::new(&run_id).color(p.text));
            ui.label(RichText::new(cx.t(words::DELETE_WHY)).color(p.text_2));
            ui.add_space(space::SMALL);
            ui.horizontal(|ui| {
                if widgets::secondary_button(ui, cx.t(words::KEEP)).clicked() {
                    ui.close();
                }
                if widgets::secondary_button(ui, cx.t(words::action(RunAction::Delete))).clicked() {
                    cx.send(Command::Train(TrainCommand::Act(run_id.clone(), RunAction::Delete)));
                    ui.close();
                }
            });
        });
        if modal.should_close() {
            self.deleting = None;
        }
    }
}

fn is_read_only(cx: &PageContext<'_>) -> bool {
    let project = cx.state.project.project.value();
    project.is_some_and(|project| project.is_read_only())
}
