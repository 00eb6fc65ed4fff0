//! The New run form: what to learn, how, and how long it takes; everything else behind "More settings".

use super::super::{Page, PageContext};
use super::form_cards::long_card;
use super::made_from::MadeFrom;
use crate::engine::flow::plan::{rows_per_epoch, usual_rate_at};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::validate;
use crate::gui::command::Command;
use crate::gui::command::train::{NewRun, TrainCommand};
use crate::gui::i18n::train::{self as words, form as f};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::train::TrainInputs;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::sync::Arc;

/// Widget state only.
#[derive(Default)]
pub(super) struct NewRunForm {
    /// The feature set the draft was made for, and the draft.
    pub(super) draft: Option<(Arc<TrainInputs>, TrainConfig)>,
    pub(super) base_folder: String,
    /// The folder whose width was asked for last.
    pub(super) asked_for: String,
    /// The usual rate as it stood last; a rate that is the usual one follows it.
    pub(super) usual: Option<f64>,
    pub(super) show_more: bool,
    /// Long lists of columns are shown whole.
    pub(super) show_columns: bool,
    pub(super) made_from: Option<MadeFrom>,
    pub(super) from: Source,
}

/// Where the rows come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Features,
    Table,
}

pub(super) enum FormAnswer {
    Open,
    Cancel,
    Start(Box<TrainConfig>),
    Make(Box<NewRun>),
}

impl NewRunForm {
    /// The form for a run on the table itself.
    pub(super) fn on_table(cx: &PageContext<'_>) -> Self {
        cx.send(Command::Train(TrainCommand::Refresh));
        let mut form = Self::default();
        form.choose(cx, Source::Table);
        form
    }

    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) -> FormAnswer {
        let Some(inputs) = self.inputs(cx) else {
            return self.without_inputs(cx, ui);
        };
        // A new feature set makes the draft's columns meaningless.
        if self.draft.as_ref().is_none_or(|(of, _)| *of != inputs) {
            self.draft = Some((Arc::clone(&inputs), inputs.default_config()));
        }
        let Some((_, mut config)) = self.draft.clone() else {
            return FormAnswer::Open;
        };
        let mut sent = config.clone();
        if !self.base_folder.trim().is_empty() {
            sent.base_model = self.base_folder.trim().to_owned();
        }
        let usual = self.usual_rate(cx, &sent);
        if self
            .usual
            .replace(usual)
            .is_some_and(|before| before == config.learning_rate)
        {
            (config.learning_rate, sent.learning_rate) = (usual, usual);
        }
        let problems = validate::value_problems(&sent);
        let mut answer = FormAnswer::Open;
        let facts = f::facts(
            cx.lang(),
            &inputs.name,
            inputs.train_rows,
            inputs.positive_share_of(&sent),
        );
        widgets::page_header(ui, cx.t(f::TITLE), &facts, |ui| {
            if widgets::primary_button(ui, cx.t(f::START), problems.is_empty()).clicked() {
                answer = self.answer(sent.clone(), false);
            }
            // Where nothing trains and nothing waits the first of the queue would start at once, too.
            let queues = problems.is_empty() && is_busy(cx);
            if queues && widgets::secondary_button(ui, cx.t(words::runs::ADD_TO_QUEUE)).clicked() {
                answer = self.answer(sent.clone(), true);
            }
            if widgets::secondary_button(ui, cx.t(f::CANCEL)).clicked() {
                answer = FormAnswer::Cancel;
            }
        });
        for problem in &problems {
            let told = format!("{}: {}", problem.field, cx.b(&problem.message));
            widgets::tone_text(ui, Tone::Danger, &told);
        }
        let inside = ui.spacing().item_spacing.x;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            ui.columns_const(|[left, right]| {
                left.spacing_mut().item_spacing.x = inside;
                right.spacing_mut().item_spacing.x = inside;
                if let Some(from) = &mut self.made_from {
                    from.card(cx, left);
                }
                self.what_card(cx, left, &inputs, &mut config);
                self.how_card(cx, right, &mut config);
            });
        });
        ui.add_space(space::GAP);
        long_card(cx, ui, &inputs, (&mut config, &sent));
        ui.add_space(space::GAP);
        self.more_card(cx, ui, &inputs, (&mut config, usual));
        self.draft = Some((inputs, config));
        answer
    }

    /// What is trained on: the feature set, or the table itself.
    fn inputs(&self, cx: &PageContext<'_>) -> Option<Arc<TrainInputs>> {
        if let Some(from) = &self.made_from {
            return Some(Arc::clone(&from.inputs));
        }
        match self.from {
            Source::Features => cx.state.train.inputs.clone(),
            Source::Table => cx.state.train.table.value().cloned(),
        }
    }

    fn choose(&mut self, cx: &PageContext<'_>, from: Source) {
        self.from = from;
        let is_there = cx.state.train.table.value().is_some() || cx.state.train.table.is_loading();
        if from == Source::Table && !is_there {
            cx.send(Command::Train(TrainCommand::LookAtTable));
        }
    }

    /// No feature set, or the table is looked at first.
    fn without_inputs(&mut self, cx: &PageContext<'_>, ui: &mut Ui) -> FormAnswer {
        let mut answer = FormAnswer::Open;
        widgets::page_header(ui, cx.t(f::TITLE), "", |ui| {
            if widgets::secondary_button(ui, cx.t(f::CANCEL)).clicked() {
                answer = FormAnswer::Cancel;
            }
            let has_table = cx.state.data.dataset.value().is_some();
            if self.from == Source::Features
                && has_table
                && widgets::secondary_button(ui, cx.t(words::TO_TABLE)).clicked()
            {
                self.choose(cx, Source::Table);
            }
        });
        match (&cx.state.train.table, self.from) {
            (Loadable::Loading { progress, .. }, Source::Table) => {
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Train));
                }
            }
            (Loadable::Failed { error, .. }, Source::Table) => {
                if widgets::failed_page(ui, cx.lang(), error, cx.t(f::CANCEL)) {
                    answer = FormAnswer::Cancel;
                }
            }
            _ => {
                let (headline, why) = (cx.t(words::NEEDS_FEATURES), cx.t(words::NO_INPUTS_WHY));
                if widgets::empty_page(ui, headline, why, Some(cx.t(words::TO_FEATURES))) {
                    cx.send(Command::Go(Page::Features));
                    answer = FormAnswer::Cancel;
                }
            }
        }
        answer
    }

    /// Feature set or table: chips, where there are both.
    pub(super) fn source(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let p = palette(ui);
        let has_both = cx.state.train.inputs.is_some() && cx.state.data.dataset.value().is_some();
        if !has_both {
            return;
        }
        ui.horizontal(|ui| {
            ui.label(RichText::new(cx.t(f::SOURCE)).font(text::small()).color(p.text_2));
            for (from, name) in [(Source::Features, f::FROM_FEATURES), (Source::Table, f::FROM_TABLE)] {
                let chip = widgets::toggle_chip(ui, self.from == from, cx.t(name));
                if chip.on_hover_text(cx.t(f::FROM_TABLE_WHY)).clicked() && self.from != from {
                    self.choose(cx, from);
                }
            }
        });
        ui.add_space(space::TIGHT);
    }

    /// The usual rate of the method with the base model as it stands, a folder typed by hand before a chosen name.
    fn usual_rate(&mut self, cx: &PageContext<'_>, sent: &TrainConfig) -> f64 {
        let hidden = cx.state.train.hidden_sizes.get(&sent.base_model).copied();
        if hidden.is_none() && self.asked_for != sent.base_model {
            self.asked_for.clone_from(&sent.base_model);
            cx.send(Command::Train(TrainCommand::Inspect(sent.base_model.clone())));
        }
        usual_rate_at(&sent.method, hidden)
    }
}

/// A chip a column; those that are on are in `chosen`, in the order they were switched on.
pub(super) fn chips(cx: &PageContext<'_>, ui: &mut Ui, label: &str, all: &[String], chosen: &mut Vec<String>) {
    let p = palette(ui);
    ui.label(RichText::new(label).font(text::small()).color(p.text_2));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(space::TIGHT);
        // A chip is lower than a button: rows of chips stand closer.
        ui.spacing_mut().interact_size.y = 20.0;
        if all.is_empty() {
            ui.label(RichText::new(cx.t(f::NONE)).font(text::small()).color(p.text_2));
        }
        for column in all {
            let at = chosen.iter().position(|name| name == column);
            if widgets::toggle_chip(ui, at.is_some(), column).clicked() {
                match at {
                    Some(at) => drop(chosen.remove(at)),
                    None => chosen.push(column.clone()),
                }
            }
        }
    });
}

/// Something trains here or waits to.
fn is_busy(cx: &PageContext<'_>) -> bool {
    let runs = &cx.state.train.runs;
    runs.live().next().is_some() || !runs.queue.waiting.is_empty()
}

pub(super) fn planned_steps(train_rows: u64, positive_share: Option<f64>, config: &TrainConfig) -> u64 {
    let held_out = if config.data.valid.is_none() {
        config.data.valid_ratio
    } else {
        0.0
    };
    let rows = (train_rows as f64 * (1.0 - held_out)).round() as u64;
    let rows = rows_per_epoch(rows, positive_share, config);
    let by_epochs = (rows as f64 * config.epochs / config.batch_size.max(1) as f64)
        .ceil()
        .max(0.0) as u64;
    config.max_steps.unwrap_or(by_epochs)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
