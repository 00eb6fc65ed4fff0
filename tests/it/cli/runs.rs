//! `touchstone runs`: runs made from others, noted, deleted, restored, queued, moved to another place.

use super::training::prepared;
use crate::program::{Folder, at, number};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A folder that is a project's as far as runs go: `runs/` with one finished run of 4 epochs.
fn with_a_run() -> (Folder, String) {
    let folder = prepared(&json!({"eval_every_steps": 20, "keep_last": 3, "epochs": 3.0}));
    let value = folder.json(&["train", "--config", "config.json"]);
    assert_eq!(at(&value, "status"), "finished");
    let run_id = at(&value, "run_id").as_str().expect("an id").to_owned();
    (folder, run_id)
}

fn events(folder: &Folder, run_id: &str) -> Vec<Value> {
    let text = folder.read(&format!("runs/{run_id}/events.jsonl"));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect()
}

fn train_steps(folder: &Folder, run_id: &str) -> Vec<u64> {
    let all = events(folder, run_id);
    let trained = all.iter().filter(|event| event["type"] == "train");
    trained.filter_map(|event| event["step"].as_u64()).collect()
}

#[test]
fn a_fork_begins_at_its_checkpoint_and_the_settings_that_differ_are_told() {
    let (folder, run_id) = with_a_run();
    let steps = std::fs::read_dir(folder.join(&format!("runs/{run_id}/checkpoints"))).expect("checkpoints");
    let steps: Vec<u64> = steps
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix("step-")?.parse().ok())
        .collect();
    let step = *steps.iter().min().expect("a checkpoint");
    let at_step = step.to_string();
    let words = [
        "runs",
        "fork",
        &run_id,
        "--at",
        &at_step,
        "--set",
        "learning_rate=0.0005",
    ];
    let forked = folder.json(&words);
    let fork_id = at(&forked, "run_id").as_str().expect("an id").to_owned();
    assert_eq!(number(&forked, "origin.step"), step as f64);
    let diff = folder.json(&["runs", "diff", &run_id, &fork_id]);
    assert_eq!(at(&diff, "differences.0.setting"), "learning_rate");
    assert_eq!(diff["differences"].as_array().map(Vec::len), Some(1), "{diff:#}");
    let run_dir = format!("runs/{fork_id}");
    let value = folder.json(&["train", "--resume", "--run-dir", &run_dir]);
    assert_eq!(at(&value, "status"), "finished", "{value:#}");
    let trained = train_steps(&folder, &fork_id);
    assert!(trained.iter().all(|at| *at > step), "begins at {step}: {trained:?}");
    assert_eq!(trained.last(), train_steps(&folder, &run_id).last());
    // Without a change a fork is the same training again, to the bit.
    let twin = folder.json(&["runs", "fork", &run_id, "--at", &at_step]);
    let twin_id = at(&twin, "run_id").as_str().expect("an id").to_owned();
    folder.json(&["train", "--resume", "--run-dir", &format!("runs/{twin_id}")]);
    let evaluated = |run_id: &str| {
        let all = events(&folder, run_id);
        let found = all
            .iter()
            .filter(|event| event["type"] == "evaluated" && event["step"].as_u64() > Some(step));
        found.map(|event| event["metrics"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(evaluated(&twin_id), evaluated(&run_id));
    let short = folder.json(&["runs", "fork", &run_id, "--set", "max_steps=5"]);
    let run_dir = format!("runs/{}", at(&short, "run_id").as_str().expect("an id"));
    let refused = folder.run(&["train", "--resume", "--run-dir", &run_dir]).with_code(1);
    refused.says(&["ends at step 5"]);
}

#[test]
fn notes_tags_archive_trash_and_back() {
    let (folder, run_id) = with_a_run();
    folder.json(&["runs", "tag", &run_id, "baseline", "keep this"]);
    let noted = folder.json(&["runs", "note", &run_id, "learns too fast"]);
    assert_eq!(at(&noted, "about.tags"), &json!(["baseline", "keep-this"]));
    let list = |words: &[&str]| {
        folder
            .json(&[&["runs", "list"], words].concat())
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(
        (list(&[]), list(&["--tag", "baseline"]), list(&["--filter", "FAST"])),
        (1, 1, 1)
    );
    assert_eq!((list(&["--tag", "other"]), list(&["--state", "crashed"])), (0, 0));
    folder.json(&["runs", "archive", &run_id]);
    assert_eq!((list(&[]), list(&["--all"])), (0, 1));
    folder.json(&["runs", "unarchive", &run_id]);
    folder.json(&["runs", "delete", &run_id]);
    assert_eq!(list(&["--all"]), 0);
    let trash = folder.json(&["runs", "restore"]);
    assert_eq!(at(&trash, "trash.0.deleted.run_id"), &json!(run_id));
    folder.json(&["runs", "restore", &run_id]);
    assert_eq!(list(&["--tag", "baseline"]), 1);
    folder.run(&["runs", "restore", &run_id]).with_code(2);
}

#[test]
fn queued_runs_are_trained_one_after_the_other_though_nobody_waits() {
    let (folder, run_id) = with_a_run();
    let repeat = |seed: &str| {
        let value = folder.json(&["runs", "repeat", &run_id, "--set", seed, "--set", "epochs=1", "--queue"]);
        at(&value, "run_id").as_str().expect("an id").to_owned()
    };
    let (first, second) = (repeat("seed=1"), repeat("seed=2"));
    folder
        .run(&["runs", "queue", "add", &run_id])
        .with_code(1)
        .says(&["finished"]);
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let queue = folder.json(&["runs", "queue"]);
        if at(&queue, "current").is_null() && queue["waiting"].as_array().is_some_and(Vec::is_empty) {
            break;
        }
        assert!(Instant::now() < deadline, "{queue:#}");
        std::thread::sleep(Duration::from_millis(300));
    }
    let wall = |run_id: &str, last: bool| {
        let all = events(&folder, run_id);
        let event = if last { all.last() } else { all.first() };
        event.and_then(|event| event["wall_ms"].as_u64()).expect("a time")
    };
    assert!(wall(&first, true) <= wall(&second, false), "one at a time, in order");
    for run_id in [&first, &second] {
        assert_eq!(
            events(&folder, run_id).last().map(|event| event["type"].clone()),
            Some(json!("finished"))
        );
    }
}

#[test]
fn a_project_moved_elsewhere_goes_on_with_its_runs() {
    let folder = prepared(&json!({}));
    let old = folder.join("shop");
    std::fs::create_dir_all(old.join("data")).expect("folder");
    std::fs::rename(folder.join("base"), old.join("base")).expect("move");
    std::fs::rename(folder.join("train.csv"), old.join("data/train.csv")).expect("move");
    let settings = json!({
        "base_model": old.join("base"), "max_length": 16, "batch_size": 16, "epochs": 1.0, "device": "cpu",
        "data": {"train": old.join("data/train.csv"), "valid_ratio": 0.2, "text": ["text"], "label": "label"},
    });
    folder.write("shop/config.json", settings.to_string());
    let ended = folder.json(&["train", "--config", "shop/config.json", "--run-dir", "shop/runs/a"]);
    assert_eq!(at(&ended, "status"), "finished");
    std::fs::rename(&old, folder.join("moved shop")).expect("move");
    let list = folder.json(&["runs", "list", "--project", "moved shop"]);
    assert_eq!(
        (at(&list, "0.status"), at(&list, "0.run_id")),
        (&json!("finished"), &json!("a"))
    );
    let again = folder.json(&["runs", "repeat", "moved shop/runs/a", "--set", "seed=3"]);
    let run_dir = at(&again, "run_dir").as_str().expect("a path").to_owned();
    let ended = folder.json(&["train", "--resume", "--run-dir", &run_dir]);
    assert_eq!(at(&ended, "status"), "finished", "{ended:#}");
}
