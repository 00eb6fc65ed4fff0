//! Note and tags of the shown run.

use super::super::PageContext;
use crate::engine::run::about::{About, tidy};
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train::runs as words;
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::space;
use crate::gui::widgets;
use egui::Ui;

/// What is typed, until it is saved.
#[derive(Default)]
pub(super) struct AboutView {
    of: Option<(String, About)>,
    note: String,
    tags: String,
}

impl AboutView {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
        let said = (run.run_id.clone(), (*run.about).clone());
        if self.of.as_ref() != Some(&said) {
            self.note.clone_from(&said.1.note);
            self.tags = said.1.tags.iter().cloned().collect::<Vec<_>>().join(", ");
            self.of = Some(said);
        }
        let rows = ((height - 110.0) / 18.0).clamp(2.0, 20.0) as usize;
        widgets::labelled(ui, cx.t(words::NOTE), |ui| {
            ui.add(
                egui::TextEdit::multiline(&mut self.note)
                    .hint_text(cx.t(words::NOTE_HINT))
                    .desired_rows(rows)
                    .desired_width(f32::INFINITY),
            )
        });
        ui.add_space(space::TIGHT);
        widgets::field(ui, cx.t(words::TAGS), &mut self.tags, cx.t(words::TAGS_HINT));
        let typed = About {
            note: self.note.clone(),
            tags: self.tags.split([',', '，', '、']).filter_map(tidy).collect(),
            archived: run.about.archived,
        };
        if typed != *run.about && widgets::secondary_button(ui, cx.t(words::SAVE)).clicked() {
            cx.send(Command::Train(TrainCommand::Say(run.run_id.clone(), typed)));
        }
    }
}
