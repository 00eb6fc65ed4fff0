//! The page drawn headless in each of its states, found by role and label.

use super::*;
use crate::engine::flow::plan::usual_rate;
use crate::engine::project::Project;
use crate::engine::run::config::{TrainConfig, TrainData};
use crate::engine::run::dir::RunDir;
use crate::engine::run::event::{EVENT_VERSION, Event, EventBody, SamplePrediction};
use crate::engine::run::now_ms;
use crate::engine::run::replay::RunView;
use crate::engine::run::status::RunStatus;
use crate::engine::run::trial::TrialReport;
use crate::gui::pages::page_stage::{Drawn, commands, drawn, press, sent};
use crate::gui::runs::RunList;
use crate::gui::settings::Language;
use crate::gui::state::AppState;
use crate::gui::state::train::{TrainInputs, Trial};
use egui::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A state with an open project in a folder that lives as long as the guard.
fn open_project() -> (tempfile::TempDir, AppState) {
    let folder = tempfile::tempdir().expect("temp dir");
    let mut state = AppState::default();
    state.project.project = Loadable::Ready(Arc::new(Project::open(folder.path()).expect("project")));
    state.train.is_listed = true;
    (folder, state)
}

fn inputs() -> TrainInputs {
    TrainInputs {
        name: "purchase in session".to_owned(),
        data: TrainData {
            train: "/data/train.parquet".into(),
            valid: Some("/data/valid.parquet".into()),
            text: vec!["title".to_owned(), "query".to_owned()],
            numeric: vec!["price".to_owned()],
            label: "bought".to_owned(),
            ..TrainData::default()
        },
        train_rows: 3200,
        positive_share: Some(0.25),
        ..TrainInputs::default()
    }
}

fn view(steps: u64, ends_with: Option<EventBody>) -> RunView {
    let mut view = RunView::default();
    let mut seq = 0;
    let mut tell = |step: u64, body: EventBody| {
        view.apply(&Event {
            v: EVENT_VERSION,
            seq,
            wall_ms: now_ms() - 100_000 + seq * 100,
            step,
            body,
            writer: 1,
        });
        seq += 1;
    };
    tell(
        0,
        EventBody::Started {
            pid: 31_207,
            pid_start_secs: 1,
            device: "cpu".to_owned(),
            precision: "fp32".to_owned(),
            total_steps: 100,
            epochs: 1.0,
            train_rows: 3200,
            valid_rows: 400,
            params_total: 22_000_000,
            params_trainable: 150_000,
        },
    );
    for step in 1..=steps {
        let body = EventBody::Train {
            loss: 1.0 / step as f64,
            learning_rate: 2e-4,
            grad_norm: 1.0,
            epoch: 0.1,
            samples_per_sec: 27.4,
            tokens_per_sec: 2192.0,
            padding_share: 0.0,
            rss_bytes: 900_000_000,
        };
        tell(step, body);
        if step % 20 == 0 {
            let sample = SamplePrediction {
                text: "宽松版型，面料很软".to_owned(),
                label: 1.0,
                score: 0.942,
                classes: None,
            };
            let body = EventBody::Evaluated {
                metrics: BTreeMap::from([("auc".to_owned(), 0.7 + step as f64 / 1000.0), ("loss".to_owned(), 0.5)]),
                best: true,
                samples: vec![sample],
            };
            tell(step, body);
            let path = format!("checkpoints/step-{step}");
            tell(step, EventBody::Checkpoint { path, best: true });
        }
    }
    tell(
        steps,
        EventBody::Warning {
            message: "3 rows have no text".to_owned(),
        },
    );
    if let Some(body) = ends_with {
        tell(steps, body);
    }
    view
}

fn snapshot(folder: &std::path::Path, status: RunStatus, view: RunView) -> RunSnapshot {
    let config = TrainConfig {
        data: inputs().data,
        ..TrainConfig::default()
    };
    let run = RunDir::create(&folder.join("runs"), "2026-11-22", &config).expect("create");
    RunSnapshot {
        run_id: run.id(),
        run,
        config: Arc::new(config),
        view: Arc::new(view),
        status,
        spark: Arc::from([1.0, 0.5, 0.25]),
        last_words: Arc::from("Killed"),
        is_complete: true,
        about: Arc::default(),
        checkpoints: Arc::from([20, 40]),
    }
}

fn with_runs(runs: Vec<RunSnapshot>, mut state: AppState) -> AppState {
    state.train.runs = Arc::new(RunList {
        runs,
        ..RunList::default()
    });
    state.train.inputs = Some(Arc::new(inputs()));
    state
}

fn harness(state: AppState) -> Drawn {
    drawn(Page::Train, state)
}

fn click(harness: &mut Drawn, label: &str) {
    press(harness, Role::Button, label);
}

#[test]
fn without_a_project_the_way_to_one_is_offered() {
    let mut harness = harness(AppState::default());
    click(&mut harness, "Go to the welcome page");
    assert_eq!(sent(&harness), ["Go(Welcome)"]);
}

#[test]
fn empty_leads_to_features_or_to_the_form() {
    let (_folder, state) = open_project();
    let mut harness1 = harness(state);
    click(&mut harness1, "Build features");
    assert_eq!(sent(&harness1), ["Go(Features)"]);

    let (_folder, mut state) = open_project();
    state.train.inputs = Some(Arc::new(inputs()));
    let mut harness = harness(state);
    click(&mut harness, "New run…");
    harness.get_by_label_contains("3,200 training rows, 25.0 % positive");
}

#[test]
fn loading_and_failed_are_told() {
    let (_folder, mut state) = open_project();
    state.train.is_listed = false;
    let reading = harness(state);
    reading.get_by_label_contains("Reading the runs");

    let (_folder, mut state) = open_project();
    state.train.started = Loadable::Failed {
        error: "cannot start the worker".to_owned(),
        previous: None,
    };
    let failed = harness(state);
    failed.get_by_label_contains("cannot start the worker");
    failed.get_by_role_and_label(Role::Button, "New run…");
}

#[test]
fn a_running_run_shows_its_figures_and_obeys() {
    let (folder, state) = open_project();
    let run = snapshot(folder.path(), RunStatus::Running, view(60, None));
    let run_id = run.run_id.clone();
    let older = snapshot(folder.path(), RunStatus::Finished, view(100, None));
    let older_id = older.run_id.clone();
    let mut harness = harness(with_runs(vec![run, older], state));
    harness.get_by_label_contains("Run 1 · running · minilm-l6, full");
    harness.get_by_label_contains("worker 31207");
    harness.get_by_label_contains("Step 60 of 100");
    harness.get_by_label_contains("Validation AUC 0.7600 best at 60");
    harness.get_by_label_contains("Throughput 27.4");
    harness.get_by_label("宽松版型，面料很软");
    click(&mut harness, "Pause");
    click(&mut harness, "Stop and keep best");
    let expected = ["Pause", "Stop"].map(|action| format!("Train(Act(\"{run_id}\", {action}))"));
    assert_eq!(sent(&harness), expected);

    harness.get_by_label("done").click();
    harness.run_steps(2);
    assert_eq!(sent(&harness), [format!("Train(Select(\"{older_id}\"))")]);
}

#[test]
fn the_console_filters() {
    let (folder, state) = open_project();
    let run = snapshot(folder.path(), RunStatus::Running, view(60, None));
    let mut harness = harness(with_runs(vec![run], state));
    harness.get_by_role_and_label(Role::CheckBox, "Console").click();
    harness.run_steps(3);
    harness.get_by_label_contains("checkpoints/step-60");
    harness.get_by_role_and_label(Role::CheckBox, "warnings only").click();
    harness.run_steps(3);
    harness.get_by_label_contains("3 rows have no text");
    assert!(harness.query_by_label_contains("checkpoints/step-60").is_none());
}

#[test]
fn a_crash_says_what_is_known_and_offers_to_resume() {
    let (folder, state) = open_project();
    let run = snapshot(folder.path(), RunStatus::Crashed, view(30, None));
    let run_id = run.run_id.clone();
    let mut harness = harness(with_runs(vec![run], state));
    harness.get_by_label_contains("The worker ended without a word");
    harness.get_by_label_contains("Killed");
    click(&mut harness, "Resume");
    assert_eq!(sent(&harness), [format!("Train(Act(\"{run_id}\", Resume))")]);
}

#[test]
fn deleting_asks_first() {
    let (folder, state) = open_project();
    let failure = RunStatus::Failed {
        message: "out of memory".to_owned(),
        hint: "Use a smaller batch".to_owned(),
    };
    let run = snapshot(folder.path(), failure, view(5, None));
    let run_id = run.run_id.clone();
    let mut harness = harness(with_runs(vec![run], state));
    harness.get_by_label_contains("Use a smaller batch");
    click(&mut harness, "More");
    click(&mut harness, "Delete");
    assert_eq!(sent(&harness), [""; 0], "nothing happens before the answer");
    harness.get_by_label_contains("Move this run to the trash?");
    click(&mut harness, "Delete");
    assert_eq!(sent(&harness), [format!("Train(Act(\"{run_id}\", Delete))")]);
}

#[test]
fn the_form_starts_what_was_chosen() {
    let (_folder, mut state) = open_project();
    state.train.inputs = Some(Arc::new(inputs()));
    state.train.base_models = Arc::from(["minilm-l6".to_owned()]);
    let mut harness = harness(state);
    click(&mut harness, "New run…");
    harness.get_by_role_and_label(Role::RadioButton, "Head only").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::CheckBox, "query").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::CheckBox, "More settings").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Weight decay");
    sent(&harness);
    click(&mut harness, "Start training");
    let commands = commands(&harness);
    let [Command::Train(TrainCommand::Start(config))] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!(config.data.text, ["title"], "query was switched off");
    assert_eq!(config.learning_rate, usual_rate(&config.method));
    assert!(crate::engine::run::validate::value_problems(config).is_empty());
}

/// The text of the advice under the learning rate.

#[test]
fn while_runs_are_read_the_page_shows_its_places_and_the_runs_of_the_catalogue() {
    let (_folder, mut state) = open_project();
    state.train.is_listed = false;
    let config = TrainConfig {
        learning_rate: 3e-4,
        ..TrainConfig::default()
    };
    let run_id = "2026-11-25-minilm-l6-full-2";
    state.project.artefacts = vec![crate::engine::flow::catalogue::run(run_id, &config, 1, Vec::new())];
    let mut harness = harness(state);
    assert!(harness.query_all_by_label(words::READING.en).count() > 1);
    for place in ["Runs", "Loss", "3e-4", "full", "2"] {
        assert!(harness.query_by_label(place).is_some(), "`{place}` has its place");
    }
    // A project without runs promises none.
    harness.state_mut().state.project.artefacts.clear();
    harness.run_steps(2);
    assert!(harness.query_by_label("Runs").is_none());
}

#[test]
fn chinese_has_every_word() {
    let (folder, mut state) = open_project();
    state.settings.language = Language::Chinese;
    let run = snapshot(folder.path(), RunStatus::Paused, view(40, Some(EventBody::Paused)));
    let harness = harness(with_runs(vec![run], state));
    harness.get_by_label_contains("任务 1 · 已暂停");
    harness.get_by_role_and_label(Role::Button, "继续");
    harness.get_by_label_contains("步数 40 共 100 步");
}

#[path = "views_tests.rs"]
mod views;

#[path = "start_tests.rs"]
mod start;
