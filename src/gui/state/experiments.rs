//! State of the experiments page.

use super::{AppState, StageStatus};
use crate::gui::apply::flow::StageOutcome;

#[derive(Default)]
pub struct ExperimentsState {}

impl ExperimentsState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        StageStatus::default()
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        StageOutcome::Pending
    }
}
