//! What became of the rules, inside the audit's page: the numbers of each, and the rows that broke it.

use super::ReportLanguage;
use super::audit::{example_rows, severity_words};
use super::hidden::Hidden;
use super::numbers::moment;
use super::page::{Page, escape};
use crate::engine::audit::{AuditReport, percent, thousands};
use crate::engine::rules::{Judged, RuleCheckRecord, RuleHistory, RuleOutcome, RuleRecord, RuleStatus};

pub(super) fn rules_section(page: &mut Page, report: &AuditReport, rules: &[RuleOutcome], hidden: &Hidden<'_>) {
    let language = page.language();
    page.heading(language.pick("Rules", "规则"));
    let head = [
        language.pick("Rule", "规则"),
        language.pick("Severity", "级别"),
        language.pick("Outcome", "结果"),
        language.pick("Judged", "已判断"),
        language.pick("Failed", "未通过"),
        language.pick("Share", "占比"),
        language.pick("Allowed", "允许"),
    ];
    let rows: Vec<Vec<String>> = rules.iter().map(|outcome| row(page, outcome)).collect();
    page.table(&head.map(str::to_owned), &rows, &[3, 4, 5, 6]);
    for outcome in rules.iter().filter(|outcome| !outcome.passed()) {
        section(page, report, outcome, hidden);
    }
}

/// Loads that the table of the history has a column for, the newest.
const MOST_LOADS: usize = 12;

/// What became of each rule over loads, the newest on the right; nothing where there is only one.
pub(super) fn rules_history_section(page: &mut Page, history: &RuleHistory) {
    let checks = history.checks();
    let Some(newest) = checks.last().filter(|_| checks.len() > 1) else {
        return;
    };
    let language = page.language();
    page.heading(language.pick("Rules over loads", "历次加载的规则结果"));
    let shown = &checks[checks.len().saturating_sub(MOST_LOADS)..];
    let mut head = vec![language.pick("Rule", "规则").to_owned()];
    head.extend(shown.iter().map(|check| {
        let (name, at) = (escape(&check.log_name), moment(check.checked_ms));
        format!("{name}<br><span class=\"quiet\">{at}</span>")
    }));
    head.push(language.pick("Passed", "通过").to_owned());
    let rows: Vec<Vec<String>> = newest
        .rules
        .iter()
        .map(|record| history_row(page, history, shown, record))
        .collect();
    let right: Vec<usize> = (1..head.len()).collect();
    page.table(&head, &rows, &right);
    if checks.len() > shown.len() {
        let all = checks.len();
        let told = match language {
            ReportLanguage::English => format!("The newest {MOST_LOADS} of {all} loads; passed counts all"),
            ReportLanguage::Chinese => format!("共 {all} 次加载，显示最新 {MOST_LOADS} 次；“通过”按全部计"),
        };
        page.push(&format!("<p class=\"quiet\">{told}</p>"));
    }
}

fn history_row(page: &Page, history: &RuleHistory, shown: &[RuleCheckRecord], record: &RuleRecord) -> Vec<String> {
    let told = history.of_rule(&record.rule);
    let mut cells = vec![escape(page.language().of(&record.title))];
    cells.extend(shown.iter().map(|check| {
        let found = told.iter().find(|(known, _)| known.checked_ms == check.checked_ms);
        match found.map(|(_, record)| (record.status, record.share.filter(|share| *share > 0.0))) {
            None => "–".to_owned(),
            Some((RuleStatus::Passed, None)) => "<span class=\"ok\">✓</span>".to_owned(),
            Some((RuleStatus::Passed, Some(share))) => {
                format!("<span class=\"ok\">✓</span> {}", escape(&percent(share)))
            }
            Some((RuleStatus::Failed, share)) => {
                format!("✗ {}", share.map_or_else(String::new, |share| escape(&percent(share))))
            }
            Some((RuleStatus::Undefined, _)) => "?".to_owned(),
        }
    }));
    let passed = told
        .iter()
        .filter(|(_, record)| record.status == RuleStatus::Passed)
        .count();
    cells.push(format!("{passed} / {}", told.len()));
    cells
}

fn row(page: &Page, outcome: &RuleOutcome) -> Vec<String> {
    let language = page.language();
    let (shape, word, class) = severity_words(outcome.rule.severity, language);
    let status = match outcome.status {
        RuleStatus::Passed => format!("<span class=\"ok\">✓ {}</span>", language.pick("passed", "通过")),
        RuleStatus::Failed => format!("✗ {}", language.pick("failed", "未通过")),
        RuleStatus::Undefined => format!("? {}", language.pick("not judged", "未判断")),
    };
    let unit = match outcome.unit {
        Judged::Rows => language.pick("rows", "行"),
        Judged::Days => language.pick("days", "天"),
        Judged::Log => language.pick("log", "日志"),
    };
    let share = |share: Option<f64>| share.map_or_else(String::new, |share| escape(&percent(share)));
    let judged = if outcome.unit == Judged::Log {
        unit.to_owned()
    } else {
        format!("{} {unit}", thousands(outcome.checked))
    };
    vec![
        escape(language.of(&outcome.title)),
        format!("<span class=\"chip {class}\">{shape} {word}</span>"),
        status,
        judged,
        thousands(outcome.failed),
        share(outcome.share),
        share(outcome.allowed_share),
    ]
}

fn section(page: &mut Page, report: &AuditReport, outcome: &RuleOutcome, hidden: &Hidden<'_>) {
    let language = page.language();
    let reason = outcome.rule.reason.as_deref().map_or_else(String::new, |reason| {
        format!("<p class=\"quiet\">{}</p>", escape(reason))
    });
    page.push(&format!(
        "<section><div class=\"head\"><h3>{}</h3></div><p>{}</p>{reason}",
        escape(language.of(&outcome.title)),
        escape(language.of(&outcome.message)),
    ));
    example_rows(page, report, &outcome.examples, hidden);
    page.push("</section>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::ContentHash;
    use crate::engine::rules::RuleFile;

    #[test]
    fn the_history_has_a_column_a_load_and_is_left_out_where_there_is_one() {
        let text = "version = 1\n[[rule]]\nkind = \"not_null\"\ncolumn = \"user\"\n";
        let rule = RuleFile::parse(text, "rules.toml").expect("sound").rules.remove(0);
        let check = |made: u64, failed: u64| RuleCheckRecord {
            log: ContentHash::of_bytes(&made.to_le_bytes()),
            log_name: format!("load <{made}>"),
            checked_ms: made,
            rules: vec![RuleRecord {
                title: rule.title(),
                rule: rule.clone(),
                status: if failed == 0 {
                    RuleStatus::Passed
                } else {
                    RuleStatus::Failed
                },
                unit: Judged::Rows,
                checked: 200,
                failed,
                share: Some(failed as f64 / 200.0),
            }],
        };
        for language in [ReportLanguage::English, ReportLanguage::Chinese] {
            let mut history = RuleHistory::default();
            history.add(check(1, 0));
            let mut page = Page::new(language, "x");
            rules_history_section(&mut page, &history);
            history.add(check(2, 9));
            rules_history_section(&mut page, &history);
            let html = page.finish();
            assert_eq!(html.matches("<table").count(), 1);
            assert!(html.contains("load &lt;2&gt;") && html.contains("✗ 4.5 %") && html.contains("1 / 2"));
        }
    }
}
