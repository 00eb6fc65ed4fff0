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
pub mod rules;
pub mod settings;
pub mod train;
pub mod welcome;

use super::command::{Command, Commands};
use super::i18n::{self, Text};
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
    Rules,
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
    /// Every page, in the order of the flow; what belongs to no stage comes last.
    pub const ALL: [Self; 12] = [
        Self::Data,
        Self::Audit,
        Self::Rules,
        Self::Recipe,
        Self::Features,
        Self::Train,
        Self::Evaluate,
        Self::Compare,
        Self::Experiments,
        Self::Lineage,
        Self::Settings,
        Self::Welcome,
    ];

    /// The words above it and in the navigation.
    pub fn title(self) -> Text {
        match self {
            Self::Welcome => i18n::shell::WELCOME,
            Self::Data => i18n::data::TITLE,
            Self::Audit => i18n::audit::TITLE,
            Self::Rules => i18n::rules::TITLE,
            Self::Recipe => i18n::recipe::TITLE,
            Self::Features => i18n::features::TITLE,
            Self::Train => i18n::train::TITLE,
            Self::Evaluate => i18n::evaluate::TITLE,
            Self::Compare => i18n::compare::TITLE,
            Self::Experiments => i18n::experiments::TITLE,
            Self::Lineage => i18n::shell::LINEAGE,
            Self::Settings => i18n::shell::SETTINGS,
        }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Data => "data",
            Self::Audit => "audit",
            Self::Rules => "rules",
            Self::Recipe => "recipe",
            Self::Features => "features",
            Self::Train => "train",
            Self::Evaluate => "evaluate",
            Self::Compare => "compare",
            Self::Experiments => "experiments",
            Self::Lineage => "lineage",
            Self::Settings => "settings",
        }
    }

    /// The page with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }

    pub fn of_stage(stage: Stage) -> Self {
        match stage {
            Stage::Project => Self::Welcome,
            Stage::Data | Stage::Preview => Self::Data,
            Stage::Audit => Self::Audit,
            Stage::Rules => Self::Rules,
            Stage::Recipe => Self::Recipe,
            Stage::Features => Self::Features,
            Stage::Train | Stage::Models => Self::Train,
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
    rules: rules::RulesPage,
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
            Page::Rules => self.rules.ui(cx, ui),
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
