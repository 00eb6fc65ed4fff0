//! The compare page: one sentence, the differences as a forest plot, and where each model wins.

mod detail;
mod metrics;
mod segments;

use super::{Page, PageContext};
use crate::engine::compare::{Comparison, PairResult};
use crate::gui::command::Command;
use crate::gui::command::compare::CompareCommand;
use crate::gui::i18n::compare as words;
use crate::gui::i18n::evaluate::shown_name;
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::compare::CompareChoice;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Columns};
use egui::{RichText, Ui};

/// Widget state only.
#[derive(Default)]
pub struct ComparePage {
    /// Position of the pair shown, and of the metric.
    pair: usize,
    metric: usize,
}

impl ComparePage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        match &cx.state.compare.comparison {
            Loadable::Ready(found)
            | Loadable::Loading {
                previous: Some(found), ..
            } => {
                self.ready(cx, ui, &found.comparison);
            }
            Loadable::Loading { progress, .. } => {
                widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Compare));
                }
            }
            Loadable::Failed { error, .. } => {
                widgets::page_header(ui, cx.t(words::TITLE), "", |ui| {
                    if widgets::secondary_button(ui, cx.t(words::TO_EVALUATE)).clicked() {
                        cx.send(Command::Go(Page::Evaluate));
                    }
                });
                if widgets::failed_page(ui, cx.lang(), error, cx.t(words::AGAIN)) {
                    cx.send(Command::Compare(CompareCommand::Run));
                }
            }
            Loadable::Empty => empty(cx, ui),
        }
    }

    fn ready(&mut self, cx: &PageContext<'_>, ui: &mut Ui, found: &Comparison) {
        let idle = !cx.state.compare.comparison.is_loading();
        widgets::page_header(ui, cx.t(words::TITLE), &words::facts(cx.lang(), found), |ui| {
            if widgets::primary_button(ui, cx.t(words::AGAIN), idle).clicked() {
                cx.send(Command::Compare(CompareCommand::Run));
            }
        });
        if cx.state.compare.is_stale(cx.state) {
            widgets::stale_note(ui, cx.lang());
        }
        choose_models(cx, ui, found);
        let pairs = pair_names(found);
        self.pair = self.pair.min(pairs.len().saturating_sub(1));
        let Some(names) = pairs.get(self.pair) else { return };
        let own: Vec<&PairResult> = found
            .pairs
            .iter()
            .filter(|pair| (pair.a.as_str(), pair.b.as_str()) == *names)
            .collect();
        self.metric = self.metric.min(own.len().saturating_sub(1));
        let (Some(deciding), Some(shown)) = (own.first(), own.get(self.metric)) else {
            return;
        };
        let sentence = if pairs.len() > 1 && self.pair == 0 {
            &found.verdict
        } else {
            &deciding.verdict
        };
        widgets::verdict_card(
            ui,
            verdict_tone(deciding),
            cx.b(sentence),
            &words::reasons(cx.lang(), deciding),
            |_ui| {},
        );
        ui.add_space(space::GAP);
        if pairs.len() > 1 {
            self.choose_pair(cx, ui, &pairs);
        }
        let columns = Columns::of(ui.available_width(), 0.64);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                if let Some(chosen) = metrics::card(cx, ui, &own, self.metric) {
                    self.metric = chosen;
                }
                ui.add_space(space::GAP);
                segments::card(cx, ui, found, *names);
            });
            columns.right(ui, |ui| {
                detail::card(cx, ui, shown);
                ui.add_space(space::GAP);
                detail::changes(cx, ui, shown);
                notes(cx, ui, found);
            });
        });
    }

    fn choose_pair(&mut self, cx: &PageContext<'_>, ui: &mut Ui, pairs: &[(&str, &str)]) {
        ui.horizontal_wrapped(|ui| {
            ui.label(
                RichText::new(cx.t(words::PAIR))
                    .font(text::small())
                    .color(palette(ui).text_2),
            );
            let name = |name| shown_name(cx.lang(), name);
            for (index, &(a, b)) in pairs.iter().enumerate() {
                if widgets::toggle_chip(ui, index == self.pair, &format!("{} − {}", name(b), name(a))).clicked() {
                    self.pair = index;
                }
            }
        });
        ui.add_space(space::SMALL);
    }
}

fn empty(cx: &PageContext<'_>, ui: &mut Ui) {
    widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
    let evaluated = cx.state.evaluate.evaluations.ready().is_some();
    let (why, action, command) = if !evaluated {
        (words::EMPTY_WHY, words::TO_EVALUATE, Command::Go(Page::Evaluate))
    } else if cx.state.compare.nothing_to_compare {
        (words::NOTHING, words::TO_TRAIN, Command::Go(Page::Train))
    } else {
        (words::EMPTY_WHY, words::RUN, Command::Compare(CompareCommand::Run))
    };
    if widgets::empty_page(ui, cx.t(words::EMPTY), cx.t(why), Some(cx.t(action))) {
        cx.send(command);
    }
}

/// Chips of all evaluated models; a click adds or removes one and compares again, as long as two remain.
fn choose_models(cx: &PageContext<'_>, ui: &mut Ui, found: &Comparison) {
    let Some(evaluations) = cx.state.evaluate.evaluations.value() else {
        return;
    };
    let compared: Vec<String> = found.models.iter().map(|model| model.name.clone()).collect();
    ui.horizontal_wrapped(|ui| {
        ui.label(
            RichText::new(cx.t(words::MODELS))
                .font(text::small())
                .color(palette(ui).text_2),
        );
        for model in &evaluations.rows.models {
            let on = compared.contains(&model.name);
            if !widgets::toggle_chip(ui, on, shown_name(cx.lang(), &model.name)).clicked() {
                continue;
            }
            let mut models = compared.clone();
            if on {
                models.retain(|name| *name != model.name);
            } else {
                models.push(model.name.clone());
            }
            if models.len() >= 2 {
                let config = cx.state.compare.choice.config.clone();
                let choice = CompareChoice { models, config };
                cx.send(Command::Compare(CompareCommand::RunWith(Box::new(choice))));
            }
        }
    });
    ui.add_space(space::SMALL);
}

/// Each pair once, in the order of the results; the newest model against the strongest baseline last made, first shown.
fn pair_names(found: &Comparison) -> Vec<(&str, &str)> {
    let deciding = found.pairs.iter().filter(|pair| pair.metric == found.primary_metric);
    let mut names: Vec<(&str, &str)> = deciding.map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    names.reverse();
    names
}

fn verdict_tone(pair: &PairResult) -> Tone {
    match &pair.better {
        Some(better) if *better == pair.b => Tone::Success,
        Some(_) => Tone::Danger,
        None => Tone::Info,
    }
}

fn notes(cx: &PageContext<'_>, ui: &mut Ui, found: &Comparison) {
    if found.warnings.is_empty() {
        return;
    }
    ui.add_space(space::GAP);
    widgets::card_titled(
        ui,
        cx.t(words::NOTES),
        |_ui| {},
        |ui| {
            for warning in &found.warnings {
                ui.label(
                    RichText::new(cx.b(warning))
                        .font(text::table())
                        .color(palette(ui).text_2),
                );
            }
        },
    );
}
