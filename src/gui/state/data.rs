//! State of the data page.

use super::{AppState, StageStatus};
use crate::gui::apply::flow::StageOutcome;

#[derive(Default)]
pub struct DataState {}

impl DataState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        StageStatus::default()
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        StageOutcome::Pending
    }

    /// Name and rows of the log that is open, for the top bar.
    pub fn open_log(&self) -> Option<(String, u64)> {
        None
    }
}
