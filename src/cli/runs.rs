//! `touchstone runs`: what became of the runs of a project, and what to do with them.
//!
//! In: the folder of runs (`--project DIR`, else ./runs). Out: lists, differences, new runs made from others, notes,
//! the trash and the queue; `--json` gets the same.

mod make;
mod queue;
mod table;

use super::train::{find_run, runs_folder};
use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::run::about::{self, About};
use crate::engine::run::diff::{differences, shown};
use crate::engine::run::trash;
use crate::engine::run::{RunDir, dir::trash_of};
use serde_json::json;
use std::path::PathBuf;

/// List, compare, fork, note, queue, delete and restore training runs
///
/// RUN is a run's folder, or its id in the project's (or ./) `runs`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The runs with settings, state and best value, newest first
    List(table::Args),
    /// The settings in which two or more runs differ
    Diff {
        #[arg(required = true, num_args = 2.., value_name = "RUN")]
        runs: Vec<PathBuf>,
    },
    /// Make a run that goes on from a checkpoint of another
    Fork(make::ForkArgs),
    /// Make a run with the settings of another, from the start
    Repeat(make::RepeatArgs),
    /// Say something about a run (an empty text takes it back)
    Note {
        #[arg(value_name = "RUN")]
        run: PathBuf,
        text: String,
    },
    /// Add tags to a run
    Tag {
        #[arg(value_name = "RUN")]
        run: PathBuf,
        #[arg(required = true, value_name = "TAG")]
        tags: Vec<String>,
    },
    /// Take tags off a run
    Untag {
        #[arg(value_name = "RUN")]
        run: PathBuf,
        #[arg(required = true, value_name = "TAG")]
        tags: Vec<String>,
    },
    /// Put runs away: they are listed with --all only
    Archive {
        #[arg(required = true, value_name = "RUN")]
        runs: Vec<PathBuf>,
    },
    /// Bring archived runs back to the list
    Unarchive {
        #[arg(required = true, value_name = "RUN")]
        runs: Vec<PathBuf>,
    },
    /// Move runs to the project's trash
    Delete {
        #[arg(required = true, value_name = "RUN")]
        runs: Vec<PathBuf>,
    },
    /// Bring the run of this id back from the trash; without one, list what lies there
    Restore {
        #[arg(value_name = "RUN_ID")]
        run_id: Option<String>,
    },
    /// Runs that wait for their turn, one at a time
    Queue(queue::Args),
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    match &args.action {
        Action::List(args) => table::run(args, out)?,
        Action::Diff { runs } => diff(runs, out)?,
        Action::Fork(args) => make::fork(args, out)?,
        Action::Repeat(args) => make::repeat(args, out)?,
        Action::Note { run, text } => say(run, out, |about| about.note.clone_from(text))?,
        Action::Tag { run, tags } => say(run, out, |about| about.tags.extend(tags.iter().cloned()))?,
        Action::Untag { run, tags } => say(run, out, |about| about.tags.retain(|tag| !tags.contains(tag)))?,
        Action::Archive { runs } => put_away(runs, true, out)?,
        Action::Unarchive { runs } => put_away(runs, false, out)?,
        Action::Delete { runs } => delete(runs, out)?,
        Action::Restore { run_id } => restore(run_id.as_deref(), out)?,
        Action::Queue(args) => queue::run(args, out)?,
    }
    Ok(ExitStatus::Done)
}

fn diff(names: &[PathBuf], out: &OutputArgs) -> anyhow::Result<()> {
    let runs = find_all(names, out)?;
    let configs = runs.iter().map(RunDir::config).collect::<Result<Vec<_>, _>>()?;
    let differing = differences(&configs.iter().collect::<Vec<_>>());
    let ids: Vec<String> = runs.iter().map(RunDir::id).collect();
    if differing.is_empty() {
        out.say("the settings are the same");
    } else {
        let mut rows = vec![[vec!["setting".to_owned()], ids.clone()].concat()];
        for one in &differing {
            let values = one
                .values
                .iter()
                .map(|value| value.as_ref().map_or_else(|| "–".to_owned(), shown));
            rows.push([one.setting.clone()].into_iter().chain(values).collect());
        }
        table::print(&rows, out);
    }
    out.write_json(&json!({ "runs": ids, "differences": differing }))
}

fn say(name: &std::path::Path, out: &OutputArgs, edit: impl FnOnce(&mut About)) -> anyhow::Result<()> {
    let run = find_run(name, out)?;
    let said = about::change(&run, edit)?;
    let tags = said
        .tags
        .iter()
        .map(|tag| format!("#{tag}"))
        .collect::<Vec<_>>()
        .join(" ");
    let told: Vec<&str> = [said.note.as_str(), &tags]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    out.say(&format!(
        "{}: {}",
        run.id(),
        if told.is_empty() {
            "nothing noted".to_owned()
        } else {
            told.join("  ")
        }
    ));
    out.write_json(&json!({ "run_id": run.id(), "about": said }))
}

fn put_away(names: &[PathBuf], archived: bool, out: &OutputArgs) -> anyhow::Result<()> {
    let runs = find_all(names, out)?;
    for run in &runs {
        about::change(run, |about| about.archived = archived)?;
        let verb = if archived { "archived" } else { "back in the list" };
        out.say(&format!("{} is {verb}", run.id()));
    }
    out.write_json(&json!({ "runs": ids(&runs), "archived": archived }))
}

fn delete(names: &[PathBuf], out: &OutputArgs) -> anyhow::Result<()> {
    let runs = find_all(names, out)?;
    let mut moved = Vec::new();
    for run in runs {
        let (run_id, trash) = (run.id(), run.trash_dir());
        let path = run.delete(&trash)?;
        out.say(&format!(
            "{run_id} is in {}; `touchstone runs restore {run_id}` brings it back",
            path.display()
        ));
        moved.push(json!({ "run_id": run_id, "path": path }));
    }
    out.write_json(&json!({ "deleted": moved }))
}

fn restore(run_id: Option<&str>, out: &OutputArgs) -> anyhow::Result<()> {
    let runs = runs_folder(out);
    let trashed = trash::list(&trash_of(&std::path::absolute(&runs)?))?;
    let Some(run_id) = run_id else {
        for run in &trashed {
            out.say(&run.deleted.run_id);
        }
        if trashed.is_empty() {
            out.say("no run is in the trash");
        }
        let listed: Vec<_> = trashed
            .iter()
            .map(|run| json!({ "deleted": run.deleted, "path": run.path }))
            .collect();
        return out.write_json(&json!({ "trash": listed }));
    };
    // The one deleted last comes first.
    let found = trashed.iter().find(|run| run.deleted.run_id == run_id);
    let found =
        found.ok_or_else(|| UsageError(format!("no run {run_id} is in the trash; `runs restore` lists them")))?;
    let restored = trash::restore(found, &runs)?;
    out.say(&format!("{} is back in {}", restored.id(), restored.path().display()));
    out.write_json(&json!({ "run_id": restored.id(), "run_dir": restored.path() }))
}

fn find_all(names: &[PathBuf], out: &OutputArgs) -> anyhow::Result<Vec<RunDir>> {
    names.iter().map(|name| find_run(name, out)).collect()
}

fn ids(runs: &[RunDir]) -> Vec<String> {
    runs.iter().map(RunDir::id).collect()
}
