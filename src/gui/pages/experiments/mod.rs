//! The experiments page: the verdict, the metrics as a forest plot, the effect over time, the checks; settings
//! and a planner behind their own tabs.

mod checks;
mod metrics;
mod over_time;
mod planner;
mod readings;
mod segments;
mod settings;

use super::PageContext;
use crate::engine::experiment::{Decision, ExperimentReport};
use crate::gui::command::Command;
use crate::gui::command::experiments::ExperimentsCommand;
use crate::gui::i18n::{data as data_words, experiments as words, welcome};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Columns};
use egui::{RichText, Ui};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Results,
    Settings,
    Planner,
}

/// Widget state only.
#[derive(Default)]
pub struct ExperimentsPage {
    view: View,
    /// Positions of the treatment and the metric shown.
    treatment: usize,
    metric: usize,
    absolute: bool,
    /// A path being typed.
    path: String,
    settings: settings::SettingsForm,
    planner: planner::PlannerForm,
}

impl ExperimentsPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        self.header(cx, ui);
        match self.view {
            View::Settings => self.settings.ui(cx, ui),
            View::Planner => self.planner.ui(cx, ui),
            View::Results => self.results(cx, ui),
        }
    }

    fn header(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.experiments;
        let report = state.report.value();
        let facts = report.map(|report| words::facts(cx.lang(), report)).unwrap_or_default();
        let title = report.map_or_else(
            || cx.t(words::TITLE).to_owned(),
            |report| format!("{} / {}", cx.t(words::TITLE), report.name),
        );
        widgets::page_header(ui, &title, &facts, |ui| {
            if report.is_none() || self.view != View::Results {
                return;
            }
            let idle = !state.report.is_loading();
            if widgets::primary_button(ui, cx.t(words::AGAIN), idle).clicked() {
                cx.send(Command::Experiments(ExperimentsCommand::Run));
            }
            if widgets::secondary_button(ui, cx.t(words::EXPORT)).clicked() {
                cx.send(Command::Experiments(ExperimentsCommand::Export));
            }
        });
        ui.horizontal(|ui| {
            let views = [
                (View::Results, words::RESULTS),
                (View::Settings, words::SETTINGS),
                (View::Planner, words::PLANNER),
            ];
            for (view, label) in views {
                if widgets::toggle_chip(ui, self.view == view, cx.t(label)).clicked() {
                    self.view = view;
                }
            }
        });
        ui.add_space(space::GAP);
    }

    fn results(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        match &cx.state.experiments.report {
            Loadable::Ready(report)
            | Loadable::Loading {
                previous: Some(report), ..
            } => self.ready(cx, ui, report),
            Loadable::Loading { progress, .. } => {
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Experiments));
                }
            }
            Loadable::Failed { error, .. } => {
                let columns_known = cx.state.experiments.log.is_some();
                let way_out = if columns_known { words::TO_SETTINGS } else { words::PICK };
                if widgets::failed_page(ui, cx.lang(), error, cx.t(way_out)) {
                    if columns_known {
                        self.view = View::Settings;
                    } else {
                        cx.send(Command::Experiments(ExperimentsCommand::PickFiles));
                    }
                }
                self.path_field(cx, ui);
            }
            Loadable::Empty => {
                empty(cx, ui);
                self.path_field(cx, ui);
            }
        }
    }

    /// Where no file dialog opens, a path can be typed.
    fn path_field(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        ui.add_space(space::GAP);
        let (hint, open) = (cx.t(data_words::PATH_HINT), cx.t(welcome::GO));
        if let Some(path) = widgets::path_field(ui, &mut self.path, hint, open) {
            cx.send(Command::Experiments(ExperimentsCommand::OpenFiles(vec![path])));
        }
    }

    fn ready(&mut self, cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport) {
        let reasons: Vec<&str> = report.verdict.reasons.iter().map(|reason| cx.b(reason)).collect();
        let tone = match report.verdict.decision {
            Decision::Ship => Tone::Success,
            Decision::Blocked | Decision::KeepControl => Tone::Danger,
            Decision::Inconclusive => Tone::Info,
        };
        widgets::verdict_card(ui, tone, cx.b(&report.verdict.headline), &reasons.join(" · "), |_ui| {});
        ui.add_space(space::GAP);
        let treatments = report.metrics.first().map_or(0, |metric| metric.treatments.len());
        if treatments == 0 {
            return;
        }
        self.treatment = self.treatment.min(treatments - 1);
        self.metric = self.metric.min(report.metrics.len() - 1);
        if treatments > 1 {
            self.choose_treatment(cx, ui, report);
        }
        let columns = Columns::of(ui.available_width(), 0.62);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                let choice = metrics::Choice {
                    treatment: self.treatment,
                    metric: self.metric,
                    absolute: self.absolute,
                };
                let chosen = metrics::card(cx, ui, report, choice);
                self.metric = chosen.metric;
                self.absolute = chosen.absolute;
                ui.add_space(space::GAP);
                segments::card(cx, ui, report, self.treatment, self.absolute);
                ui.add_space(space::GAP);
                readings::card(cx, ui, &report.metrics[self.metric], self.treatment);
            });
            columns.right(ui, |ui| {
                over_time::card(cx, ui, report, (self.metric, self.treatment), self.absolute);
                ui.add_space(space::GAP);
                checks::card(cx, ui, report);
            });
        });
    }

    fn choose_treatment(&mut self, cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport) {
        let Some(metric) = report.metrics.first() else { return };
        ui.horizontal_wrapped(|ui| {
            ui.label(
                RichText::new(cx.t(words::TREATMENT))
                    .font(text::small())
                    .color(palette(ui).text_2),
            );
            for (index, treatment) in metric.treatments.iter().enumerate() {
                if widgets::toggle_chip(ui, index == self.treatment, &treatment.arm.name).clicked() {
                    self.treatment = index;
                }
            }
        });
        ui.add_space(space::SMALL);
    }
}

fn empty(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.experiments;
    let known = cx.state.project.sources.experiment.is_some() || !state.choice.files.is_empty();
    let why = if state.nothing_to_read {
        words::NOTHING
    } else {
        words::EMPTY_WHY
    };
    let action = if known { words::RUN } else { words::PICK };
    if widgets::empty_page(ui, cx.t(words::EMPTY), cx.t(why), Some(cx.t(action))) {
        cx.send(Command::Experiments(if known {
            ExperimentsCommand::Run
        } else {
            ExperimentsCommand::PickFiles
        }));
    }
}
