//! The rules of a project on the command line: used without `--rules`, gating, kept, reported; kinds explained.

use crate::program::{Folder, assert_keys, at};
use serde_json::json;
use touchstone::engine::flow::rules::{kept_check, project_rules};
use touchstone::engine::project::Project;
use touchstone::engine::rules::RuleStatus;

/// 200 sound rows, then one price below zero on line 202.
fn shop(folder: &Folder) {
    let mut log = "order_id,user_id,event_type,price\n".to_owned();
    for row in 0..200 {
        log += &format!("o{row},u{},view,{}.5\n", row % 20, 1 + row % 7);
    }
    folder.write("log.csv", log + "o200,u1,view,-1.5\n");
}

fn rules(mostly: f64) -> String {
    format!("# ours\nversion = 1\n\n[[rule]]\nkind = \"between\"\ncolumn = \"price\"\nmin = 0\nmostly = {mostly:?}\n")
}

const AUDIT: [&str; 6] = ["audit", "log.csv", "--project", "shop", "--fail-on", "error"];

#[test]
fn the_rules_of_a_project_gate_an_audit_that_names_none() {
    let folder = Folder::new();
    shop(&folder);
    folder.run(&AUDIT).with_code(0);
    folder.write("shop/rules.toml", rules(1.0));
    let ended = folder.run(&AUDIT).with_code(3);
    assert!(ended.stdout.contains("0 ≤ price"), "{ended:?}");
    let project = Project::open(&folder.join("shop")).expect("a project");
    let kept = kept_check(&project).expect("outcomes are kept");
    assert_eq!(
        (kept.outcomes[0].status, kept.outcomes[0].failed),
        (RuleStatus::Failed, 1)
    );
    assert_eq!(kept.outcomes[0].examples[0].line, 202);
    drop(project);
    folder.run(&["report", "shop", "--html", "shop.html"]).with_code(0);
    let html = folder.read("shop.html");
    assert!(
        html.contains("0 ≤ price") && html.contains(">202<"),
        "the report shows the outcome"
    );

    folder.write("shop/rules.toml", rules(0.9));
    folder.run(&AUDIT).with_code(0);
    // A file that is named goes before the project's, and leaves it alone.
    folder.write("strict.toml", rules(1.0));
    let named: Vec<&str> = AUDIT.iter().copied().chain(["--rules", "strict.toml"]).collect();
    folder.run(&named).with_code(3);
    assert_eq!(folder.read("shop/rules.toml"), rules(0.9));
    let check = ["rules", "check", "log.csv", "--project", "shop", "--fail-on", "error"];
    folder.run(&check).with_code(0);
    folder.write("shop/rules.toml", rules(1.0));
    folder.run(&check).with_code(3);
    // Without --fail-on nothing gates, and other logs are judged as well.
    folder.run(&AUDIT[..4]).with_code(0);
    folder.write("shop/rules.toml", "version = 1\n[[rule]]\nkind = \"nul\"\n");
    folder
        .run(&AUDIT)
        .with_code(1)
        .says(&["rules.toml, line 3", "not_null"]);
}

#[test]
fn a_project_without_rules_takes_those_its_log_was_checked_with() {
    let folder = Folder::new();
    shop(&folder);
    folder.write("strict.toml", rules(1.0));
    let named: Vec<&str> = AUDIT.iter().copied().chain(["--rules", "strict.toml"]).collect();
    folder.run(&named).with_code(3);
    assert_eq!(folder.read("shop/rules.toml"), rules(1.0), "with its comment");
    folder.run(&AUDIT).with_code(3);
    let project = Project::open(&folder.join("shop")).expect("a project");
    assert_eq!(project_rules(&project).expect("sound").expect("there").rules().len(), 1);
    drop(project);
    // Rules with a table beside their file stay where the table is.
    let other = "version = 1\n[[rule]]\nkind = \"references\"\ncolumn = \"user_id\"\ntable = \"users.csv\"\n";
    folder.write("other.toml", other);
    folder.write("users.csv", "user_id\nu1\n");
    let line = ["audit", "log.csv", "--project", "second", "--rules", "other.toml"];
    folder.run(&line).with_code(0);
    assert!(!folder.join("second/rules.toml").exists());
}

#[test]
fn the_flow_checks_the_rules_and_tells_how_many_passed() {
    let folder = Folder::new();
    shop(&folder);
    folder.run(&["audit", "log.csv", "--project", "shop"]).with_code(0);
    folder.write("shop/rules.toml", rules(1.0));
    let made = folder.json(&["flow", "shop", "--until", "audit"]);
    assert_eq!(at(&made, "stages.1.facts.rules"), &json!({ "checked": 1, "passed": 0 }));
    let again = folder.json(&["flow", "shop", "--until", "audit"]);
    assert_eq!(
        at(&again, "stages.1.skipped"),
        &json!(true),
        "the audit is taken over, its rules are not"
    );
    assert_eq!(at(&again, "stages.1.facts.rules.checked"), &json!(1));
}

#[test]
fn without_rules_a_check_says_where_to_have_some_from() {
    let folder = Folder::new();
    shop(&folder);
    folder
        .run(&["rules", "check", "log.csv"])
        .with_code(2)
        .says(&["--rules"]);
    let line = ["rules", "check", "log.csv", "--project", "shop"];
    folder.run(&line).with_code(2).says(&["no rules", "--rules"]);
}

#[test]
fn every_kind_of_rule_is_explained() {
    let folder = Folder::new();
    let told = folder.run(&["explain", "between"]).with_code(0).stdout;
    for part in [
        "`strict_min`",
        "`mostly`",
        "`severity`",
        "[[rule]]",
        "kind = \"between\"",
    ] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
    let all = folder.json(&["explain"]);
    let codes: Vec<&str> = all
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    for kind in [
        "not_null",
        "in_set",
        "references",
        "monotone",
        "row_condition",
        "freshness",
        "volume",
    ] {
        assert!(codes.contains(&kind), "{kind} is not among {codes:?}");
    }
    let one = folder.json(&["explain", "Volume"]);
    assert_keys(&one, "", &["code", "name", "documentation"]);
    folder
        .run(&["explain", "nothing"])
        .with_code(2)
        .says(&["nothing", "B02", "between"]);
}
