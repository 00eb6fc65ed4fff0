//! What a training survives: kills at any step, a torn log, a full disk, a fault in its process, a poisoned row.
//!
//! Real worker processes on a tiny model. The measure is always the same: the run ends with the weights of a run that
//! nothing happened to, and its curve has neither gap nor repeat.

use crate::cli::training::prepared;
use crate::program::{Folder, at};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use touchstone::engine::artifact::ContentHash;
use touchstone::engine::run::dir::{RunDir, read_config};
use touchstone::engine::run::event::EventBody;
use touchstone::engine::run::now_ms;
use touchstone::engine::run::replay::{ConsoleLine, MarkKind, curve};
use touchstone::engine::run::status::RunStatus;
use touchstone::engine::run::watch::RunWatch;

const KILLS: u64 = 20;
const EVAL_EVERY: u64 = 20;
const TOTAL_STEPS: u64 = (KILLS + 2) * EVAL_EVERY;
/// One at a time: each has a worker that takes all cores.
static TURN: Mutex<()> = Mutex::new(());
const PATIENCE: Duration = Duration::from_secs(60);

fn my_turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn settings() -> Value {
    json!({"max_steps": TOTAL_STEPS, "eval_every_steps": EVAL_EVERY, "learning_rate": 1e-3})
}

fn watch(run: &Path) -> RunWatch {
    let mut watch = RunWatch::open(RunDir::open(run).expect("a run")).expect("readable");
    watch.catch_up(now_ms()).expect("readable");
    watch
}

fn weights(run: &Path) -> ContentHash {
    ContentHash::of_bytes(&std::fs::read(run.join("model/model.safetensors")).expect("exported weights"))
}

/// The worker of a run as a process of its own.
fn worker(folder: &Folder, run: &Path) -> Child {
    let mut worker = folder.command();
    let worker = worker
        .arg("worker")
        .arg(run)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    worker.spawn().expect("the worker starts")
}

/// Waits until what is seen of the run is so.
fn wait_for(run: &Path, what: &str, is_so: impl Fn(&RunWatch) -> bool) -> RunWatch {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = watch(run);
        if is_so(&seen) {
            return seen;
        }
        assert!(Instant::now() < deadline, "not {what} in time: {:?}", seen.status());
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn has_reached(seen: &RunWatch, step: u64) -> bool {
    seen.view().step >= step && seen.view().attempt.is_some()
}

/// A fault in the process, such as libtorch's. Rust's handler looks at the first one and lets the next one through.
fn fault(process: &mut Child) {
    let pid = process.id().to_string();
    while process.try_wait().expect("it is ours").is_none() {
        Command::new("kill").args(["-SEGV", &pid]).status().expect("kill");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whole numbers below `n` that are the same each time.
fn below(state: &mut u64, n: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) % n
}

/// Cuts the last line of the log in half unless a checkpoint relies on it; true if it did.
fn tear_log(run: &Path) -> bool {
    let path = run.join("events.jsonl");
    let text = std::fs::read(&path).expect("a log");
    let start = text[..text.len() - 1]
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    let last: Value = serde_json::from_slice(&text[start..]).expect("a whole line");
    let marks = watch(run).view().marks();
    let saved = marks
        .iter()
        .rev()
        .find(|mark| mark.kind == MarkKind::Checkpoint)
        .map_or(0, |mark| mark.step);
    let is_free = last["step"].as_u64() > Some(saved);
    if is_free {
        let half = start + (text.len() - start) / 2;
        std::fs::write(&path, &text[..half]).expect("cut");
    }
    is_free
}

/// Asserts that two runs have the same evaluations, and that the loss curve of each covers every step once.
fn assert_same_curves(whole: &Path, broken: &Path) {
    let (one, other) = (watch(whole), watch(broken));
    let evaluations = |seen: &RunWatch| -> Vec<(u64, u64)> {
        let series = seen.view().series.get(&curve::valid("loss")).expect("a curve");
        series
            .iter()
            .map(|[step, loss]| (step as u64, loss.to_bits()))
            .collect()
    };
    assert_eq!(
        evaluations(&one),
        evaluations(&other),
        "the same evaluations bit by bit"
    );
    let expected: Vec<u64> = (1..=TOTAL_STEPS / EVAL_EVERY).map(|n| n * EVAL_EVERY).collect();
    assert_eq!(
        evaluations(&one).iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        expected
    );
    // A point is the mean of the steps since the one before, so a step left out or told twice changes the sum.
    let sum = |seen: &RunWatch| {
        let losses = seen.view().series.get(curve::TRAIN_LOSS).expect("a curve");
        let (mut sum, mut last) = (0.0, 0.0);
        for [step, loss] in losses.iter() {
            assert!(step > last, "step {step} after {last}");
            sum += loss * (step - last);
            last = step;
        }
        assert_eq!(last as u64, TOTAL_STEPS);
        sum
    };
    let (one, other) = (sum(&one), sum(&other));
    assert!((one - other).abs() < 1e-9 * one, "{one} and {other}");
}

#[test]
fn killed_at_twenty_steps_it_ends_as_if_nothing_had_happened() {
    let _turn = my_turn();
    let folder = prepared(&settings());
    folder.json(&["train", "--config", "config.json", "--run-dir", "whole"]);
    let config = read_config(&folder.join("whole/config.json")).expect("settings");
    let run = folder.join("broken");
    RunDir::create_at(&run, &config).expect("a run folder");
    let (mut state, mut torn) = (0x9E37_79B9_7F4A_7C15, 0);
    for kill in 0..KILLS {
        let step = kill * EVAL_EVERY + 1 + below(&mut state, EVAL_EVERY - 1) + EVAL_EVERY;
        let mut process = worker(&folder, &run);
        wait_for(&run, &format!("at step {step}"), |seen| {
            assert!(
                *seen.status() != RunStatus::Finished,
                "it finished before it was killed"
            );
            has_reached(seen, step)
        });
        if kill % 7 == 3 {
            fault(&mut process);
        } else {
            process.kill().expect("it was alive");
        }
        process.wait().expect("it is ours");
        assert_eq!(*watch(&run).status(), RunStatus::Crashed, "kill {kill}");
        torn += u32::from(kill % 3 == 0 && tear_log(&run));
    }
    assert!(torn > 2, "{torn} logs torn");
    let resumed = folder.json(&["train", "--run-dir", "broken", "--resume"]);
    assert_eq!(at(&resumed, "status"), "finished");
    assert_eq!(at(&resumed, "attempts"), KILLS + 1);
    assert_eq!(
        weights(&folder.join("whole")),
        weights(&run),
        "the same weights bit by bit"
    );
    assert_same_curves(&folder.join("whole"), &run);
    assert_eq!(watch(&run).view().corrupt_lines, 0, "a torn line is cut off, not left");
}

/// Makes the vector of a word NaN in a folder written by `write_model`.
fn poison(folder: &Path, word: &str) {
    let vocabulary = std::fs::read_to_string(folder.join("vocab.txt")).expect("vocabulary");
    let row = vocabulary.lines().position(|line| line == word).expect("a known word");
    let path = folder.join("model.safetensors");
    let mut bytes = std::fs::read(&path).expect("weights");
    let header = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let names: Value = serde_json::from_slice(&bytes[8..8 + header]).expect("header");
    let table = &names["embeddings.word_embeddings.weight"];
    let width = table["shape"][1].as_u64().expect("width") as usize;
    let start = 8 + header + table["data_offsets"][0].as_u64().expect("offset") as usize + row * width * 4;
    bytes[start..start + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(path, bytes).expect("weights");
}

#[test]
fn a_poisoned_row_is_named_and_the_last_good_checkpoint_stays() {
    let _turn = my_turn();
    let folder = prepared(&json!({"max_steps": 200, "eval_every_steps": 2}));
    // One row holds a word whose vector is no number.
    let table = folder.read("train.csv").replace("bag", "shoe");
    let line = 150;
    let lines: Vec<String> = table
        .lines()
        .enumerate()
        .map(|(at, text)| {
            if at + 1 == line {
                format!("bag {text}")
            } else {
                text.to_owned()
            }
        })
        .collect();
    folder.write("train.csv", lines.join("\n") + "\n");
    folder.write("valid.csv", folder.read("test.csv").replace("bag", "shoe"));
    poison(&folder.join("base"), "bag");
    let mut config: Value = serde_json::from_str(&folder.read("config.json")).expect("JSON");
    config["data"]["valid"] = json!("valid.csv");
    config["data"].as_object_mut().expect("object").remove("test");
    folder.write("config.json", config.to_string());
    let ended = folder
        .run(&["train", "--config", "config.json", "--run-dir", "run"])
        .with_code(1);
    let batch = "of epoch 1";
    ended.says(&[
        "is not a number from step",
        &format!("line {line}"),
        batch,
        "are kept",
        "learning rate",
    ]);
    let seen = watch(&folder.join("run"));
    let saved = seen
        .view()
        .marks()
        .iter()
        .filter(|mark| mark.kind == MarkKind::Checkpoint)
        .count();
    assert!(saved > 0, "the row comes after a checkpoint with this seed");
    let kept = format!("the weights of step {}", saved as u64 * 2);
    assert!(ended.stderr.contains(&kept), "{kept}: {}", ended.stderr);
}

#[test]
fn fewer_rows_at_one_time_are_told_and_change_no_step() {
    let _turn = my_turn();
    let folder = prepared(&json!({"max_steps": 40, "eval_every_steps": 20}));
    let whole = folder.json(&["train", "--config", "config.json", "--run-dir", "whole"]);
    let config = read_config(&folder.join("whole/config.json")).expect("settings");
    let run = folder.join("short");
    RunDir::create_at(&run, &config).expect("a run folder");
    let mut command = folder.command();
    command.env("TOUCHSTONE_TEST_MEMORY_ROWS", "5").arg("worker").arg(&run);
    assert!(command.status().expect("the worker starts").success());
    let seen = watch(&run);
    assert_eq!(*seen.status(), RunStatus::Finished);
    let short: Vec<u64> = seen
        .view()
        .events
        .iter()
        .filter(|m| m.kind == MarkKind::MemoryShort)
        .map(|m| m.step)
        .collect();
    assert_eq!(short, [0, 0], "16, 8, 4 rows at one time");
    assert_eq!(seen.view().step, 40);
    let auc = seen.view().last(&curve::valid("auc")).expect("evaluated");
    let expected = at(&whole, "valid_metrics.auc").as_f64().expect("a number");
    assert!((auc - expected).abs() < 0.02, "{auc} and {expected}");
}

#[cfg(target_os = "linux")]
mod full_disk;
