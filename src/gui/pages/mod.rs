//! The pages, in the order of the flow.

pub mod audit;
pub mod compare;
pub mod data;
pub mod evaluate;
pub mod experiments;
pub mod features;
pub mod lineage;
#[cfg(test)]
mod page_stage;
pub mod recipe;
pub mod settings;
pub mod train;
pub mod welcome;

use super::command::{Command, Commands};
use super::i18n::Text;
use super::settings::Language;
use super::state::{AppState, Stage};
use crate::engine::artifact::Bilingual;
use serde::{Deserialize, Serialize};

/// What the centre of the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    #[default]
    Welcome,
    Data,
    Audit,
    Recipe,
    Features,
    Train,
    Evaluate,
    Compare,
    Experiments,
    Lineage,
    Settings,
}

impl Page {
    /// The name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "welcome" => Self::Welcome,
            "data" => Self::Data,
            "audit" => Self::Audit,
            "recipe" => Self::Recipe,
            "features" => Self::Features,
            "train" => Self::Train,
            "evaluate" => Self::Evaluate,
            "compare" => Self::Compare,
            "experiments" => Self::Experiments,
            "lineage" => Self::Lineage,
            "settings" => Self::Settings,
            _ => return None,
        })
    }

    pub fn of_stage(stage: Stage) -> Self {
        match stage {
            Stage::Project => Self::Welcome,
            Stage::Data => Self::Data,
            Stage::Audit => Self::Audit,
            Stage::Recipe => Self::Recipe,
            Stage::Features => Self::Features,
            Stage::Train => Self::Train,
            Stage::Evaluate => Self::Evaluate,
            Stage::Compare => Self::Compare,
            Stage::Experiments => Self::Experiments,
        }
    }
}

/// What a page may read, and the outbox it may write to.
#[derive(Clone, Copy)]
pub struct PageContext<'a> {
    pub state: &'a AppState,
    pub commands: &'a Commands,
}

impl PageContext<'_> {
    pub fn lang(&self) -> Language {
        self.state.settings.language
    }

    pub fn t(&self, text: Text) -> &'static str {
        self.lang().t(text)
    }

    pub fn b<'t>(&self, text: &'t Bilingual) -> &'t str {
        self.lang().b(text)
    }

    pub fn send(&self, command: Command) {
        self.commands.send(command);
    }
}

/// All pages' widget state.
#[derive(Default)]
pub struct Pages {
    welcome: welcome::WelcomePage,
    data: data::DataPage,
    audit: audit::AuditPage,
    recipe: recipe::RecipePage,
    features: features::FeaturesPage,
    train: train::TrainPage,
    evaluate: evaluate::EvaluatePage,
    compare: compare::ComparePage,
    experiments: experiments::ExperimentsPage,
    lineage: lineage::LineagePage,
    settings: settings::SettingsPage,
}

impl Pages {
    /// Draws the page that is chosen.
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut egui::Ui) {
        match cx.state.settings.page {
            Page::Welcome => self.welcome.ui(cx, ui),
            Page::Data => self.data.ui(cx, ui),
            Page::Audit => self.audit.ui(cx, ui),
            Page::Recipe => self.recipe.ui(cx, ui),
            Page::Features => self.features.ui(cx, ui),
            Page::Train => self.train.ui(cx, ui),
            Page::Evaluate => self.evaluate.ui(cx, ui),
            Page::Compare => self.compare.ui(cx, ui),
            Page::Experiments => self.experiments.ui(cx, ui),
            Page::Lineage => self.lineage.ui(cx, ui),
            Page::Settings => self.settings.ui(cx, ui),
        }
    }
}
