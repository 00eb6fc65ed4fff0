//! The training stage of a flow: takes over a run of the same settings or starts a worker, and waits for it.

use super::FlowError;
use crate::engine::progress::Progress;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::{RunDir, list_runs};
use crate::engine::run::now_ms;
use crate::engine::run::replay::{RunView, curve};
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::{self, Launcher};
use crate::engine::run::validate;
use crate::engine::run::watch::RunWatch;
use std::path::Path;
use std::time::Duration;

const POLL: Duration = Duration::from_millis(200);

/// The newest run of these settings (the name aside) that is finished, or was cut off and can go on.
pub fn finished_run_like(runs: &Path, config: &TrainConfig) -> Result<Option<RunDir>, FlowError> {
    for run in list_runs(runs)?.into_iter().rev() {
        let mut theirs = run.config()?;
        theirs.name.clone_from(&config.name);
        if theirs != *config {
            continue;
        }
        let mut watch = RunWatch::open(run.clone())?;
        watch.catch_up(now_ms())?;
        if matches!(watch.status(), RunStatus::Finished | RunStatus::Crashed) || watch.status().is_live() {
            return Ok(Some(run));
        }
    }
    Ok(None)
}

/// Trains to the end in a worker process; true if an earlier finished run was taken over.
pub(super) fn train(
    runs: &Path,
    today: &str,
    config: &TrainConfig,
    progress: &Progress,
) -> Result<(RunWatch, bool), FlowError> {
    if let Some(problem) = validate::problems(config).first() {
        return Err(FlowError::TrainSettings {
            what: format!("{}: {}", problem.field, problem.message.en),
        });
    }
    let (run, known) = match finished_run_like(runs, config)? {
        Some(run) => (run, true),
        None => (RunDir::create(runs, today, config)?, false),
    };
    let mut watch = RunWatch::open(run.clone())?;
    watch.catch_up(now_ms())?;
    let taken_over = known && *watch.status() == RunStatus::Finished;
    if !taken_over && !watch.status().is_live() {
        Launcher::current()?.start(&run)?;
    }
    follow(&mut watch, progress)?;
    match watch.status() {
        RunStatus::Finished => Ok((watch, taken_over)),
        RunStatus::Failed { message, hint } => Err(FlowError::Training {
            why: format!("{message}. {hint}"),
            run: run.id(),
        }),
        other => Err(FlowError::Training {
            why: format!("it is {}; `touchstone train --resume` goes on with it", other.name()),
            run: run.id(),
        }),
    }
}

/// Waits for the run's end; a cancel asks the worker to stop and keep its best model.
fn follow(watch: &mut RunWatch, progress: &Progress) -> Result<(), FlowError> {
    let mut asked = false;
    loop {
        watch.catch_up(now_ms())?;
        let view = watch.view();
        progress.set(view.fraction());
        progress.phase(&said(view, "fine-tuning"), &said(view, "微调"));
        if !watch.status().is_live() && *watch.status() != RunStatus::Waiting {
            return Ok(());
        }
        if progress.is_cancelled() && !asked {
            supervise::stop(watch.run())?;
            asked = true;
        }
        std::thread::sleep(POLL);
    }
}

fn said(view: &RunView, what: &str) -> String {
    match (view.last(curve::TRAIN_LOSS), view.total_steps()) {
        (Some(loss), Some(total)) => format!(
            "{what}: {:.0} / {total}, loss {loss:.3}",
            view.fraction() * total as f64
        ),
        _ => what.to_owned(),
    }
}
