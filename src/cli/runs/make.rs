//! `touchstone runs fork` and `repeat`: runs made from others.

use super::queue;
use crate::cli::train::find_run;
use crate::cli::{OutputArgs, UsageError};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::fork::{self, with_settings};
use crate::engine::run::supervise::Launcher;
use crate::engine::run::{RunDir, validate};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct ForkArgs {
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Step of the checkpoint to go on from [default: the last one]
    #[arg(long, value_name = "STEP")]
    at: Option<u64>,
    #[command(flatten)]
    made: Made,
}

#[derive(Debug, clap::Args)]
pub(super) struct RepeatArgs {
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(flatten)]
    made: Made,
}

/// What the new run is like and what happens with it.
#[derive(Debug, clap::Args)]
struct Made {
    /// Change a setting, e.g. `learning_rate=1e-5` or `method.rank=16` (names as in config.json)
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Start its worker and return
    #[arg(long, conflicts_with = "queue")]
    start: bool,
    /// Put it into the queue
    #[arg(long)]
    queue: bool,
}

pub(super) fn fork(args: &ForkArgs, out: &OutputArgs) -> anyhow::Result<()> {
    let source = find_run(&args.run, out)?;
    let config = settings(&source, &args.made)?;
    let made = fork::fork(&source, args.at, &config, &today())?;
    let step = made.config()?.forked_at().unwrap_or(0);
    out.say(&format!("{} goes on from step {step} of {}", made.id(), source.id()));
    finish(&made, &args.made, out)
}

pub(super) fn repeat(args: &RepeatArgs, out: &OutputArgs) -> anyhow::Result<()> {
    let source = find_run(&args.run, out)?;
    let config = settings(&source, &args.made)?;
    let made = fork::repeat(&source, &config, &today())?;
    out.say(&format!("{} repeats {}", made.id(), source.id()));
    finish(&made, &args.made, out)
}

fn settings(source: &RunDir, made: &Made) -> anyhow::Result<TrainConfig> {
    let mut changes = Vec::new();
    for text in &made.settings {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| UsageError(format!("--set {text}: write NAME=VALUE, e.g. learning_rate=1e-5")))?;
        changes.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let config = with_settings(&source.config()?, &changes).map_err(|error| UsageError(error.to_string()))?;
    match validate::problems(&config).first() {
        Some(problem) => Err(UsageError(format!("{}: {}", problem.field, problem.message.en)).into()),
        None => Ok(config),
    }
}

fn finish(run: &RunDir, made: &Made, out: &OutputArgs) -> anyhow::Result<()> {
    if made.start {
        let worker = Launcher::current()?.start(run)?;
        out.say(&format!(
            "started (worker {}); follow it: touchstone train --watch {}",
            worker.process.pid,
            run.path().display()
        ));
    } else if made.queue {
        queue::put(run, out)?;
    } else {
        out.say(&format!(
            "start it: touchstone train --resume --run-dir {}",
            run.path().display()
        ));
    }
    out.write_json(&json!({ "run_id": run.id(), "run_dir": run.path(), "origin": run.config()?.origin }))
}

fn today() -> String {
    chrono::Local::now().format("%Y-%m-%d").to_string()
}
