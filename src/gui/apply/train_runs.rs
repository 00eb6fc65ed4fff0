//! Runs made from others, what is said of them, the queue and the trash.

use super::ApplyContext;
use super::train::{poke, run_record, today};
use crate::engine::run::about::{self, About};
use crate::engine::run::error::RunError;
use crate::engine::run::fork;
use crate::engine::run::supervise::Launcher;
use crate::engine::run::trash;
use crate::engine::run::{RunDir, now_ms, queue as waiting, validate};
use crate::gui::command::train::{NewRun, QueueAction};
use crate::gui::i18n::train as words;
use crate::gui::jobs::JobFailure;
use crate::gui::state::Stage;
use std::path::{Path, PathBuf};

/// Makes a run and starts or queues it.
pub fn make(cx: &mut ApplyContext<'_>, new: NewRun) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let (runs_dir, lang) = (project.runs_dir(), cx.state.settings.language);
    let source = new.source.as_ref().and_then(|(run_id, step)| {
        let run = &cx.state.train.runs.get(run_id)?.run;
        Some((run.clone(), *step))
    });
    let config = new.config.clone();
    // A run made from another was trained on what that one was trained on.
    let parents = match &new.source {
        Some((run_id, _)) => inputs_of(cx, run_id),
        None => {
            let set = cx.state.train.inputs.clone();
            let set = set.filter(|inputs| inputs.data.train == config.data.train);
            set.map(|inputs| inputs.hash.clone()).into_iter().collect()
        }
    };
    let progress = cx.jobs.start(
        Stage::Train,
        words::STARTING.into(),
        move |progress| {
            if let Some(first) = validate::problems(&new.config).first() {
                let text = format!("{}: {}", first.field, lang.b(&first.message));
                return Err(JobFailure::Failed(text));
            }
            made(&runs_dir, source, &new).map_err(|error| JobFailure::told(&error.explain(), lang, progress))
        },
        move |outcome, cx| {
            if let Ok(run_id) = &outcome {
                cx.state.project.record(&run_record(run_id, &config, now_ms(), parents));
                cx.state.train.selected = Some(run_id.clone());
            }
            cx.state.train.started.finish(outcome);
            poke(cx);
        },
    );
    cx.state.train.started.start(progress);
}

fn made(runs_dir: &Path, source: Option<(RunDir, Option<u64>)>, new: &NewRun) -> Result<String, RunError> {
    let run = match source {
        Some((source, Some(step))) => fork::fork(&source, Some(step), &new.config, &today())?,
        Some((source, None)) => fork::repeat(&source, &new.config, &today())?,
        None => RunDir::create(runs_dir, &today(), &new.config)?,
    };
    let launcher = Launcher::current()?;
    if new.queued {
        waiting::add(&run)?;
        waiting::ensure_owner(runs_dir, &launcher)?;
    } else {
        launcher.start(&run)?;
    }
    Ok(run.id())
}

/// Hashes of what the catalogue says a run was trained on.
fn inputs_of(cx: &ApplyContext<'_>, run_id: &str) -> Vec<crate::engine::artifact::ContentHash> {
    use crate::engine::project::ArtefactKind;
    let all = &cx.state.project.artefacts;
    let known = all
        .iter()
        .filter(|known| known.kind == ArtefactKind::Run && known.name == run_id);
    known.flat_map(|known| known.inputs.clone()).collect()
}

pub fn say(cx: &mut ApplyContext<'_>, run_id: &str, said: About) {
    let Some(run) = cx.state.train.runs.get(run_id).map(|run| run.run.clone()) else {
        return;
    };
    aside(cx, move || about::change(&run, |about| *about = said).map(drop));
}

pub fn queue(cx: &mut ApplyContext<'_>, action: QueueAction) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let runs_dir = project.runs_dir();
    aside(cx, move || {
        match action {
            QueueAction::Add(run_id) => waiting::add(&RunDir::open(&runs_dir.join(run_id))?)?,
            QueueAction::Remove(run_id) => waiting::remove(&runs_dir, &run_id)?,
            QueueAction::Move(run_id, place) => waiting::move_to(&runs_dir, &run_id, place)?,
            QueueAction::Hold(held) => waiting::hold(&runs_dir, held)?,
            QueueAction::Tidy => waiting::tidy(&runs_dir)?,
        };
        waiting::ensure_owner(&runs_dir, &Launcher::current()?)
    });
}

pub fn restore(cx: &mut ApplyContext<'_>, path: PathBuf) {
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let (runs_dir, trash_dir) = (project.runs_dir(), project.folder().join("trash"));
    cx.state.train.deleted = None;
    aside(cx, move || {
        let found = trash::list(&trash_dir)?.into_iter().find(|run| run.path == path);
        let found = found.ok_or(RunError::NotARun { path })?;
        trash::restore(&found, &runs_dir).map(drop)
    });
}

/// Does something with files off the UI thread; a failure is shown on the page.
fn aside(cx: &mut ApplyContext<'_>, work: impl FnOnce() -> Result<(), RunError> + Send + 'static) {
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let outcome = work();
        deliver(Box::new(move |cx| {
            let lang = cx.state.settings.language;
            cx.state.train.error = outcome.err().map(|error| lang.b(&error.explain()).to_owned());
            poke(cx);
        }));
    });
}
