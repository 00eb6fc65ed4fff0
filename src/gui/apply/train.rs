//! Carries out the requests of the train page.

use super::ApplyContext;
use crate::gui::command::train::TrainCommand;

pub fn apply(command: TrainCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        TrainCommand::Run => {}
    }
}

/// Takes the latest run snapshots from the watcher.
pub fn poll_runs(_cx: &mut ApplyContext<'_>) {}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
