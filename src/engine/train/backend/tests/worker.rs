//! A whole run in a folder: config in, events, checkpoints and model out; then scores from that model.

use super::tiny_folder;
use crate::engine::infer::ScoreOptions;
use crate::engine::infer::scorer::Scorer;
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use crate::engine::run::RunDir;
use crate::engine::run::config::{DeviceChoice, Method, TrainConfig, TrainData};
use crate::engine::run::event::{Event, EventBody};
use crate::engine::train::data::Rows;
use crate::engine::train::validate::basic_metrics;
use crate::engine::train::{TrainError, worker};
use std::fmt::Write as _;
use std::path::Path;

/// Rows whose label is told half by a word, half by a number.
fn write_table(path: &Path, rows: usize, seed: u64) {
    let mut draws = Draws::new(seed, &[1]);
    let mut text = "title,price,bought\n".to_owned();
    for _ in 0..rows {
        let label = draws.below(2);
        let word = ["bad", "good"][label as usize];
        let others: Vec<String> = (0..1 + draws.below(5))
            .map(|_| format!("w{}", 7 + draws.below(33)))
            .collect();
        let price = if draws.chance(0.1) {
            String::new()
        } else {
            format!("{:.2}", draws.normal() + 3.0 * label as f64)
        };
        writeln!(text, "{word} {},{price},{label}", others.join(" ")).expect("text");
    }
    std::fs::write(path, text).expect("table");
}

fn events(run: &Path) -> Vec<EventBody> {
    let text = std::fs::read_to_string(run.join("events.jsonl")).expect("events");
    text.lines()
        .map(|line| serde_json::from_str::<Event>(line).expect("event").body)
        .collect()
}

fn config(root: &Path) -> TrainConfig {
    TrainConfig {
        base_model: root.join("base").display().to_string(),
        data: TrainData {
            train: root.join("train.csv"),
            test: Some(root.join("test.csv")),
            valid_ratio: 0.2,
            text: vec!["title".to_owned()],
            numeric: vec!["price".to_owned()],
            label: "bought".to_owned(),
            ..TrainData::default()
        },
        max_length: 12,
        batch_size: 16,
        epochs: 4.0,
        learning_rate: 1e-3,
        device: DeviceChoice::Cpu,
        ..TrainConfig::default()
    }
}

#[test]
fn a_run_ends_with_a_model_that_scores() {
    let temp = tempfile::tempdir().expect("temp");
    let root = temp.path();
    tiny_folder(&root.join("base"));
    write_table(&root.join("train.csv"), 300, 1);
    write_table(&root.join("test.csv"), 100, 2);
    let run = root.join("run");
    RunDir::create_at(&run, &config(root)).expect("run folder");
    worker::run(&run, basic_metrics).expect("worker");
    let seen = events(&run);
    let Some(EventBody::Finished {
        test_metrics,
        best_metric,
        model,
        ..
    }) = seen.last()
    else {
        panic!("{:?}", seen.last())
    };
    assert!(test_metrics["auc"] > 0.95, "{test_metrics:?}");
    assert_eq!(
        (best_metric.as_str(), Path::new(model)),
        ("auc", run.join("model").as_path())
    );
    assert!(seen.iter().any(|body| matches!(
        body,
        EventBody::Started {
            train_rows: 240,
            valid_rows: 60,
            ..
        }
    )));
    assert!(
        seen.iter()
            .any(|body| matches!(body, EventBody::Evaluated { best: true, samples, .. } if samples.len() == 20))
    );
    let texts = ["good w8 w9", "bad w8 w9", "bad"].map(str::to_owned);
    let scorer = Scorer::open(&run.join("model"), ScoreOptions::default()).expect("a model");
    let rows = Rows {
        texts: texts.to_vec(),
        numeric: vec![3.0, 0.0, f32::NAN],
        numeric_columns: 1,
        ..Rows::default()
    };
    let scores = scorer.predict(rows.clone(), &Progress::new()).expect("scores").values;
    assert!(
        scores[0] > 0.5 && scores[1] < 0.5 && (0.0..=1.0).contains(&scores[2]),
        "{scores:?}"
    );
    let fewer = Rows {
        numeric: Vec::new(),
        ..rows
    };
    let wrong = scorer.predict(fewer, &Progress::new());
    assert!(
        wrong
            .expect_err("numbers are missing")
            .to_string()
            .contains("1 numbers a row")
    );
}

#[test]
fn a_finished_run_started_again_resumes_at_its_end_and_a_changed_one_is_refused() {
    let temp = tempfile::tempdir().expect("temp");
    let root = temp.path();
    tiny_folder(&root.join("base"));
    write_table(&root.join("train.csv"), 80, 1);
    let run = root.join("run");
    let mut settings = TrainConfig {
        epochs: 1.0,
        method: Method::HeadOnly,
        ..config(root)
    };
    settings.data.test = None;
    RunDir::create_at(&run, &settings).expect("run folder");
    worker::run(&run, basic_metrics).expect("worker");
    let first = std::fs::read(run.join("model/model.safetensors")).expect("weights");
    worker::run(&run, basic_metrics).expect("again");
    assert!(
        events(&run)
            .iter()
            .any(|body| matches!(body, EventBody::Resumed { from_step: 4 }))
    );
    assert_eq!(
        first,
        std::fs::read(run.join("model/model.safetensors")).expect("weights")
    );
    settings.learning_rate = 1e-4;
    std::fs::write(run.join("config.json"), serde_json::to_string(&settings).expect("json")).expect("config");
    let error = worker::run(&run, basic_metrics).expect_err("changed");
    assert!(
        matches!(&error, TrainError::Checkpoint { reason, .. } if reason.contains("configuration")),
        "{error}"
    );
    let Some(EventBody::Failed { message, hint }) = events(&run).pop() else {
        panic!("a terminal event")
    };
    assert!(message.contains("changed") && !hint.is_empty());
}

#[test]
fn bad_input_fails_with_place_and_advice() {
    let temp = tempfile::tempdir().expect("temp");
    let root = temp.path();
    tiny_folder(&root.join("base"));
    type Spoil = fn(&mut TrainConfig, &Path);
    let cases: [(&str, Spoil, &str); 6] = [
        (
            "label",
            |_, root| std::fs::write(root.join("train.csv"), "title,price,bought\na,1,1\nb,2,7\n").expect("file"),
            "line 3",
        ),
        (
            "column",
            |config, _| config.data.numeric = vec!["weight".to_owned()],
            "'weight'",
        ),
        ("length", |config, _| config.max_length = 99, "positions for 16"),
        (
            "model",
            |config, root| config.base_model = root.join("nowhere").display().to_string(),
            "nowhere",
        ),
        (
            "one class",
            |_, root| {
                std::fs::write(root.join("train.csv"), "title,price,bought\na,1,1\nb,2,1\nc,2,1\n").expect("file")
            },
            "same label",
        ),
        (
            "decoder",
            |_, root| {
                let text = super::CONFIG.replacen('{', "{\"is_decoder\":true,", 1);
                std::fs::write(root.join("base/config.json"), text).expect("file");
            },
            "is_decoder",
        ),
    ];
    for (name, spoil, word) in cases {
        write_table(&root.join("train.csv"), 40, 1);
        let mut settings = config(root);
        settings.data.test = None;
        spoil(&mut settings, root);
        let run = root.join(format!("run {name}"));
        RunDir::create_at(&run, &settings).expect("run folder");
        let error = worker::run(&run, basic_metrics).expect_err(name).to_string();
        assert!(error.contains(word), "{name}: {error}");
        let Some(EventBody::Failed { hint, .. }) = events(&run).pop() else {
            panic!("{name}: a terminal event")
        };
        assert!(!hint.is_empty());
    }
}
