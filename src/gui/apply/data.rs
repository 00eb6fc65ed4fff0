//! Carries out the requests of the data page.

use super::ApplyContext;
use crate::engine::flow::catalogue;
use crate::engine::ingest::{Dataset, IngestError, ReadOptions, preview, read_log};
use crate::engine::memory;
use crate::engine::run::now_ms;
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::command::data::DataCommand;
use crate::gui::command::project::ProjectCommand;
use crate::gui::dialog;
use crate::gui::i18n::data as words;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::state::data::ReadPreview;
use std::path::PathBuf;

const SETTING: &str = "read_options";

pub fn apply(command: DataCommand, cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    match command {
        DataCommand::Run => read(cx),
        // A log needs a place for what is made of it: a project beside it.
        DataCommand::Open(paths) if cx.state.project.project.value().is_none() => {
            cx.commands.send(Command::Project(ProjectCommand::OpenLogs(paths)));
        }
        DataCommand::Open(paths) => {
            cx.state.project.sources.events = paths;
            cx.state.data.options = ReadOptions::default();
            forget_trial(cx);
            save(cx);
            read(cx);
        }
        DataCommand::Pick => dialog::pick_tables(cx.jobs, lang, |paths| Command::Data(DataCommand::Open(paths))),
        DataCommand::SetItems(path) => {
            cx.state.project.sources.items = Some(path);
            save(cx);
            read(cx);
        }
        DataCommand::PickItems => dialog::pick_tables(cx.jobs, lang, |paths| {
            Command::Data(DataCommand::SetItems(paths.into_iter().next().unwrap_or_default()))
        }),
        DataCommand::SetRole { column, role } => {
            cx.state.data.options.roles.insert(column, role);
            save(cx);
            read(cx);
        }
        DataCommand::SetOptions(options) => {
            cx.state.data.options = *options;
            forget_trial(cx);
            save(cx);
            read(cx);
        }
        DataCommand::Preview => preview_rows(cx),
        DataCommand::Try(options) => attempt(cx, *options),
        DataCommand::TryAsFound => attempt(cx, cx.state.data.options.as_found()),
        DataCommand::DropTrial => {
            if cx.state.data.draft.take().is_some() {
                preview_rows(cx);
            }
        }
        DataCommand::ApplyTrial => apply_trial(cx),
    }
}

fn attempt(cx: &mut ApplyContext<'_>, options: ReadOptions) {
    cx.state.data.draft = Some(options);
    preview_rows(cx);
}

fn forget_trial(cx: &mut ApplyContext<'_>) {
    cx.state.data.draft = None;
    cx.state.data.preview = Loadable::Empty;
}

/// Reads the log with what was tried, apart from columns that are no longer there.
fn apply_trial(cx: &mut ApplyContext<'_>) {
    let Some(mut options) = cx.state.data.draft.take() else {
        return;
    };
    if let Some(seen) = cx.state.data.preview.value() {
        let gone = |name: &String| seen.first.unknown_columns.contains(name);
        options.types.retain(|name, _| !gone(name));
        options.times.retain(|name, _| !gone(name));
        options.numbers.retain(|name, _| !gone(name));
        options.roles.retain(|name, _| !gone(name));
    }
    cx.state.data.options = options;
    save(cx);
    read(cx);
}

/// Reads the first rows; whatever was asked for before is no longer wanted.
fn preview_rows(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    let paths = cx.state.project.sources.events.clone();
    if paths.is_empty() {
        return;
    }
    let options = cx.state.data.trial().clone();
    let progress = cx.jobs.start(
        Stage::Preview,
        words::PREVIEWING.into(),
        move |progress| {
            let first = preview(&paths, &options, progress)
                .map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            Ok(ReadPreview { first, options })
        },
        |outcome, cx| cx.state.data.preview.finish(outcome),
    );
    cx.state.data.preview.start(progress);
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    cx.state.data.options = cx.state.project.setting(SETTING);
}

/// Keeps the choice of files and overrides with the project; a failure is shown, not lost.
fn save(cx: &mut ApplyContext<'_>) {
    let options = cx.state.data.options.clone();
    cx.state.project.save_setting(SETTING, &options);
    let Some(project) = cx
        .state
        .project
        .project
        .ready()
        .filter(|project| !project.is_read_only())
    else {
        return;
    };
    if let Err(error) = cx.state.project.sources.save(project) {
        cx.state.project.notice = Some(error.to_string());
    }
}

/// What a reading job brings back.
struct Read {
    log: Dataset,
    items: Result<Option<Dataset>, JobFailure>,
}

fn read(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    let sources = cx.state.project.sources.clone();
    if sources.events.is_empty() {
        let why = lang.t(words::NO_LOG).to_owned();
        cx.state.data.dataset.finish(Err(JobFailure::Failed(why)));
        return;
    }
    let options = cx.state.data.options.clone();
    // A log that is opened shows its first rows while it is read.
    if cx.state.data.dataset.value().is_none() {
        preview_rows(cx);
    }
    let progress = cx.jobs.start(
        Stage::Data,
        words::READING.into(),
        move |progress| {
            let failed = |error: IngestError| JobFailure::told(&error.explain(), lang, progress);
            // A log that cannot be held on disk either is read all the same, and may still fit.
            if let Err(error) = memory::prepare(&sources.events, None) {
                tracing::warn!("a large log cannot be held on disk: {error}");
            }
            let log = read_log(&sources.events, &options, progress).map_err(failed)?;
            let read_items = |path: PathBuf| read_log(&[path], &ReadOptions::default(), progress).map_err(failed);
            let items = sources.items.map(read_items).transpose();
            Ok(Read { log, items })
        },
        finish,
    );
    cx.state.data.dataset.start(progress);
}

fn finish(outcome: Result<Read, JobFailure>, cx: &mut ApplyContext<'_>) {
    match outcome {
        Ok(Read { log, items }) => {
            match items {
                Ok(Some(items)) => cx.state.data.items.finish(Ok(items)),
                Ok(None) => cx.state.data.items = Loadable::Empty,
                Err(failure) => cx.state.data.items.finish(Err(failure)),
            }
            let info = std::sync::Arc::clone(&log.info);
            cx.state.data.dataset.finish(Ok(log));
            let items = cx
                .state
                .data
                .items
                .ready()
                .map(|items| std::sync::Arc::clone(&items.info));
            for table in items.iter().chain([&info]) {
                cx.state.project.record(&catalogue::dataset(table, now_ms()));
            }
            save(cx);
            // The report is what an analyst opens a log for; the flow asks for it itself.
            if !cx.state.flow.is_running() {
                cx.commands.send(Command::Audit(AuditCommand::Run));
            }
        }
        Err(failure) => cx.state.data.dataset.finish(Err(failure)),
    }
}
