//! A training worker that is killed and resumed ends with the same weights and one unbroken curve.

use crate::cli::training::prepared;
use crate::program::{Folder, at};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use touchstone::engine::artifact::ContentHash;
use touchstone::engine::run::dir::RunDir;
use touchstone::engine::run::now_ms;
use touchstone::engine::run::replay::{RunView, curve};
use touchstone::engine::run::status::RunStatus;
use touchstone::engine::run::watch::RunWatch;

const TOTAL_STEPS: u64 = 400;
const EVAL_EVERY: u64 = 40;
/// Between a kill and the next start.
const GAP: Duration = Duration::from_millis(1500);

fn settings() -> Value {
    json!({
        "max_steps": TOTAL_STEPS, "eval_every_steps": EVAL_EVERY, "learning_rate": 1e-3, "keep_last": 2,
    })
}

pub fn weights(folder: &Folder, run: &str) -> ContentHash {
    let file = folder.join(run).join("model/model.safetensors");
    ContentHash::of_bytes(&std::fs::read(file).expect("exported weights"))
}

fn watch(folder: &Path) -> RunWatch {
    let mut watch = RunWatch::open(RunDir::open(folder).expect("a run")).expect("readable");
    watch.catch_up(now_ms()).expect("readable");
    watch
}

/// Starts the worker as its own process and kills it once it has done `step` steps.
pub fn killed_at(folder: &Folder, run: &str, step: u64) {
    let mut worker = folder.command();
    let worker = worker.args(["worker", run]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut worker = worker.spawn().expect("the worker starts");
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let seen = watch(&folder.join(run));
        assert!(
            !matches!(seen.status(), RunStatus::Finished),
            "it finished before it was killed"
        );
        if seen.view().step >= step && seen.view().attempt.is_some() {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "no step {step} within a minute: {:?}",
            seen.status()
        );
        std::thread::sleep(Duration::from_millis(3));
    }
    // On Unix this is SIGKILL: the worker has no chance to write a last word.
    worker.kill().expect("it was alive");
    worker.wait().expect("it is ours");
    assert_eq!(*watch(&folder.join(run)).status(), RunStatus::Crashed);
}

fn steps(view: &RunView, name: &str) -> Vec<u64> {
    view.series
        .get(name)
        .map(|series| series.iter().map(|[step, _]| step as u64).collect())
        .unwrap_or_default()
}

fn values(view: &RunView, name: &str) -> Vec<(u64, u64)> {
    let series = view.series.get(name).expect("a curve");
    series
        .iter()
        .map(|[step, value]| (step as u64, value.to_bits()))
        .collect()
}

/// Sum of the losses of all steps of each stretch between two evaluations. A loss point is the mean of the steps
/// since the one before, so a step that is missing or told twice changes its stretch's sum.
fn loss_sums(view: &RunView) -> BTreeMap<u64, f64> {
    let mut sums = BTreeMap::new();
    let mut last = 0;
    for [step, loss] in view.series.get(curve::TRAIN_LOSS).expect("a loss curve").iter() {
        let step = step as u64;
        let stretch = step.div_ceil(EVAL_EVERY) * EVAL_EVERY;
        assert!(
            last + EVAL_EVERY >= stretch,
            "no loss point at step {}",
            stretch - EVAL_EVERY
        );
        *sums.entry(stretch).or_default() += loss * (step - last) as f64;
        last = step;
    }
    assert_eq!(last, TOTAL_STEPS, "the last step has its loss point");
    sums
}

/// Milliseconds between consecutive events of one writer, by the raw lines of the log, and the gaps between writers.
fn work_and_gaps_ms(run: &Path) -> (u64, Vec<u64>) {
    let text = std::fs::read_to_string(run.join("events.jsonl")).expect("a log");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("whole lines"))
        .collect();
    let number = |line: &Value, key: &str| line[key].as_u64().expect("a whole number");
    let (mut work, mut gaps) = (0, Vec::new());
    for pair in lines.windows(2) {
        let passed = number(&pair[1], "wall_ms") - number(&pair[0], "wall_ms");
        if number(&pair[1], "writer") == number(&pair[0], "writer") {
            work += passed;
        } else {
            gaps.push(passed);
        }
    }
    (work, gaps)
}

#[test]
fn killed_twice_and_resumed_it_ends_as_if_nothing_had_happened() {
    let folder = prepared(&settings());
    let whole = folder.json(&["train", "--config", "config.json", "--run-dir", "whole"]);
    assert_eq!(at(&whole, "step"), TOTAL_STEPS);

    let config = touchstone::engine::run::dir::read_config(&folder.join("whole/config.json")).expect("settings");
    RunDir::create_at(&folder.join("broken"), &config).expect("a run folder");
    killed_at(&folder, "broken", EVAL_EVERY + 5);
    std::thread::sleep(GAP);
    killed_at(&folder, "broken", 4 * EVAL_EVERY + 5);
    std::thread::sleep(GAP);
    let resumed = folder.json(&["train", "--run-dir", "broken", "--resume"]);
    assert_eq!(at(&resumed, "status"), "finished");
    assert!(at(&resumed, "resumed_from").as_u64() >= Some(EVAL_EVERY));
    assert_eq!(at(&resumed, "attempts"), 3);

    assert_eq!(
        weights(&folder, "whole"),
        weights(&folder, "broken"),
        "the same weights bit by bit"
    );
    assert_eq!(at(&whole, "test_metrics"), at(&resumed, "test_metrics"));
    let (one, other) = (watch(&folder.join("whole")), watch(&folder.join("broken")));
    for metric in ["auc", "loss"] {
        let name = curve::valid(metric);
        let expected: Vec<u64> = (1..=TOTAL_STEPS / EVAL_EVERY).map(|n| n * EVAL_EVERY).collect();
        assert_eq!(steps(other.view(), &name), expected, "{name}: no gap, no repeat");
        assert_eq!(values(one.view(), &name), values(other.view(), &name), "{name}");
    }
    for view in [one.view(), other.view()] {
        let losses = steps(view, curve::TRAIN_LOSS);
        assert!(losses.is_sorted_by(|a, b| a < b), "{losses:?}");
    }
    let (expected, found) = (loss_sums(one.view()), loss_sums(other.view()));
    assert_eq!(expected.len() as u64, TOTAL_STEPS / EVAL_EVERY);
    for (stretch, sum) in &expected {
        let difference = (found[stretch] - sum).abs();
        assert!(
            difference < 1e-9 * sum,
            "steps up to {stretch}: {sum} and {}",
            found[stretch]
        );
    }

    let (work_ms, gaps_ms) = work_and_gaps_ms(&folder.join("broken"));
    assert_eq!(gaps_ms.len(), 2);
    assert!(gaps_ms.iter().all(|gap| *gap >= GAP.as_millis() as u64), "{gaps_ms:?}");
    assert_eq!(other.view().active_secs(), work_ms as f64 / 1000.0);
    assert_eq!(at(&resumed, "active_secs"), work_ms as f64 / 1000.0);
}

#[test]
fn a_run_is_paused_continued_and_stopped_with_its_best_model() {
    let folder = prepared(&json!({"max_steps": 100_000, "eval_every_steps": 20}));
    let started = folder.json(&["train", "--config", "config.json", "--run-dir", "run", "--detach"]);
    assert!(at(&started, "pid").as_u64().is_some());
    let wait_for = |what: &str, is_so: &dyn Fn(&RunWatch) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let seen = watch(&folder.join("run"));
            if is_so(&seen) {
                return seen.view().step;
            }
            assert!(
                Instant::now() < deadline,
                "not {what} within a minute: {:?}",
                seen.status()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    wait_for("at step 40", &|seen| seen.view().step >= 40);
    folder.run(&["train", "--pause", "run"]).with_code(0);
    let held = wait_for("paused", &|seen| *seen.status() == RunStatus::Paused);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        watch(&folder.join("run")).view().step,
        held,
        "a paused run stands still"
    );
    folder.run(&["train", "--continue", "run"]).with_code(0);
    wait_for("running again", &|seen| seen.view().step > held + 20);
    folder.run(&["train", "--stop", "run"]).with_code(0);
    wait_for("stopped", &|seen| *seen.status() == RunStatus::Stopped);
    assert!(
        folder.join("run/model/model.safetensors").is_file(),
        "the best model was exported"
    );
}
