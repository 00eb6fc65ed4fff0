//! Carries out the requests of the train page: starts workers, tells them what to do, takes in what they did.

use super::ApplyContext;
use crate::engine::artifact::ContentHash;
use crate::engine::flow::stages::features_dir;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::RunDir;
use crate::engine::run::error::RunError;
use crate::engine::run::now_ms;
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::{self, Launcher};
use crate::engine::run::validate;
use crate::gui::command::train::{RunAction, TrainCommand};
use crate::gui::i18n::train as words;
use crate::gui::jobs::JobFailure;
use crate::gui::runs::{RunSnapshot, RunWatcher, error_text};
use crate::gui::state::Stage;
use crate::gui::state::train::{FlowRun, TrainInputs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a worker gets to end by itself after it was asked by the system.
const KILL_GRACE: Duration = Duration::from_secs(3);

pub fn apply(command: TrainCommand, cx: &mut ApplyContext<'_>) {
    match command {
        TrainCommand::Run => run_defaults(cx),
        TrainCommand::Start(config) => start(cx, *config),
        TrainCommand::Select(run_id) => cx.state.train.selected = Some(run_id),
        TrainCommand::Act(run_id, action) => act(cx, &run_id, action),
        TrainCommand::Refresh => refresh(cx),
        TrainCommand::DismissError => {
            cx.state.train.error = None;
            if cx.state.train.started.error().is_some() {
                cx.state.train.started = crate::gui::loadable::Loadable::Empty;
            }
        }
    }
}

/// Takes the latest run snapshots from the watcher.
pub fn poll_runs(cx: &mut ApplyContext<'_>) {
    let train = &mut cx.state.train;
    let Some(list) = train.watcher.as_mut().and_then(RunWatcher::take_new) else {
        return;
    };
    train.is_listed = true;
    train.runs = list;
    record_ended(cx);
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let context = cx.jobs.context().clone();
    let watcher = RunWatcher::start(project.runs_dir(), cx.jobs.runtime(), move || context.request_repaint());
    cx.state.train.watcher = Some(watcher);
    refresh(cx);
}

/// What can be trained on, and with which base models.
fn refresh(cx: &mut ApplyContext<'_>) {
    cx.state.train.inputs = inputs(cx).map(Arc::new);
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let names = base_models();
        deliver(Box::new(move |cx| cx.state.train.base_models = names.into()));
    });
}

/// Names of the base models that can be used at once.
fn base_models() -> Vec<String> {
    vec![TrainConfig::default().base_model]
}

/// The newest feature set of the project.
fn inputs(cx: &ApplyContext<'_>) -> Option<TrainInputs> {
    let project = cx.state.project.project.ready()?;
    let set = cx.state.features.set.ready()?;
    let data = set.train_data(&features_dir(project));
    let train = set.split.parts.iter().find(|part| part.name == "train");
    Some(TrainInputs {
        name: set.name.clone(),
        hash: set.hash.clone(),
        train: data.train,
        valid: data.valid,
        test: data.test,
        text: data.text,
        numeric: data.numeric,
        label: data.label,
        group: data.group,
        train_rows: train.map_or(set.label.rows, |part| part.rows),
        positive_share: train.and_then(|part| part.positive_rate),
    })
}

/// The flow's way: defaults on the newest feature set, or the finished run there is for it.
fn run_defaults(cx: &mut ApplyContext<'_>) {
    refresh(cx);
    let lang = cx.state.settings.language;
    let Some(inputs) = cx.state.train.inputs.clone() else {
        cx.state.train.flow_run = FlowRun::Impossible(lang.t(words::NEEDS_FEATURES).to_owned());
        return;
    };
    let config = inputs.default_config();
    if let Some(run) = reusable(&cx.state.train.runs.runs, &config) {
        let run_id = run.run_id.clone();
        if run.status == RunStatus::Crashed {
            act(cx, &run_id, RunAction::Resume);
        }
        cx.state.train.selected = Some(run_id.clone());
        cx.state.train.flow_run = FlowRun::Run(run_id);
        return;
    }
    cx.state.train.flow_run = FlowRun::Starting;
    start(cx, config);
}

/// A run of the same settings that is finished, under way, or was cut off.
fn reusable<'a>(runs: &'a [RunSnapshot], config: &TrainConfig) -> Option<&'a RunSnapshot> {
    let usable = |run: &&RunSnapshot| {
        !matches!(
            run.status,
            RunStatus::Failed { .. } | RunStatus::Stopped | RunStatus::Waiting
        )
    };
    runs.iter().filter(usable).find(|run| {
        let mut theirs = (*run.config).clone();
        theirs.name.clone_from(&config.name);
        theirs == *config
    })
}

fn start(cx: &mut ApplyContext<'_>, config: TrainConfig) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let (runs_dir, today) = (project.runs_dir(), today());
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Train,
        words::STARTING.into(),
        move |progress| {
            let problems = validate::problems(&config);
            if let Some(first) = problems.first() {
                let text = format!("{}: {}", first.field, lang.b(&first.message));
                return Err(JobFailure::Failed(text));
            }
            launch(&runs_dir, &today, &config).map_err(|error| JobFailure::from_error(&error, progress))
        },
        |outcome, cx| {
            let train = &mut cx.state.train;
            if let Ok(run_id) = &outcome {
                train.selected = Some(run_id.clone());
                if train.flow_run == FlowRun::Starting {
                    train.flow_run = FlowRun::Run(run_id.clone());
                }
            }
            train.started.finish(outcome);
            poke(cx);
        },
    );
    cx.state.train.started.start(progress);
}

fn launch(runs_dir: &Path, today: &str, config: &TrainConfig) -> Result<String, RunError> {
    let run = RunDir::create(runs_dir, today, config)?;
    Launcher::current()?.start(&run)?;
    Ok(run.id())
}

/// Does something with a run off the UI thread (files are flushed to the disk, a killed process is waited for).
fn act(cx: &mut ApplyContext<'_>, run_id: &str, action: RunAction) {
    let Some(snapshot) = cx.state.train.runs.get(run_id) else {
        return;
    };
    let (run, status) = (snapshot.run.clone(), snapshot.status.clone());
    let trash = trash_of(&run);
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let outcome = match action {
            RunAction::Pause => supervise::pause(&run).map(drop),
            RunAction::Continue => supervise::unpause(&run).map(drop),
            RunAction::Stop => supervise::stop(&run).map(drop),
            RunAction::Checkpoint => supervise::checkpoint(&run).map(drop),
            RunAction::Kill => supervise::kill(&run, KILL_GRACE),
            RunAction::Resume => Launcher::current()
                .and_then(|launcher| launcher.resume(&run, &status))
                .map(drop),
            RunAction::Delete => run.delete(&trash).map(drop),
        };
        deliver(Box::new(move |cx| {
            cx.state.train.error = outcome.err().map(|error| error_text(&error));
            poke(cx);
        }));
    });
}

/// `PROJECT/runs/RUN` → `PROJECT/trash`.
fn trash_of(run: &RunDir) -> PathBuf {
    let project = run.path().parent().and_then(Path::parent);
    project.unwrap_or(run.path()).join("trash")
}

fn poke(cx: &ApplyContext<'_>) {
    if let Some(watcher) = &cx.state.train.watcher {
        watcher.poke();
    }
}

fn today() -> String {
    chrono::Local::now().format("%Y-%m-%d").to_string()
}

/// Puts runs that ended with a model into the catalogue, once each.
fn record_ended(cx: &mut ApplyContext<'_>) {
    let ended: Vec<RunSnapshot> = cx
        .state
        .train
        .runs
        .runs
        .iter()
        .filter(|run| matches!(run.status, RunStatus::Finished | RunStatus::Stopped) && run.is_complete)
        .filter(|run| !cx.state.train.recorded.contains(&run.run_id))
        .cloned()
        .collect();
    for run in ended {
        let record = run_record(cx, &run);
        let is_known = cx
            .state
            .project
            .artefacts
            .iter()
            .any(|known| known.kind == ArtefactKind::Run && known.hash == record.hash);
        if !is_known {
            cx.state.project.record(&record);
        }
        cx.state.train.recorded.insert(run.run_id.clone());
    }
}

fn run_record(cx: &ApplyContext<'_>, run: &RunSnapshot) -> ArtefactRecord {
    let hash = ContentHash::of_json(&(&run.run_id, &*run.config, run.view.last_seq));
    let created_ms = run.view.ended_ms().unwrap_or_else(now_ms);
    let mut record = ArtefactRecord::new(ArtefactKind::Run, hash, run.run_id.clone(), created_ms);
    record.content = serde_json::json!({
        "run_id": run.run_id,
        "status": run.status.name(),
        "base_model": run.config.base_model,
        "metric": run.config.metric,
        "best_value": run.best_value(),
        "best_step": run.view.best().map(|best| best.step),
    });
    let inputs = cx.state.train.inputs.as_ref();
    record.inputs = inputs
        .filter(|inputs| inputs.train == run.config.data.train)
        .map(|inputs| inputs.hash.clone())
        .into_iter()
        .collect();
    record
}
