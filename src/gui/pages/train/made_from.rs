//! The run a new one is made from: gone on with from a checkpoint, or repeated.

use super::super::PageContext;
use super::form::{FormAnswer, NewRunForm};
use crate::engine::run::config::TrainConfig;
use crate::gui::command::train::NewRun;
use crate::gui::i18n::number;
use crate::gui::i18n::train::{self as words, form as f};
use crate::gui::runs::RunSnapshot;
use crate::gui::state::train::TrainInputs;
use crate::gui::theme::{palette, space};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::sync::Arc;

/// The run a new one is made from.
pub(super) struct MadeFrom {
    run_id: String,
    name: String,
    /// Its checkpoints; empty where the run is repeated from the start.
    steps: Vec<u64>,
    step: Option<u64>,
    /// What that run offers in place of the feature set.
    pub(super) inputs: Arc<TrainInputs>,
}

impl MadeFrom {
    fn new(cx: &PageContext<'_>, run: &RunSnapshot, steps: Vec<u64>) -> Self {
        let config = &run.config;
        // Its own feature set, where that is the one at hand, offers every column; else its own columns are known.
        let at_hand = cx.state.train.inputs.clone();
        let inputs = at_hand
            .filter(|inputs| inputs.data.train == config.data.train)
            .unwrap_or_else(|| {
                Arc::new(TrainInputs {
                    name: words::run_name(cx.lang(), &run.short_name()),
                    data: config.data.clone(),
                    train_rows: run.view.attempt.as_ref().map_or(0, |attempt| attempt.train_rows),
                    ..TrainInputs::default()
                })
            });
        Self {
            run_id: run.run_id.clone(),
            name: words::run_name(cx.lang(), &run.short_name()),
            step: steps.last().copied(),
            steps,
            inputs,
        }
    }

    /// Which run and which checkpoint it goes on from.
    pub(super) fn card(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let title = if self.step.is_some() { f::FORK_OF } else { f::REPEATS };
        widgets::card_titled(
            ui,
            cx.t(title),
            |_ui| {},
            |ui| {
                ui.label(RichText::new(&self.name).color(palette(ui).text))
                    .on_hover_text(&self.run_id);
                if let Some(step) = &mut self.step {
                    let steps: Vec<(u64, String)> =
                        self.steps.iter().map(|step| (*step, number::count(*step))).collect();
                    widgets::choice(ui, cx.t(f::CHECKPOINT), step, &steps);
                }
            },
        );
        ui.add_space(space::GAP);
    }
}

impl NewRunForm {
    /// The settings of a run, to go on from one of its checkpoints.
    pub(super) fn fork(cx: &PageContext<'_>, run: &RunSnapshot) -> Self {
        Self::from_run(MadeFrom::new(cx, run, run.checkpoints.to_vec()), run)
    }

    /// The settings of a run, to be trained again with others.
    pub(super) fn repeat(cx: &PageContext<'_>, run: &RunSnapshot) -> Self {
        Self::from_run(MadeFrom::new(cx, run, Vec::new()), run)
    }

    fn from_run(made_from: MadeFrom, run: &RunSnapshot) -> Self {
        Self {
            draft: Some((Arc::clone(&made_from.inputs), (*run.config).clone())),
            usual: Some(run.config.learning_rate),
            made_from: Some(made_from),
            ..Self::default()
        }
    }

    /// A fork keeps the model of its checkpoint.
    pub(super) fn forks(&self) -> bool {
        self.made_from.as_ref().is_some_and(|from| from.step.is_some())
    }

    pub(super) fn answer(&self, config: TrainConfig, queued: bool) -> FormAnswer {
        if self.made_from.is_none() && !queued {
            return FormAnswer::Start(Box::new(config));
        }
        let from = self.made_from.as_ref();
        let source = from.map(|from| (from.run_id.clone(), from.step));
        FormAnswer::Make(Box::new(NewRun { config, source, queued }))
    }
}
