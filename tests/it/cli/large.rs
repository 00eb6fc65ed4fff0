//! Logs larger than the memory to keep to: held in files, with the same figures to the last digit.

use crate::program::Folder;
use serde_json::Value;

/// Without what says when it was made: of times in the future the finding names the moment they are judged by.
fn figures(mut report: Value) -> Value {
    if let Some(provenance) = report.get_mut("provenance").and_then(Value::as_object_mut) {
        provenance.remove("created_ms");
    }
    let findings = report.get_mut("findings").and_then(Value::as_array_mut);
    for finding in findings
        .into_iter()
        .flatten()
        .filter(|finding| finding["code"] == "T01")
    {
        let words = finding.as_object_mut().expect("a finding");
        words.retain(|key, _| key == "code" || key == "rows" || key == "count" || key == "examples");
    }
    report
}

#[test]
fn a_log_held_in_files_gives_the_same_report() {
    let folder = Folder::new();
    // Enough rows that a column is a large block.
    folder
        .run(&["sample", "shop", "--rows", "600000", "--seed", "3"])
        .with_code(0);
    let whole = folder.json(&["audit", "shop/events.csv"]);
    let held = folder.json(&["audit", "shop/events.csv", "--memory", "100MiB"]);
    assert!(
        folder.join("home/cache/touchstone/spill").is_dir(),
        "the log was held in files"
    );
    assert_eq!(figures(whole), figures(held));
    let left = std::fs::read_dir(folder.join("home/cache/touchstone/spill"));
    assert_eq!(left.expect("the folder").count(), 0, "nothing is left behind");
}

#[test]
fn a_size_that_is_none_is_refused() {
    let folder = Folder::new();
    let ended = folder.run(&["audit", "log.csv", "--memory", "3 apples"]).with_code(2);
    assert!(ended.stderr.contains("is no unit"), "{ended:?}");
}
