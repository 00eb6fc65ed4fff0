//! What became of the rules, inside the audit's page: the numbers of each, and the rows that broke it.

use super::audit::{Hidden, example_rows, severity_words};
use super::page::{Page, escape};
use crate::engine::audit::{AuditReport, percent, thousands};
use crate::engine::rules::{Judged, RuleOutcome, RuleStatus};

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
