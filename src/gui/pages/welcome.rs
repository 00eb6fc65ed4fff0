//! The Welcome page: what this is, the sample project, recent projects, your own log.

use super::{Page, PageContext};
use crate::gui::command::Command;
use crate::gui::command::project::ProjectCommand;
use crate::gui::i18n::{flow as flow_words, welcome as words};
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::path::PathBuf;

/// Widget state only.
#[derive(Default)]
pub struct WelcomePage {
    log_path: String,
}

impl WelcomePage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::page_header(ui, cx.t(words::TITLE), cx.t(words::FACTS), |_ui| {});
        if let Some(error) = cx.state.project.project.error() {
            widgets::card(ui, |ui| {
                widgets::tone_text(ui, Tone::Danger, error);
            });
            ui.add_space(space::GAP);
        }
        let busy = cx.state.project.project.is_loading();
        ui.spacing_mut().item_spacing.x = space::GAP;
        ui.columns_const(|[left, right]| {
            sample_card(cx, left, busy);
            left.add_space(space::GAP);
            self.own_log_card(cx, left);
            recent_card(cx, right);
            right.add_space(space::GAP);
            steps_card(cx, right);
        });
    }

    fn own_log_card(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::card_titled(
            ui,
            cx.t(words::OWN),
            |_ui| {},
            |ui| {
                let p = palette(ui);
                ui.label(RichText::new(cx.t(words::OWN_WHY)).color(p.text_2));
                ui.add_space(space::SMALL);
                ui.horizontal(|ui| {
                    if widgets::secondary_button(ui, cx.t(words::OPEN_LOG)).clicked() {
                        cx.send(Command::Project(ProjectCommand::PickLog));
                    }
                    if widgets::secondary_button(ui, cx.t(crate::gui::i18n::shell::OPEN_PROJECT)).clicked() {
                        cx.send(Command::Project(ProjectCommand::PickFolder));
                    }
                });
                ui.add_space(space::TIGHT);
                ui.horizontal(|ui| {
                    let field = egui::TextEdit::singleline(&mut self.log_path)
                        .hint_text(cx.t(words::PATH_HINT))
                        .desired_width((ui.available_width() - 90.0).max(120.0));
                    let response = ui.add(field);
                    let enter = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
                    let go = widgets::secondary_button(ui, cx.t(words::GO)).clicked();
                    if (enter || go) && !self.log_path.trim().is_empty() {
                        let path = PathBuf::from(self.log_path.trim());
                        cx.send(Command::Project(ProjectCommand::OpenAny(path)));
                    }
                });
            },
        );
    }
}

fn sample_card(cx: &PageContext<'_>, ui: &mut Ui, busy: bool) {
    let p = palette(ui);
    widgets::card(ui, |ui| {
        ui.label(RichText::new(cx.t(words::SAMPLE)).font(text::verdict()).color(p.text));
        ui.label(RichText::new(cx.t(words::SAMPLE_WHY)).color(p.text_2));
        ui.add_space(space::SMALL);
        ui.horizontal(|ui| {
            if widgets::primary_button(ui, cx.t(flow_words::RUN), !busy).clicked() {
                cx.send(Command::Project(ProjectCommand::CreateSample { run_flow: true }));
            }
            if widgets::secondary_button(ui, cx.t(words::OPEN_SAMPLE)).clicked() && !busy {
                cx.send(Command::Project(ProjectCommand::CreateSample { run_flow: false }));
            }
            if busy {
                ui.spinner();
            }
        });
        ui.label(
            RichText::new(cx.t(words::SAMPLE_TIME))
                .font(text::small())
                .color(p.text_2),
        );
    });
}

fn recent_card(cx: &PageContext<'_>, ui: &mut Ui) {
    widgets::card_titled(
        ui,
        cx.t(words::RECENT),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            if cx.state.settings.recent_projects.is_empty() {
                ui.label(RichText::new(cx.t(words::NO_RECENT)).color(p.text_2));
            }
            for folder in &cx.state.settings.recent_projects {
                let name = folder
                    .file_name()
                    .map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
                ui.horizontal(|ui| {
                    if widgets::secondary_button(ui, &name).clicked() {
                        cx.send(Command::Project(ProjectCommand::Open(folder.clone())));
                        cx.send(Command::Go(Page::Data));
                    }
                    let path = RichText::new(folder.display().to_string())
                        .font(text::small())
                        .color(p.text_2);
                    ui.add(egui::Label::new(path).truncate());
                });
            }
        },
    );
}

fn steps_card(cx: &PageContext<'_>, ui: &mut Ui) {
    widgets::card_titled(
        ui,
        cx.t(words::FLOW),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            for (index, (name, what)) in words::STEPS.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(format!("{}", index + 1)).color(p.accent));
                    ui.label(RichText::new(cx.t(*name)).color(p.text));
                    ui.add(egui::Label::new(RichText::new(cx.t(*what)).color(p.text_2)).truncate());
                });
            }
        },
    );
}
