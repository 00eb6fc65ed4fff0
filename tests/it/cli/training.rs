//! `touchstone train` on a tiny model: the result, the folder, and what is refused.

use crate::bert::{Size, write_bert};
use crate::program::{Folder, assert_keys, at, number};
use crate::tiny_model::{WORDS, write_model, write_reviews};
use serde_json::{Value, json};

/// A folder with a tiny base model, a table to learn and `config.json` with these settings on top.
pub fn prepared(settings: &Value) -> Folder {
    let folder = Folder::new();
    write_model(&folder.join("base"), &WORDS);
    write_reviews(&folder.join("train.csv"), 400, 1);
    write_reviews(&folder.join("test.csv"), 150, 2);
    let mut config = json!({
        "base_model": folder.join("base"), "data": {
            "train": "train.csv", "test": "test.csv", "valid_ratio": 0.2, "text": ["text"], "label": "label",
        },
        "max_length": 16, "batch_size": 16, "epochs": 4.0, "learning_rate": 2e-3, "device": "cpu", "seed": 11,
    });
    for (name, value) in settings.as_object().expect("an object") {
        config[name] = value.clone();
    }
    folder.write("config.json", config.to_string());
    folder
}

#[test]
fn a_tiny_model_learns_and_leaves_a_hugging_face_folder() {
    let folder = prepared(&json!({}));
    let value = folder.json(&["train", "--config", "config.json", "--run-dir", "run"]);
    assert_keys(
        &value,
        "",
        &["best", "samples_per_sec", "status", "model", "test_metrics", "run_id"],
    );
    assert_keys(&value, "best", &["metric", "value", "step"]);
    assert_eq!(at(&value, "status"), "finished");
    // A random tiny encoder on few rows: well above chance is what can be asked.
    assert!(number(&value, "best.value") > 0.7, "{value:#}");
    for name in [
        "config.json",
        "events.jsonl",
        "model/config.json",
        "model/model.safetensors",
    ] {
        assert!(folder.join("run").join(name).is_file(), "{name}");
    }
    let again = folder
        .run(&["train", "--config", "config.json", "--run-dir", "run"])
        .with_code(2);
    again.says(&["already holds a run", "--resume"]);
}

#[test]
fn the_tokens_of_a_table_are_counted() {
    let folder = prepared(&json!({}));
    let words = [
        "tokens",
        "train.csv",
        "--model",
        "base",
        "--columns",
        "text",
        "--max-length",
        "6",
    ];
    let value = folder.json(&words);
    let column = &value["columns"][0];
    assert_keys(
        column,
        "",
        &[
            "truncation_rate",
            "unknown_rate",
            "padding_waste",
            "batch_padding_waste",
            "p95",
            "lengths",
        ],
    );
    assert_eq!((number(column, "rows"), number(column, "max_length")), (400.0, 6.0));
    // Every word is in the vocabulary; rows have 3 to 8 words and two special tokens.
    assert_eq!(
        (number(column, "unknown_tokens"), number(column, "longest")),
        (0.0, 10.0)
    );
    let truncated = number(column, "truncation_rate");
    assert!((0.5..0.95).contains(&truncated), "{truncated}");
    folder
        .run(&["tokens", "train.csv", "--model", "base", "--columns", "title"])
        .with_code(1);
}

#[test]
fn a_ranking_metric_decides_where_rows_have_groups() {
    let folder = prepared(&json!({"metric": "ndcg@5", "early_stopping_patience": 2}));
    let refused = folder
        .run(&["train", "--config", "config.json", "--run-dir", "run"])
        .with_code(2);
    refused.says(&["metric", "data.group"]);
    let mut config: Value = serde_json::from_str(&folder.read("config.json")).expect("JSON");
    config["data"]["group"] = json!("query");
    folder.write("config.json", config.to_string());
    let refused = folder
        .run(&["train", "--config", "config.json", "--run-dir", "absent"])
        .with_code(1);
    refused.says(&["query", "group, label"]);
    config["data"]["group"] = json!("group");
    folder.write("config.json", config.to_string());
    let value = folder.json(&["train", "--config", "config.json", "--run-dir", "run"]);
    assert_eq!(at(&value, "best.metric"), "ndcg@5");
    let best = number(&value, "best.value");
    assert!(
        best > 0.5 && best == number(&value, "valid_metrics.ndcg@5"),
        "{value:#}"
    );
    assert_keys(
        &value,
        "valid_metrics",
        &["auc", "brier", "ndcg@10", "recall@10", "mrr"],
    );
    assert_keys(&value, "test_metrics", &["ndcg@5", "mrr"]);
}

#[test]
fn a_trial_measures_estimates_and_leaves_nothing_behind() {
    let folder = prepared(&json!({"precision": "fp32", "batch_size": 64, "max_length": 60}));
    // Large enough that tensors, not the program, decide the memory.
    let size = Size {
        hidden: 256,
        inner: 1024,
        layers: 4,
        heads: 4,
        positions: 64,
        width: 0.1,
    };
    write_bert(&folder.join("base"), size, WORDS);
    let long: Vec<String> = (0..200)
        .map(|row| format!("{},{}", "good dress ".repeat(29), row % 2))
        .collect();
    folder.write("train.csv", format!("text,label\n{}\n", long.join("\n")));
    std::fs::create_dir(folder.join("tmp")).expect("dir");
    let mut command = folder.command();
    command.env("TMPDIR", folder.join("tmp"));
    let output = command
        .args(["train", "--config", "config.json", "--trial=2", "--json", "-"])
        .output();
    let output = output.expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((number(&value, "steps"), number(&value, "total_steps")), (2.0, 12.0));
    for name in [
        "step_secs",
        "samples_per_sec",
        "total_secs",
        "train_secs",
        "eval_secs",
        "checkpoint_secs",
    ] {
        assert!(number(&value, name) > 0.0, "{name}: {value:#}");
    }
    let (peak, estimated) = (number(&value, "peak_bytes"), number(&value, "estimated_bytes"));
    assert!(
        (0.6..1.7).contains(&(estimated / peak)),
        "estimated {estimated}, measured {peak}"
    );
    let left: Vec<_> = std::fs::read_dir(folder.join("tmp")).expect("dir").collect();
    assert!(left.is_empty() && !folder.join("runs").exists(), "{left:?}");
    let bad = folder
        .run(&["train", "--config", "config.json", "--trial", "--run-dir", "x"])
        .with_code(2);
    assert!(bad.stderr.contains("--run-dir"), "{}", bad.stderr);
}

#[test]
fn low_rank_adapters_and_the_head_alone_learn_too() {
    for method in [
        json!({"kind": "lora", "rank": 4, "alpha": 8.0, "dropout": 0.0, "targets": ["query", "value", "output.dense"]}),
        json!({"kind": "head_only"}),
    ] {
        let folder = prepared(&json!({"method": method, "learning_rate": 1e-2, "epochs": 12.0}));
        let value = folder.json(&["train", "--config", "config.json", "--run-dir", "run"]);
        assert!(number(&value, "params_trainable") < number(&value, "params_total"));
        assert!(number(&value, "test_metrics.auc") > 0.6, "{method}: {value:#}");
    }
}

#[test]
fn a_wrong_setting_is_named_before_anything_starts() {
    let folder = prepared(&json!({"batch_size": 0}));
    let ended = folder
        .run(&["train", "--config", "config.json", "--run-dir", "run"])
        .with_code(2);
    ended.says(&["config.json", "batch_size"]);
    assert!(!folder.join("run").exists());
    let folder = prepared(&json!({"base_model": "no-such-model"}));
    let ended = folder.run(&["train", "--config", "config.json", "--run-dir", "run"]);
    assert_ne!(ended.code, Some(0));
    ended.says(&["no-such-model"]);
}
