//! Carries out the requests of the experiments page.

use super::ApplyContext;
use crate::engine::artifact::ContentHash;
use crate::engine::experiment::{Design, ExperimentConfig, ExperimentReport, experiment, plan, propose};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::run::now_ms;
use crate::gui::command::Command;
use crate::gui::command::experiments::ExperimentsCommand;
use crate::gui::dialog;
use crate::gui::i18n::experiments as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::settings::Language;
use crate::gui::state::Stage;
use crate::gui::state::experiments::{ExperimentChoice, ExperimentLog};
use std::path::PathBuf;
use std::sync::Arc;

const SETTING: &str = "experiments";

pub fn apply(command: ExperimentsCommand, cx: &mut ApplyContext<'_>) {
    match command {
        ExperimentsCommand::Run => run(cx),
        ExperimentsCommand::RunWith(config) => {
            cx.state.experiments.choice.config = Some(*config);
            save_choice(cx);
            run(cx);
        }
        ExperimentsCommand::PickFiles => {
            let lang = cx.state.settings.language;
            dialog::pick_tables(cx.jobs, lang, |files| {
                Command::Experiments(ExperimentsCommand::OpenFiles(files))
            });
        }
        ExperimentsCommand::OpenFiles(files) => {
            cx.state.experiments.choice = ExperimentChoice { files, config: None };
            save_choice(cx);
            run(cx);
        }
        ExperimentsCommand::Plan(design) => answer(cx, design),
        ExperimentsCommand::Export => {
            let name = cx.state.experiments.report.value().map_or_else(
                || "experiment.json".to_owned(),
                |report| format!("{}-report.json", report.name),
            );
            dialog::save_as(cx.jobs, &name, |path| {
                Command::Experiments(ExperimentsCommand::ExportTo(path))
            });
        }
        ExperimentsCommand::ExportTo(path) => export(cx, path),
    }
}

fn save_choice(cx: &mut ApplyContext<'_>) {
    let choice = cx.state.experiments.choice.clone();
    cx.state.project.save_setting(SETTING, &choice);
}

/// What a job brings back: the log and the settings even where the reading failed, so that they can be mended.
struct Read {
    log: Arc<ExperimentLog>,
    config: Option<ExperimentConfig>,
    report: Result<ExperimentReport, JobFailure>,
}

fn run(cx: &mut ApplyContext<'_>) {
    let state = &mut cx.state.experiments;
    let files = if state.choice.files.is_empty() {
        cx.state.project.sources.experiment.clone().into_iter().collect()
    } else {
        state.choice.files.clone()
    };
    state.nothing_to_read = files.is_empty();
    if files.is_empty() {
        state.report = Loadable::Empty;
        return;
    }
    let known = state.log.clone().filter(|log| log.files == files);
    let config = state.choice.config.clone();
    let lang = cx.state.settings.language;
    let no_variant = lang.t(words::NO_VARIANT);
    let progress = cx.jobs.start(
        Stage::Experiments,
        words::JOB.into(),
        move |progress| {
            let log = match known {
                Some(log) => log,
                None => Arc::new(open(files, lang, progress)?),
            };
            let config = config.or_else(|| propose(&log.dataset));
            let report = match &config {
                Some(config) => experiment(&log.dataset, config, progress)
                    .map_err(|error| JobFailure::told(&error.explain(), lang, progress)),
                None => Err(JobFailure::Failed(no_variant.to_owned())),
            };
            Ok(Read { log, config, report })
        },
        |outcome, cx| {
            let report = outcome.and_then(|read| {
                cx.state.experiments.log = Some(read.log);
                if let Some(config) = read.config {
                    cx.state.experiments.choice.config = Some(config);
                }
                read.report
            });
            let fresh = report.is_ok();
            cx.state.experiments.report.finish(report);
            save_choice(cx);
            // A failed or cancelled reading leaves the report before it, which is recorded already.
            if fresh {
                record(cx);
            }
        },
    );
    cx.state.experiments.report.start(progress);
}

fn open(files: Vec<PathBuf>, lang: Language, progress: &Progress) -> Result<ExperimentLog, JobFailure> {
    let dataset = read_log(&files, &ReadOptions::default(), progress);
    let dataset = dataset.map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
    progress.check()?;
    Ok(ExperimentLog::new(files, dataset))
}

/// Adds a finished report to the catalogue.
fn record(cx: &mut ApplyContext<'_>) {
    let Some(report) = cx.state.experiments.report.ready().cloned() else {
        return;
    };
    let Ok(content) = serde_json::to_value(&*report) else {
        return;
    };
    let hash = ContentHash::of_json(&*report);
    let mut artefact = ArtefactRecord::new(ArtefactKind::Experiment, hash, report.name.clone(), now_ms());
    artefact.inputs = vec![report.input.clone()];
    artefact.content = content;
    cx.state.project.record(&artefact);
}

/// Plans off the UI thread: a search over noncentral t powers takes some milliseconds.
fn answer(cx: &mut ApplyContext<'_>, design: Design) {
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let found = plan(&design).map_err(|error| error.to_string());
        deliver(Box::new(move |cx: &mut ApplyContext<'_>| {
            cx.state.experiments.plan = Some(found)
        }));
    });
}

fn export(cx: &mut ApplyContext<'_>, path: PathBuf) {
    let Some(report) = cx.state.experiments.report.value().cloned() else {
        return;
    };
    let lang = cx.state.settings.language;
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let written = serde_json::to_string_pretty(&*report)
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(&path, text + "\n"));
        let notice = match written {
            Ok(()) => words::exported(lang, &path),
            Err(error) => words::not_exported(lang, &path, &error),
        };
        deliver(Box::new(move |cx: &mut ApplyContext<'_>| {
            cx.state.project.notice = Some(notice)
        }));
    });
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    cx.state.experiments.choice = cx.state.project.setting(SETTING);
    let Some(artefact) = cx.state.project.latest(ArtefactKind::Experiment) else {
        return;
    };
    // A report of another version is left in the catalogue; the page then starts empty.
    if let Ok(report) = serde_json::from_value::<ExperimentReport>(artefact.content.clone()) {
        cx.state.experiments.report.finish(Ok(report));
    }
}
