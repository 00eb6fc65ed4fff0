//! The audit as a whole: determinism, cancellation, odd tables.

use super::fixture::{Col, audited, table};
use super::*;
use crate::engine::artifact::Severity;
use crate::engine::random::Draws;

fn small_log() -> Dataset {
    let mut draws = Draws::new(3, &[]);
    let n = 400;
    let events = ["view", "view", "view", "cart", "purchase"];
    table(vec![
        ("user", Col::I((0..n).map(|_| Some(draws.below(30) as i64)).collect())),
        ("item", Col::I((0..n).map(|_| Some(draws.below(50) as i64)).collect())),
        ("event", Col::S((0..n).map(|row| Some(events[row % 5])).collect())),
        (
            "time",
            Col::T((0..n as i64).map(|row| Some(1_600_000_000 + row * 97)).collect()),
        ),
        (
            "price",
            Col::F((0..n).map(|row| (row % 9 != 0).then_some(row as f64)).collect()),
        ),
    ])
}

#[test]
fn the_same_log_gives_the_same_report() {
    let json = |data: &Dataset| serde_json::to_string(&audited(data)).expect("plain data");
    let data = small_log();
    assert_eq!(json(&data), json(&data));
}

#[test]
fn the_contract_of_the_json_holds() {
    let report = serde_json::to_value(audited(&small_log())).expect("plain data");
    for key in ["total", "accepted", "rejected", "skipped"] {
        assert!(report["rows"][key].is_u64(), "{key}");
    }
    for key in [
        "name",
        "dtype",
        "role",
        "count",
        "nulls",
        "distinct",
        "min",
        "max",
        "mean",
        "std",
        "quantiles",
        "top",
    ] {
        assert!(report["columns"][4].get(key).is_some(), "{key}");
    }
    for key in ["code", "severity", "column", "count", "share", "examples", "fix"] {
        assert!(report["findings"][0].get(key).is_some(), "{key}");
    }
    assert!(report["findings"][0]["examples"][0]["line"].is_u64());
    assert!(report["findings"][0]["examples"][0]["values"]["user"].is_i64());
    assert!(report["findings"][0].get("rows").is_none());
    assert!(report["scores"]["completeness"].is_f64());
    assert_eq!(report["checks"].as_array().map(Vec::len), Some(registry::RULES.len()));
}

#[test]
fn a_report_survives_json() {
    let report = audited(&small_log());
    let text = serde_json::to_string(&report).expect("plain data");
    let back: AuditReport = serde_json::from_str(&text).expect("reads its own JSON");
    assert_eq!(serde_json::to_string(&back).expect("plain data"), text);
}

#[test]
fn findings_come_worst_first_and_their_rows_are_sorted_and_counted() {
    let report = audited(&small_log());
    assert!(
        report
            .findings
            .windows(2)
            .all(|pair| pair[0].severity >= pair[1].severity)
    );
    for finding in &report.findings {
        assert!(finding.rows.is_sorted() && finding.rows.iter().all(|&row| (row as usize) < 400));
        if finding.unit == Unit::Rows && finding.code != "V03" {
            assert_eq!(finding.count, finding.rows.len() as u64, "{}", finding.code);
        }
        assert!(!finding.message.zh.is_ascii(), "{} lacks Chinese", finding.code);
    }
}

#[test]
fn cancelling_ends_the_audit() {
    let data = small_log();
    let progress = Progress::new();
    progress.cancel();
    let error = audit(&data, &AuditOptions::new(0), &progress).expect_err("cancelled");
    assert!(matches!(error, AuditError::Cancelled(_)));
}

#[test]
fn tables_without_rows_or_roles_pass() {
    let empty = audited(&table(vec![("user", Col::I(vec![])), ("time", Col::T(vec![]))]));
    assert_eq!(empty.findings, []);
    let plain = audited(&table(vec![
        ("a", Col::F(vec![Some(1.0), Some(2.0)])),
        ("b", Col::S(vec![Some("x"), Some("y")])),
    ]));
    assert!(plain.log.is_none());
    assert!(
        plain
            .checks
            .iter()
            .any(|check| check.outcome == CheckOutcome::NotApplicable && check.reason.is_some())
    );
    assert_eq!(plain.worst().unwrap_or(Severity::Info), Severity::Info);
}

#[test]
fn the_log_profile_counts_by_hand() {
    let data = table(vec![
        ("user", Col::I(vec![Some(1), Some(1), Some(2), Some(2), None])),
        ("item", Col::I(vec![Some(7), Some(7), Some(7), Some(8), Some(8)])),
        (
            "event",
            Col::S(vec![
                Some("view"),
                Some("purchase"),
                Some("view"),
                Some("view"),
                Some("view"),
            ]),
        ),
        (
            "time",
            Col::T(vec![Some(0), Some(3_600), Some(7_200), Some(7_201), Some(9_000)]),
        ),
    ]);
    let log = audited(&data).log.expect("it is a log");
    assert_eq!((log.users, log.items, log.sessions), (Some(2), Some(2), None));
    assert_eq!(
        (log.events[0].name.as_str(), log.events[0].count, log.events[0].users),
        ("view", 4, Some(2))
    );
    assert_eq!(log.sparsity, Some(0.25), "3 of 4 pairs occur");
    let steps: Vec<(&str, u64, Option<f64>)> = log.funnel.iter().map(|s| (s.kind.as_str(), s.users, s.rate)).collect();
    assert_eq!(steps, [("view", 2, None), ("purchase", 1, Some(0.5))]);
    let volume = log.volume.expect("it has times");
    assert_eq!(
        (volume.bin_secs, volume.types),
        (3_600.0, vec!["view".to_owned(), "purchase".to_owned()])
    );
    assert_eq!(volume.counts, [vec![1, 0, 3], vec![0, 1, 0]]);
}
