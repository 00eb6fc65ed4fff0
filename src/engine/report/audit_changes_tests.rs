//! The section of what changed: every kind of change in both languages, with its figures, escaped.

use super::*;
use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::history::ColumnRecord;
use crate::engine::audit::{AuditRecord, Dimension, FindingRecord, Unit, audit_changes};
use crate::engine::ingest::dataset::RowCounts;
use crate::engine::rules::{Judged, RuleFile, RuleRecord, rule_changes};

fn found(code: &str, severity: Severity, count: u64) -> FindingRecord {
    FindingRecord {
        code: code.to_owned(),
        column: Some("price".to_owned()),
        severity,
        count,
        share: Some(count as f64 / 1000.0),
        unit: Unit::Rows,
        title: Bilingual::new(format!("<{code}>"), format!("《{code}》")),
    }
}

fn column(name: &str, dtype: ColumnType, nulls: u64, mean: f64) -> ColumnRecord {
    let figures = ColumnFigures {
        distinct: 90,
        mean: Some(mean),
        std: None,
        median: None,
        min: None,
        max: None,
        entropy_bits: None,
    };
    ColumnRecord {
        name: name.to_owned(),
        dtype,
        nulls,
        figures: Some(figures),
    }
}

fn record(name: &str, score: f64, findings: Vec<FindingRecord>, columns: Vec<ColumnRecord>) -> AuditRecord {
    AuditRecord {
        name: name.to_owned(),
        rows: Some(RowCounts {
            total: 1005,
            accepted: 1000,
            rejected: 5,
            skipped: 0,
        }),
        scores: [(Dimension::Validity, score)].into(),
        findings,
        columns,
        ..AuditRecord::default()
    }
}

fn rule(column: &str, failed: u64) -> RuleRecord {
    let text = format!("version = 1\n[[rule]]\nkind = \"not_null\"\ncolumn = \"{column}\"\n");
    let rule = RuleFile::parse(&text, "rules.toml").expect("sound").rules.remove(0);
    RuleRecord {
        title: rule.title(),
        rule,
        status: if failed == 0 {
            RuleStatus::Passed
        } else {
            RuleStatus::Failed
        },
        unit: Judged::Rows,
        checked: 1000,
        failed,
        share: Some(failed as f64 / 1000.0),
    }
}

fn changes() -> ChangesWithRules {
    let before = record(
        "may <1>",
        90.0,
        vec![
            found("V01", Severity::Error, 30),
            found("C01", Severity::Warning, 5),
            found("U01", Severity::Info, 7),
        ],
        vec![
            column("price", ColumnType::Float, 10, 18.25),
            column("brand", ColumnType::Text, 0, 0.0),
            column("user", ColumnType::Integer, 0, 4.0),
        ],
    );
    let after = record(
        "june",
        84.5,
        vec![
            found("V01", Severity::Error, 55),
            found("T01", Severity::Warning, 2),
            found("U01", Severity::Info, 7),
        ],
        vec![
            column("price", ColumnType::Float, 250, 16.5),
            column("user", ColumnType::Integer, 0, 4.0),
            column("city", ColumnType::Text, 0, 0.0),
        ],
    );
    ChangesWithRules {
        audit: audit_changes(&before, &after),
        rules: rule_changes(
            &[rule("price", 0), rule("brand", 3), rule("user", 0)],
            &[rule("price", 250), rule("brand", 0), rule("user", 0)],
        ),
    }
}

fn html(changes: &ChangesWithRules, language: ReportLanguage) -> String {
    let mut page = Page::new(language, "x");
    changes_section(&mut page, changes);
    page.finish()
}

#[test]
fn every_kind_of_change_is_listed_and_what_stayed_is_counted() {
    let english = html(&changes(), ReportLanguage::English);
    for told in [
        "may &lt;1&gt;",
        "1 new, 1 more, 0 fewer, 1 gone, 1 the same",
        "▼ −5.5",
        "&lt;V01&gt;",
        "30 rows · 3.0 %",
        "55 rows · 5.5 %",
        "1 broken, 0 new, 1 hold again, 0 gone, 1 the same",
        "✗ failed · 250 / 1,000 · 25.0 %",
        "3 changed, 1 the same",
        "1.0 % → 25.0 %",
        "18.25 → 16.50",
    ] {
        assert!(english.contains(told), "{told}");
    }
    assert!(!english.contains("<V01>") && !english.contains("&lt;U01&gt;"));
    let chinese = html(&changes(), ReportLanguage::Chinese);
    for told in [
        "与之前相比",
        "新增 1，增多 1，减少 0，消失 1，不变 1",
        "不再通过 1，新增 0，恢复通过 1，消失 0，不变 1",
        "55 行 · 5.5 %",
        "有变化 3，不变 1",
        "《T01》",
    ] {
        assert!(chinese.contains(told), "{told}");
    }
    assert!(!chinese.contains("Before") && !chinese.contains("the same"));
}

#[test]
fn nothing_that_changed_and_records_without_columns_leave_no_empty_tables() {
    let same = record("may", 90.0, vec![found("V01", Severity::Error, 30)], Vec::new());
    let changes = ChangesWithRules {
        audit: audit_changes(&same, &same),
        rules: Vec::new(),
    };
    let page = html(&changes, ReportLanguage::English);
    assert_eq!(page.matches("<table").count(), 2, "the two logs, and the scores");
    assert!(page.contains("0 new, 0 more, 0 fewer, 0 gone, 1 the same"));
    assert!(!page.contains("Rules that changed") && !page.contains("Columns that changed"));
}

#[test]
fn changes_are_read_from_the_json_of_an_audit() {
    let json = serde_json::to_string(&changes()).expect("plain data");
    let read: ChangesWithRules = serde_json::from_str(&json).expect("round trip");
    assert_eq!(read, changes());
}
