//! What the window remembers between sessions: language, theme, page, projects.

use super::pages::Page;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[default]
    English,
    Chinese,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    #[default]
    Dark,
    Light,
    System,
}

/// Stored by eframe beside the window's size and position.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub language: Language,
    pub theme: ThemeChoice,
    pub page: Page,
    /// Most recent first.
    pub recent_projects: Vec<PathBuf>,
    /// Folder that new projects are made in, when it is not the user's documents; not remembered.
    #[serde(skip)]
    pub sample_home: Option<PathBuf>,
}

impl Settings {
    const MAX_RECENT: usize = 8;

    /// Puts a project at the head of the recent ones.
    pub fn remember_project(&mut self, folder: PathBuf) {
        self.recent_projects.retain(|known| *known != folder);
        self.recent_projects.insert(0, folder);
        self.recent_projects.truncate(Self::MAX_RECENT);
    }
}
