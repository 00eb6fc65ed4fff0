//! What the analyst asks for: pages send commands, `apply` carries them out.

pub mod audit;
pub mod compare;
pub mod data;
pub mod evaluate;
pub mod experiments;
pub mod features;
pub mod project;
pub mod recipe;
pub mod rules;
pub mod train;

use super::pages::Page;
use super::settings::{Language, ThemeChoice};
use super::state::Stage;
use std::cell::RefCell;

/// One request, to be applied in the next `logic`.
#[derive(Debug)]
pub enum Command {
    Go(Page),
    SetLanguage(Language),
    SetTheme(ThemeChoice),
    CancelJob(Stage),
    Project(project::ProjectCommand),
    Data(data::DataCommand),
    Audit(audit::AuditCommand),
    Rules(rules::RulesCommand),
    Recipe(recipe::RecipeCommand),
    Features(features::FeaturesCommand),
    Train(train::TrainCommand),
    Evaluate(evaluate::EvaluateCommand),
    Compare(compare::CompareCommand),
    Experiments(experiments::ExperimentsCommand),
}

/// The outbox pages write to while they draw.
#[derive(Debug, Default)]
pub struct Commands(RefCell<Vec<Command>>);

impl Commands {
    pub fn send(&self, command: Command) {
        self.0.borrow_mut().push(command);
    }

    /// Takes all commands in the order they were sent.
    pub fn take(&self) -> Vec<Command> {
        self.0.take()
    }
}
