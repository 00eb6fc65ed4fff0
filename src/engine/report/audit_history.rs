//! The history of a project's audits as a table: rows, findings and scores of each load.

use super::numbers::moment;
use super::page::{Page, escape};
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditRecord, Dimension, thousands};

/// Audits that are listed, the newest.
const MOST: usize = 30;

/// The audits, newest first; nothing where there is only one.
pub(super) fn history_section(page: &mut Page, history: &[AuditRecord]) {
    if history.len() < 2 {
        return;
    }
    let language = page.language();
    page.heading(language.pick("Audits so far", "历次审计"));
    let fixed = [
        ("When", "时间"),
        ("Log", "日志"),
        ("Accepted", "接受"),
        ("Rejected", "拒绝"),
        ("Errors", "错误"),
        ("Warnings", "警告"),
    ];
    let head: Vec<String> = fixed
        .into_iter()
        .map(|(en, zh)| language.pick(en, zh).to_owned())
        .chain(Dimension::ALL.map(|dimension| language.of(&dimension.label()).to_owned()))
        .collect();
    let rows: Vec<Vec<String>> = history.iter().take(MOST).map(row).collect();
    let right: Vec<usize> = (2..head.len()).collect();
    page.table(&head, &rows, &right);
    if history.len() > MOST {
        let told = match language {
            super::ReportLanguage::English => format!("The newest {MOST} of {} audits", history.len()),
            super::ReportLanguage::Chinese => format!("共 {} 次审计，显示最新 {MOST} 次", history.len()),
        };
        page.push(&format!("<p class=\"quiet\">{told}</p>"));
    }
}

fn row(record: &AuditRecord) -> Vec<String> {
    let absent = || "–".to_owned();
    let counted = |severity: Severity| {
        let found = record.findings.iter().filter(|found| found.severity == severity);
        found.count().to_string()
    };
    let mut cells = vec![
        moment(record.made_ms),
        escape(&record.name),
        record.rows.map_or_else(absent, |rows| thousands(rows.accepted)),
        record.rows.map_or_else(absent, |rows| thousands(rows.rejected)),
        counted(Severity::Error),
        counted(Severity::Warning),
    ];
    cells.extend(Dimension::ALL.map(|dimension| {
        let score = record.scores.get(&dimension);
        score.map_or_else(absent, |score| format!("{score:.1}"))
    }));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::ReportLanguage;

    #[test]
    fn every_audit_has_a_line_and_a_single_one_needs_no_table() {
        let record = |made_ms, score| AuditRecord {
            made_ms,
            name: "june <1>".to_owned(),
            scores: [(Dimension::Validity, score)].into(),
            ..AuditRecord::default()
        };
        for language in [ReportLanguage::English, ReportLanguage::Chinese] {
            let mut page = Page::new(language, "x");
            history_section(&mut page, &[record(1, 81.25)]);
            history_section(&mut page, &[record(2, 81.25), record(1, 97.0)]);
            let html = page.finish();
            assert!(html.contains("81.2") && html.contains("97.0") && html.contains("june &lt;1&gt;"));
            assert_eq!(html.matches("<table").count(), 1);
        }
    }
}
