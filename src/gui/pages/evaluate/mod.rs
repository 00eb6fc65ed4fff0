//! The evaluate page: the models beside their baselines, and everything about the one chosen.

mod curves;
mod models;
mod of_task;
mod segments;
mod settings;
mod threshold;

use super::{Page, PageContext};
use crate::engine::eval::{Evaluation, Metric, ModelEvaluation};
use crate::gui::command::Command;
use crate::gui::command::evaluate::EvaluateCommand;
use crate::gui::i18n::{evaluate as words, number};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::evaluate::Evaluations;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Columns, Figure};
use egui::{RichText, Ui};

/// Widget state only.
#[derive(Default)]
pub struct EvaluatePage {
    /// Position of the model shown.
    selected: usize,
    /// `None` = the model's own threshold.
    threshold_at: Option<threshold::Chosen>,
    settings: settings::SettingsForm,
}

impl EvaluatePage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        match &cx.state.evaluate.evaluations {
            Loadable::Ready(found)
            | Loadable::Loading {
                previous: Some(found), ..
            } => self.ready(cx, ui, found),
            Loadable::Loading { progress, .. } => {
                widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Evaluate));
                }
            }
            Loadable::Failed { error, .. } => {
                widgets::page_header(ui, cx.t(words::TITLE), "", |ui| {
                    if widgets::secondary_button(ui, cx.t(words::TO_TRAIN)).clicked() {
                        cx.send(Command::Go(Page::Train));
                    }
                });
                if widgets::failed_page(ui, cx.lang(), error, cx.t(words::AGAIN)) {
                    cx.send(Command::Evaluate(EvaluateCommand::Run));
                }
            }
            Loadable::Empty => {
                widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
                empty(cx, ui);
            }
        }
    }

    fn ready(&mut self, cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluations) {
        if !found.report.of_task.is_empty() {
            self.ready_of_task(cx, ui, found);
            return;
        }
        let models = &found.report.models;
        let Some(model) = models.get(self.selected).or_else(|| models.first()) else {
            return;
        };
        let report = &found.report;
        let facts = words::facts(cx.lang(), &report.data_name, &model.evaluation, report.elapsed_ms);
        self.header(cx, ui, &facts, true);
        if cx.state.evaluate.is_stale(cx.state) {
            widgets::stale_note(ui, cx.lang());
        }
        self.settings.ui(cx, ui, found);
        widgets::figure_card(ui, &headline(cx, &model.evaluation));
        ui.add_space(space::GAP);
        let columns = Columns::of(ui.available_width(), 0.6);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                if let Some(chosen) = models::table(cx, ui, models, self.selected) {
                    self.selected = chosen;
                    self.threshold_at = None;
                }
            });
            columns.right(ui, |ui| threshold::card(cx, ui, model, &mut self.threshold_at));
        });
        ui.add_space(space::GAP);
        let threshold = threshold::current(&model.evaluation, self.threshold_at);
        curves::cards(cx, ui, models, self.selected.min(models.len() - 1), threshold);
        ui.add_space(space::GAP);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| segments::card(cx, ui, &model.evaluation));
            columns.right(ui, |ui| notes(cx, ui, model));
        });
    }

    /// The label is a class or a grade.
    fn ready_of_task(&mut self, cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluations) {
        let report = &found.report;
        let models = &report.of_task;
        let Some(model) = models.get(self.selected).or_else(|| models.first()) else {
            return;
        };
        let facts = words::of_task::facts(cx.lang(), &report.data_name, &model.evaluation, report.elapsed_ms);
        self.header(cx, ui, &facts, false);
        if cx.state.evaluate.is_stale(cx.state) {
            widgets::stale_note(ui, cx.lang());
        }
        self.settings.ui(cx, ui, found);
        if let Some(chosen) = of_task::ui(cx, ui, models, self.selected) {
            self.selected = chosen;
        }
    }

    fn header(&mut self, cx: &PageContext<'_>, ui: &mut Ui, facts: &str, can_compare: bool) {
        widgets::page_header(ui, cx.t(words::TITLE), facts, |ui| {
            let idle = !cx.state.evaluate.evaluations.is_loading();
            if widgets::primary_button(ui, cx.t(words::AGAIN), idle).clicked() {
                cx.send(Command::Evaluate(EvaluateCommand::Run));
            }
            if can_compare && widgets::secondary_button(ui, cx.t(words::TO_COMPARE)).clicked() {
                cx.send(Command::Go(Page::Compare));
            }
            if widgets::secondary_button(ui, cx.t(words::SETTINGS)).clicked() {
                self.settings.toggle(&cx.state.evaluate.choice);
            }
        });
    }
}

/// Scores what is trained; where nothing is, leads to where it is done.
fn empty(cx: &PageContext<'_>, ui: &mut Ui) {
    let train = &cx.state.train;
    // Just after a project was opened its runs are not known yet.
    let has_none = cx.state.project.project.value().is_none() || (train.is_listed && !train.has_model());
    let (action, command) = if has_none {
        (words::TO_TRAIN, Command::Go(Page::Train))
    } else {
        (words::RUN, Command::Evaluate(EvaluateCommand::Run))
    };
    if widgets::empty_page(ui, cx.t(words::EMPTY), cx.t(words::EMPTY_WHY), Some(cx.t(action))) {
        cx.send(command);
    }
}

/// The six figures that answer "how good".
fn headline(cx: &PageContext<'_>, found: &Evaluation) -> Vec<Figure> {
    headline_metrics(found)
        .into_iter()
        .map(|metric| figure(cx, found, metric))
        .collect()
}

/// Discrimination, calibration, ranking; without groups the threshold metrics fill the row.
pub(super) fn headline_metrics(found: &Evaluation) -> Vec<Metric> {
    let ranking = ["ndcg@10", "mrr"];
    let rows = ["f1", "accuracy"];
    let rest = if found.groups.is_some() { ranking } else { rows };
    let at_ten = found.ranking.contains_key("ndcg@10") || found.groups.is_none();
    let first_cut = found.config.k.first().map(|k| format!("ndcg@{k}"));
    ["auc", "average_precision", "log_loss", "ece"]
        .into_iter()
        .chain(rest)
        .filter_map(|name| match (name, at_ten) {
            ("ndcg@10", false) => Metric::parse(first_cut.as_deref().unwrap_or("ndcg")),
            (name, _) => Metric::parse(name),
        })
        .collect()
}

fn figure(cx: &PageContext<'_>, found: &Evaluation, metric: Metric) -> Figure {
    let value = found.value(metric);
    let interval = found.interval(metric).map(|[low, high]| {
        let level = found.interval_method.as_ref().map_or(0.95, |method| method.level);
        format!(
            "{:.0} %: {} – {}",
            level * 100.0,
            number::fixed(low, 3),
            number::fixed(high, 3)
        )
    });
    let floor = found.calibration.as_ref().filter(|_| metric.name() == "ece");
    let note = match (value, floor) {
        (None, _) => found.undefined.get(&metric.name()).map(|why| cx.b(why).to_owned()),
        (Some(_), Some(calibration)) => Some(words::noise_floor(cx.lang(), calibration.ece_noise_floor)),
        (Some(_), None) => interval,
    };
    Figure {
        label: cx.b(&metric.label()).to_owned(),
        value: value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4)),
        note: note.unwrap_or_default(),
        definition: cx.b(&metric.definition()).to_owned(),
        ..Figure::default()
    }
}

/// What made the scores, and what a careful reader should know.
fn notes(cx: &PageContext<'_>, ui: &mut Ui, model: &ModelEvaluation) {
    widgets::card_titled(
        ui,
        cx.t(words::NOTES),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            let line = |ui: &mut Ui, sentence: &str| {
                ui.label(RichText::new(sentence).font(text::table()).color(p.text_2));
                ui.add_space(space::TIGHT);
            };
            line(ui, cx.b(&model.description));
            for warning in &model.evaluation.warnings {
                line(ui, cx.b(warning));
            }
        },
    );
}
