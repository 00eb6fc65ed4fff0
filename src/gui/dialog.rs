//! Native file dialogs, off the UI thread; the choice comes back as a command.
//!
//! On Linux the dialog needs a desktop portal; without one it returns at once with nothing, which is why every
//! page also takes typed paths and dropped files.

use super::apply::ApplyContext;
use super::command::Command;
use super::command::project::ProjectCommand;
use super::i18n::project as words;
use super::jobs::JobQueue;
use super::settings::Language;
use std::path::PathBuf;

/// File endings the program reads.
pub const TABLE_ENDINGS: [&str; 8] = ["csv", "tsv", "txt", "parquet", "gz", "zst", "jsonl", "dat"];

pub fn pick_folder(jobs: &mut JobQueue, lang: Language) {
    let dialog = rfd::AsyncFileDialog::new().set_title(lang.t(words::PICK_FOLDER));
    answer(jobs, dialog.pick_folder(), |folder| {
        Command::Project(ProjectCommand::OpenAny(folder.path().to_owned()))
    });
}

pub fn pick_logs(jobs: &mut JobQueue, lang: Language) {
    pick_tables(jobs, lang, |paths| Command::Project(ProjectCommand::OpenLogs(paths)));
}

/// Asks for one or more tables; `then` makes the command that is sent.
pub fn pick_tables(jobs: &mut JobQueue, lang: Language, then: impl FnOnce(Vec<PathBuf>) -> Command + Send + 'static) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(lang.t(words::PICK_LOGS))
        .add_filter(lang.t(words::TABLES), &TABLE_ENDINGS);
    answer(jobs, dialog.pick_files(), |files| {
        then(files.iter().map(|file| file.path().to_owned()).collect())
    });
}

/// Asks for one JSON file; `then` makes the command that is sent.
pub fn pick_json(jobs: &mut JobQueue, title: &str, then: impl FnOnce(PathBuf) -> Command + Send + 'static) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(title)
        .add_filter("JSON", &["json"]);
    answer(jobs, dialog.pick_file(), |file| then(file.path().to_owned()));
}

/// Asks for one TOML file; `then` makes the command that is sent.
pub fn pick_toml(jobs: &mut JobQueue, title: &str, then: impl FnOnce(PathBuf) -> Command + Send + 'static) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(title)
        .add_filter("TOML", &["toml"]);
    answer(jobs, dialog.pick_file(), |file| then(file.path().to_owned()));
}

/// Asks where to save; `then` makes the command that is sent.
pub fn save_as(jobs: &mut JobQueue, file_name: &str, then: impl FnOnce(PathBuf) -> Command + Send + 'static) {
    let dialog = rfd::AsyncFileDialog::new().set_file_name(file_name);
    answer(jobs, dialog.save_file(), |file| then(file.path().to_owned()));
}

fn answer<T, F>(jobs: &mut JobQueue, choice: F, then: impl FnOnce(T) -> Command + Send + 'static)
where
    T: Send + 'static,
    F: Future<Output = Option<T>> + Send + 'static,
{
    let deliver = jobs.deliverer();
    jobs.runtime().spawn(async move {
        if let Some(choice) = choice.await {
            let command = then(choice);
            deliver(Box::new(move |cx: &mut ApplyContext<'_>| cx.commands.send(command)));
        }
    });
}
