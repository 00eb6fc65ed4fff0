//! The features page: what is predicted, how it is tested, and what each feature says about it.

mod candidates;
mod histogram;
mod label;
mod more;
mod split;

#[cfg(test)]
mod page_tests;

use super::{Page, PageContext};
use crate::engine::features::{FeatureConfig, FeatureKind, FeatureSet};
use crate::gui::command::Command;
use crate::gui::command::features::FeaturesCommand;
use crate::gui::i18n::{common, features as words, number};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Figure};
use egui::{RichText, Ui};

/// Widget state only.
#[derive(Default)]
pub struct FeaturesPage {
    selected: Option<String>,
    shows_more: bool,
}

impl FeaturesPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.features;
        let has_log = cx.state.data.dataset.value().is_some();
        ask_for_outline(cx);
        match &state.set {
            Loadable::Loading {
                progress,
                previous: None,
            } => {
                header(cx, ui, None);
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Features));
                }
            }
            Loadable::Failed { error, previous: None } => {
                header(cx, ui, None);
                if widgets::failed_page(ui, cx.lang(), error, cx.t(words::BUILD)) {
                    cx.send(Command::Features(FeaturesCommand::Run));
                }
                if has_log {
                    ui.add_space(space::GAP);
                    self.choices(cx, ui, None);
                }
            }
            found if found.value().is_none() && !has_log => {
                header(cx, ui, None);
                if widgets::empty_page(
                    ui,
                    cx.t(words::EMPTY),
                    cx.t(words::EMPTY_WHY),
                    Some(cx.t(words::TO_DATA)),
                ) {
                    cx.send(Command::Go(Page::Data));
                }
            }
            found => self.ready(cx, ui, found.value().map(|set| &**set)),
        }
    }

    fn ready(&mut self, cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
        header(cx, ui, set);
        let state = &cx.state.features;
        if state.is_stale(cx.state) && !state.set.is_loading() {
            widgets::stale_note(ui, cx.lang());
            ui.add_space(space::TIGHT);
        }
        if let Some(error) = state.set.error() {
            widgets::tone_text(ui, Tone::Danger, error);
            ui.add_space(space::TIGHT);
        }
        if let Some(set) = set {
            figures(cx, ui, set);
            ui.add_space(space::GAP);
        }
        outline_error(cx, ui);
        self.choices(cx, ui, set);
        ui.add_space(space::GAP);
        let right = (ui.available_width() * 0.34).floor();
        let left = ui.available_width() - right - space::GAP;
        let height = (ui.ctx().content_rect().height() - 620.0).max(300.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            column(ui, left, |ui| candidates::card(cx, ui, set, &mut self.selected, height));
            column(ui, right, |ui| {
                histogram::card(cx, ui, set, self.selected.as_deref(), height)
            });
        });
    }

    /// Label on the left, split on the right, more settings below if asked for.
    fn choices(&mut self, cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
        let left = ((ui.available_width() - space::GAP) * 0.5).floor();
        let right = ui.available_width() - left - space::GAP;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            column(ui, left, |ui| label::card(cx, ui, set, &mut self.shows_more));
            column(ui, right, |ui| split::card(cx, ui, set));
        });
        if self.shows_more {
            ui.add_space(space::GAP);
            more::card(cx, ui, set);
        }
    }
}

/// Inside of the two cards of choices, so that they end on one line.
const CHOICES_HEIGHT: f32 = 236.0;

fn column(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.set_max_width(width);
        add(ui);
    });
}

/// Sends the configuration with one thing changed.
fn change(cx: &PageContext<'_>, edit: impl FnOnce(&mut FeatureConfig)) {
    let mut config = cx.state.features.config.clone();
    edit(&mut config);
    if config != cx.state.features.config {
        cx.send(Command::Features(FeaturesCommand::SetConfig(Box::new(config))));
    }
}

/// The outline is made once a log (or another one) is open.
fn ask_for_outline(cx: &PageContext<'_>) {
    let state = &cx.state.features;
    let busy = state.outline.is_loading() || state.set.is_loading() || state.outline.error().is_some();
    let Some(log) = cx.state.recipe.clean_or_raw(&cx.state.data) else {
        return;
    };
    let made_from = state.outline.value().map(|outline| &outline.log);
    if !busy && made_from != Some(&log.info.hash) {
        cx.send(Command::Features(FeaturesCommand::Outline));
    }
}

/// Without an outline there is nothing to choose from, so why there is none must be told.
fn outline_error(cx: &PageContext<'_>, ui: &mut Ui) {
    let Some(error) = cx.state.features.outline.error() else {
        return;
    };
    widgets::verdict_card(ui, Tone::Danger, cx.t(words::NO_OUTLINE), error, |ui| {
        if widgets::secondary_button(ui, cx.t(common::RETRY)).clicked() {
            cx.send(Command::Features(FeaturesCommand::Outline));
        }
    });
    ui.add_space(space::GAP);
}

fn header(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    let facts = set.map_or_else(String::new, |set| words::steps_facts(cx.lang(), set));
    let can_build = cx.state.data.dataset.value().is_some() && !cx.state.features.set.is_loading();
    widgets::page_header(ui, cx.t(words::TITLE), &facts, |ui| {
        if widgets::primary_button(ui, cx.t(words::BUILD), can_build).clicked() {
            cx.send(Command::Features(FeaturesCommand::Run));
        }
        if set.is_some() && widgets::secondary_button(ui, cx.t(words::TO_TRAIN)).clicked() {
            cx.send(Command::Go(Page::Train));
        }
        if let Loadable::Loading { progress, .. } = &cx.state.features.set {
            let seen = progress.snapshot();
            let color = palette(ui).text_2;
            ui.label(
                RichText::new(format!("{} {:.0} %", cx.b(&seen.phase), seen.fraction * 100.0))
                    .font(text::small())
                    .color(color),
            );
        }
    });
}

fn figures(cx: &PageContext<'_>, ui: &mut Ui, set: &FeatureSet) {
    let state = &cx.state.features;
    let scored = || set.features.iter().filter(|feature| feature.kind != FeatureKind::Text);
    let chosen = scored()
        .filter(|feature| state.is_chosen(&feature.name, feature.scores.selected))
        .count();
    let leaks = scored().filter(|feature| feature.scores.leak).count();
    let figure = |label, value: String, note: String| Figure {
        label: cx.t(label).to_owned(),
        value,
        note,
        ..Figure::default()
    };
    let first_leak = scored()
        .find(|feature| feature.scores.leak)
        .map_or_else(String::new, |f| f.name.clone());
    widgets::figure_card(
        ui,
        &[
            figure(words::EXAMPLES, number::count(set.label.rows), String::new()),
            figure(
                words::POSITIVE,
                number::share(set.label.positive_rate),
                number::count(set.label.positives),
            ),
            figure(
                words::CHOSEN,
                chosen.to_string(),
                words::of_all(cx.lang(), scored().count()),
            ),
            figure(words::TEXTS, set.text.len().to_string(), set.text.join(" + ")),
            figure(words::LEAKS, leaks.to_string(), first_leak),
        ],
    );
}
