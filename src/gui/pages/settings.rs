//! Settings: language, theme, where things are kept.

use super::PageContext;
use crate::gui::command::Command;
use crate::gui::i18n::shell as words;
use crate::gui::settings::{Language, ThemeChoice};
use crate::gui::theme::space;
use crate::gui::widgets;
use egui::Ui;

#[derive(Default)]
pub struct SettingsPage {}

impl SettingsPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::page_header(ui, cx.t(words::SETTINGS), "", |_ui| {});
        widgets::card(ui, |ui| {
            let mut language = cx.lang();
            let languages =
                [Language::English, Language::Chinese].map(|known| (known, words::native_name(known).to_owned()));
            if widgets::choice(ui, cx.t(words::LANGUAGE), &mut language, &languages) {
                cx.send(Command::SetLanguage(language));
            }
            ui.add_space(space::SMALL);
            let mut theme = cx.state.settings.theme;
            let themes = [
                (ThemeChoice::Dark, cx.t(words::DARK).to_owned()),
                (ThemeChoice::Light, cx.t(words::LIGHT).to_owned()),
                (ThemeChoice::System, cx.t(words::SYSTEM).to_owned()),
            ];
            if widgets::choice(ui, cx.t(words::THEME), &mut theme, &themes) {
                cx.send(Command::SetTheme(theme));
            }
        });
    }
}
