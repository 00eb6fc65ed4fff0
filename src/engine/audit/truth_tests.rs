//! The audit against the truth of a generated shop: every planted defect found with its exact count.

use super::{AuditOptions, AuditReport, Finding, SideTables, audit};
use crate::engine::artifact::Severity;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::sample::{Planted, SampleConfig, Truth, write};
use std::path::Path;

/// 2026-06-01, after the sample's weeks and before its planted future.
const NOW_MS: u64 = 1_780_272_000_000;

fn read(folder: &Path, name: &str) -> Dataset {
    read_log(&[folder.join(name)], &ReadOptions::default(), &Progress::new()).expect("the sample can be read")
}

fn audited(seed: u64, clean: bool) -> (Truth, Dataset, AuditReport) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = SampleConfig {
        rows: 20_000,
        seed,
        clean,
    };
    let truth = write(folder.path(), &config, &Progress::new()).expect("the sample is written");
    let log = read(folder.path(), "events.csv");
    let (items, users) = (read(folder.path(), "items.csv"), read(folder.path(), "users.csv"));
    let tables = SideTables {
        items: Some(&items),
        users: Some(&users),
    };
    let options = AuditOptions::new(NOW_MS).with_tables(tables);
    let report = audit(&log, &options, &Progress::new()).expect("the sample is audited");
    (truth, log, report)
}

fn count(report: &AuditReport, code: &str, column: Option<&str>) -> u64 {
    let findings = report
        .with_code(code)
        .filter(|f| column.is_none() || f.column.as_deref() == column);
    findings.map(|finding| finding.count).sum()
}

fn fact(report: &AuditReport, code: &str, name: &str) -> u64 {
    report
        .with_code(code)
        .filter_map(|finding| finding.fact(name))
        .sum::<f64>() as u64
}

/// Rows with one kind of personal data, in one column or in all.
fn personal(report: &AuditReport, column: Option<&str>, kind: &str) -> u64 {
    let findings = report
        .with_code("P01")
        .filter(|f| column.is_none() || f.column.as_deref() == column);
    findings.filter_map(|finding| finding.fact(kind)).sum::<f64>() as u64
}

/// The rows of the session finding that has this fact.
fn sessions(report: &AuditReport, name: &str) -> u64 {
    let found: Option<&Finding> = report.with_code("B03").find(|finding| finding.fact(name).is_some());
    found.map_or(0, |finding| finding.count)
}

/// What the audit says about a planted defect, in the truth's own unit.
fn found(planted: &Planted, report: &AuditReport) -> u64 {
    let column = planted.column.as_deref();
    match (planted.check.as_str(), planted.variant.as_deref().unwrap_or_default()) {
        ("missing", _) => count(report, "C01", column),
        ("constant_column", _) => report
            .with_code("C02")
            .filter(|f| f.column.as_deref() == column)
            .map(|f| f.rows.len() as u64)
            .sum(),
        ("duplicates", "exact") => count(report, "U01", None),
        ("duplicates", "same_key") => count(report, "U03", None),
        ("time_out_of_range", "before_2000") => fact(report, "T01", "past"),
        ("time_out_of_range", "future") => fact(report, "T01", "future"),
        ("price_not_positive", variant) => fact(report, "V01", variant),
        ("unknown_event_type", _) => count(report, "V02", column),
        ("orphan_item", _) => count(report, "K01", column),
        ("mixed_types", _) => count(report, "V03", column),
        ("double_fire", _) => count(report, "U02", None),
        ("bot_user", _) => count(report, "B02", column),
        ("purchase_without_view", _) => count(report, "B01", None),
        ("session_gap", _) => sessions(report, "paused_sessions"),
        ("session_overlong", _) => sessions(report, "overlong_sessions"),
        ("pii", "email") => personal(report, column, "email"),
        ("pii", "cn_mobile") => personal(report, column, "phone_cn"),
        ("pii", "cn_resident_id") => personal(report, column, "resident_id_cn"),
        ("pii", "any") => count(report, "P01", column),
        ("malformed_line", _) => planted.rows,
        (check, variant) => panic!("the audit has no check for {check} {variant}"),
    }
}

#[test]
fn every_planted_defect_is_found_with_its_exact_count() {
    for seed in [1, 2, 3] {
        let (truth, log, report) = audited(seed, false);
        assert_eq!(log.info.rows.rejected, truth.rows_malformed, "seed {seed}");
        for planted in &truth.defects {
            let name = format!(
                "seed {seed}: {} {:?} {:?}",
                planted.check, planted.column, planted.variant
            );
            assert_eq!(found(planted, &report), planted.rows, "{name}");
            if planted.check == "duplicates" && planted.variant.as_deref() == Some("exact") {
                assert_eq!(Some(fact(&report, "U01", "groups")), planted.groups, "{name}");
                assert_eq!(
                    Some(fact(&report, "U01", "rows_in_groups")),
                    planted.rows_in_groups,
                    "{name}"
                );
            }
            match planted.check.as_str() {
                "bot_user" => assert_eq!(Some(fact(&report, "B02", "users")), planted.users, "{name}"),
                "session_gap" => assert_eq!(
                    Some(fact(&report, "B03", "paused_sessions")),
                    planted.sessions,
                    "{name}"
                ),
                "session_overlong" => {
                    assert_eq!(
                        Some(fact(&report, "B03", "overlong_sessions")),
                        planted.sessions,
                        "{name}"
                    );
                }
                _ => {}
            }
        }
        assert_eq!(report.with_code("K02").count(), 0, "every user is in the user table");
    }
}

#[test]
fn a_clean_log_has_at_most_one_finding_above_information() {
    for seed in [1, 2, 3] {
        let (_, _, report) = audited(seed, true);
        let above: Vec<&Finding> = report.findings.iter().filter(|f| f.severity > Severity::Info).collect();
        let shown: Vec<&str> = above.iter().map(|finding| finding.message.en.as_str()).collect();
        assert!(above.len() <= 1, "seed {seed}: {shown:#?}");
    }
}
