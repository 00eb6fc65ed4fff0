//! The train page: the runs, the one that is shown with its curves, and the form for a new one.

mod about;
mod actions;
mod all_runs;
mod cards;
mod chart;
mod charts;
mod console;
mod curves;
mod estimate;
mod form;
mod form_cards;
mod header;
mod hub_models;
mod look;
mod made_from;
mod models;
mod notes;
mod plots;
mod reading;
mod runs_table;
mod samples;
mod settings;
mod task;
mod trial;

use super::{Page, PageContext};
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train as words;
use crate::gui::loadable::Loadable;
use crate::gui::runs::RunSnapshot;
use crate::gui::state::Stage;
use crate::gui::theme::{palette, space};
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
    view: View,
    about: about::AboutView,
    all_runs: all_runs::AllRuns,
    models: models::ModelsView,
    /// Metric of the second plot; the deciding one where none was chosen.
    metric: Option<String>,
}

/// What the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Run,
    Charts,
    Runs,
    Models,
}

/// What the lower right card shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Samples,
    Console,
    Settings,
    Notes,
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
        self.views(cx, ui);
        self.notes(cx, ui, run);
        let look = self.curves.look;
        match self.view {
            View::Run => self.run_ui(cx, ui, run),
            View::Charts => charts::ui(cx, ui, run, &self.curves.of(run), look),
            View::Runs => {
                if let Some(run_id) = self.all_runs.ui(cx, ui, (run, look)) {
                    cx.send(Command::Train(TrainCommand::Select(run_id)));
                    self.view = View::Run;
                }
            }
            View::Models => self.models.ui(cx, ui),
        }
        self.delete_question(cx, ui);
    }

    /// What is shown, and how its curves are drawn.
    fn views(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        ui.horizontal(|ui| {
            for (view, label) in [
                (View::Run, words::runs::VIEW_RUN),
                (View::Charts, words::runs::VIEW_CHARTS),
                (View::Runs, words::runs::VIEW_RUNS),
                (View::Models, words::runs::VIEW_MODELS),
            ] {
                if widgets::toggle_chip(ui, self.view == view, cx.t(label)).clicked() {
                    self.view = view;
                }
            }
            if self.view != View::Models {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    self.curves.look.ui(cx, ui);
                });
            }
        });
        ui.add_space(space::TIGHT);
    }

    fn run_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot) {
        let (curves, look) = (self.curves.of(run), self.curves.look);
        cards::ui(cx, ui, run, &curves);
        ui.add_space(space::GAP);
        let (height, lower) = heights(ui);
        let inside = ui.spacing().item_spacing.x;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            ui.columns_const(|[left, right]| {
                left.spacing_mut().item_spacing.x = inside;
                right.spacing_mut().item_spacing.x = inside;
                plots::loss_card(cx, left, run, (&curves, look), height);
                plots::metric_card(cx, right, run, (&curves, look), (&mut self.metric, height));
            });
            ui.add_space(space::SMALL);
            ui.columns_const(|[left, right]| {
                left.spacing_mut().item_spacing.x = inside;
                right.spacing_mut().item_spacing.x = inside;
                runs_table::ui(cx, left, run, lower);
                self.lower_card(cx, right, run, lower);
            });
        });
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
        if self.view == View::Models {
            self.views(cx, ui);
            self.models.ui(cx, ui);
            return;
        }
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
            self.models_link(cx, ui);
        } else {
            let (headline, why) = (cx.t(words::NO_RUNS), cx.t(words::NO_RUNS_WHY));
            if widgets::empty_page(ui, headline, why, Some(cx.t(words::NEW_RUN))) {
                self.open_form(cx);
            }
            self.models_link(cx, ui);
        }
    }

    /// A base model may be fetched before there is a run.
    fn models_link(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        ui.add_space(space::SMALL);
        if widgets::link(ui, cx.t(words::runs::VIEW_MODELS)).clicked() {
            self.view = View::Models;
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
            form::FormAnswer::Make(new) => {
                cx.send(Command::Train(TrainCommand::Make(new)));
                self.form = None;
            }
        }
    }

    fn lower_card(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
        widgets::card(ui, |ui| {
            ui.horizontal(|ui| {
                for (tab, label) in [
                    (Tab::Samples, words::SAMPLES),
                    (Tab::Console, words::CONSOLE),
                    (Tab::Settings, words::SETTINGS),
                    (Tab::Notes, words::runs::NOTES),
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
                Tab::Notes => self.about.ui(cx, ui, run, height),
            });
        });
    }
}

/// Heights of the plots and of the cards below them.
fn heights(ui: &Ui) -> (f32, f32) {
    let spare = (ui.content_rect().height() - 900.0).max(0.0);
    (208.0 + spare / 2.0, 218.0 + spare / 2.0)
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
