//! State of the evaluate page.

use super::{AppState, StageStatus};
use crate::gui::apply::flow::StageOutcome;

#[derive(Default)]
pub struct EvaluateState {}

impl EvaluateState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        StageStatus::default()
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        StageOutcome::Pending
    }
}
