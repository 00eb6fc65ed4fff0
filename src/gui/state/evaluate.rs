//! State of the evaluate page: the models of the project on their test set.

use super::{AppState, StageMark, StageStatus};
use crate::engine::eval::EvaluationReport;
use crate::engine::eval::suite::ScoredRows;
use crate::engine::project::ArtefactKind;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::loadable::Loadable;
use std::sync::Arc;

pub use crate::engine::flow::choices::EvaluateChoice;

#[derive(Default)]
pub struct EvaluateState {
    pub evaluations: Loadable<Evaluations>,
    pub choice: EvaluateChoice,
}

/// The report the page shows and the scored rows `compare` reads.
#[derive(Debug)]
pub struct Evaluations {
    pub report: EvaluationReport,
    pub rows: Arc<ScoredRows>,
    pub created_ms: u64,
}

impl EvaluateState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let count = self
            .evaluations
            .value()
            .map(|found| (found.report.models.len() + found.report.of_task.len()).to_string());
        let mark = match &self.evaluations {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(_) if self.is_stale(state) => StageMark::Stale,
            Loadable::Ready(_) => StageMark::Done,
        };
        StageStatus { mark, count }
    }

    /// True when a feature set, a run or a model was recorded after this evaluation.
    pub fn is_stale(&self, state: &AppState) -> bool {
        let Some(found) = self.evaluations.value() else {
            return false;
        };
        [ArtefactKind::FeatureSet, ArtefactKind::Run, ArtefactKind::Model]
            .into_iter()
            .filter_map(|kind| state.project.latest(kind))
            .any(|artefact| artefact.created_ms > found.created_ms)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.evaluations {
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}
