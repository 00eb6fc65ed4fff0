//! How a command ends: 0 done, 1 the work failed, 2 the command line is wrong, 3 a gate was reached.

use crate::program::{Folder, assert_keys, sample_file};

/// Every subcommand of the contract.
const SUBCOMMANDS: [&str; 18] = [
    "flow",
    "doctor",
    "sample",
    "models",
    "ingest",
    "audit",
    "clean",
    "recipe",
    "features",
    "select",
    "split",
    "train",
    "predict",
    "evaluate",
    "compare",
    "experiment",
    "power",
    "report",
];

#[test]
fn every_subcommand_is_there_and_explains_itself() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).with_code(0);
    for name in SUBCOMMANDS {
        assert!(
            help.stdout.contains(&format!("\n  {name} ")),
            "{name} is not in {}",
            help.stdout
        );
        let own = folder.run(&[name, "--help"]).with_code(0);
        assert!(
            own.stdout.contains("Usage:") && own.stderr.is_empty(),
            "{name}: {own:?}"
        );
    }
    let version = folder.run(&["--version"]).with_code(0);
    assert_eq!(
        version.stdout.trim(),
        format!("touchstone {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let folder = Folder::new();
    let log = folder.write("log.csv", "a,b\n1,2\n");
    let log = log.to_str().expect("a plain path");
    folder.run(&["ingets", log]).with_code(2);
    folder.run(&["ingest", log, "--colour", "red"]).with_code(2);
    folder.run(&["ingest"]).with_code(2);
    let ended = folder.run(&["ingest", log, "--types", "a=colour"]).with_code(2);
    ended.says(&["--types", "colour", "integer"]);
    let ended = folder.run(&["ingest", log, "--roles", "king=a"]).with_code(2);
    ended.says(&["--roles", "king"]);
    let ended = folder.run(&["--page", "nowhere"]).with_code(2);
    ended.says(&["--page", "nowhere"]);
}

#[test]
fn failed_work_ends_with_1_and_says_what_where_and_what_to_do() {
    let folder = Folder::new();
    let ended = folder.run(&["ingest", "absent.csv"]).with_code(1);
    ended.says(&["absent.csv", "check the path"]);
    folder.write("empty.csv", "");
    let ended = folder.run(&["audit", "empty.csv"]).with_code(1);
    ended.says(&["empty.csv", "empty", "export it again"]);
    folder.write("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    folder
        .run(&["ingest", "picture.csv"])
        .with_code(1)
        .says(&["picture.csv", "not a table"]);
    folder.write("scores.csv", "y,s\n1,0.5\nmaybe,0.2\n");
    let words = ["evaluate", "--data", "scores.csv", "--label", "y", "--score", "s"];
    folder.run(&words).with_code(1).says(&["y"]);
    // Nothing but what was asked for is written.
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["empty.csv", "picture.csv", "scores.csv"]);
}

#[test]
fn a_gate_that_is_reached_ends_with_3() {
    let folder = Folder::new();
    let log = sample_file("events.csv");
    let log = log.to_str().expect("a plain path");
    let gated = folder
        .run(&["audit", log, "--fail-on", "error", "--json", "report.json"])
        .with_code(3);
    assert!(gated.stderr.is_empty(), "{gated:?}");
    assert!(
        folder.read("report.json").contains("\"findings\""),
        "the report is written all the same"
    );
    folder.run(&["audit", log]).with_code(0);
    folder.run(&["audit", log, "--fail-on", "never"]).with_code(2);
}

#[test]
fn json_on_standard_output_stands_alone_and_progress_goes_to_standard_error() {
    let folder = Folder::new();
    folder.write("log.csv", "a,b\n1,2\n");
    let ended = folder
        .run(&["ingest", "log.csv", "--json", "-", "--progress"])
        .with_code(0);
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON and nothing else");
    assert_keys(&value, "", &["dialect", "rows", "columns"]);
    let quiet = folder.run(&["ingest", "log.csv", "--json", "out.json"]).with_code(0);
    assert!(quiet.stderr.is_empty(), "no progress into a pipe: {}", quiet.stderr);
    assert!(quiet.stdout.contains("accepted"));
}

#[test]
fn the_doctor_names_what_it_found() {
    let folder = Folder::new();
    let value = folder.json(&["doctor"]);
    assert_keys(&value, "", &["tool_version", "platform", "checks"]);
    let checks = value["checks"].as_array().expect("a list");
    assert!(checks.len() >= 4, "{checks:?}");
    for check in checks {
        assert_keys(check, "", &["state", "title", "found"]);
    }
}
