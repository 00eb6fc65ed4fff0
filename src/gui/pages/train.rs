//! The train page: the runs, the one that is shown with its curves, and the form for a new one.

mod cards;
mod console;
mod curves;
mod form;
mod header;
mod plots;
mod reading;
mod runs_table;
mod samples;
mod settings;
mod task;
mod trial;

use super::{Page, PageContext};
use crate::engine::run::status::RunStatus;
use crate::gui::command::Command;
use crate::gui::command::train::{RunAction, TrainCommand};
use crate::gui::i18n::{common, train as words};
use crate::gui::loadable::Loadable;
use crate::gui::runs::RunSnapshot;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Widget state only.
#[derive(Default)]
pub struct TrainPage {
    form: Option<form::NewRunForm>,
    curves: curves::CurveCache,
    tab: Tab,
    console: console::ConsoleView,
    /// Id of the run the user is asked about before it goes to the trash.
    deleting: Option<String>,
}

/// What the lower right card shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Samples,
    Console,
    Settings,
}

impl TrainPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        if self.form.is_some() {
            self.form_ui(cx, ui);
            return;
        }
        let train = &cx.state.train;
        let Some(run) = train.shown() else {
            self.without_runs(cx, ui);
            return;
        };
        header::ui(cx, ui, run, |ui| self.actions(cx, ui, run));
        self.notes(cx, ui, run);
        let curves = self.curves.of(run);
        cards::ui(cx, ui, run, &curves);
        ui.add_space(space::GAP);
        let (height, lower) = heights(ui);
        let inside = ui.spacing().item_spacing.x;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            ui.columns_const(|[left, right]| {
                left.spacing_mut().item_spacing.x = inside;
                right.spacing_mut().item_spacing.x = inside;
                plots::loss_card(cx, left, run, &mut self.curves, height);
                plots::metric_card(cx, right, run, height);
            });
            ui.add_space(space::SMALL);
            ui.columns_const(|[left, right]| {
                left.spacing_mut().item_spacing.x = inside;
                right.spacing_mut().item_spacing.x = inside;
                runs_table::ui(cx, left, run, lower);
                self.lower_card(cx, right, run, lower);
            });
        });
        self.delete_question(cx, ui);
    }

    /// No project, still reading, or nothing trained yet.
    fn without_runs(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let train = &cx.state.train;
        let is_read = cx.state.project.project.value().is_some() && !train.is_listed && !train.started.is_loading();
        if is_read && train.started.error().is_none() && reading::knows_runs(cx) {
            widgets::page_header(ui, cx.t(words::TITLE), cx.t(words::READING), |_ui| {});
            reading::ui(cx, ui, heights(ui));
            return;
        }
        let is_free = train.is_listed && !train.started.is_loading() && train.started.error().is_none();
        let offers_table = is_free && train.inputs.is_none() && cx.state.data.dataset.value().is_some();
        widgets::page_header(ui, cx.t(words::TITLE), "", |ui| {
            if offers_table && widgets::secondary_button(ui, cx.t(words::TO_TABLE)).clicked() {
                self.form = Some(form::NewRunForm::on_table(cx));
            }
        });
        if cx.state.project.project.value().is_none() {
            let (headline, why) = (cx.t(words::NO_PROJECT), cx.t(words::NO_PROJECT_WHY));
            if widgets::empty_page(ui, headline, why, Some(cx.t(words::TO_WELCOME))) {
                cx.send(Command::Go(Page::Welcome));
            }
        } else if let Some(error) = train.started.error() {
            if widgets::failed_page(ui, cx.lang(), error, cx.t(words::NEW_RUN)) {
                cx.send(Command::Train(TrainCommand::DismissError));
                self.open_form(cx);
            }
        } else if let Some((run_id, error)) = train.runs.broken.first() {
            let text = format!("{}: {run_id} {}", cx.t(words::BROKEN), cx.lang().b(error));
            if widgets::failed_page(ui, cx.lang(), &text, cx.t(words::NEW_RUN)) {
                self.open_form(cx);
            }
        } else if let Loadable::Loading { progress, .. } = &train.started {
            if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                cx.send(Command::CancelJob(Stage::Train));
            }
        } else if !train.is_listed {
            ui.vertical_centered(|ui| {
                ui.add_space(space::NAV_ROW);
                ui.spinner();
                ui.label(RichText::new(cx.t(words::READING)).color(palette(ui).text_2));
            });
        } else if train.inputs.is_none() {
            let (headline, why) = (cx.t(words::NO_RUNS), cx.t(words::NO_INPUTS_WHY));
            if widgets::empty_page(ui, headline, why, Some(cx.t(words::TO_FEATURES))) {
                cx.send(Command::Go(Page::Features));
            }
        } else {
            let (headline, why) = (cx.t(words::NO_RUNS), cx.t(words::NO_RUNS_WHY));
            if widgets::empty_page(ui, headline, why, Some(cx.t(words::NEW_RUN))) {
                self.open_form(cx);
            }
        }
    }

    fn open_form(&mut self, cx: &PageContext<'_>) {
        cx.send(Command::Train(TrainCommand::Refresh));
        self.form = Some(form::NewRunForm::default());
    }

    fn form_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let Some(form) = &mut self.form else { return };
        match form.ui(cx, ui) {
            form::FormAnswer::Open => {}
            form::FormAnswer::Cancel => self.form = None,
            form::FormAnswer::Start(config) => {
                cx.send(Command::Train(TrainCommand::Start(config)));
                self.form = None;
            }
        }
    }

    /// Drawn right to left: the primary action first.
    fn actions(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
        let read_only = cx
            .state
            .project
            .project
            .value()
            .is_some_and(|project| project.is_read_only());
        if read_only {
            return;
        }
        let busy = cx.state.train.started.is_loading();
        if widgets::primary_button(ui, cx.t(words::NEW_RUN), !busy).clicked() {
            self.open_form(cx);
        }
        let act = |action| cx.send(Command::Train(TrainCommand::Act(run.run_id.clone(), action)));
        let mut more: Vec<RunAction> = Vec::new();
        let shown: &[RunAction] = match &run.status {
            RunStatus::Starting => &[RunAction::Stop],
            RunStatus::Running => &[RunAction::Stop, RunAction::Pause],
            RunStatus::Paused => &[RunAction::Stop, RunAction::Continue],
            RunStatus::Stopping | RunStatus::Finished => &[],
            RunStatus::Waiting | RunStatus::Stopped | RunStatus::Failed { .. } | RunStatus::Crashed => {
                &[RunAction::Resume]
            }
        };
        if run.status.is_live() {
            more.extend([RunAction::Checkpoint, RunAction::Kill]);
        } else {
            more.push(RunAction::Delete);
        }
        ui.menu_button(cx.t(words::MORE), |ui| {
            for action in more {
                if ui.button(cx.t(words::action(action))).clicked() {
                    if action == RunAction::Delete {
                        self.deleting = Some(run.run_id.clone());
                    } else {
                        act(action);
                    }
                }
            }
        });
        for action in shown {
            if widgets::secondary_button(ui, cx.t(words::action(*action))).clicked() {
                act(*action);
            }
        }
        if run.status == RunStatus::Finished && widgets::secondary_button(ui, cx.t(words::EVALUATE)).clicked() {
            cx.send(Command::Go(Page::Evaluate));
        }
    }

    /// What needs attention: a failed request, a failed or crashed run, curves that are out of date.
    fn notes(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
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

    fn lower_card(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
        widgets::card(ui, |ui| {
            ui.horizontal(|ui| {
                for (tab, label) in [
                    (Tab::Samples, words::SAMPLES),
                    (Tab::Console, words::CONSOLE),
                    (Tab::Settings, words::SETTINGS),
                ] {
                    if widgets::toggle_chip(ui, self.tab == tab, cx.t(label)).clicked() {
                        self.tab = tab;
                    }
                }
            });
            ui.add_space(space::TIGHT);
            filled(ui, height, |ui| match self.tab {
                Tab::Samples => samples::ui(cx, ui, run, height),
                Tab::Console => self.console.ui(cx, ui, run, height),
                Tab::Settings => header::settings_ui(cx, ui, run, height),
            });
        });
    }

    fn delete_question(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
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

/// Heights of the plots and of the cards below them.
fn heights(ui: &Ui) -> (f32, f32) {
    let spare = (ui.content_rect().height() - 900.0).max(0.0);
    (222.0 + spare / 2.0, 232.0 + spare / 2.0)
}

/// Draws `add` and fills up to `height`, so that cards side by side end on one line.
fn filled(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    let top = ui.cursor().top();
    add(ui);
    ui.add_space((height - (ui.cursor().top() - top)).max(0.0));
}

#[cfg(test)]
#[path = "train/page_tests.rs"]
mod tests;
