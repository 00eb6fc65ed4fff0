//! The base models: what they are, what they need, and how to get them.

use super::super::PageContext;
use crate::engine::models::BaseModel;
use crate::engine::run::config::TrainConfig;
use crate::engine::train::cost;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train::{self as page, models as words};
use crate::gui::i18n::{common, number, shell};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

/// Widget state only.
#[derive(Default)]
pub(super) struct ModelsView {
    folder: String,
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
                if let Loadable::Loading { progress, .. } = &cx.state.train.fetched {
                    progress_ui(cx, ui, progress);
                } else if let Some(path) =
                    widgets::path_field(ui, &mut self.folder, cx.t(words::IMPORT_HINT), cx.t(words::IMPORT))
                {
                    cx.send(Command::Train(TrainCommand::Import(path)));
                }
            },
        );
    }
}

fn progress_ui(cx: &PageContext<'_>, ui: &mut Ui, progress: &crate::engine::progress::Progress) {
    let p = palette(ui);
    let seen = progress.snapshot();
    ui.horizontal(|ui| {
        ui.add(
            egui::ProgressBar::new(seen.fraction)
                .desired_width(220.0)
                .desired_height(6.0)
                .fill(p.accent),
        );
        let told = format!("{:.0} % · {}", seen.fraction * 100.0, cx.b(&seen.phase));
        ui.label(RichText::new(told).font(text::small()).color(p.text_2));
        if widgets::link(ui, cx.t(common::CANCEL)).clicked() {
            cx.send(Command::CancelJob(Stage::Models));
        }
    });
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig) {
    let columns = [
        Column::left(cx.t(words::NAME), 150.0),
        Column::right(cx.t(words::PARAMETERS), 92.0),
        Column::right(cx.t(words::SHAPE), 104.0),
        Column::left(cx.t(words::LANGUAGES), 110.0),
        Column::left(cx.t(words::LICENCE), 110.0),
        Column::right(cx.t(words::SIZE), 86.0),
        Column::right(cx.t(words::TRAINING_MEMORY), 124.0),
        Column::rest_above(cx.t(words::STATE), 150.0),
    ];
    let models = &cx.state.train.models;
    let height = space::ROW * (models.len().clamp(2, 14) as f32 + 1.2);
    widgets::table(ui, "models", &columns, (models.len(), height, None), |row, index| {
        let model = &models[index];
        let or_unknown = |value: &str| {
            if value.is_empty() {
                cx.t(words::UNKNOWN).to_owned()
            } else {
                value.to_owned()
            }
        };
        let p = row.col(|ui| {
            widgets::cell(ui, &model.name, palette(ui).text);
        });
        if !model.title.is_empty() {
            p.1.on_hover_text(&model.title);
        }
        row.col(|ui| widgets::cell_right(ui, &words::parameters(model.parameters), palette(ui).text));
        row.col(|ui| {
            let shape = if model.layers > 0 {
                format!("{} × {}", model.layers, model.hidden_size)
            } else {
                "–".to_owned()
            };
            widgets::cell_right(ui, &shape, palette(ui).text);
        });
        row.col(|ui| widgets::cell(ui, &or_unknown(&model.languages), palette(ui).text));
        row.col(|ui| widgets::cell(ui, &or_unknown(&model.licence), palette(ui).text));
        row.col(|ui| {
            let size = if model.bytes > 0 {
                number::bytes(model.bytes)
            } else {
                "–".to_owned()
            };
            widgets::cell_right(ui, &size, palette(ui).text);
        });
        row.col(|ui| {
            let memory = training_memory(model, config).map_or_else(|| "–".to_owned(), number::bytes);
            widgets::cell_right(ui, &memory, palette(ui).text);
        });
        row.col(|ui| state_cell(cx, ui, model));
    });
}

/// Estimated bytes of training this model with these settings on this machine.
pub(super) fn training_memory(model: &BaseModel, config: &TrainConfig) -> Option<u64> {
    let shape = model.shape.as_ref()?;
    Some(cost::memory_bytes(
        shape,
        model.parameters,
        config,
        crate::engine::train::hardware::cpu_has_bf16(),
    ))
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
