//! The audit against the truth of a generated shop: every planted defect found with its exact count, and nothing else.

use super::registry::RULES;
use super::{AuditOptions, AuditReport, Finding, SideTables, audit};
use crate::engine::artifact::Severity;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::sample::{Planted, SampleConfig, Truth, write};
use std::collections::BTreeMap;
use std::path::Path;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;

/// 2026-06-01, after the sample's weeks and before its planted future.
const NOW_MS: u64 = 1_780_272_000_000;

fn read(folder: &Path, name: &str) -> Dataset {
    read_log(&[folder.join(name)], &ReadOptions::default(), &Progress::new()).expect("the sample can be read")
}

/// A shop and the audits of its logs by file name.
struct Audited {
    truth: Truth,
    rejected: u64,
    reports: BTreeMap<&'static str, AuditReport>,
}

const EVENTS: &str = "events.csv";

fn audited(seed: u64, clean: bool) -> Audited {
    let folder = tempfile::tempdir().expect("a folder");
    let config = SampleConfig {
        rows: 20_000,
        seed,
        clean,
    };
    let truth = write(folder.path(), &config, &Progress::new()).expect("the sample is written");
    let (items, users) = (read(folder.path(), "items.csv"), read(folder.path(), "users.csv"));
    let tables = SideTables {
        items: Some(&items),
        users: Some(&users),
    };
    let mut rejected = 0;
    let mut report = |name: &'static str, tables: SideTables<'_>| {
        let log = read(folder.path(), name);
        rejected += log.info.rows.rejected;
        let options = AuditOptions::new(NOW_MS).with_tables(tables);
        (
            name,
            audit(&log, &options, &Progress::new()).expect("the sample is audited"),
        )
    };
    let reports = [
        report(EVENTS, tables),
        report("app_log.csv", SideTables::default()),
        report("orders.csv", SideTables::default()),
    ];
    Audited {
        truth,
        rejected,
        reports: reports.into(),
    }
}

impl Audited {
    fn report_of(&self, planted: &Planted) -> &AuditReport {
        &self.reports[planted.table.as_deref().unwrap_or(EVENTS)]
    }
}

/// The code of the check a planted defect belongs to; `None` for what the reader rejects.
fn code_of(check: &str) -> Option<&'static str> {
    Some(match check {
        "missing" => "C01",
        "constant_column" => "C02",
        "placeholders" => "C03",
        "sentinels" => "C04",
        "empty_rows" => "C05",
        "column_outage" => "C06",
        "near_constant" => "C07",
        "duplicates" => "U01",
        "double_fire" => "U02",
        "synthetic_duplicates" => "U04",
        "repeated_keys" => "U05",
        "time_out_of_range" => "T01",
        "isolated_time" => "T02",
        "empty_days" => "T03",
        "time_units" => "T04",
        "clock_skew" => "T05",
        "date_only" => "T06",
        "future_times" => "T07",
        "zone_shift" => "T08",
        "price_not_positive" => "V01",
        "unknown_event_type" => "V02",
        "mixed_types" => "V03",
        "quantity" => "V04",
        "outliers" => "V05",
        "rating_scale" => "V06",
        "impossible_dates" => "V07",
        "time_formats" => "V08",
        "numbers_with_units" => "V09",
        "lost_zeros" => "V10",
        "scientific_codes" => "V11",
        "rounded_numbers" => "V12",
        "orphan_item" => "K01",
        "orphan_user" => "K02",
        "unused_item" => "K03",
        "spelling_variants" => "K04",
        "item_attributes" => "K05",
        "price_jumps" => "K06",
        "currency_mix" => "K07",
        "shared_sessions" => "K08",
        "end_before_start" => "K09",
        "totals" => "K10",
        "label_imbalance" => "L01",
        "whole_log_totals" => "L02",
        "split_order" => "L03",
        "label_leak" => "L04",
        "split_overlap" => "L05",
        "purchase_without_view" => "B01",
        "bot_user" => "B02",
        "session_gap" | "session_overlong" => "B03",
        "long_tail" => "B04",
        "review_without_purchase" => "B05",
        "cart_after_purchase" => "B06",
        "click_without_exposure" => "B07",
        "exposure_without_position" => "B08",
        "k_core" => "B09",
        "popularity_shift" => "B10",
        "pii" => "P01",
        "telephones" => "P02",
        "credit_codes" => "P03",
        "network_addresses" => "P04",
        "passports" => "P05",
        "plates" => "P06",
        "personal_names" => "P07",
        "postal_addresses" => "P08",
        "mojibake" => "X01",
        "control_characters" => "X02",
        "markup" => "X03",
        "links" => "X04",
        "long_texts" => "X05",
        "wordless_texts" => "X06",
        "full_width" => "X07",
        "edge_space" => "X08",
        "escaped_text" => "X09",
        "odd_script" => "X10",
        "repeated_texts" => "X11",
        "malformed_line" => return None,
        other => panic!("the audit has no check for {other}"),
    })
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
        ("constant_column", _) => report
            .with_code("C02")
            .filter(|f| f.column.as_deref() == column)
            .map(|f| f.rows.len() as u64)
            .sum(),
        ("duplicates", "same_key") => count(report, "U03", None),
        ("time_out_of_range", "before_2000") => fact(report, "T01", "past"),
        ("time_out_of_range", "future") => fact(report, "T01", "future"),
        ("long_tail", _) => fact(report, "B04", "head_rows"),
        ("price_not_positive", variant) => fact(report, "V01", variant),
        ("session_gap", _) => sessions(report, "paused_sessions"),
        ("session_overlong", _) => sessions(report, "overlong_sessions"),
        ("pii", "email") => personal(report, column, "email"),
        ("pii", "cn_mobile") => personal(report, column, "phone_cn"),
        ("pii", "cn_resident_id") => personal(report, column, "resident_id_cn"),
        ("malformed_line", _) => planted.rows,
        (check, _) => {
            let code = code_of(check).expect("only malformed lines have no check");
            let has_column = report.with_code(code).any(|finding| finding.column.is_some());
            count(report, code, column.filter(|_| has_column))
        }
    }
}

#[test]
fn every_planted_defect_is_found_with_its_exact_count() {
    for seed in SEEDS {
        let shop = audited(seed, false);
        assert_eq!(shop.rejected, shop.truth.rows_malformed, "seed {seed}");
        let mut wrong = Vec::new();
        for planted in &shop.truth.defects {
            let found = found(planted, shop.report_of(planted));
            if found != planted.rows || planted.rows == 0 {
                wrong.push(format!("seed {seed}: {planted:?} was found {found} times"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let report = &shop.reports[EVENTS];
        for planted in shop.truth.defects.iter().filter(|planted| planted.table.is_none()) {
            match (planted.check.as_str(), planted.variant.as_deref()) {
                ("duplicates", Some("exact")) => {
                    let told = |name| Some(fact(report, "U01", name));
                    assert_eq!(told("groups"), planted.groups, "seed {seed}");
                    assert_eq!(told("rows_in_groups"), planted.rows_in_groups, "seed {seed}");
                }
                ("bot_user", _) => assert_eq!(Some(fact(report, "B02", "users")), planted.users, "seed {seed}"),
                ("session_gap", _) => {
                    let told = fact(report, "B03", "paused_sessions");
                    assert_eq!(Some(told), planted.sessions, "seed {seed}");
                }
                ("session_overlong", _) => {
                    let told = fact(report, "B03", "overlong_sessions");
                    assert_eq!(Some(told), planted.sessions, "seed {seed}");
                }
                _ => {}
            }
        }
    }
}

/// Every check that a log and its tables can trip has a planted defect; only those against a reference (D01 to D04)
/// have none in a shop, and are planted in the tests of `drift`.
#[test]
fn every_check_of_the_registry_has_a_planted_defect() {
    let shop = audited(1, false);
    let planted = |planted: &Planted| match planted.variant.as_deref() {
        Some("same_key") => Some("U03"),
        _ => code_of(&planted.check),
    };
    let planted: Vec<&str> = shop.truth.defects.iter().filter_map(planted).collect();
    let without: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.info.code)
        .filter(|code| !planted.contains(code))
        .collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn nothing_above_information_is_found_that_was_not_planted() {
    for seed in SEEDS {
        let shop = audited(seed, false);
        for (&name, report) in &shop.reports {
            let planted = |finding: &Finding| {
                let here = shop
                    .truth
                    .defects
                    .iter()
                    .filter(|p| p.table.as_deref().unwrap_or(EVENTS) == name);
                here.into_iter().any(|planted| {
                    // U03 shares its name with U01 in the truth.
                    let code = if planted.variant.as_deref() == Some("same_key") {
                        Some("U03")
                    } else {
                        code_of(&planted.check)
                    };
                    let same_column =
                        planted.column.is_none() || finding.column.is_none() || planted.column == finding.column;
                    code == Some(finding.code.as_str()) && same_column
                })
            };
            let above = report
                .findings
                .iter()
                .filter(|finding| finding.severity > Severity::Info);
            let strangers: Vec<String> = above
                .filter(|finding| !planted(finding))
                .map(|finding| format!("{} {}", finding.code, finding.message.en))
                .collect();
            assert!(strangers.is_empty(), "seed {seed}, {name}: {strangers:#?}");
        }
    }
}

#[test]
fn a_clean_log_has_at_most_one_finding_above_information() {
    for seed in SEEDS {
        for (name, report) in audited(seed, true).reports {
            let above: Vec<&Finding> = report.findings.iter().filter(|f| f.severity > Severity::Info).collect();
            let shown: Vec<&str> = above.iter().map(|finding| finding.message.en.as_str()).collect();
            assert!(above.len() <= 1, "seed {seed}, {name}: {shown:#?}");
        }
    }
}
