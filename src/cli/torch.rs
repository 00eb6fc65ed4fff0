//! The command line of `touchstone-torch`, which the window and the other commands start.

mod worker;

use super::{ExitStatus, print_error, print_line};
use crate::engine::infer::serve::serve;
use crate::engine::train::device;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Computes with tensors for touchstone, which starts it when it trains or scores
#[derive(Debug, Parser)]
#[command(name = "touchstone-torch", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Worker(super::worker::Args),
    /// Score what standard input asks for, one JSON object a line
    Serve,
    /// Say what libtorch finds on this machine, as JSON
    Report,
}

/// Parses the command line, runs it, and turns the outcome into an exit code.
pub fn torch_main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Worker(args) => worker::run(&args),
        Command::Serve => serve(std::io::stdin().lock(), std::io::stdout())
            .map(|()| ExitStatus::Done)
            .map_err(anyhow::Error::from),
        Command::Report => report(),
    };
    match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn report() -> anyhow::Result<ExitStatus> {
    print_line(&serde_json::to_string(&device::report())?);
    Ok(ExitStatus::Done)
}
