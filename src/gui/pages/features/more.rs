//! Less common choices: texts, groups, sizes, seed.

use super::change;
use crate::engine::features::{FeatureSet, GroupBy};
use crate::gui::i18n::features as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::space;
use crate::gui::widgets;
use egui::Ui;

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    widgets::card_titled(
        ui,
        cx.t(words::MORE),
        |_ui| {},
        |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP * 2.0;
                texts(cx, ui, set);
                group(cx, ui, set);
                numbers(cx, ui);
            });
        },
    );
}

fn texts(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    let state = &cx.state.features;
    let names: Vec<String> = state
        .outline
        .value()
        .map_or_else(Vec::new, |outline| outline.texts.clone());
    let chosen = state
        .config
        .text
        .clone()
        .or_else(|| set.map(|set| set.text.clone()))
        .unwrap_or_default();
    widgets::labelled(ui, cx.t(words::TEXT_CHOICE), |ui| {
        ui.horizontal_wrapped(|ui| {
            for name in names {
                let at = chosen.iter().position(|text| *text == name);
                if widgets::toggle_chip(ui, at.is_some(), &name).clicked() {
                    let mut next = chosen.clone();
                    match at {
                        Some(at) => drop(next.remove(at)),
                        None => next.push(name),
                    }
                    // A model reads two texts at most: the oldest choice makes room.
                    if next.len() > 2 {
                        next.remove(0);
                    }
                    change(cx, |config| config.text = Some(next));
                }
            }
        });
    });
}

fn group(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    let state = &cx.state.features;
    let known: Vec<GroupBy> = state
        .outline
        .value()
        .map_or_else(Vec::new, |outline| outline.groups.clone());
    if known.is_empty() {
        return;
    }
    let mut group = state.config.group.or_else(|| set.and_then(|set| set.config.group));
    let entries: Vec<(Option<GroupBy>, String)> = known
        .into_iter()
        .map(|group| (Some(group), words::group_by(cx.lang(), group).to_owned()))
        .collect();
    if widgets::choice(ui, cx.t(words::GROUP), &mut group, &entries) {
        change(cx, |config| config.group = group);
    }
}

fn numbers(cx: &PageContext<'_>, ui: &mut Ui) {
    let config = &cx.state.features.config;
    let mut most = config.max_rows.unwrap_or(0);
    if widgets::number_field(ui, cx.t(words::MAX_ROWS), &mut most, 0..=100_000_000) {
        change(cx, |config| config.max_rows = Some(most).filter(|most| *most > 0));
    }
    let mut k = config.select.k;
    if widgets::number_field(ui, cx.t(words::SELECT_K), &mut k, 0..=200) {
        change(cx, |config| config.select.k = k);
    }
    let mut seed = config.seed;
    if widgets::number_field(ui, cx.t(words::SEED), &mut seed, 0..=u64::from(u32::MAX)) {
        change(cx, |config| config.seed = seed);
    }
}
