//! Each page in its states, drawn inside the whole window.

use super::{Window, pages_in_navigation};
use crate::program::Folder;
use std::time::Duration;
use touchstone::gui::LaunchOptions;
use touchstone::gui::command::Command;
use touchstone::gui::settings::Language;

#[test]
fn every_page_of_an_empty_project_can_be_drawn() {
    let folder = Folder::new();
    let mut window = Window::open(LaunchOptions {
        project: Some(folder.join("empty")),
        ..LaunchOptions::default()
    });
    window.wait("open", Duration::from_secs(30), |app| {
        app.state.project.project.ready().is_some()
    });
    for language in [Language::English, Language::Chinese] {
        window.0.state().send(Command::SetLanguage(language));
        for (page, title) in pages_in_navigation() {
            window.0.state().send(Command::Go(page));
            window.0.run_steps(2);
            window.draw();
            assert!(
                window.shows(language.t(title)),
                "{page:?}:\n{}",
                window.texts().join("\n")
            );
        }
    }
}
