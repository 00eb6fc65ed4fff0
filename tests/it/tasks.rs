//! Classes, grades and categories from end to end: train, be killed, resume, score, evaluate.

use crate::program::{Folder, assert_keys, at, number};
use crate::tiny_model::{WORDS, write_model};
use crate::worker::{killed_at, weights};
use serde_json::{Value, json};
use std::fmt::Write as _;
use touchstone::engine::run::dir::{RunDir, read_config};

/// Rows of a table `text,kind,stars,shop,taken,list`: `kind` is the thing named in the text, `stars` counts the good
/// words (0 to 3), `taken` is 1 in two shops of four whatever the text says; every twentieth row says another thing.
fn write_rows(folder: &Folder, name: &str, rows: u64, seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |n: u64| {
        // Xorshift (Marsaglia 2003); plain enough to be the same everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % n
    };
    let mut table = "text,kind,stars,shop,taken,list\n".to_owned();
    for row in 0..rows {
        let kind = ["dress", "shoe", "bag"][below(3) as usize];
        let stars = below(4);
        let mut words = vec![if row % 20 == 0 { "shoe" } else { kind }];
        words.extend((0..stars).map(|_| "good"));
        words.extend((stars..3).map(|_| "bad"));
        words.push(["red", "blue"][below(2) as usize]);
        // A shop of its own in every hundredth row.
        let shop = if row % 100 == 7 {
            format!("{name}{row}")
        } else {
            ["n", "s", "e", ""][below(4) as usize].to_owned()
        };
        let taken = u8::from(matches!(shop.as_str(), "n" | ""));
        writeln!(table, "{},{kind},{stars},{shop},{taken},q{}", words.join(" "), row / 8).expect("text");
    }
    folder.write(name, table);
}

fn prepared(task: &str, data: &Value, settings: &Value) -> Folder {
    let folder = Folder::new();
    write_model(&folder.join("base"), &WORDS);
    write_rows(&folder, "train.csv", 400, 1);
    write_rows(&folder, "test.csv", 160, 2);
    let mut config = json!({
        "base_model": folder.join("base"), "task": task, "data": {
            "train": "train.csv", "test": "test.csv", "valid_ratio": 0.2, "text": ["text"],
        },
        "max_length": 16, "batch_size": 16, "epochs": 6.0, "learning_rate": 2e-3, "device": "cpu", "seed": 11,
    });
    for (name, value) in data.as_object().expect("an object") {
        config["data"][name] = value.clone();
    }
    for (name, value) in settings.as_object().expect("an object") {
        config[name] = value.clone();
    }
    folder.write("config.json", config.to_string());
    folder
}

fn train(folder: &Folder) -> Value {
    let value = folder.json(&["train", "--config", "config.json", "--run-dir", "run"]);
    assert_eq!(at(&value, "status"), "finished");
    value
}

fn score(folder: &Folder) -> Value {
    folder.json(&[
        "score",
        "--model",
        "run/model",
        "--data",
        "test.csv",
        "--out",
        "scored.csv",
    ])
}

/// What a person reads.
fn prints(folder: &Folder, words: &[&str], expected: &[&str]) {
    let printed = folder.run(words).with_code(0).stdout;
    for word in expected {
        assert!(printed.contains(word), "`{word}` is not in {printed}");
    }
}

#[test]
fn classes_are_learnt_resumed_scored_and_assessed() {
    let folder = prepared(
        "multiclass",
        &json!({"label": "kind"}),
        &json!({"max_steps": 140, "eval_every_steps": 20, "learning_rate": 3e-3}),
    );
    let value = train(&folder);
    assert_eq!(
        at(&value, "best.metric"),
        "macro_f1",
        "the usual metric where none is named"
    );
    // A random tiny encoder on few rows: well above a third is what can be asked.
    assert!(number(&value, "test_metrics.accuracy") > 0.5, "{value:#}");
    for name in ["macro_f1", "weighted_f1", "log_loss", "macro_auc"] {
        assert!(value["test_metrics"][name].is_number(), "{name}");
    }
    let head: Value = serde_json::from_str(&folder.read("run/model/config.json")).expect("JSON");
    assert_eq!(head["id2label"], json!({"0": "bag", "1": "dress", "2": "shoe"}));
    assert_eq!((&head["num_labels"], &head["label2id"]["shoe"]), (&json!(3), &json!(2)));
    let events = folder.read("run/events.jsonl");
    assert!(
        events.contains("\"classes\":[\"dress\",\""),
        "samples name truth and answer"
    );

    // Killed on its way, it ends with the same bits.
    let config = read_config(&folder.join("run/config.json")).expect("settings");
    RunDir::create_at(&folder.join("broken"), &config).expect("a run folder");
    killed_at(&folder, "broken", 25);
    let resumed = folder.json(&["train", "--run-dir", "broken", "--resume"]);
    assert_eq!(at(&resumed, "status"), "finished");
    assert_eq!(weights(&folder, "run"), weights(&folder, "broken"));

    let scored = score(&folder);
    assert_eq!(
        scored["columns"],
        json!(["predicted", "probability_bag", "probability_dress", "probability_shoe"])
    );
    let header = folder.read("scored.csv").lines().next().map(str::to_owned);
    assert_eq!(
        header.as_deref(),
        Some("text,kind,stars,shop,taken,list,predicted,probability_bag,probability_dress,probability_shoe")
    );
    let words = [
        "evaluate",
        "--data",
        "scored.csv",
        "--label",
        "kind",
        "--task",
        "multiclass",
        "--bootstrap",
        "200",
    ];
    let found = folder.json(&words);
    assert_keys(&found, "", &["n", "metrics", "classes", "confusion", "warnings"]);
    let accuracy = found["metrics"]
        .as_array()
        .expect("metrics")
        .iter()
        .find(|metric| metric["name"] == "accuracy");
    let accuracy = accuracy.expect("accuracy")["value"].as_f64().expect("a number");
    assert!(
        (accuracy - number(&value, "test_metrics.accuracy")).abs() < 1e-9,
        "the same rows, the same figure"
    );
    let class = &found["classes"][1];
    assert_keys(
        class,
        "",
        &["name", "support", "precision", "recall", "f1", "auc", "f1_interval"],
    );
    assert!(class["recall_interval"][0].as_f64() <= class["recall"].as_f64());
    prints(&folder, &words, &["macro_f1", "is \\ taken for", "dress"]);
}

#[test]
fn grades_are_learnt_resumed_scored_and_assessed() {
    let data = json!({"label": "stars", "group": "list"});
    let folder = prepared(
        "graded",
        &data,
        &json!({"max_steps": 100, "eval_every_steps": 20, "metric": "spearman"}),
    );
    let value = train(&folder);
    assert!(number(&value, "test_metrics.spearman") > 0.5, "{value:#}");
    assert!(
        number(&value, "test_metrics.rmse") < 0.7 && number(&value, "test_metrics.ndcg@5") > 0.8,
        "{value:#}"
    );
    let head: Value = serde_json::from_str(&folder.read("run/model/config.json")).expect("JSON");
    assert_eq!(
        (&head["problem_type"], &head["num_labels"]),
        (&json!("regression"), &json!(1))
    );

    let config = read_config(&folder.join("run/config.json")).expect("settings");
    RunDir::create_at(&folder.join("broken"), &config).expect("a run folder");
    killed_at(&folder, "broken", 25);
    folder.json(&["train", "--run-dir", "broken", "--resume"]);
    assert_eq!(weights(&folder, "run"), weights(&folder, "broken"));

    let scored = score(&folder);
    assert!((1.0..2.0).contains(&number(&scored, "mean_score")), "{scored:#}");
    let words = [
        "evaluate",
        "--data",
        "scored.csv",
        "--label",
        "stars",
        "--task",
        "graded",
        "--group",
        "list",
    ];
    let found = folder.json(&words);
    assert_eq!(
        (at(&found, "lists"), found["grades"].as_array().map(Vec::len)),
        (&json!(20), Some(4))
    );
    prints(&folder, &words, &["ndcg@10", "mean score"]);
}

#[test]
fn categories_tell_what_the_text_does_not() {
    let data = json!({"label": "taken", "categorical": ["shop"]});
    let folder = prepared("binary", &data, &json!({}));
    let value = train(&folder);
    assert!(number(&value, "test_metrics.auc") > 0.9, "{value:#}");
    let card: Value = serde_json::from_str(&folder.read("run/model/touchstone.json")).expect("JSON");
    let mut known: Vec<&str> = card["categorical"][0]["values"]
        .as_array()
        .expect("values")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    known.sort_unstable();
    assert_eq!(known, ["", "e", "n", "s"], "shops of one row share a code");
    let scored = score(&folder);
    assert_eq!(number(&scored, "rows"), 160.0);
    let found = folder.json(&[
        "evaluate",
        "--data",
        "scored.csv",
        "--label",
        "taken",
        "--score",
        "score",
        "--bootstrap",
        "0",
    ]);
    assert!((number(&found, "auc") - number(&value, "test_metrics.auc")).abs() < 1e-9);
}

#[test]
fn what_does_not_suit_a_task_is_said_in_a_sentence() {
    let refused = |task: &str, data: Value, settings: Value, words: &[&str]| {
        let folder = prepared(task, &data, &settings);
        let ended = folder.run(&["train", "--config", "config.json", "--run-dir", "run"]);
        assert_ne!(ended.code, Some(0), "{words:?}");
        ended.says(words);
    };
    let none = || json!({});
    refused(
        "graded",
        json!({"label": "kind"}),
        none(),
        &["line 2", "kind", "expected a number"],
    );
    refused(
        "binary",
        json!({"label": "stars"}),
        none(),
        &["stars", "expected 0 or 1"],
    );
    // Each shop of its own is one row.
    refused(
        "multiclass",
        json!({"label": "shop"}),
        none(),
        &["classes of one row", "train.csv7"],
    );
    refused(
        "multiclass",
        json!({"label": "kind"}),
        json!({"loss": {"kind": "weighted", "positive_weight": 2.0}}),
        &["loss.kind", "balanced"],
    );
    refused(
        "graded",
        json!({"label": "stars"}),
        json!({"metric": "ndcg@10"}),
        &["data.group", "ranked lists"],
    );
    refused(
        "multiclass",
        json!({"label": "kind"}),
        json!({"metric": "auc"}),
        &["metric", "macro_f1"],
    );
    refused(
        "binary",
        json!({"label": "taken", "categorical": ["nowhere"]}),
        none(),
        &["nowhere"],
    );
}
