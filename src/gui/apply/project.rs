//! Opens, makes and closes projects; starts the whole flow; takes dropped files.

use super::ApplyContext;
use crate::engine::flow::sources::Sources;
use crate::engine::ingest::{ReadOptions, preview};
use crate::engine::project::Project;
use crate::gui::command::data::DataCommand;
use crate::gui::command::project::ProjectCommand;
use crate::gui::command::{Command, Commands};
use crate::gui::dialog;
use crate::gui::i18n::{project as words, shell};
use crate::gui::jobs::JobFailure;
use crate::gui::pages::Page;
use crate::gui::settings::Settings;
use crate::gui::state::Stage;
use std::path::{Path, PathBuf};

/// Rows of the sample shop's log; enough to learn from, quick enough to watch.
const SAMPLE_ROWS: u64 = 60_000;
const SAMPLE_SEED: u64 = 7;

pub fn apply(command: ProjectCommand, cx: &mut ApplyContext<'_>) {
    match command {
        ProjectCommand::Open(folder) => open(cx, folder, None, false),
        ProjectCommand::PickFolder => dialog::pick_folder(cx.jobs, cx.state.settings.language),
        ProjectCommand::PickLog => dialog::pick_logs(cx.jobs, cx.state.settings.language),
        ProjectCommand::OpenAny(path) => open_any(cx, path),
        ProjectCommand::OpenLogs(paths) => open_logs(cx, paths),
        ProjectCommand::CreateSample { run_flow } => create_sample(cx, run_flow),
        ProjectCommand::RunFlow => cx.state.flow.begin(),
        ProjectCommand::StopFlow => {
            cx.state.flow.stop(None);
            for stage in crate::gui::state::flow::FLOW {
                cx.jobs.cancel_stage(stage);
            }
        }
        ProjectCommand::Close => {
            cx.state.close_project();
            cx.state.settings.page = Page::Welcome;
        }
        ProjectCommand::Notice(message) => cx.state.project.notice = Some(message),
        ProjectCommand::DismissNotice => cx.state.project.notice = None,
    }
}

/// Files dropped on the window: a folder with a project opens it, tables are opened as logs.
pub fn take_dropped_files(ctx: &egui::Context, commands: &Commands) {
    let dropped: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    match dropped.as_slice() {
        [] => {}
        [one] => commands.send(Command::Project(ProjectCommand::OpenAny(one.clone()))),
        many => commands.send(Command::Project(ProjectCommand::OpenLogs(many.to_vec()))),
    }
}

fn open_any(cx: &mut ApplyContext<'_>, path: PathBuf) {
    if path.is_dir() && (Project::exists(&path) || !Sources::discover(&path).events.is_empty()) {
        open(cx, path, None, false);
        cx.state.settings.page = Page::Data;
    } else {
        open_logs(cx, vec![path]);
    }
}

/// Opens logs in the open project, or in a new project folder beside the first of them.
fn open_logs(cx: &mut ApplyContext<'_>, paths: Vec<PathBuf>) {
    if paths.is_empty() {
        return;
    }
    cx.state.settings.page = Page::Data;
    if cx.state.project.project.ready().is_some() {
        cx.commands.send(Command::Data(DataCommand::Open(paths)));
        return;
    }
    let folder = project_folder_for(&paths[0], &cx.state.settings);
    open(cx, folder, Some(paths), false);
}

/// `events.csv` → `events touchstone` beside it, or under the home folder where that cannot be written.
fn project_folder_for(log: &Path, settings: &Settings) -> PathBuf {
    let stem = log
        .file_stem()
        .map_or_else(|| "log".into(), |stem| stem.to_string_lossy().into_owned());
    let name = format!("{stem} touchstone");
    let parent = log.parent().filter(|parent| !parent.as_os_str().is_empty());
    let writable = parent.filter(|parent| tempfile::tempfile_in(parent).is_ok());
    writable.map_or_else(|| home(settings).join(&name), |parent| parent.join(&name))
}

fn home(settings: &Settings) -> PathBuf {
    let documents = || dirs::document_dir().or_else(dirs::home_dir).unwrap_or_default();
    let given = settings.sample_home.clone();
    given.unwrap_or_else(|| documents().join("Touchstone"))
}

fn open(cx: &mut ApplyContext<'_>, folder: PathBuf, logs: Option<Vec<PathBuf>>, run_flow: bool) {
    // The old project's lock is released first, so that a project can be opened again.
    cx.state.close_project();
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Project,
        words::OPENING.into(),
        move |progress| {
            // A file that is no table leaves no folder beside it.
            if let Some(logs) = logs.as_ref().filter(|_| !Project::exists(&folder)) {
                preview(logs, &ReadOptions::default(), progress)
                    .map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            }
            let project = Project::open(&folder).map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            let mut sources =
                Sources::load(&project).map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            if let Some(logs) = logs {
                sources.events = logs;
            }
            Ok((project, sources))
        },
        move |outcome, cx| opened(outcome, cx, run_flow),
    );
    cx.state.project.project.start(progress);
}

fn opened(outcome: Result<(Project, Sources), JobFailure>, cx: &mut ApplyContext<'_>, run_flow: bool) {
    let (outcome, sources) = match outcome {
        Ok((project, sources)) => (Ok(project), sources),
        Err(failure) => (Err(failure), Sources::default()),
    };
    let failed = outcome.is_err();
    cx.state.project.project.finish(outcome);
    if failed {
        cx.state.settings.page = Page::Welcome;
        return;
    }
    cx.state.project.sources = sources;
    if let Some(project) = cx.state.project.project.ready().cloned() {
        cx.state.settings.remember_project(project.folder().to_owned());
        if project.is_read_only() {
            cx.state.project.notice = Some(cx.state.settings.language.t(shell::READ_ONLY_WHY).to_owned());
        }
    }
    cx.state.project.reload_artefacts();
    super::restore_all(cx);
    if run_flow {
        cx.state.flow.begin();
    } else if !cx.state.project.sources.events.is_empty() {
        cx.commands.send(Command::Data(DataCommand::Run));
    }
}

fn create_sample(cx: &mut ApplyContext<'_>, run_flow: bool) {
    let folder = home(&cx.state.settings).join(cx.state.settings.language.t(words::SAMPLE_FOLDER));
    cx.state.close_project();
    let target = folder.clone();
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Project,
        words::WRITING_SAMPLE.into(),
        move |progress| {
            let project = Project::open(&target).map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            if !target.join("events.csv").exists() {
                crate::engine::sample::write_project(&target, SAMPLE_ROWS, SAMPLE_SEED, progress)
                    .map_err(|error| JobFailure::from_error(&error, progress))?;
            }
            let sources =
                Sources::load(&project).map_err(|error| JobFailure::told(&error.explain(), lang, progress))?;
            Ok((project, sources))
        },
        move |outcome, cx| {
            opened(outcome, cx, run_flow);
            if cx.state.project.project.ready().is_some() {
                cx.state.settings.page = Page::Data;
            }
        },
    );
    cx.state.project.project.start(progress);
}
