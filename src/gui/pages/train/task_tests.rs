//! The form on a table of the analyst's own: the label chooses the task, in plain words, and can be overruled.

use crate::engine::artifact::ContentHash;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::Project;
use crate::engine::run::config::{TrainConfig, TrainData};
use crate::engine::run::task::Task;
use crate::engine::train::evidence::tests::evidence;
use crate::engine::train::own_table::OwnTable;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::loadable::Loadable;
use crate::gui::pages::Page;
use crate::gui::pages::page_stage::{Drawn, commands, drawn, press, sent};
use crate::gui::state::AppState;
use crate::gui::state::train::TrainInputs;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::Path;
use std::sync::Arc;

fn dataset(folder: &Path) -> Dataset {
    let path = folder.join("log.csv");
    std::fs::write(&path, "title,stars\na b,1\nc d,2\n").expect("file");
    read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable")
}

/// A project with a log and no feature set; `table` is what looking at it found.
fn state(table: Option<TrainInputs>) -> (tempfile::TempDir, AppState) {
    let folder = tempfile::tempdir().expect("temp dir");
    let mut state = AppState::default();
    state.project.project = Loadable::Ready(Arc::new(Project::open(folder.path()).expect("project")));
    state.data.dataset = Loadable::Ready(Arc::new(dataset(folder.path())));
    state.train.is_listed = true;
    state.train.base_models = Arc::from(["minilm-l6".to_owned()]);
    if let Some(table) = table {
        state.train.table = Loadable::Ready(Arc::new(table));
    }
    (folder, state)
}

fn table() -> TrainInputs {
    TrainInputs::of_table(OwnTable {
        name: "reviews.csv".to_owned(),
        hash: ContentHash::of_bytes(b"rows"),
        data: TrainData {
            train: "/data/train.parquet".into(),
            valid: Some("/data/valid.parquet".into()),
            test: Some("/data/test.parquet".into()),
            ..TrainData::default()
        },
        train_rows: 192,
        evidence: evidence(),
    })
}

fn open_form(state: AppState) -> Drawn {
    let mut harness = drawn(Page::Train, state);
    press(&mut harness, Role::Button, "Train on the table itself");
    harness.run_steps(2);
    harness
}

fn choose_label(harness: &mut Drawn, name: &str) {
    harness.get_by_role_and_label(Role::ComboBox, "Predicts").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, name).click();
    harness.run_steps(3);
}

fn started(harness: &mut Drawn) -> TrainConfig {
    sent(harness);
    press(harness, Role::Button, "Start training");
    let commands = commands(harness);
    let [Command::Train(TrainCommand::Start(config))] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    (**config).clone()
}

#[test]
fn without_features_the_table_itself_is_looked_at() {
    let (_folder, state) = state(None);
    let harness = open_form(state);
    assert!(sent(&harness).contains(&"Train(LookAtTable)".to_owned()));
}

#[test]
fn the_label_chooses_the_task_and_the_analyst_may_overrule_it() {
    let (_folder, state) = state(Some(table()));
    let mut harness = open_form(state);
    choose_label(&mut harness, "department");
    harness.get_by_label_contains("3 different values");
    let config = started(&mut harness);
    assert_eq!(
        (config.task, config.data.label.as_str()),
        (Task::Multiclass, "department")
    );
    assert_eq!(
        (config.metric.as_str(), config.negatives_per_positive),
        ("macro_f1", None)
    );
    assert!(crate::engine::run::validate::value_problems(&config).is_empty());
}

#[test]
fn grades_are_ranked_within_lists_and_categories_are_chosen() {
    let (_folder, state) = state(Some(table()));
    let mut harness = open_form(state);
    choose_label(&mut harness, "stars");
    harness.get_by_label_contains("from 1 to 5");
    harness.get_by_role_and_label(Role::CheckBox, "department").click();
    harness.run_steps(3);
    let config = started(&mut harness);
    assert_eq!(
        (config.task, config.data.categorical),
        (Task::Graded, vec!["department".to_owned()])
    );
}

#[test]
fn numbers_may_be_classes_too() {
    let (_folder, state) = state(Some(table()));
    let mut harness = open_form(state);
    choose_label(&mut harness, "stars");
    harness
        .get_by_role_and_label(Role::RadioButton, "Which one is it? (classes)")
        .click();
    harness.run_steps(3);
    assert_eq!(started(&mut harness).task, Task::Multiclass);
}
