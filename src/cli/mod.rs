//! The command line: one file a subcommand, the same engine as the window.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line is wrong, 3 a gate failed.

mod audit;
mod clean;
mod compare;
mod decisions;
mod doctor;
mod evaluate;
mod experiment;
mod explain;
mod features;
mod flow;
mod ingest;
mod kept;
mod memory;
mod models;
mod output;
mod power;
mod predict;
mod reading;
mod recipe;
mod report;
mod rules;
mod runs;
mod sample;
mod scored;
mod select;
mod split;
mod tokens;
#[cfg(feature = "torch")]
mod torch;
mod train;
mod window;
mod worker;

#[cfg(feature = "torch")]
pub use torch::torch_main;

pub use output::{OutputArgs, print_error, print_line, print_warning, write_file};

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    Done,
    /// A `--fail-on` gate was reached.
    GateFailed,
}

/// The arguments contradict each other or name what does not exist; exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

#[derive(Debug, Parser)]
#[command(
    name = "touchstone",
    version,
    about = "Audit behaviour logs, fine-tune text models on them, read A/B tests",
    args_conflicts_with_subcommands = true
)]
struct Cli {
    /// Project folder to open in the window
    project_folder: Option<PathBuf>,
    #[command(flatten)]
    window: window::WindowArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Ingest(ingest::Args),
    Audit(audit::Args),
    Clean(clean::Args),
    Recipe(recipe::Args),
    Rules(rules::Args),
    Features(features::Args),
    Select(select::Args),
    Tokens(tokens::Args),
    Split(split::Args),
    Train(train::Args),
    Runs(runs::Args),
    #[command(visible_alias = "score")]
    Predict(predict::Args),
    Evaluate(evaluate::Args),
    Compare(compare::Args),
    Experiment(experiment::Args),
    Explain(explain::Args),
    Power(power::Args),
    Report(report::Args),
    Sample(sample::Args),
    Models(models::Args),
    Doctor(doctor::Args),
    Flow(flow::Args),
    #[command(hide = true)]
    Worker(worker::Args),
}

/// Parses the command line, runs it, and turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Some(command) => dispatch(command, &cli.output),
        None => window::open(cli.project_folder, &cli.window),
    };
    match outcome {
        Ok(ExitStatus::Done) => ExitCode::SUCCESS,
        Ok(ExitStatus::GateFailed) => ExitCode::from(3),
        Err(error) => {
            print_error(&error);
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

fn dispatch(command: &Command, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let keeps_nothing = match command {
        Command::Select(_) => Some("select"),
        Command::Tokens(_) => Some("tokens"),
        Command::Explain(_) => Some("explain"),
        Command::Power(_) => Some("power"),
        Command::Report(_) => Some("report"),
        Command::Sample(_) => Some("sample"),
        Command::Models(_) => Some("models"),
        Command::Doctor(_) => Some("doctor"),
        Command::Flow(_) => Some("flow"),
        _ => None,
    };
    if let Some(name) = keeps_nothing {
        kept::not_kept(name, out);
    }
    match command {
        Command::Ingest(args) => ingest::run(args, out),
        Command::Audit(args) => audit::run(args, out),
        Command::Clean(args) => clean::run(args, out),
        Command::Recipe(args) => recipe::run(args, out),
        Command::Rules(args) => rules::run(args, out),
        Command::Features(args) => features::run(args, out),
        Command::Select(args) => select::run(args, out),
        Command::Tokens(args) => tokens::run(args, out),
        Command::Split(args) => split::run(args, out),
        Command::Train(args) => train::run(args, out),
        Command::Runs(args) => runs::run(args, out),
        Command::Predict(args) => predict::run(args, out),
        Command::Evaluate(args) => evaluate::run(args, out),
        Command::Compare(args) => compare::run(args, out),
        Command::Experiment(args) => experiment::run(args, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Power(args) => power::run(args, out),
        Command::Report(args) => report::run(args, out),
        Command::Sample(args) => sample::run(args, out),
        Command::Models(args) => models::run(args, out),
        Command::Doctor(args) => doctor::run(args, out),
        Command::Flow(args) => flow::run(args, out),
        Command::Worker(args) => worker::run(args),
    }
}
