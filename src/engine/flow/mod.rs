//! Flow: all stages of a project in order, resuming where it stopped.
//!
//! In: a project with its sources and settings. Out: each stage's artefact in the catalogue, a summary a stage.

pub mod catalogue;
pub mod choices;
mod error;
mod model_stages;
pub mod plan;
pub mod rules;
pub mod sources;
pub mod stages;
mod training;

pub use error::FlowError;
pub use training::finished_run_like;

use crate::engine::progress::Progress;
use crate::engine::project::{Project, ProjectError};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// The stages in order, by the names of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowStage {
    Data,
    Audit,
    Recipe,
    Features,
    Train,
    Evaluate,
    Compare,
    Experiments,
}

impl FlowStage {
    pub const ALL: [Self; 8] = [
        Self::Data,
        Self::Audit,
        Self::Recipe,
        Self::Features,
        Self::Train,
        Self::Evaluate,
        Self::Compare,
        Self::Experiments,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Audit => "audit",
            Self::Recipe => "recipe",
            Self::Features => "features",
            Self::Train => "train",
            Self::Evaluate => "evaluate",
            Self::Compare => "compare",
            Self::Experiments => "experiments",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// What one stage did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StageSummary {
    pub stage: FlowStage,
    /// The result of an earlier flow with the same inputs was taken over, or there was nothing to do.
    pub skipped: bool,
    pub elapsed_ms: u64,
    /// One English sentence.
    pub said: String,
    /// The stage's headline numbers.
    pub facts: serde_json::Value,
}

/// Runs the stages up to and including `until`; `done` is told each one as it ends.
///
/// Nothing is lost on an error or a cancel: what earlier stages made stays in the project, and the next
/// flow takes it over.
pub fn run(
    project: &Project,
    until: FlowStage,
    progress: &Progress,
    done: &mut dyn FnMut(&StageSummary),
) -> Result<Vec<StageSummary>, FlowError> {
    if project.is_read_only() {
        let path = project.folder().to_owned();
        return Err(ProjectError::ReadOnly { path }.into());
    }
    let mut stages = stages::Stages::new(project, progress);
    let mut summaries = Vec::new();
    for stage in FlowStage::ALL.into_iter().filter(|stage| *stage <= until) {
        progress.check()?;
        let started = Instant::now();
        let outcome = stages.run(stage)?;
        let summary = StageSummary {
            stage,
            skipped: outcome.skipped,
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            said: outcome.said,
            facts: outcome.facts,
        };
        done(&summary);
        summaries.push(summary);
    }
    Ok(summaries)
}
