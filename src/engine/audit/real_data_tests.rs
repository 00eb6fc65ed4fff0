//! The audit on public logs whose blemishes are known; skipped with a message where the files are absent.

use super::{AuditOptions, AuditReport, audit};
use crate::engine::artifact::Severity;
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::progress::Progress;
use std::path::PathBuf;

/// 2024-01-01: after all of these logs.
const NOW_MS: u64 = 1_704_067_200_000;

fn audited(path: &str, options: &ReadOptions) -> Option<AuditReport> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(path);
    if !path.exists() {
        // A test's own message; the harness shows it with --nocapture.
        #[expect(clippy::print_stderr)]
        {
            eprintln!("skipped: {} is not here", path.display());
        }
        return None;
    }
    let log = read_log(&[path], options, &Progress::new()).expect("the log can be read");
    Some(audit(&log, &AuditOptions::new(NOW_MS), &Progress::new()).expect("the log is audited"))
}

fn count(report: &AuditReport, code: &str, column: Option<&str>) -> u64 {
    let findings = report
        .with_code(code)
        .filter(|f| column.is_none() || f.column.as_deref() == column);
    findings.map(|finding| finding.count).sum()
}

#[test]
fn rees46_multi_category_store() {
    let Some(report) = audited("rees46_multicategory/2019-Oct.csv", &ReadOptions::default()) else {
        return;
    };
    // The last of 17,435 rows is cut off.
    assert_eq!((report.rows.accepted, report.rows.rejected), (17_434, 1));
    assert_eq!(count(&report, "C01", Some("category_code")), 5_746);
    // README: brand is empty in 2,477 rows of the whole file; the cut row has one.
    assert_eq!(count(&report, "C01", Some("brand")), 2_477);
    assert_eq!(count(&report, "V01", Some("price")), 19);
    assert_eq!(count(&report, "U01", None), 5);
    // Counted with a dictionary in Python: purchases without an earlier view of the same user and item.
    let unseen = report.with_code("B01").next().expect("two purchases have no view");
    assert_eq!((unseen.count, unseen.fact("purchases")), (2, Some(214.0)));
    let log = report.log.as_ref().expect("it is a log");
    let events: Vec<(&str, u64)> = log
        .events
        .iter()
        .map(|event| (event.name.as_str(), event.count))
        .collect();
    assert_eq!(events[1..], [("purchase", 214), ("cart", 165)]);
    assert_eq!(report.with_code("B02").count(), 0, "no user acts like a program");
    assert_eq!(report.with_code("P01").count(), 0, "19-digit categories are no cards");
}

#[test]
fn taobao_user_behaviour_has_no_header() {
    let options = ReadOptions {
        column_names: ["user_id", "item_id", "category_id", "behavior", "timestamp"]
            .map(str::to_owned)
            .to_vec(),
        ..ReadOptions::default()
    };
    let Some(report) = audited("taobao_userbehavior/UserBehavior.csv", &options) else {
        return;
    };
    assert_eq!((report.rows.accepted, report.rows.rejected), (84_475, 1));
    assert_eq!(count(&report, "U01", None), 0);
    // README: 35 rows lie outside the nine documented days.
    assert_eq!(count(&report, "T02", None), 35);
    let log = report.log.as_ref().expect("it is a log");
    let kinds: Vec<(&str, Option<&str>)> = log
        .events
        .iter()
        .map(|e| (e.name.as_str(), e.kind.as_deref()))
        .collect();
    let expected = [
        ("pv", Some("view")),
        ("cart", Some("cart")),
        ("fav", Some("favourite")),
        ("buy", Some("purchase")),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((log.events[0].count, log.events[3].count), (75_872, 1_750));
    assert_eq!(report.with_code("V02").count() + report.with_code("P01").count(), 0);
}

#[test]
fn uci_online_retail_is_one_log_of_44_files() {
    let Some(report) = audited("uci_online_retail/by-day", &ReadOptions::default()) else {
        return;
    };
    assert_eq!(report.rows.accepted, 77_628);
    assert_eq!(count(&report, "C01", Some("CustomerID")), 28_866);
    assert_eq!(count(&report, "C01", Some("Description")), 239);
    assert_eq!(count(&report, "U01", None), 747);
    assert_eq!(count(&report, "V01", Some("UnitPrice")), 413);
    let column = |name: &str| {
        report
            .columns
            .iter()
            .find(|column| column.name == name)
            .expect("the column is there")
    };
    assert_eq!(column("Country").distinct, 28);
    assert_eq!(column("StockCode").distinct, 3_051);
    assert_eq!(column("CustomerID").distinct, 1_369);
    assert_eq!(column("Quantity").negatives, Some(1_595));
    let missing = report
        .with_code("C01")
        .find(|f| f.column.as_deref() == Some("CustomerID"))
        .expect("found");
    assert_eq!(
        missing.severity,
        Severity::Error,
        "a key is missing in 37 % of the rows"
    );
    assert!(missing.examples[0].file.is_some(), "one of several files");
    assert_eq!(report.with_code("V03").count(), 0, "cancelled invoices start with C");
    // Lines of one invoice share a minute: neither repeats nor bots.
    assert_eq!(report.with_code("U02").count() + report.with_code("B02").count(), 0);
}
