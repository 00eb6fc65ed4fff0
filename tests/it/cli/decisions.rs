//! Accepting findings, their rows as a file, and what moved since an earlier audit, on the command line and in the
//! window of the same project.

use super::kept::open;
use crate::program::{Folder, sample_file};
use std::time::Duration;
use touchstone::engine::flow::catalogue::{accepted, audit_history};
use touchstone::engine::project::Project;
use touchstone::gui::command::Command;
use touchstone::gui::command::audit::AuditCommand;

const SOON: Duration = Duration::from_secs(90);

const CLEAN: &str = "user_id,item_id,event_type,event_time,price\n\
    1,10,view,2020-01-01 00:00:01,5.0\n2,11,view,2020-01-01 00:01:00,7.5\n3,10,view,2020-01-01 00:02:00,5.0\n\
    1,11,purchase,2020-01-01 01:00:00,7.5\n";

/// The same with two prices below zero.
fn with_refunds() -> String {
    CLEAN.replace(
        "2,11,view,2020-01-01 00:01:00,7.5",
        "2,11,view,2020-01-01 00:01:00,-7.5",
    ) + "4,12,view,2020-01-01 02:00:00,-1\n"
}

#[test]
fn a_finding_is_accepted_with_a_reason_that_later_audits_and_the_report_show() {
    let folder = Folder::new();
    folder.write("june.csv", with_refunds());
    let audit = |more: &[&str]| {
        let words = [&["audit", "june.csv", "--project", "shop"][..], more].concat();
        folder.json(&words)
    };
    folder
        .run(&["audit", "june.csv", "--accept", "V01=refunds"])
        .with_code(2);
    folder.run(&["audit", "june.csv", "--fail-on", "warning"]).with_code(3);
    let found = audit(&["--accept", "V01:price=refunds are negative", "--accepted-by", "Li"]);
    assert_eq!(found["accepted"][0]["reason"], "refunds are negative");
    assert_eq!(found["accepted"][0]["who"], "Li");
    assert_eq!(found["accepted"][0]["count"], 2);
    let (counted, without) = (
        &found["scores"]["validity"],
        &found["scores_without_accepted"]["validity"],
    );
    assert!(counted.as_f64() < without.as_f64(), "{counted} {without}");
    let again = audit(&[]);
    assert_eq!(again["accepted"], found["accepted"], "kept for the next audit");
    let told = folder.json(&["report", "shop", "--html", "report.html"]);
    assert_eq!(told["accepted"][0]["reason"], "refunds are negative");
    let html = std::fs::read_to_string(folder.join("report.html")).expect("a report");
    assert!(html.contains("refunds are negative") && html.contains("Accepted findings"));

    let reopened = audit(&["--reopen", "V01:price"]);
    assert!(reopened.get("accepted").is_none());
    folder
        .run(&["audit", "june.csv", "--project", "shop", "--reopen", "V01:price"])
        .with_code(2);
}

#[test]
fn an_audit_tells_what_moved_since_an_earlier_one_and_writes_the_rows_of_a_finding() {
    let folder = Folder::new();
    folder.write("may.csv", CLEAN);
    folder.write("june.csv", with_refunds());
    folder.write(
        "rules.toml",
        "version = 1\n[[rule]]\nkind = \"between\"\ncolumn = \"price\"\nmin = 0\n",
    );
    let rules = ["--rules", "rules.toml", "--project", "shop"];
    let may = ["audit", "may.csv", "--json", "may.json"];
    folder.run(&[&may[..], &rules[..]].concat()).with_code(0);
    let found = folder.json(&[
        "audit",
        "june.csv",
        "--rules",
        "rules.toml",
        "--against",
        "may.json",
        "--rows-of",
        "V01=refunds.csv",
        "--project",
        "shop",
        "--html",
        "june.html",
    ]);
    let page = std::fs::read_to_string(folder.join("june.html")).expect("the page");
    assert!(page.contains("What changed") && page.contains("1 broken, 0 new, 0 hold again, 0 gone, 0 the same"));
    let changes = &found["changes"];
    assert_eq!(
        (&changes["before"]["name"], &changes["after"]["name"]),
        (&"may".into(), &"june".into())
    );
    let price = changes["findings"].as_array().expect("a list").iter();
    let price: Vec<_> = price.filter(|change| change["code"] == "V01").collect();
    assert_eq!(price[0]["state"], "new");
    assert_eq!(price[0]["after"]["count"], 2);
    let rule = &changes["rules"][0];
    assert_eq!(
        (&rule["state"], &rule["before"]["failed"]),
        (&"broken".into(), &0.into())
    );
    assert_eq!(
        (&rule["after"]["status"], &rule["after"]["failed"]),
        (&"failed".into(), &2.into())
    );
    let columns = changes["columns"].as_array().expect("a list");
    let price = columns.iter().find(|column| column["name"] == "price").expect("there");
    assert!(price["figures_before"]["mean"].as_f64() > price["figures_after"]["mean"].as_f64());
    let rows = std::fs::read_to_string(folder.join("refunds.csv")).expect("the rows");
    let lines: Vec<&str> = rows.lines().collect();
    assert_eq!(lines[0], "source_line,user_id,item_id,event_type,event_time,price");
    assert_eq!(lines[1], "3,2,11,view,2020-01-01T00:01:00Z,-7.5");
    assert_eq!(lines.len(), 3);
    folder.run(&["audit", "june.csv", "--against", "june.csv"]).with_code(1);
    folder
        .run(&["audit", "june.csv", "--rows-of", "V99=x.csv"])
        .with_code(2);

    let project = Project::open(&folder.join("shop")).expect("a project");
    let history = audit_history(&project.artefacts(None).expect("a catalogue"));
    let names: Vec<&str> = history.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["june", "may"]);
}

#[test]
fn the_window_keeps_a_decision_and_knows_the_audits_before() {
    let folder = Folder::new();
    let log = sample_file("events.csv");
    let log = log.to_str().expect("a plain path");
    folder.write("may.csv", CLEAN);
    folder.run(&["audit", log, "--project", "shop"]).with_code(0);
    folder.run(&["audit", "may.csv", "--project", "shop"]).with_code(0);
    let mut window = open(folder.join("shop"));
    window.wait("audited", SOON, |app| {
        app.state.audit.report.ready().is_some() && app.state.audit.log.is_some() && app.state.audit.history.len() == 2
    });
    let before = window
        .app()
        .state
        .audit
        .num_open(window.app().state.audit.report.ready().expect("audited"));
    let asked = Command::Audit(AuditCommand::Accept {
        finding: 0,
        reason: "known".to_owned(),
        who: String::new(),
    });
    window.app().send(asked);
    window.wait("accepted", SOON, |app| !app.state.audit.accepted.is_empty());
    let state = &window.app().state.audit;
    assert_eq!(state.num_open(state.report.ready().expect("audited")), before - 1);
    assert_eq!(state.former().map(|record| record.name.as_str()), Some("may"));
    let path = folder.join("rows.csv");
    let rows = state.report.ready().expect("audited").findings.iter();
    let rows = rows.map(|finding| finding.rows.clone()).find(|rows| !rows.is_empty());
    let rows = rows.expect("a finding about rows");
    let count = rows.len();
    window.app().send(Command::Audit(AuditCommand::WriteRows {
        rows,
        path: path.clone(),
    }));
    window.wait("written", SOON, |app| app.state.audit.exported.is_some());
    let written = std::fs::read_to_string(&path).expect("the rows");
    assert_eq!(written.lines().count(), count + 1);
    drop(window);
    let project = Project::open(&folder.join("shop")).expect("a project");
    assert_eq!(accepted(&project).expect("settings").0[0].reason, "known");
}
