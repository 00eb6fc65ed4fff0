//! `touchstone train`: fine-tune a model in a worker process and follow it; pause, continue or stop one.
//!
//! In: a `TrainConfig` as JSON. Out: a run folder with the exported model; `--json` gets a `TrainResult`.

mod follow;
mod result;
mod settings;
mod suggest;
mod trial;

use super::kept::Kept;
use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::run::control::Control;
use crate::engine::run::dir::RunDir;
use crate::engine::run::error::RunError;
use crate::engine::run::now_ms;
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::{self, Launcher};
use crate::engine::run::watch::RunWatch;
use settings::{check_config, check_same_config, load_config};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Fine-tune a model
///
/// Ctrl-C stops the training after its step and keeps the best model so far; pressed again, it ends the worker at
/// once (the run can be resumed). Closing the terminal leaves the worker running: follow it again with --watch.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Settings of the training (JSON); relative paths in it start at its folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of this run [default: a new one in the project's `runs`, or in ./runs]
    #[arg(long, value_name = "DIR")]
    run_dir: Option<PathBuf>,
    /// Go on with the run in --run-dir from its last checkpoint; starts it where there is none yet
    #[arg(long, requires = "run_dir")]
    resume: bool,
    /// Start the worker and return at once
    #[arg(long)]
    detach: bool,
    /// Try a few steps first: measure time and memory, estimate the whole run, and leave nothing behind
    #[arg(long, value_name = "STEPS", num_args = 0..=1, require_equals = true, default_missing_value = "10",
          value_parser = clap::value_parser!(u64).range(1..=10_000),
          requires = "config", conflicts_with_all = ["run_dir", "resume", "detach"])]
    trial: Option<u64>,
    #[command(flatten)]
    existing: Existing,
    #[command(flatten)]
    suggest: suggest::SuggestArgs,
}

/// What to do with a run that exists; RUN is its folder, or its id in the project's (or ./) `runs`.
#[derive(Debug, Default, clap::Args)]
#[group(id = "existing", multiple = false, conflicts_with_all = ["config", "run_dir", "resume", "detach", "trial"])]
struct Existing {
    /// Follow a run until it ends
    #[arg(long, value_name = "RUN")]
    watch: Option<PathBuf>,
    /// Hold a run after its step
    #[arg(long, value_name = "RUN")]
    pause: Option<PathBuf>,
    /// Let a paused run go on
    #[arg(long = "continue", value_name = "RUN")]
    unpause: Option<PathBuf>,
    /// Stop a run and keep its best model
    #[arg(long, value_name = "RUN")]
    stop: Option<PathBuf>,
    /// Write a checkpoint of a run now
    #[arg(long, value_name = "RUN")]
    checkpoint: Option<PathBuf>,
    /// End a run's worker at once; it can be resumed from its last checkpoint
    #[arg(long, value_name = "RUN")]
    kill: Option<PathBuf>,
}

/// How long a worker gets to end after SIGTERM.
const KILL_GRACE: Duration = Duration::from_secs(5);

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let existing = &args.existing;
    if let Some(table) = &args.suggest.suggest {
        return suggest::run(table, &args.suggest, out);
    }
    if let Some(name) = &existing.watch {
        return follow::to_the_end(&mut RunWatch::open(find_run(name, out)?)?, None, out);
    }
    type Tell = fn(&RunDir) -> Result<Control, RunError>;
    let commands: [(&Option<PathBuf>, Tell, &str); 4] = [
        (&existing.pause, supervise::pause, "asked to pause"),
        (&existing.unpause, supervise::unpause, "asked to continue"),
        (&existing.stop, supervise::stop, "asked to stop and keep its best model"),
        (&existing.checkpoint, supervise::checkpoint, "asked for a checkpoint"),
    ];
    for (name, tell, said) in commands {
        if let Some(name) = name {
            let run = find_run(name, out)?;
            tell(&run)?;
            return report_command(&run, said, out);
        }
    }
    if let Some(name) = &existing.kill {
        let run = find_run(name, out)?;
        supervise::kill(&run, KILL_GRACE)?;
        return report_command(&run, "ended; resume it with --resume", out);
    }
    match args.trial {
        Some(steps) => trial::run(args.config.as_deref(), steps, out),
        None => start(args, out),
    }
}

fn start(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let (run, fresh) = prepare(args, out)?;
    let mut watch = RunWatch::open(run.clone())?;
    watch.catch_up(now_ms())?;
    if *watch.status() == RunStatus::Finished {
        out.say(&format!("{} is finished already", run.id()));
        return follow::to_the_end(&mut watch, None, out);
    }
    let launcher = Launcher::current()?;
    record(&watch, out)?;
    let worker = launcher.start(&run)?;
    let verb = if fresh { "started" } else { "resumed" };
    out.say(&format!(
        "{verb} {} (worker {})",
        run.path().display(),
        worker.process.pid
    ));
    if args.detach {
        out.say(&format!("follow it: touchstone train --watch {}", run.path().display()));
        out.write_json(&serde_json::json!({
            "run_id": run.id(),
            "run_dir": run.path(),
            "status": RunStatus::Starting.name(),
            "pid": worker.process.pid,
        }))?;
        return Ok(ExitStatus::Done);
    }
    let ended = follow::to_the_end(&mut watch, Some(&worker), out)?;
    record(&watch, out)?;
    Ok(ended)
}

/// Records the run in the project of `--project`. The project is not held open while the training goes on.
fn record(watch: &RunWatch, out: &OutputArgs) -> anyhow::Result<()> {
    match Kept::open(out)? {
        Some(kept) => kept.run(watch.run(), watch.view().ended_ms()),
        None => Ok(()),
    }
}

/// The run folder to train in, and whether it is new.
fn prepare(args: &Args, out: &OutputArgs) -> anyhow::Result<(RunDir, bool)> {
    let config = args.config.as_deref().map(load_config).transpose()?;
    if let Some(dir) = args.run_dir.as_deref() {
        match RunDir::open(dir) {
            Ok(run) if args.resume => {
                check_same_config(&run, config.as_ref())?;
                return Ok((run, false));
            }
            Ok(_) => {
                let text = format!(
                    "{} already holds a run; add --resume to go on with it, or choose another --run-dir",
                    dir.display()
                );
                return Err(UsageError(text).into());
            }
            Err(RunError::NotARun { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let Some(config) = config else {
        let text = match &args.run_dir {
            Some(dir) => format!("{} holds no run; give --config FILE to start one", dir.display()),
            None => "give --config FILE to start a run, or --watch RUN to follow one".to_owned(),
        };
        return Err(UsageError(text).into());
    };
    check_config(&config, args.config.as_deref())?;
    let run = match &args.run_dir {
        Some(dir) => RunDir::create_at(dir, &config)?,
        None => {
            let today = chrono::Local::now().format("%Y-%m-%d").to_string();
            RunDir::create(&runs_folder(out), &today, &config)?
        }
    };
    Ok((run, true))
}

pub(super) fn runs_folder(out: &OutputArgs) -> PathBuf {
    out.project.as_deref().unwrap_or(Path::new(".")).join("runs")
}

pub(super) fn find_run(name: &Path, out: &OutputArgs) -> anyhow::Result<RunDir> {
    let in_runs = runs_folder(out).join(name);
    RunDir::open(name).or_else(|_| RunDir::open(&in_runs)).map_err(|_| {
        let text = format!(
            "there is no run {}, neither here nor as {}",
            name.display(),
            in_runs.display()
        );
        UsageError(text).into()
    })
}

fn report_command(run: &RunDir, said: &str, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    out.say(&format!("{} was {said}", run.id()));
    let mut watch = RunWatch::open(run.clone())?;
    watch.catch_up(now_ms())?;
    out.write_json(&result::TrainResult::of(&watch))?;
    Ok(ExitStatus::Done)
}

#[cfg(test)]
mod tests {
    use super::settings::differing_fields;
    use super::*;
    use crate::engine::run::config::{Method, TrainConfig};

    fn out() -> OutputArgs {
        OutputArgs {
            json: None,
            progress: false,
            project: None,
        }
    }

    fn args(config: Option<PathBuf>, run_dir: Option<PathBuf>, resume: bool) -> Args {
        Args {
            config,
            run_dir,
            resume,
            detach: false,
            trial: None,
            existing: Existing::default(),
            suggest: suggest::SuggestArgs::default(),
        }
    }

    fn write_config(folder: &Path, extra: &str) -> PathBuf {
        std::fs::write(folder.join("t.csv"), "text,label\na,1\n").expect("table");
        let path = folder.join("config.json");
        let json = format!(r#"{{"data": {{"train": "t.csv", "text": ["text"], "label": "label"}}{extra}}}"#);
        std::fs::write(&path, json).expect("config");
        path
    }

    fn usage(result: anyhow::Result<(RunDir, bool)>) -> String {
        let error = result.expect_err("refused");
        assert!(error.is::<UsageError>(), "exit code 2: {error:#}");
        format!("{error:#}")
    }

    #[test]
    fn a_run_is_stored_with_absolute_paths_and_resumed_only_as_it_was() {
        let folder = tempfile::tempdir().expect("temp dir");
        let config = write_config(folder.path(), "");
        let run_dir = folder.path().join("r");
        let first = args(Some(config.clone()), Some(run_dir.clone()), true);
        let (run, fresh) = prepare(&first, &out()).expect("create");
        assert!(fresh, "--resume starts where there is no run yet");
        assert_eq!(run.config().expect("config").data.train, folder.path().join("t.csv"));
        let again = args(Some(config.clone()), Some(run_dir.clone()), false);
        assert!(usage(prepare(&again, &out())).contains("--resume"));
        assert!(!prepare(&first, &out()).expect("same settings").1);
        let bare = args(None, Some(run_dir.clone()), true);
        assert!(!prepare(&bare, &out()).expect("no settings needed").1);
        write_config(
            folder.path(),
            r#", "learning_rate": 0.001, "method": {"kind": "head_only"}"#,
        );
        let text = usage(prepare(&first, &out()));
        assert!(text.contains("(learning_rate, method.kind)"), "{text}");
    }

    #[test]
    fn bad_settings_are_refused_before_a_folder_is_made() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run_dir = folder.path().join("r");
        let attempt = |config: PathBuf| usage(prepare(&args(Some(config), Some(run_dir.clone()), false), &out()));
        assert!(attempt(folder.path().join("absent.json")).contains("there is no file"));
        let typo = attempt(write_config(folder.path(), ", \"lerning_rate\": 1"));
        assert!(
            typo.contains("line 1") && typo.contains("unknown field `lerning_rate`"),
            "{typo}"
        );
        let values = attempt(write_config(folder.path(), ", \"batch_size\": 0, \"metric\": \"AUC\""));
        assert!(
            values.contains("batch_size: ") && values.contains("metric: "),
            "{values}"
        );
        assert!(!run_dir.exists());
        assert!(usage(prepare(&args(None, Some(run_dir), true), &out())).contains("--config"));
    }

    #[test]
    fn differences_name_nested_fields_and_ignore_the_name() {
        let mut other = TrainConfig {
            name: "x".to_owned(),
            ..TrainConfig::default()
        };
        assert!(differing_fields(&TrainConfig::default(), &other).is_empty());
        other.data.label = "y".to_owned();
        other.method = Method::HeadOnly;
        assert_eq!(
            differing_fields(&TrainConfig::default(), &other),
            ["data.label", "method.kind"]
        );
    }

    #[test]
    fn a_run_is_found_by_folder_or_by_id_in_the_project() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create(&folder.path().join("runs"), "2026-11-22", &TrainConfig::default()).expect("create");
        let project = OutputArgs {
            project: Some(folder.path().to_owned()),
            ..out()
        };
        assert_eq!(find_run(run.path(), &out()).expect("by folder"), run);
        assert_eq!(find_run(Path::new(&run.id()), &project).expect("by id"), run);
        assert!(
            find_run(Path::new("nope"), &project)
                .expect_err("none")
                .is::<UsageError>()
        );
    }
}
