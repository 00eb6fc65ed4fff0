//! The base models: what they are, what they need, and how to get them.

use super::super::PageContext;
use super::hub_models;
use crate::engine::models::BaseModel;
use crate::engine::run::config::TrainConfig;
use crate::engine::train::memory;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train::{self as page, models as words};
use crate::gui::i18n::{common, number, shell};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};
use egui_extras::TableRow;

/// Widget state only.
#[derive(Default)]
pub(super) struct ModelsView {
    folder: String,
    hub_name: String,
    asked: bool,
}

impl ModelsView {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let train = &cx.state.train;
        if !std::mem::replace(&mut self.asked, true) {
            cx.send(Command::Train(TrainCommand::Refresh));
        }
        if let Some(error) = train.fetched.error() {
            widgets::verdict_card(ui, Tone::Danger, cx.t(words::FAILED), error, |ui| {
                if widgets::secondary_button(ui, cx.t(shell::DISMISS)).clicked() {
                    cx.send(Command::Train(TrainCommand::DismissError));
                }
            });
            ui.add_space(space::GAP);
        }
        let config = train
            .inputs
            .as_ref()
            .map_or_else(TrainConfig::default, |inputs| inputs.default_config());
        widgets::card_titled(
            ui,
            cx.t(page::runs::VIEW_MODELS),
            |_ui| {},
            |ui| {
                table(cx, ui, &config);
                let method = page::method(cx.lang(), &config.method);
                let note = words::memory_for(cx.lang(), config.batch_size, config.max_length, &method);
                ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
            },
        );
        ui.add_space(space::GAP);
        hub_models::card(cx, ui, &mut self.hub_name, &config);
        ui.add_space(space::GAP);
        self.import_card(cx, ui);
    }

    fn import_card(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::card_titled(
            ui,
            cx.t(words::IMPORT),
            |_ui| {},
            |ui| {
                let p = palette(ui);
                ui.label(
                    RichText::new(cx.t(words::IMPORT_WHY))
                        .font(text::small())
                        .color(p.text_2),
                );
                ui.add_space(space::TIGHT);
                if matches!(cx.state.train.fetched, Loadable::Loading { .. }) {
                    // The card above shows how far it is.
                    ui.label(RichText::new(cx.t(words::BUSY)).font(text::small()).color(p.text_2));
                } else if let Some(path) =
                    widgets::path_field(ui, &mut self.folder, cx.t(words::IMPORT_HINT), cx.t(words::IMPORT))
                {
                    cx.send(Command::Train(TrainCommand::Import(path)));
                }
            },
        );
    }
}

pub(super) fn progress_ui(cx: &PageContext<'_>, ui: &mut Ui, progress: &crate::engine::progress::Progress) {
    let p = palette(ui);
    let seen = progress.snapshot();
    ui.horizontal(|ui| {
        ui.add(
            egui::ProgressBar::new(seen.fraction)
                .desired_width(220.0)
                .desired_height(6.0)
                .fill(p.accent),
        );
        let mut told = format!("{:.0} % · {}", seen.fraction * 100.0, cx.b(&seen.phase));
        if seen.all_bytes > 0 {
            let (bytes, all) = (number::bytes(seen.bytes), number::bytes(seen.all_bytes));
            told = format!("{told} · {bytes} / {all}");
        }
        ui.label(RichText::new(told).font(text::small()).color(p.text_2));
        if widgets::link(ui, cx.t(common::CANCEL)).clicked() {
            cx.send(Command::CancelJob(Stage::Models));
        }
    });
}

/// Columns of a list of base models; what is left of the width goes to the names.
pub(super) fn columns(cx: &PageContext<'_>, ui: &Ui) -> [Column; 8] {
    const OTHERS: f32 = 820.0;
    let name = (ui.available_width() - OTHERS).clamp(150.0, 320.0);
    [
        Column::left(cx.t(words::NAME), name),
        Column::right(cx.t(words::PARAMETERS), 92.0),
        Column::right(cx.t(words::SHAPE), 104.0),
        Column::left(cx.t(words::LANGUAGES), 110.0),
        Column::left(cx.t(words::LICENCE), 96.0),
        Column::right(cx.t(words::SIZE), 80.0),
        Column::right(cx.t(words::TRAINING_MEMORY), 124.0),
        Column::rest_above(cx.t(words::STATE), 140.0),
    ]
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig) {
    let here = |model: &&BaseModel| !hub_models::is_on_hub(model);
    let models: Vec<&BaseModel> = cx.state.train.models.iter().filter(here).collect();
    let columns = columns(cx, ui);
    let height = space::ROW * (models.len().clamp(1, 14) as f32 + 1.2);
    widgets::table(ui, "models", &columns, (models.len(), height, None), |row, index| {
        model_row(cx, row, models[index], config);
    });
}

/// A model's cells, in the order of [`columns`].
pub(super) fn model_row(cx: &PageContext<'_>, row: &mut TableRow<'_, '_>, model: &BaseModel, config: &TrainConfig) {
    // The owner of a repository is told on hover: the names alone tell them apart.
    let name = model.name.rsplit('/').next().unwrap_or_default();
    let shown = row.col(|ui| widgets::cell(ui, name, palette(ui).text));
    let about = words::about(cx.lang(), &model.title, &model.hub, &model.revision);
    if !about.is_empty() {
        shown.1.on_hover_text(about);
    }
    let number_cell = |row: &mut TableRow<'_, '_>, told: Option<String>| {
        let told = told.unwrap_or_else(|| "–".to_owned());
        row.col(|ui| widgets::cell_right(ui, &told, palette(ui).text));
    };
    let word_cell = |row: &mut TableRow<'_, '_>, told: &str, whole: &str| {
        let told = if told.is_empty() { cx.t(words::UNKNOWN) } else { told };
        let shown = row.col(|ui| widgets::cell(ui, told, palette(ui).text));
        if told != whole && !whole.is_empty() {
            shown.1.on_hover_text(whole);
        }
    };
    number_cell(row, Some(words::parameters(model.parameters)));
    let shape = (model.layers > 0).then(|| format!("{} × {}", model.layers, model.hidden_size));
    number_cell(row, shape);
    let languages = words::languages(cx.lang(), &model.languages);
    word_cell(row, &languages, &model.languages);
    word_cell(row, &model.licence, &model.licence);
    number_cell(row, (model.bytes > 0).then(|| number::bytes(model.bytes)));
    number_cell(row, training_memory(model, config).map(number::bytes));
    row.col(|ui| state_cell(cx, ui, model));
}

/// Estimated bytes of training this model with these settings on this machine.
pub(super) fn training_memory(model: &BaseModel, config: &TrainConfig) -> Option<u64> {
    let shape = model.shape.as_ref()?;
    Some(memory::expected_bytes(config, shape, model.parameters))
}

fn state_cell(cx: &PageContext<'_>, ui: &mut Ui, model: &BaseModel) {
    if let Some(problem) = &model.problem {
        widgets::tone_text(ui, Tone::Danger, problem);
    } else if model.cached {
        widgets::tone_text(ui, Tone::Success, cx.t(words::CACHED));
    } else {
        let busy = cx.state.train.fetched.is_loading();
        ui.label(
            RichText::new(cx.t(words::ABSENT))
                .font(text::small())
                .color(palette(ui).text_2),
        );
        if !busy && widgets::link(ui, cx.t(words::PULL)).clicked() {
            cx.send(Command::Train(TrainCommand::Pull(model.name.clone())));
        }
    }
}
