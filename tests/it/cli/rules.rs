//! Rules on the command line: the gate, the names in the JSON, the report, and a suggested file that is a contract.

use crate::program::{Folder, assert_keys, at, sample_file};
use serde_json::{Value, json};

/// 200 sound rows, then one price below zero on line 202.
fn shop(folder: &Folder) {
    let mut log = "order_id,user_id,event_type,price\n".to_owned();
    for row in 0..200 {
        log += &format!("o{row},u{},view,{}.5\n", row % 20, 1 + row % 7);
    }
    folder.write("log.csv", log + "o200,u1,view,-1.5\n");
}

fn rules(folder: &Folder, lines: &str) {
    folder.write("rules.toml", format!("version = 1\n\n[[rule]]\n{lines}\n"));
}

const PRICE: &str = "kind = \"between\"\ncolumn = \"price\"\nmin = 0";

#[test]
fn the_gate_is_reached_by_a_broken_rule_of_its_severity() {
    let folder = Folder::new();
    shop(&folder);
    let audit = ["audit", "log.csv", "--rules", "rules.toml"];
    let check = ["rules", "check", "log.csv", "--rules", "rules.toml"];
    // Lines of the rule, the gate, the code with which the check of the rules ends.
    for (lines, gate, code) in [
        (format!("{PRICE}\nmostly = 0.99"), Some("error"), 0),
        (PRICE.to_owned(), None, 0),
        (PRICE.to_owned(), Some("error"), 3),
        (format!("{PRICE}\nseverity = \"warning\""), Some("error"), 0),
        (format!("{PRICE}\nseverity = \"warning\""), Some("warning"), 3),
        (format!("{PRICE}\nseverity = \"info\""), Some("warning"), 0),
        // A rule that cannot be judged is no rule that holds.
        ("kind = \"not_null\"\ncolumn = \"prise\"".to_owned(), Some("error"), 3),
    ] {
        rules(&folder, &lines);
        let gate: Vec<&str> = gate.iter().flat_map(|gate| ["--fail-on", *gate]).collect();
        let words: Vec<&str> = check.iter().chain(&gate).copied().collect();
        let ended = folder.run(&words);
        assert_eq!(ended.code, Some(code), "{lines} {gate:?}: {ended:?}");
    }
    // Without the rule the audit of this log reaches no error, with it it does.
    folder.run(&["audit", "log.csv", "--fail-on", "error"]).with_code(0);
    rules(&folder, &format!("{PRICE}\nmostly = 0.9"));
    let gated: Vec<&str> = audit.iter().chain(&["--fail-on", "error"]).copied().collect();
    folder.run(&gated).with_code(0);
    rules(&folder, PRICE);
    let ended = folder.run(&gated).with_code(3);
    assert!(
        ended.stdout.contains("0 ≤ price") && ended.stdout.contains("lines 202"),
        "{ended:?}"
    );
    folder.run(&audit).with_code(0);
}

#[test]
fn the_audit_carries_its_rules_into_json_and_both_reports() {
    let folder = Folder::new();
    shop(&folder);
    rules(&folder, &format!("{PRICE}\nreason = \"<nothing> is given away\""));
    let line = ["audit", "log.csv", "--rules", "rules.toml", "--html", "audit.html"];
    let result = folder.json(&line);
    assert_keys(
        at(&result, "rules.0"),
        "",
        &[
            "kind",
            "column",
            "min",
            "mostly",
            "severity",
            "reason",
            "title",
            "status",
            "unit",
            "rows",
            "missing",
            "checked",
            "failed",
            "share",
            "allowed_share",
            "message",
            "undefined",
            "facts",
            "examples",
        ],
    );
    assert_keys(&result, "rules.0.examples.0", &["line", "values"]);
    assert_keys(&result, "", &["rows", "columns", "findings", "scores"]);
    let told = |path: &str| at(&result, path).clone();
    assert_eq!(told("rules.0.status"), json!("failed"));
    assert_eq!(
        (told("rules.0.checked"), told("rules.0.failed")),
        (json!(201), json!(1))
    );
    assert_eq!(
        (told("rules.0.examples.0.line"), told("rules.0.undefined")),
        (json!(202), Value::Null)
    );
    folder.write("audit.json", result.to_string());
    folder
        .run(&["report", "audit.json", "--html", "again.html"])
        .with_code(0);
    let html = folder.read("audit.html");
    assert!(html.contains("0 ≤ price") && html.contains("&lt;nothing&gt;") && html.contains(">202<"));
    assert_eq!(
        html,
        folder.read("again.html"),
        "the JSON holds all that the report shows"
    );
    assert!(folder.json(&["audit", "log.csv"]).get("rules").is_none());
}

#[test]
fn a_slip_in_the_rules_is_told_with_its_line_before_the_log_is_read() {
    let folder = Folder::new();
    rules(&folder, "kind = \"between\"\ncolum = \"price\"");
    let line = ["audit", "absent.csv", "--rules", "rules.toml"];
    let ended = folder.run(&line).with_code(1);
    ended.says(&["rules.toml, line 5", "colum", "column"]);
    folder
        .run(&["audit", "absent.csv", "--rules", "none.toml"])
        .with_code(1)
        .says(&["none.toml"]);
}

#[test]
fn suggested_rules_are_a_file_that_holds_on_its_own_log() {
    let folder = Folder::new();
    let (log, items) = (sample_file("events.csv"), sample_file("items.csv"));
    let (log, items) = (log.to_str().expect("plain"), items.to_str().expect("plain"));
    let line = ["rules", "suggest", log, "--items", items, "--out", "rules.toml"];
    let found = folder.json(&line);
    assert_keys(&found, "", &["parts", "fit_rows", "test_rows", "rules"]);
    assert_keys(
        &found,
        "rules.0",
        &[
            "kind",
            "title",
            "evidence",
            "fit",
            "back_test",
            "upper_bound",
            "accepted",
            "refused",
        ],
    );
    let all = at(&found, "rules").as_array().expect("a list");
    let accepted = all.iter().filter(|rule| rule["accepted"] == json!(true)).count();
    assert!(accepted >= 10, "{found:#}");
    let text = folder.read("rules.toml");
    assert_eq!(text.lines().filter(|line| *line == "[[rule]]").count(), accepted);
    let checked = folder.json(&["rules", "check", log, "--items", items, "--rules", "rules.toml"]);
    let checked = at(&checked, "rules").as_array().expect("a list");
    assert_eq!(checked.len(), accepted);
    for rule in checked {
        assert_ne!(rule["status"], json!("undefined"), "{rule:#}");
    }
    // Rows it was drawn from and rows it was tried on together hold nearly every rule, `mostly` being a bound.
    let passed = checked.iter().filter(|rule| rule["status"] == json!("passed")).count();
    assert!(passed + 1 >= accepted, "{passed} of {accepted}: {checked:#?}");
    let line = ["rules", "suggest", log, "--back-test", log];
    folder.run(&line).with_code(0);
}
