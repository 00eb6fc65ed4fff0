//! `touchstone runs queue`: the order of the runs that wait.

use crate::cli::train::{find_run, runs_folder};
use crate::cli::{OutputArgs, print_warning};
use crate::engine::run::RunDir;
use crate::engine::run::queue::{self, RunQueue};
use crate::engine::run::supervise::Launcher;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show the queue
    List,
    /// Put runs at its end; the first starts as soon as nothing else trains here
    Add {
        #[arg(required = true, value_name = "RUN")]
        runs: Vec<PathBuf>,
    },
    /// Take runs out of it
    Remove {
        #[arg(required = true, value_name = "RUN_ID")]
        run_ids: Vec<String>,
    },
    /// Move a run to another place, counted from 1
    Move {
        #[arg(value_name = "RUN_ID")]
        run_id: String,
        place: usize,
    },
    /// Start nothing more until it is released; the run under way goes on
    Hold,
    /// Go on
    Release,
    /// Work through the queue of a folder in this process (started by the others)
    #[command(hide = true)]
    Work { runs: PathBuf },
}

/// Time between two looks of the owner.
const REST: Duration = Duration::from_secs(1);

pub(super) fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<()> {
    let runs = std::path::absolute(runs_folder(out))?;
    match &args.action {
        None | Some(Action::List) => {}
        Some(Action::Add { runs: names }) => {
            for name in names {
                put(&find_run(name, out)?, out)?;
            }
        }
        Some(Action::Remove { run_ids }) => {
            for run_id in run_ids {
                queue::remove(&runs, run_id)?;
            }
        }
        Some(Action::Move { run_id, place }) => drop(queue::move_to(&runs, run_id, *place)?),
        Some(Action::Hold) => drop(queue::hold(&runs, true)?),
        Some(Action::Release) => drop(queue::hold(&runs, false)?),
        Some(Action::Work { runs }) => {
            queue::work(runs, &Launcher::current()?, REST)?;
            return Ok(());
        }
    }
    ensure_owner(&runs)?;
    show(&runs, out)
}

/// Puts a run at the end of its folder's queue and sees that somebody works on it.
pub(super) fn put(run: &RunDir, out: &OutputArgs) -> anyhow::Result<()> {
    let now = queue::add(run)?;
    let place = now.place(&run.id()).unwrap_or(0);
    out.say(&format!("{} is queued at place {place}", run.id()));
    ensure_owner(&run.runs_dir())
}

fn ensure_owner(runs: &Path) -> anyhow::Result<()> {
    Ok(queue::ensure_owner(runs, &Launcher::current()?)?)
}

fn show(runs: &Path, out: &OutputArgs) -> anyhow::Result<()> {
    let RunQueue {
        waiting,
        current,
        held,
        problems,
    } = queue::read(runs)?;
    if let Some(claim) = &current {
        out.say(&format!("now  {}", claim.run_id));
    }
    for (at, run_id) in waiting.iter().enumerate() {
        out.say(&format!("{:>3}  {run_id}", at + 1));
    }
    match (waiting.is_empty() && current.is_none(), held) {
        (true, false) => out.say("the queue is empty"),
        (_, true) => out.say("the queue is held; `touchstone runs queue release` lets it go on"),
        _ => {}
    }
    problems.iter().for_each(|problem| print_warning(problem));
    out.write_json(&json!({
        "waiting": waiting, "current": current, "held": held, "problems": problems, "has_owner": queue::has_owner(runs),
    }))
}
