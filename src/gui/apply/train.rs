//! Carries out the requests of the train page: starts workers, tells them what to do, takes in what they did.

use super::ApplyContext;
use crate::engine::artifact::ContentHash;
use crate::engine::flow::plan::hidden_size;
use crate::engine::flow::stages::features_dir;
use crate::engine::models::{self, BaseModel};
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::RunDir;
use crate::engine::run::error::RunError;
use crate::engine::run::now_ms;
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::{self, Launcher};
use crate::engine::run::trash;
use crate::engine::run::trial::TRIAL_STEPS;
use crate::engine::run::validate;
use crate::engine::train::hardware;
use crate::engine::train::own_table;
use crate::gui::command::train::{RunAction, TrainCommand};
use crate::gui::i18n::train as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::runs::{RunSnapshot, RunWatcher};
use crate::gui::state::Stage;
use crate::gui::state::train::{FlowRun, TrainInputs, Trial, is_trained_on};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a worker gets to end by itself after it was asked by the system.
const KILL_GRACE: Duration = Duration::from_secs(3);

pub fn apply(command: TrainCommand, cx: &mut ApplyContext<'_>) {
    match command {
        TrainCommand::Run => run_defaults(cx),
        TrainCommand::Start(config) => start(cx, *config),
        TrainCommand::Try(config) => try_steps(cx, *config),
        TrainCommand::StopTrial => stop_trial(cx),
        TrainCommand::Select(run_id) => cx.state.train.selected = Some(run_id),
        TrainCommand::Act(run_id, action) => act(cx, &run_id, action),
        TrainCommand::Refresh => refresh(cx),
        TrainCommand::Inspect(base_model) => inspect(cx, base_model),
        TrainCommand::LookAtTable => look_at_table(cx),
        TrainCommand::Make(new) => super::train_runs::make(cx, *new),
        TrainCommand::Say(run_id, about) => super::train_runs::say(cx, &run_id, about),
        TrainCommand::Queue(action) => super::train_runs::queue(cx, action),
        TrainCommand::Restore(path) => super::train_runs::restore(cx, path),
        TrainCommand::LookAt(run_ids) => cx.state.train.looked_at = run_ids,
        TrainCommand::Pull(name) => super::train_models::pull(cx, name),
        TrainCommand::Import(folder) => super::train_models::import(cx, folder),
        TrainCommand::DismissError => {
            cx.state.train.error = None;
            cx.state.train.deleted = None;
            if cx.state.train.fetched.error().is_some() {
                cx.state.train.fetched = crate::gui::loadable::Loadable::Empty;
            }
            if cx.state.train.started.error().is_some() {
                cx.state.train.started = Loadable::Empty;
            }
        }
    }
}

/// Takes the latest run snapshots from the watcher, and notices a new feature set.
pub fn poll_runs(cx: &mut ApplyContext<'_>) {
    let offered = cx.state.features.set.value().map(|set| &set.hash);
    if offered != cx.state.train.inputs.as_ref().map(|inputs| &inputs.hash) {
        cx.state.train.inputs = inputs(cx).map(Arc::new);
    }
    let train = &mut cx.state.train;
    if let Some(watcher) = &train.watcher {
        let shown = train.shown().map(|run| run.run_id.clone());
        watcher.want_full(train.looked_at.iter().cloned().chain(shown).collect());
    }
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
    // At once would be two frames: one, a moment later, costs half.
    let repaint = move || context.request_repaint_after(Duration::from_millis(5));
    let watcher = RunWatcher::start(project.runs_dir(), cx.jobs.runtime(), repaint);
    cx.state.train.watcher = Some(watcher);
    refresh(cx);
}

/// What can be trained on, and with which base models.
pub(super) fn refresh(cx: &mut ApplyContext<'_>) {
    cx.state.train.inputs = inputs(cx).map(Arc::new);
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let known = list_models();
        let names = base_models(&known);
        let sizes: Vec<(String, usize)> = names
            .iter()
            .filter_map(|name| Some((name.clone(), hidden_size(name)?)))
            .collect();
        let free = hardware::free_memory_bytes();
        deliver(Box::new(move |cx| {
            cx.state.train.free_memory_bytes = free;
            cx.state.train.base_models = names.into();
            cx.state.train.models = known.into();
            cx.state.train.hidden_sizes.extend(sizes);
        }));
    });
}

/// Looks at the project's table and divides its rows, for a training without a feature set.
fn look_at_table(cx: &mut ApplyContext<'_>) {
    let (Some(table), Some(project)) = (
        cx.state.recipe.clean_or_raw(&cx.state.data),
        cx.state.project.project.ready(),
    ) else {
        return;
    };
    // Files of a run stay as they are: another table lies in another folder.
    let dir = project.data_dir().join("tables").join(table.info.hash.short());
    let progress = cx.jobs.start(
        Stage::Train,
        words::LOOKING.into(),
        move |progress| {
            let seed = TrainConfig::default().seed;
            let found = own_table::prepare(&table, &dir, seed, progress);
            let found = found.map_err(|error| JobFailure::from_error(&error, progress))?;
            Ok(TrainInputs::of_table(found))
        },
        |outcome, cx| cx.state.train.table.finish(outcome),
    );
    cx.state.train.table.start(progress);
}

/// Finds the width of a base model named by hand; one that cannot be read counts as the default one.
fn inspect(cx: &ApplyContext<'_>, base_model: String) {
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        if let Some(hidden) = hidden_size(&base_model) {
            deliver(Box::new(move |cx| {
                cx.state.train.hidden_sizes.insert(base_model, hidden);
            }));
        }
    });
}

fn list_models() -> Vec<BaseModel> {
    models::list().unwrap_or_else(|error| {
        tracing::warn!("{error}");
        Vec::new()
    })
}

/// Names of the base models that can be used at once; the default one where the cache cannot be read or is empty.
fn base_models(known: &[BaseModel]) -> Vec<String> {
    let usable = known.iter().filter(|model| model.cached && model.problem.is_none());
    let mut names: Vec<String> = usable.map(|model| model.name.clone()).collect();
    if names.is_empty() {
        names.push(TrainConfig::default().base_model);
    }
    names
}

/// What the project's feature set offers.
fn inputs(cx: &ApplyContext<'_>) -> Option<TrainInputs> {
    let set = cx.state.features.set.value()?;
    let project = cx.state.project.project.ready()?;
    Some(TrainInputs::of(set, &features_dir(project)))
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
    let known = &cx.state.project.artefacts;
    let fits = |run: &&RunSnapshot| is_trained_on(known, &run.run_id, &inputs.hash);
    let reused = cx
        .state
        .train
        .runs
        .runs
        .iter()
        .filter(fits)
        .find(|run| is_reusable(run, &config));
    if let Some(run) = reused {
        let run_id = run.run_id.clone();
        let is_cut_off = run.status == RunStatus::Crashed;
        if is_cut_off {
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
fn is_reusable(run: &RunSnapshot, config: &TrainConfig) -> bool {
    let mut theirs = (*run.config).clone();
    theirs.name.clone_from(&config.name);
    let given_up = matches!(
        run.status,
        RunStatus::Failed { .. } | RunStatus::Stopped | RunStatus::Waiting
    );
    theirs == *config && !given_up
}

fn start(cx: &mut ApplyContext<'_>, config: TrainConfig) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let (runs_dir, today) = (project.runs_dir(), today());
    let started_with = config.clone();
    // The set as it is now; it may be built anew while the worker starts.
    let trained_on = cx.state.train.inputs.clone();
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Train,
        words::STARTING.into(),
        move |progress| {
            progress.phase(words::STARTING.en, words::STARTING.zh);
            let problems = validate::problems(&config);
            if let Some(first) = problems.first() {
                let text = format!("{}: {}", first.field, lang.b(&first.message));
                return Err(JobFailure::Failed(text));
            }
            launch(&runs_dir, &today, &config).map_err(|error| JobFailure::told(&error.explain(), lang, progress))
        },
        move |outcome, cx| {
            if let Ok(run_id) = &outcome {
                let set = trained_on.filter(|inputs| inputs.data.train == started_with.data.train);
                let parents = set.map(|inputs| inputs.hash.clone()).into_iter().collect();
                let record = run_record(run_id, &started_with, now_ms(), parents);
                cx.state.project.record(&record);
            }
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

/// Trains a few steps in a process of its own; a trial that still runs is ended first.
fn try_steps(cx: &mut ApplyContext<'_>, config: TrainConfig) {
    stop_trial(cx);
    let (progress, lang) = (Progress::new(), cx.state.settings.language);
    cx.state.train.trial.start(progress.clone());
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let told = |error: &RunError| JobFailure::told(&error.explain(), lang, &progress);
        let problem = validate::problems(&config).into_iter().next();
        let outcome = match problem {
            Some(first) => Err(JobFailure::Failed(format!(
                "{}: {}",
                first.field,
                lang.b(&first.message)
            ))),
            None => Launcher::current()
                .and_then(|launcher| launcher.trial(&config, TRIAL_STEPS, &|| progress.is_cancelled()))
                .map_err(|error| told(&error))
                .and_then(|report| report.ok_or(JobFailure::Cancelled)),
        };
        let outcome = outcome.map(|report| Trial { config, report });
        deliver(Box::new(move |cx| {
            // A cancelled trial has given way to a later one, or to none.
            if !progress.is_cancelled() {
                cx.state.train.trial.finish(outcome);
            }
        }));
    });
}

fn stop_trial(cx: &mut ApplyContext<'_>) {
    if let Loadable::Loading { progress, .. } = &cx.state.train.trial {
        progress.cancel();
        cx.state.train.trial = Loadable::Empty;
    }
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
    let trash = run.trash_dir();
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
        let deleted = match (action, &outcome) {
            (RunAction::Delete, Ok(())) => trash::list(&trash).ok().and_then(|all| all.into_iter().next()),
            _ => None,
        };
        deliver(Box::new(move |cx| {
            if deleted.is_some() {
                cx.state.train.deleted = deleted;
            }
            cx.state.train.error = {
                let lang = cx.state.settings.language;
                outcome.err().map(|error| lang.b(&error.explain()).to_owned())
            };
            poke(cx);
        }));
    });
}

pub(super) fn poke(cx: &ApplyContext<'_>) {
    if let Some(watcher) = &cx.state.train.watcher {
        watcher.poke();
    }
}

pub(super) fn today() -> String {
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
        let ended_ms = run.view.ended_ms().unwrap_or_else(now_ms);
        let record = run_record(&run.run_id, &run.config, ended_ms, Vec::new());
        let artefacts = &cx.state.project.artefacts;
        let is_known = |known: &ArtefactRecord| {
            known.kind == record.kind && known.hash == record.hash && known.created_ms == ended_ms
        };
        // Recording it again tells what follows when it ended; what it was trained on stays as recorded.
        if !artefacts.iter().any(is_known) {
            cx.state.project.record(&record);
        }
        cx.state.train.recorded.insert(run.run_id.clone());
    }
}

/// The catalogue's line of a run, the same one a flow on the command line writes.
pub(super) fn run_record(
    run_id: &str,
    config: &TrainConfig,
    created_ms: u64,
    parents: Vec<ContentHash>,
) -> ArtefactRecord {
    let hash = ContentHash::of_json(&(run_id, config));
    ArtefactRecord {
        content: serde_json::to_value(config).unwrap_or_default(),
        inputs: parents,
        ..ArtefactRecord::new(ArtefactKind::Run, hash, run_id, created_ms)
    }
}
