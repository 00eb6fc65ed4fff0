//! One file into the next: audit → recipe → clean → features → train → predict → evaluate → compare.

use crate::program::{Folder, assert_keys, at, number, sample_file};
use crate::tiny_model::{shop_words, write_model};
use serde_json::{Value, json};

fn plain(path: &std::path::Path) -> &str {
    path.to_str().expect("a plain path")
}

/// The committed sample, cleaned by the recipe that its audit suggests.
fn cleaned() -> (Folder, Value) {
    let folder = Folder::new();
    let (log, items) = (sample_file("events.csv"), sample_file("items.csv"));
    let suggest = [
        "recipe",
        "suggest",
        plain(&log),
        "--items",
        plain(&items),
        "--out",
        "recipe.json",
    ];
    folder.run(&suggest).with_code(0);
    let clean = [
        "clean",
        plain(&log),
        "--recipe",
        "recipe.json",
        "--out",
        "clean.parquet",
        "--rejects",
        "dropped.csv",
    ];
    let value = folder.json(&clean);
    (folder, value)
}

#[test]
fn a_suggested_recipe_mends_what_the_audit_found() {
    let (folder, value) = cleaned();
    assert_keys(&value, "", &["steps", "hash"]);
    let steps = value["steps"].as_array().expect("a list");
    assert!(steps.len() >= 3, "{steps:?}");
    let mut rows = number(&steps[0], "rows_in");
    for step in steps {
        assert_keys(step, "", &["step", "rows_in", "rows_out", "cells_changed"]);
        assert_eq!(
            number(step, "rows_in"),
            rows,
            "each step starts where the one before ended"
        );
        rows = number(step, "rows_out");
    }
    assert_eq!(number(&value, "rows_out"), rows);
    let dropped = number(&value, "rows_in") - rows;
    assert_eq!(
        folder.read("dropped.csv").lines().count() as f64,
        1.0 + dropped,
        "every dropped row is kept aside"
    );
    let report = folder.json(&["audit", "clean.parquet"]);
    let again: Vec<&Value> = report["findings"].as_array().expect("a list").iter().collect();
    assert!(
        again.iter().all(|finding| finding["code"] != "U01"),
        "duplicates are gone"
    );
    let log = sample_file("events.csv");
    let twice = folder.json(&[
        "clean",
        plain(&log),
        "--recipe",
        "recipe.json",
        "--out",
        "again.parquet",
    ]);
    assert_eq!(
        twice["hash"], value["hash"],
        "the same input and recipe give the same table"
    );
    folder.write("broken.json", "{\"version\":1,\"steps\":[{\"kind\":\"polish\"}]}");
    let ended = folder.run(&["clean", plain(&log), "--recipe", "broken.json", "--out", "x.csv"]);
    assert_eq!(ended.code, Some(1));
    ended.says(&["broken.json", "polish"]);
}

#[test]
fn a_clean_log_becomes_features_a_model_and_its_evaluation() {
    let (folder, _) = cleaned();
    let items = sample_file("items.csv");
    let set = folder.json(&["features", "clean.parquet", "--items", plain(&items), "--out", "set"]);
    for name in ["train.parquet", "valid.parquet", "test.parquet", "feature_set.json"] {
        assert!(folder.join("set").join(name).is_file(), "{name}");
    }
    assert!(number(&set, "label.positives") > 0.0 && number(&set, "label.positives") < number(&set, "label.rows"));
    for feature in set["features"].as_array().expect("a list") {
        assert_keys(feature, "", &["name", "chi2", "mutual_info", "leak", "selected"]);
    }
    write_model(&folder.join("base"), &shop_words());
    let config = json!({
        "base_model": folder.join("base"), "data": {
            "train": "set/train.parquet", "valid": "set/valid.parquet", "test": "set/test.parquet",
            "text": set["text"], "numeric": set["numeric"], "label": set["label_column"],
        },
        "max_length": 24, "batch_size": 32, "max_steps": 60, "learning_rate": 2e-3, "device": "cpu",
    });
    folder.write("config.json", config.to_string());
    let trained = folder.json(&["train", "--config", "config.json", "--run-dir", "run"]);
    assert_eq!(at(&trained, "status"), "finished");
    let scored = [
        "predict",
        "--model",
        "run/model",
        "--data",
        "set/test.parquet",
        "--out",
        "scored.parquet",
    ];
    let scored = folder.json(&scored);
    assert!((0.0..=1.0).contains(&number(&scored, "mean_score")));
    let label = set["label_column"].as_str().expect("text");
    let evaluate = [
        "evaluate",
        "--data",
        "scored.parquet",
        "--label",
        label,
        "--score",
        "score",
        "--bootstrap",
        "0",
    ];
    let found = folder.json(&evaluate);
    let told = number(&trained, "test_metrics.auc");
    assert!(
        (number(&found, "auc") - told).abs() < 1e-6,
        "training said {told}, evaluate says {}",
        found["auc"]
    );
}

#[test]
fn select_ranks_features_and_marks_the_leak() {
    let folder = Folder::new();
    let mut table = "bought,price,split,copy,noise\n".to_owned();
    for row in 0..800_u32 {
        let bought = u32::from(row * 7919 % 1009 < 300);
        let spread = row * 31 % 7;
        let (price, split, noise) = (10 + 3 * bought + spread, 10 + 5 * bought + spread, row * 104_729 % 997);
        table.push_str(&format!("{bought},{price},{split},{bought},{noise}\n"));
    }
    folder.write("table.csv", table);
    let value = folder.json(&["select", "table.csv", "--label", "bought"]);
    let features = value["features"].as_array().expect("a list");
    for feature in features {
        let names = [
            "name",
            "chi2",
            "chi2_p",
            "mutual_info",
            "information_value",
            "psi",
            "mrmr_rank",
            "leak",
            "selected",
        ];
        assert_keys(feature, "", &names);
    }
    let of = |name: &str| {
        features
            .iter()
            .find(|feature| feature["name"] == name)
            .expect("a feature")
    };
    assert!(number(of("price"), "chi2") > number(of("noise"), "chi2"));
    // AUCs by comparing all pairs of the table in plain Python. Above 0.95 a column alone nearly splits the classes.
    for (name, auc, leak, selected) in [
        ("copy", 1.0, true, false),
        ("split", 0.957_940_808_357_877_8, true, false),
        ("price", 0.834_697_334_202_696_5, false, true),
        ("noise", 0.502_701_770_952_777, false, false),
    ] {
        let feature = of(name);
        assert!((number(feature, "auc") - auc).abs() < 1e-12, "{feature}");
        assert_eq!(
            (&feature["leak"], &feature["selected"]),
            (&json!(leak), &json!(selected)),
            "{name}"
        );
        assert_eq!(feature["leak_reason"].is_null(), !leak, "{feature}");
    }
}

#[test]
fn split_divides_by_time_and_at_random_without_losing_a_row() {
    let folder = Folder::new();
    let log = sample_file("events.csv");
    let accepted = number(&folder.json(&["ingest", plain(&log)]), "rows.accepted");
    for strategy in ["time", "random", "user", "leave_one_out"] {
        let words = |out: &'static str| {
            [
                "split",
                plain(&log),
                "--strategy",
                strategy,
                "--ratios",
                "0.8,0.1,0.1",
                "--seed",
                "5",
                "--out",
                out,
            ]
            .map(str::to_owned)
        };
        let value = folder.json(&words("parts"));
        let parts = value["parts"].as_array().expect("a list");
        let rows: f64 = parts.iter().map(|part| number(part, "rows")).sum();
        assert_eq!(rows + number(&value, "unassigned"), accepted, "{strategy}");
        let again = folder.json(&words("again"));
        let bytes = |part: &str| std::fs::read(folder.join(part)).expect("written");
        assert_eq!(bytes("parts/train.parquet"), bytes("again/train.parquet"), "{strategy}");
        assert_eq!(again["parts"][0]["rows"], value["parts"][0]["rows"]);
    }
}
