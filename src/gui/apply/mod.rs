//! Carries out commands: one function a stage, on the UI thread, never blocking.

pub mod audit;
mod audit_views;
pub mod compare;
pub mod data;
pub mod evaluate;
pub mod experiments;
pub mod features;
pub mod flow;
pub mod project;
pub mod recipe;
pub mod rules;
pub mod train;
mod train_models;
mod train_runs;

use super::command::{Command, Commands};
use super::jobs::JobQueue;
use super::state::AppState;

/// What a command may change.
pub struct ApplyContext<'a> {
    pub state: &'a mut AppState,
    pub jobs: &'a mut JobQueue,
    /// Follow-up commands, applied in the same or the next `logic`.
    pub commands: &'a Commands,
}

pub fn apply(command: Command, cx: &mut ApplyContext<'_>) {
    match command {
        Command::Go(page) => cx.state.settings.page = page,
        Command::SetLanguage(language) => cx.state.settings.language = language,
        Command::SetTheme(theme) => {
            cx.state.settings.theme = theme;
            super::theme::apply_theme(cx.jobs.context(), theme);
        }
        Command::CancelJob(stage) => cx.jobs.cancel_stage(stage),
        Command::Project(command) => project::apply(command, cx),
        Command::Data(command) => data::apply(command, cx),
        Command::Audit(command) => audit::apply(command, cx),
        Command::Rules(command) => rules::apply(command, cx),
        Command::Recipe(command) => recipe::apply(command, cx),
        Command::Features(command) => features::apply(command, cx),
        Command::Train(command) => train::apply(command, cx),
        Command::Evaluate(command) => evaluate::apply(command, cx),
        Command::Compare(command) => compare::apply(command, cx),
        Command::Experiments(command) => experiments::apply(command, cx),
    }
}

/// After a project was opened: each stage reads what the project holds of it.
pub fn restore_all(cx: &mut ApplyContext<'_>) {
    data::restore(cx);
    audit::restore(cx);
    rules::restore(cx);
    recipe::restore(cx);
    features::restore(cx);
    train::restore(cx);
    evaluate::restore(cx);
    compare::restore(cx);
    experiments::restore(cx);
}
