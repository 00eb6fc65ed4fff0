//! Carries out the requests of the experiments page.

use super::ApplyContext;
use crate::gui::command::experiments::ExperimentsCommand;

pub fn apply(command: ExperimentsCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        ExperimentsCommand::Run => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
