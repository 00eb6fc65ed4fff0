//! The views beside the run: all curves, all runs, base models; forks, notes, queue, undo.

use super::*;
use crate::engine::models::BaseModel;
use crate::engine::run::about::About;
use crate::engine::run::queue::RunQueue;
use crate::engine::run::trash::{Deleted, TrashedRun};
use crate::gui::command::train::{NewRun, QueueAction};

fn chip(harness: &mut Drawn, label: &str) {
    harness.get_by_role_and_label(Role::CheckBox, label).click();
    harness.run_steps(4);
}

fn two_runs() -> (tempfile::TempDir, Drawn) {
    let (folder, state) = open_project();
    let mut second = snapshot(folder.path(), RunStatus::Finished, view(100, None));
    let first = snapshot(folder.path(), RunStatus::Finished, view(60, None));
    second.config = Arc::new(TrainConfig {
        learning_rate: 1e-5,
        ..(*second.config).clone()
    });
    second.about = Arc::new(About {
        note: "slower".to_owned(),
        tags: ["keep".to_owned()].into(),
        archived: false,
    });
    (folder, harness(with_runs(vec![first, second], state)))
}

#[test]
fn every_curve_has_its_chart() {
    let (_folder, mut harness) = two_runs();
    chip(&mut harness, "All curves");
    for title in [
        "Loss",
        "Validation AUC",
        "Learning rate",
        "Gradient norm",
        "Samples a second",
    ] {
        let charts = harness.query_all_by_role(Role::Image);
        let names: Vec<String> = charts.filter_map(|node| node.accesskit_node().label()).collect();
        assert!(names.iter().any(|name| name.starts_with(title)), "{title}: {names:?}");
    }
    chip(&mut harness, "log scale");
    chip(&mut harness, "time");
    harness.get_by_role(Role::Slider);
}

#[test]
fn runs_are_filtered_compared_and_opened() {
    let (_folder, mut harness) = two_runs();
    chip(&mut harness, "All runs");
    harness.get_by_label("2 of 2");
    chip(&mut harness, "#keep");
    harness.get_by_label("1 of 2");
    chip(&mut harness, "#keep");
    chip(&mut harness, "Compare run 1");
    chip(&mut harness, "Compare run 2");
    let wanted = commands(&harness).into_iter().rev().find_map(|command| match command {
        Command::Train(TrainCommand::LookAt(run_ids)) => Some(run_ids),
        _ => None,
    });
    assert_eq!(wanted.map(|run_ids| run_ids.len()), Some(2), "their logs are read");
    chip(&mut harness, "Only what differs");
    harness.get_by_label("learning_rate");
    assert_eq!(
        harness.query_all_by_label("1e-5").count(),
        2,
        "in the table and among the differences"
    );
    assert!(harness.query_by_label("batch_size").is_none(), "the same in both");
    chip(&mut harness, "Scatter");
    harness.get_by_role_and_label(Role::ComboBox, "Across");
}

#[test]
fn a_fork_goes_on_from_the_chosen_checkpoint_with_other_settings() {
    let (_folder, mut harness) = two_runs();
    click(&mut harness, "More");
    click(&mut harness, "Go on from a checkpoint…");
    harness.get_by_label("Goes on from");
    assert!(
        harness.query_by_role(Role::RadioButton).is_none(),
        "the method is the checkpoint's"
    );
    sent(&harness);
    click(&mut harness, "Start training");
    let made = commands(&harness);
    let [Command::Train(TrainCommand::Make(new))] = made.as_slice() else {
        panic!("{made:?}");
    };
    let NewRun { source, queued, .. } = &**new;
    assert_eq!(source.as_ref().and_then(|(_, step)| *step), Some(40), "the last one");
    assert!(!queued);
}

#[test]
fn a_run_is_repeated_in_the_queue() {
    let (_folder, mut harness) = two_runs();
    click(&mut harness, "More");
    click(&mut harness, "Repeat with other settings…");
    let add = |harness: &Drawn| {
        harness
            .query_by_role_and_label(Role::Button, "Add to the queue")
            .is_some()
    };
    assert!(!add(&harness), "where nothing trains a queue would start it at once");
    let train = &mut harness.state_mut().state.train;
    train.runs = Arc::new(RunList {
        queue: Arc::new(RunQueue {
            waiting: vec!["another".to_owned()],
            ..RunQueue::default()
        }),
        ..(*train.runs).clone()
    });
    harness.run_steps(3);
    sent(&harness);
    click(&mut harness, "Add to the queue");
    let made = commands(&harness);
    assert!(
        matches!(made.as_slice(), [Command::Train(TrainCommand::Make(new))]
        if new.queued && new.source.as_ref().is_some_and(|(_, step)| step.is_none())),
        "{made:?}"
    );
}

#[test]
fn notes_are_saved_and_a_deletion_is_undone() {
    let (_folder, mut harness) = two_runs();
    chip(&mut harness, "Notes");
    // The field of tags is the page's only one of a single line.
    harness.get_by_role(Role::TextInput).focus();
    harness.run_steps(2);
    harness.get_by_role(Role::TextInput).type_text("baseline, keep this");
    harness.run_steps(3);
    sent(&harness);
    click(&mut harness, "Save");
    let said = sent(&harness);
    assert!(said[0].contains("\"baseline\", \"keep-this\""), "{said:?}");
    let trashed = TrashedRun {
        deleted: Deleted {
            run_id: "2026-11-22-gone-7".to_owned(),
            deleted_ms: 1,
        },
        path: "/p/trash/gone".into(),
    };
    harness.state_mut().state.train.deleted = Some(trashed);
    harness.run_steps(2);
    harness.get_by_label_contains("2026-11-22-gone-7 is in the trash");
    click(&mut harness, "Undo");
    assert_eq!(sent(&harness), ["Train(Restore(\"/p/trash/gone\"))"]);
}

#[test]
fn the_queue_is_reordered_and_held() {
    let (folder, state) = open_project();
    let runs: Vec<RunSnapshot> = (0..2)
        .map(|_| snapshot(folder.path(), RunStatus::Waiting, RunView::default()))
        .collect();
    let ids: Vec<String> = runs.iter().map(|run| run.run_id.clone()).collect();
    let mut state = with_runs(runs, state);
    let list = Arc::make_mut(&mut state.train.runs);
    list.queue = Arc::new(RunQueue {
        waiting: ids.clone(),
        ..RunQueue::default()
    });
    let mut harness = harness(state);
    chip(&mut harness, "All runs");
    harness.get_by_label("queued, 2");
    chip(&mut harness, "Queue 2");
    sent(&harness);
    click(&mut harness, "Earlier");
    click(&mut harness, "Hold the queue");
    let asked: Vec<QueueAction> = commands(&harness)
        .into_iter()
        .filter_map(|command| match command {
            Command::Train(TrainCommand::Queue(action)) => Some(action),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [QueueAction::Move(ids[1].clone(), 1), QueueAction::Hold(true)]);
}

#[test]
fn base_models_tell_what_they_are_and_can_be_fetched() {
    let (_folder, mut harness) = two_runs();
    let absent: BaseModel = crate::engine::models::absent("minilm-l6").expect("in the catalogue");
    harness.state_mut().state.train.models = Arc::from([absent]);
    chip(&mut harness, "Base models");
    harness.get_by_label("Apache-2.0");
    sent(&harness);
    click(&mut harness, "Fetch");
    assert_eq!(sent(&harness), ["Train(Pull(\"minilm-l6\"))"]);
    let chinese = crate::engine::models::absent("google-bert/bert-base-chinese").expect("well known");
    let many = crate::engine::models::absent("FacebookAI/xlm-roberta-base").expect("well known");
    harness.state_mut().state.train.models = Arc::from([chinese]);
    harness.run_steps(3);
    for told in ["bert-base-chinese", "102.3 M", "12 × 768", "zh", "412 MB"] {
        harness.get_by_label(told);
    }
    click(&mut harness, "Fetch");
    assert_eq!(sent(&harness), ["Train(Pull(\"google-bert/bert-base-chinese\"))"]);
    harness.state_mut().state.train.models = Arc::from([many]);
    harness.run_steps(3);
    harness.get_by_label("100 languages");
    harness.get_by_role_and_label(Role::Button, "Fetch from the hub");
}
