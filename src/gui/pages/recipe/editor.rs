//! The chosen step: its fields, its place, and what is wrong with it.

use super::fields::{self, Field};
use super::{send, shown_preview};
use crate::engine::artifact::ContentHash;
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::i18n::recipe as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::cell::RefCell;

/// Texts being typed that are no value yet (one entry a line), of one step.
#[derive(Default)]
pub(super) struct Editor {
    lines: Option<(usize, &'static str, String)>,
    asked: RefCell<Option<ContentHash>>,
}

impl Editor {
    pub(super) fn asked_for(&self, key: Option<ContentHash>) {
        *self.asked.borrow_mut() = key;
    }

    pub(super) fn was_asked(&self, key: Option<&ContentHash>) -> bool {
        self.asked.borrow().as_ref() == key
    }

    pub(super) fn card(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.recipe;
        let selected = state
            .selected
            .and_then(|index| Some((index, state.recipe.steps.get(index)?)));
        let Some((index, step)) = selected else {
            widgets::card(ui, |ui| {
                ui.add_space(space::SMALL);
                let color = palette(ui).text_2;
                ui.label(RichText::new(cx.t(words::CHOOSE_STEP)).color(color));
                ui.add_space(space::SMALL);
            });
            return;
        };
        let last = state.recipe.steps.len() - 1;
        let title = format!("{}  {}", index + 1, cx.b(&step.action.title()));
        widgets::card_titled(
            ui,
            &title,
            |ui| {
                if widgets::link(ui, cx.t(words::REMOVE)).clicked() {
                    send(cx, RecipeCommand::Remove(index));
                }
                if index < last && widgets::link(ui, cx.t(words::DOWN)).clicked() {
                    send(
                        cx,
                        RecipeCommand::Move {
                            from: index,
                            to: index + 1,
                        },
                    );
                }
                if index > 0 && widgets::link(ui, cx.t(words::UP)).clicked() {
                    send(
                        cx,
                        RecipeCommand::Move {
                            from: index,
                            to: index - 1,
                        },
                    );
                }
            },
            |ui| self.form(cx, ui, index),
        );
    }

    fn form(&mut self, cx: &PageContext<'_>, ui: &mut Ui, index: usize) {
        let step = &cx.state.recipe.recipe.steps[index];
        let kind = step.action.kind();
        if self
            .lines
            .as_ref()
            .is_none_or(|(of, is, _)| (*of, *is) != (index, kind))
        {
            self.lines = Some((index, kind, fields::lines_of(&step.action)));
        }
        let mut action = step.action.clone();
        let columns: Vec<String> = cx
            .state
            .data
            .dataset
            .value()
            .map(|log| log.info.columns.iter().map(|column| column.name.clone()).collect())
            .unwrap_or_default();
        let lines = self.lines.as_mut().map(|lines| &mut lines.2);
        let mut field = Field {
            cx,
            columns: &columns,
            lines,
        };
        if field.edit(ui, &mut action) && action != step.action {
            send(cx, RecipeCommand::SetAction { index, action });
        }
        if let Some(note) = &step.note {
            ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
        }
        let error = shown_preview(cx).and_then(|found| found.preview.error.as_ref());
        if let Some((_, message)) = error.filter(|error| error.0 == Some(index)) {
            ui.add_space(space::TIGHT);
            widgets::tone_text(ui, Tone::Danger, cx.b(message));
        }
    }
}
