//! The cards of the New run form: what to learn, how, how long it takes, and the settings behind one click.

use super::super::PageContext;
use super::form::{NewRunForm, planned_steps};
use super::{estimate, settings, task, trial};
use crate::engine::flow::plan::default_lora;
use crate::engine::run::config::{Method, TrainConfig};
use crate::engine::run::task::Task;
use crate::gui::i18n::common;
use crate::gui::i18n::train::{self as words, form as f};
use crate::gui::state::train::TrainInputs;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

impl NewRunForm {
    /// Rows, label, task and columns.
    pub(super) fn what_card(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        inputs: &TrainInputs,
        config: &mut TrainConfig,
    ) {
        widgets::card_titled(
            ui,
            cx.t(f::WHAT),
            |_ui| {},
            |ui| {
                self.source(cx, ui);
                task::ui(cx, ui, inputs, (config, &mut self.show_columns));
            },
        );
    }

    /// The base model, the name and the method; a fork keeps model and method of its checkpoint.
    pub(super) fn how_card(&mut self, cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
        widgets::card_titled(
            ui,
            cx.t(f::HOW),
            |_ui| {},
            |ui| {
                let quiet = |ui: &mut Ui, told: &str| {
                    ui.label(RichText::new(told).font(text::small()).color(palette(ui).text_2));
                };
                if self.forks() {
                    let base = words::base_name(&config.base_model).to_owned();
                    widgets::key_values(ui, "base", &[(cx.t(f::BASE).to_owned(), base)]);
                    quiet(ui, cx.t(f::FORK_KEEPS));
                    ui.add_space(space::TIGHT);
                    widgets::field(ui, cx.t(f::NAME), &mut config.name, cx.t(f::NAME_HINT));
                    return;
                }
                let names = cx.state.train.base_models.iter();
                let models: Vec<(String, String)> = names.map(|name| (name.clone(), name.clone())).collect();
                ui.horizontal(|ui| {
                    widgets::choice(ui, cx.t(f::BASE), &mut config.base_model, &models);
                    ui.add_space(space::SMALL);
                    widgets::field(ui, cx.t(f::NAME), &mut config.name, cx.t(f::NAME_HINT));
                });
                let folder = self.base_folder.trim();
                if !folder.is_empty() {
                    widgets::tone_text(ui, Tone::Info, &f::from_folder(cx.lang(), folder));
                } else if models.is_empty() {
                    quiet(ui, cx.t(common::WORKING));
                }
                ui.add_space(space::SMALL);
                methods(cx, ui, config);
            },
        );
    }

    /// A line of what is in force, and all the rest on a click.
    pub(super) fn more_card(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        inputs: &TrainInputs,
        (config, usual): (&mut TrainConfig, f64),
    ) {
        widgets::card(ui, |ui| {
            let p = palette(ui);
            ui.horizontal_wrapped(|ui| {
                if widgets::toggle_chip(ui, self.show_more, cx.t(common::ADVANCED)).clicked() {
                    self.show_more = !self.show_more;
                }
                let told = f::in_force(cx.lang(), config);
                ui.label(RichText::new(told).font(text::small()).color(p.text_2));
                let (advice, suits) = f::rate_advice(cx.lang(), config.learning_rate, usual);
                let tone = if suits { Tone::Success } else { Tone::Warning };
                widgets::tone_text(ui, tone, &advice).on_hover_text(cx.t(f::RATE_WHY));
            });
            if self.show_more {
                ui.add_space(space::SMALL);
                ui.spacing_mut().item_spacing.x = space::GAP;
                ui.columns_const(|[left, middle, right]| {
                    self.pace(cx, left, inputs, (config, usual));
                    settings::learning(cx, middle, config);
                    settings::running(cx, right, config);
                });
            }
        });
    }

    /// Rows a step, negatives, and the learning rate with its course.
    fn pace(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        inputs: &TrainInputs,
        (config, usual): (&mut TrainConfig, f64),
    ) {
        let batches: Vec<(usize, String)> = [8, 16, 32, 64, 128, 256].map(|n| (n, n.to_string())).to_vec();
        widgets::choice(ui, cx.t(f::BATCH), &mut config.batch_size, &batches);
        if config.task == Task::Binary {
            let mut negatives = config.negatives_per_positive.unwrap_or(0.0);
            if widgets::number_field(ui, cx.t(f::NEGATIVES), &mut negatives, 0.0..=1000.0) {
                config.negatives_per_positive = (negatives > 0.0).then_some(negatives);
            }
        }
        ui.horizontal(|ui| {
            widgets::labelled(ui, cx.t(f::RATE), |ui| {
                settings::rate_field(ui, &mut config.learning_rate)
            });
            if config.learning_rate != usual && widgets::link(ui, cx.t(f::USE_USUAL)).clicked() {
                config.learning_rate = usual;
            }
        });
        estimate::schedule(cx, ui, config, steps_of(inputs, config));
        if !self.forks() {
            widgets::field(ui, cx.t(f::BASE_FOLDER), &mut self.base_folder, cx.t(f::BASE_HINT));
        }
    }
}

fn methods(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    let p = palette(ui);
    let inset = ui.spacing().icon_width + ui.spacing().icon_spacing;
    for method in [default_lora(), Method::Full, Method::HeadOnly] {
        let is_chosen = std::mem::discriminant(&method) == std::mem::discriminant(&config.method);
        let (name, why) = f::method(&method);
        ui.scope(|ui| {
            // The word and what it means stand together: lines of text, and no control that needs more height.
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = 20.0;
            if widgets::radio(ui, is_chosen, cx.t(name)).clicked() && !is_chosen {
                // The usual rate follows with the next frame; one set by hand stays and is judged by the new method.
                config.method = method;
            }
            ui.horizontal(|ui| {
                // Below the word, not below its circle.
                ui.add_space(inset);
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.add(egui::Label::new(RichText::new(cx.t(why)).font(text::small()).color(p.text_2)).wrap());
            });
        });
    }
}

/// Epochs, steps, time and memory; a trial that measures them.
pub(super) fn long_card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    inputs: &TrainInputs,
    (config, sent): (&mut TrainConfig, &TrainConfig),
) {
    widgets::card_titled(
        ui,
        cx.t(f::HOW_LONG),
        |ui| trial::action(cx, ui, sent),
        |ui| {
            let p = palette(ui);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0 * space::GAP;
                widgets::number_field(ui, cx.t(f::EPOCHS), &mut config.epochs, 0.1..=100.0);
                let steps = steps_of(inputs, config);
                widgets::labelled(ui, cx.t(f::STEPS), |ui| {
                    ui.label(RichText::new(f::steps(cx.lang(), steps)).color(p.text));
                });
                // What was measured is better than what is guessed, and stands below.
                if !trial::is_measured(cx, sent) {
                    estimate::ui(cx, ui, config, steps);
                }
            });
            trial::ui(cx, ui, sent);
        },
    );
}

fn steps_of(inputs: &TrainInputs, config: &TrainConfig) -> u64 {
    planned_steps(inputs.train_rows, inputs.positive_share_of(config), config)
}
