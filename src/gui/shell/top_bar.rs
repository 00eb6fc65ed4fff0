//! The top bar: mark, project, what is open, language, theme.

use crate::gui::command::Command;
use crate::gui::command::project::ProjectCommand;
use crate::gui::i18n::{flow as flow_words, shell as words};
use crate::gui::pages::{Page, PageContext};
use crate::gui::settings::{Language, ThemeChoice};
use crate::gui::theme::{Tone, palette, text};
use crate::gui::widgets;
use egui::{Button, RichText, Sense, Ui, vec2};

/// Width of the field that opens the command palette.
const SEARCH_WIDTH: f32 = 240.0;

/// True when the command palette is asked for.
pub fn ui(cx: &PageContext<'_>, ui: &mut Ui) -> bool {
    let p = palette(ui);
    let mut asked = false;
    ui.horizontal_centered(|ui| {
        let (rect, mark) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
        super::icon::paint(ui.painter(), rect, p.raised, p.text_3, p.accent);
        mark.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Touchstone"));
        ui.label(RichText::new("Touchstone").font(text::verdict()).color(p.text).strong());
        ui.add_space(6.0);
        project_menu(cx, ui);
        open_thing(cx, ui);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            theme_menu(cx, ui);
            language_switch(cx, ui);
            ui.add_space(6.0);
            asked = search_field(cx, ui);
        });
    });
    asked
}

/// Looks like a field, opens the command palette.
fn search_field(cx: &PageContext<'_>, ui: &mut Ui) -> bool {
    if ui.available_width() < SEARCH_WIDTH {
        return false;
    }
    let p = palette(ui);
    let small = |text: String| RichText::new(text).font(text::small()).color(p.text_2);
    let keys = ui.format_shortcut(&super::palette::SHORTCUT);
    let button = Button::new(small(cx.t(words::COMMANDS).to_owned()))
        .right_text(small(keys))
        .fill(p.background)
        .stroke(egui::Stroke::new(1.0, p.line))
        .min_size(vec2(SEARCH_WIDTH, 26.0));
    ui.add(button).clicked()
}

fn project_menu(cx: &PageContext<'_>, ui: &mut Ui) {
    let p = palette(ui);
    let name = cx
        .state
        .project
        .name()
        .unwrap_or_else(|| cx.t(words::NO_PROJECT).to_owned());
    ui.menu_button(RichText::new(format!("{name}  ▾")).color(p.text_2), |ui| {
        if ui.button(cx.t(words::OPEN_PROJECT)).clicked() {
            cx.send(Command::Project(ProjectCommand::PickFolder));
        }
        for folder in &cx.state.settings.recent_projects {
            let label = folder
                .file_name()
                .map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
            if ui.button(label).on_hover_text(folder.display().to_string()).clicked() {
                cx.send(Command::Project(ProjectCommand::Open(folder.clone())));
                cx.send(Command::Go(Page::Data));
            }
        }
        ui.separator();
        let is_open = cx.state.project.project.value().is_some();
        let run = Button::new(cx.t(flow_words::RUN));
        if ui.add_enabled(is_open && !cx.state.flow.is_running(), run).clicked() {
            cx.send(Command::Project(ProjectCommand::RunFlow));
        }
        if ui.button(cx.t(words::WELCOME)).clicked() {
            cx.send(Command::Go(Page::Welcome));
        }
        if ui
            .add_enabled(is_open, Button::new(cx.t(words::CLOSE_PROJECT)))
            .clicked()
        {
            cx.send(Command::Project(ProjectCommand::Close));
        }
    });
}

/// The log that is open, and whether the project can be written.
fn open_thing(cx: &PageContext<'_>, ui: &mut Ui) {
    if let Some((name, rows)) = cx.state.data.open_log() {
        ui.label(RichText::new(format!("/ {name}")).color(palette(ui).text));
        widgets::chip(ui, &crate::gui::i18n::common::rows(cx.lang(), rows), Tone::Quiet);
    }
    if cx
        .state
        .project
        .project
        .value()
        .is_some_and(|project| project.is_read_only())
    {
        widgets::chip(ui, cx.t(words::READ_ONLY), Tone::Warning).on_hover_text(cx.t(words::READ_ONLY_WHY));
    }
}

fn language_switch(cx: &PageContext<'_>, ui: &mut Ui) {
    let p = palette(ui);
    for language in [Language::Chinese, Language::English] {
        let label = words::native_mark(language);
        let on = cx.lang() == language;
        let color = if on { p.accent } else { p.text_2 };
        if ui
            .add(Button::selectable(on, RichText::new(label).color(color)).frame(false))
            .clicked()
        {
            cx.send(Command::SetLanguage(language));
        }
    }
}

fn theme_menu(cx: &PageContext<'_>, ui: &mut Ui) {
    let current = cx.state.settings.theme;
    let entries = [
        (ThemeChoice::Dark, words::DARK),
        (ThemeChoice::Light, words::LIGHT),
        (ThemeChoice::System, words::SYSTEM),
    ];
    let label = entries
        .iter()
        .find(|(choice, _)| *choice == current)
        .map_or("", |(_, text)| cx.t(*text));
    ui.menu_button(RichText::new(label).color(palette(ui).text_2), |ui| {
        for (choice, text) in entries {
            if ui.selectable_label(choice == current, cx.t(text)).clicked() {
                cx.send(Command::SetTheme(choice));
            }
        }
    })
    .response
    .on_hover_text(cx.t(words::THEME));
}
