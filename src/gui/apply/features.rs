//! Carries out the requests of the features page.

use super::ApplyContext;
use crate::gui::command::features::FeaturesCommand;

pub fn apply(command: FeaturesCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        FeaturesCommand::Run => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
