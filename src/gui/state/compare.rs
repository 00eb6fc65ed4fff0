//! State of the compare page: models against each other on the evaluated rows.

use super::{AppState, StageMark, StageStatus};
use crate::engine::compare::Comparison;
use crate::gui::apply::flow::StageOutcome;
use crate::gui::loadable::Loadable;

pub use crate::engine::flow::choices::CompareChoice;

#[derive(Default)]
pub struct CompareState {
    pub comparison: Loadable<Compared>,
    pub choice: CompareChoice,
    /// The last request found fewer than two models: there is nothing to compare.
    pub nothing_to_compare: bool,
}

/// The comparison and when it was made.
#[derive(Debug)]
pub struct Compared {
    pub comparison: Comparison,
    pub created_ms: u64,
}

impl CompareState {
    /// Mark and count for the navigation.
    pub fn status(&self, state: &AppState) -> StageStatus {
        let mark = match &self.comparison {
            Loadable::Empty => StageMark::Nothing,
            Loadable::Loading { .. } => StageMark::Running,
            Loadable::Failed { .. } => StageMark::NeedsAttention,
            Loadable::Ready(_) if self.is_stale(state) => StageMark::Stale,
            Loadable::Ready(_) => StageMark::Done,
        };
        let count = self
            .comparison
            .value()
            .map(|found| found.comparison.models.len().to_string());
        StageStatus { mark, count }
    }

    /// True when the models were evaluated again since, or should be.
    pub fn is_stale(&self, state: &AppState) -> bool {
        let Some(compared) = self.comparison.value() else {
            return false;
        };
        let evaluated = state.evaluate.evaluations.value();
        let newer = evaluated.is_some_and(|found| found.created_ms > compared.created_ms);
        newer || state.evaluate.is_stale(state)
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        match &self.comparison {
            _ if self.nothing_to_compare => StageOutcome::Done,
            Loadable::Ready(_) => StageOutcome::Done,
            Loadable::Failed { error, .. } => StageOutcome::Failed(error.clone()),
            Loadable::Empty | Loadable::Loading { .. } => StageOutcome::Pending,
        }
    }
}
