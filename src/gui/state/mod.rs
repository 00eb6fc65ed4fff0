//! All the window knows. Written only by `apply` and finished jobs; pages read it.

pub mod audit;
pub mod audit_views;
pub mod compare;
pub mod data;
pub mod evaluate;
pub mod experiments;
pub mod features;
pub mod flow;
pub mod project;
pub mod recipe;
pub mod rules;
pub mod train;

use super::settings::Settings;

/// A stage of the flow, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Opening, creating or sampling a project; not in the navigation.
    Project,
    /// The first rows of a log as they would be read; not in the navigation.
    Preview,
    Data,
    Audit,
    Rules,
    Recipe,
    Features,
    /// Fetching a base model; not in the navigation.
    Models,
    Train,
    Evaluate,
    Compare,
    Experiments,
}

/// What the navigation shows beside a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StageMark {
    #[default]
    Nothing,
    Running,
    Done,
    NeedsAttention,
    /// Something before it changed since.
    Stale,
}

/// Mark and count of a stage, e.g. `NeedsAttention` and `14`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageStatus {
    pub mark: StageMark,
    pub count: Option<String>,
}

impl StageStatus {
    pub fn new(mark: StageMark) -> Self {
        Self { mark, count: None }
    }
}

/// The whole state, one part a stage.
#[derive(Default)]
pub struct AppState {
    pub settings: Settings,
    pub project: project::ProjectState,
    pub flow: flow::FlowState,
    pub data: data::DataState,
    pub audit: audit::AuditState,
    pub rules: rules::RulesState,
    pub recipe: recipe::RecipeState,
    pub features: features::FeaturesState,
    pub train: train::TrainState,
    pub evaluate: evaluate::EvaluateState,
    pub compare: compare::CompareState,
    pub experiments: experiments::ExperimentsState,
}

impl AppState {
    /// What the navigation shows for a stage.
    pub fn status(&self, stage: Stage) -> StageStatus {
        match stage {
            Stage::Project | Stage::Preview | Stage::Models => StageStatus::default(),
            Stage::Data => self.data.status(self),
            Stage::Audit => self.audit.status(self),
            Stage::Rules => self.rules.status(self),
            Stage::Recipe => self.recipe.status(self),
            Stage::Features => self.features.status(self),
            Stage::Train => self.train.status(self),
            Stage::Evaluate => self.evaluate.status(self),
            Stage::Compare => self.compare.status(self),
            Stage::Experiments => self.experiments.status(self),
        }
    }

    /// Forgets everything of the project that was open; settings stay.
    pub fn close_project(&mut self) {
        *self = Self {
            settings: std::mem::take(&mut self.settings),
            ..Self::default()
        };
    }
}
