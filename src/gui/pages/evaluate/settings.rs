//! Settings of the evaluation, shown under the header when asked for.

use crate::gui::command::Command;
use crate::gui::command::evaluate::EvaluateCommand;
use crate::gui::i18n::{common, evaluate as words};
use crate::gui::pages::PageContext;
use crate::gui::state::evaluate::{EvaluateChoice, Evaluations};
use crate::gui::theme::space;
use crate::gui::widgets;
use egui::Ui;

/// Texts being edited; `None` = the form is closed.
#[derive(Default)]
pub(super) struct SettingsForm(Option<Draft>);

struct Draft {
    choice: EvaluateChoice,
    group: String,
    segments: String,
    threshold: String,
}

impl SettingsForm {
    pub(super) fn toggle(&mut self, choice: &EvaluateChoice) {
        self.0 = match self.0.take() {
            Some(_) => None,
            None => Some(Draft {
                group: choice.suite.group.clone().unwrap_or_default(),
                segments: choice.suite.segments.join(", "),
                threshold: choice
                    .config
                    .threshold
                    .map(|value| value.to_string())
                    .unwrap_or_default(),
                choice: choice.clone(),
            }),
        };
    }

    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluations) {
        let Some(draft) = &mut self.0 else { return };
        let mut cancelled = false;
        let mut close = false;
        widgets::card_titled(
            ui,
            cx.t(words::SETTINGS),
            |ui| cancelled = widgets::link(ui, cx.t(common::CANCEL)).clicked(),
            |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = space::GAP;
                    let automatic = found
                        .rows
                        .group
                        .as_ref()
                        .map_or(cx.t(words::AUTOMATIC), |group| &group.name);
                    ui.allocate_ui(egui::vec2(200.0, 48.0), |ui| {
                        widgets::field(ui, cx.t(words::GROUP_COLUMN), &mut draft.group, automatic);
                    });
                    ui.allocate_ui(egui::vec2(280.0, 48.0), |ui| {
                        let hint = cx.t(words::AUTOMATIC);
                        widgets::field(ui, cx.t(words::SEGMENT_COLUMNS), &mut draft.segments, hint);
                    });
                    ui.allocate_ui(egui::vec2(200.0, 48.0), |ui| {
                        widgets::field(ui, cx.t(words::GIVEN_THRESHOLD), &mut draft.threshold, "0.5");
                    });
                    let resamples = &mut draft.choice.config.bootstrap;
                    widgets::number_field(ui, cx.t(words::RESAMPLES), resamples, 0..=20_000);
                    if widgets::secondary_button(ui, cx.t(words::APPLY)).clicked() {
                        cx.send(Command::Evaluate(EvaluateCommand::RunWith(Box::new(draft.choice()))));
                        close = true;
                    }
                });
            },
        );
        ui.add_space(space::GAP);
        if close || cancelled {
            self.0 = None;
        }
    }
}

impl Draft {
    /// The settings with the edited texts put in; a threshold that is no number means the default.
    fn choice(&self) -> EvaluateChoice {
        let mut choice = self.choice.clone();
        choice.suite.group = named(&self.group);
        choice.suite.segments = self.segments.split(',').filter_map(named).collect();
        choice.config.threshold = self
            .threshold
            .trim()
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite());
        choice
    }
}

/// What was typed, without surrounding space; `None` where that leaves nothing.
fn named(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
