//! State of the train page.

use super::{AppState, StageStatus};
use crate::gui::apply::flow::StageOutcome;

#[derive(Default)]
pub struct TrainState {}

impl TrainState {
    /// Mark and count for the navigation.
    pub fn status(&self, _state: &AppState) -> StageStatus {
        StageStatus::default()
    }

    /// How this stage stands for a run of the whole flow.
    pub fn outcome(&self) -> StageOutcome {
        StageOutcome::Pending
    }

    /// The live run in one line for the tray.
    pub fn tray_line(&self, _lang: crate::gui::settings::Language) -> Option<TrayLine> {
        None
    }
}

/// What the tray says of a live run: `Fine-tune · run 12`, a bar, `step 744 / 1,200 · 27 samples/s · 8 min left`.
#[derive(Clone, Debug, PartialEq)]
pub struct TrayLine {
    pub text: String,
    pub fraction: f32,
    pub detail: String,
}
