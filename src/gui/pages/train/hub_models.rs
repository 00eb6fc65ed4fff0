//! Base models of the Hugging Face hub that are not fetched yet, and a field for any other.

use super::super::PageContext;
use super::models::{columns, model_row, progress_ui};
use crate::engine::models::BaseModel;
use crate::engine::run::config::TrainConfig;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train::models as words;
use crate::gui::loadable::Loadable;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// The card of the hub; `name` is what stands in its field.
pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, name: &mut String, config: &TrainConfig) {
    widgets::card_titled(
        ui,
        cx.t(words::ON_HUB),
        |_ui| {},
        |ui| {
            let small = |ui: &mut Ui, told: &str| {
                ui.label(RichText::new(told).font(text::small()).color(palette(ui).text_2));
            };
            small(ui, cx.t(words::ON_HUB_WHY));
            ui.add_space(space::TIGHT);
            let models: Vec<&BaseModel> = cx.state.train.models.iter().filter(|model| is_on_hub(model)).collect();
            if !models.is_empty() {
                table(cx, ui, &models, config);
                ui.add_space(space::GAP);
            }
            small(ui, cx.t(words::ANY_OTHER));
            ui.add_space(space::TIGHT);
            if let Loadable::Loading { progress, .. } = &cx.state.train.fetched {
                progress_ui(cx, ui, progress);
            } else if let Some(typed) = widgets::path_field(ui, name, cx.t(words::HUB_HINT), cx.t(words::PULL_FROM_HUB))
            {
                cx.send(Command::Train(TrainCommand::Pull(typed.to_string_lossy().into_owned())));
            }
        },
    );
}

/// Neither in the cache nor pinned: it is known by its name only.
pub(super) fn is_on_hub(model: &BaseModel) -> bool {
    !model.cached && !model.pinned
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, models: &[&BaseModel], config: &TrainConfig) {
    let columns = columns(cx, ui);
    let height = space::ROW * (models.len() as f32 + 1.2);
    widgets::table(
        ui,
        "hub_models",
        &columns,
        (models.len(), height, None),
        |row, index| {
            model_row(cx, row, models[index], config);
        },
    );
}
