//! The sample shop: written the same each time, and its planted defects found and counted by the audit.

use crate::program::{Folder, assert_keys, at, number, sample_file};
use serde_json::Value;

fn planted(truth: &Value, check: &str) -> f64 {
    let defects = truth["defects"].as_array().expect("a list").iter();
    let rows = defects
        .filter(|defect| defect["check"] == check)
        .map(|defect| number(defect, "rows"));
    rows.sum()
}

fn findings<'a>(report: &'a Value, code: &str) -> Vec<&'a Value> {
    let all = report["findings"].as_array().expect("a list").iter();
    all.filter(|finding| finding["code"] == code).collect()
}

/// Sum of the counts of all findings of a check.
fn found(report: &Value, code: &str) -> f64 {
    findings(report, code)
        .iter()
        .map(|finding| number(finding, "count"))
        .sum()
}

#[test]
fn a_seed_writes_the_same_shop_and_the_committed_one() {
    let folder = Folder::new();
    let first = folder.json(&["sample", "one", "--rows", "3000", "--seed", "5"]);
    let again = folder.json(&["sample", "two", "--rows", "3000", "--seed", "5"]);
    let other = folder.json(&["sample", "three", "--rows", "3000", "--seed", "6"]);
    assert_eq!(first, again);
    assert_ne!(first, other);
    for name in ["events.csv", "items.csv", "users.csv", "experiment.csv", "truth.json"] {
        let (one, two) = (folder.read(&format!("one/{name}")), folder.read(&format!("two/{name}")));
        assert_eq!(one, two, "{name}");
        assert_ne!(one, folder.read(&format!("three/{name}")), "{name}");
    }
    assert_eq!(number(&first, "rows"), 3000.0);
    assert_eq!(folder.read("one/events.csv").lines().count(), 3001);
    folder.json(&["sample", "default"]);
    let committed = std::fs::read_to_string(sample_file("events.csv")).expect("in the repository");
    assert!(
        committed == folder.read("default/events.csv"),
        "sample_data is what `touchstone sample` writes"
    );
    folder
        .run(&["sample", "tiny", "--rows", "10"])
        .with_code(1)
        .says(&["10 rows", "2000"]);
}

#[test]
fn the_audit_counts_what_was_planted() {
    let folder = Folder::new();
    let (log, items) = (sample_file("events.csv"), sample_file("items.csv"));
    let (log, items) = (log.to_str().expect("plain"), items.to_str().expect("plain"));
    let report = folder.json(&[
        "audit",
        log,
        "--items",
        items,
        "--rejects",
        "rejects.csv",
        "--html",
        "audit.html",
    ]);
    let truth = std::fs::read_to_string(sample_file("truth.json")).expect("in the repository");
    let truth: Value = serde_json::from_str(&truth).expect("JSON");
    the_result_has_the_names_of_the_contract(&report);
    assert_eq!(number(&report, "rows.accepted"), number(&truth, "rows_accepted"));
    assert_eq!(number(&report, "rows.rejected"), number(&truth, "rows_malformed"));
    for (code, check) in [
        ("K01", "orphan_item"),
        ("V01", "price_not_positive"),
        ("V02", "unknown_event_type"),
        ("V03", "mixed_types"),
        ("T01", "time_out_of_range"),
        ("T02", "isolated_time"),
        ("K03", "unused_item"),
    ] {
        assert_eq!(found(&report, code), planted(&truth, check), "{check}");
    }
    let exact = truth["defects"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|defect| defect["variant"] == "exact");
    assert_eq!(found(&report, "U01"), number(exact.expect("planted"), "rows"));
    for code in ["B01", "B02", "B03", "C01", "C02", "P01", "U02", "U03"] {
        assert!(!findings(&report, code).is_empty(), "{code} found nothing");
    }
    let rejects = folder.read("rejects.csv");
    assert_eq!(rejects.lines().count() as f64, 1.0 + number(&truth, "rows_malformed"));
    let html = folder.read("audit.html");
    assert!(
        html.starts_with("<!") && html.contains("U01") && !html.contains("http://") && !html.contains("<script src")
    );
}

#[test]
fn columns_are_associated_and_all_pairs_on_request() {
    let folder = Folder::new();
    let log = sample_file("app_log.csv");
    let log = log.to_str().expect("plain");
    let report = folder.json(&["audit", log]);
    assert_keys(
        &report,
        "associations",
        &["columns", "pairs", "pairs_left", "left_out", "missingness"],
    );
    let pairs = report["associations"]["pairs"].as_array().expect("a list");
    assert!(!pairs.is_empty());
    for pair in pairs {
        assert_keys(pair, "", &["a", "b", "measure", "value", "n"]);
    }
    let all = folder.json(&["audit", log, "--associations"]);
    assert_eq!(
        all["associations"], report["associations"],
        "a small log has all pairs at once"
    );
    assert_keys(
        &report,
        "log",
        &[
            "rhythm",
            "episodes",
            "arrivals",
            "retention",
            "funnel",
            "popularity",
            "activity",
        ],
    );
}

fn the_result_has_the_names_of_the_contract(report: &Value) {
    assert_keys(report, "", &["rows", "columns", "findings", "scores"]);
    assert_keys(report, "rows", &["total", "accepted", "rejected", "skipped"]);
    for column in report["columns"].as_array().expect("a list") {
        assert_keys(column, "", &["name", "dtype", "role", "count", "nulls", "distinct"]);
    }
    let price = report["columns"].as_array().expect("a list").iter();
    let price = price
        .clone()
        .find(|column| column["role"] == "price")
        .expect("a price column");
    assert_keys(price, "", &["min", "max", "mean", "std", "quantiles", "top"]);
    let findings = report["findings"].as_array().expect("a list");
    for finding in findings {
        assert_keys(
            finding,
            "",
            &["code", "severity", "column", "count", "share", "examples", "fix"],
        );
        for example in finding["examples"].as_array().expect("a list") {
            assert_keys(example, "", &["line", "values"]);
        }
    }
    let scores = report["scores"].as_object().expect("by dimension");
    assert!(
        scores
            .values()
            .all(|score| (0.0..=100.0).contains(&score.as_f64().expect("a number")))
    );
}

#[test]
fn examples_point_at_the_lines_of_the_file() {
    let folder = Folder::new();
    let log = sample_file("events.csv");
    let report = folder.json(&["audit", log.to_str().expect("plain")]);
    let text = std::fs::read_to_string(&log).expect("in the repository");
    let lines: Vec<&str> = text.lines().collect();
    let examples = findings(&report, "V02")[0]["examples"].as_array().expect("a list");
    assert!(!examples.is_empty());
    for example in examples {
        let line = lines[number(example, "line") as usize - 1];
        let event = at(example, "values.event_type").as_str().expect("text");
        assert_eq!(line.split(',').nth(1), Some(event));
    }
}

#[test]
fn a_clean_shop_passes_the_gate_on_errors() {
    let folder = Folder::new();
    folder.json(&["sample", "shop", "--rows", "4000", "--clean"]);
    folder
        .run(&[
            "audit",
            "shop/events.csv",
            "--items",
            "shop/items.csv",
            "--fail-on",
            "error",
        ])
        .with_code(0);
}

#[test]
fn a_report_is_written_from_a_stored_audit() {
    let folder = Folder::new();
    let log = sample_file("events.csv");
    let words = [
        "audit",
        log.to_str().expect("plain"),
        "--json",
        "audit.json",
        "--html",
        "direct.html",
    ];
    folder.run(&words).with_code(0);
    folder
        .run(&["report", "audit.json", "--html", "later.html"])
        .with_code(0);
    assert_eq!(folder.read("direct.html"), folder.read("later.html"));
    folder
        .run(&["report", "audit.json", "--html", "zh.html", "--lang", "zh"])
        .with_code(0);
    assert!(folder.read("zh.html").contains("完整性"));
}
