//! The audit report as HTML: scores, findings with plots and example rows, the log, the columns.

use super::ReportLanguage;
use super::accepted;
use super::associations::associations_section;
use super::audit_changes::changes_section;
use super::columns::columns_section;
use super::drift::drift_section;
use super::hidden::Hidden;
use super::log::log_section;
use super::page::{Page, escape};
use super::rules::rules_section;
use super::svg::Chart;
use crate::engine::artifact::Severity;
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::score::formula;
use crate::engine::audit::{AuditReport, CheckOutcome, Dimension, Example, Finding, Unit, Value, percent, thousands};
use crate::engine::flow::rules::ChangesWithRules;
use crate::engine::rules::RuleOutcome;

/// Writes the report as one self-contained page.
pub fn audit_html(report: &AuditReport, language: ReportLanguage) -> String {
    audit_with_rules_html(report, None, None, language)
}

/// The same with what became of the rules, where some were checked, and what changed since an earlier audit.
pub fn audit_with_rules_html(
    report: &AuditReport,
    rules: Option<&[RuleOutcome]>,
    changes: Option<&ChangesWithRules>,
    language: ReportLanguage,
) -> String {
    let title = format!(
        "{} · {}",
        language.pick("Data quality report", "数据质量报告"),
        report.name
    );
    let mut page = Page::new(language, &title);
    page.push(&format!("<h1>{}</h1>", escape(&report.name)));
    sections(&mut page, report, rules, changes);
    page.finish()
}

/// The same inside a page of several results.
pub(super) fn audit_sections(page: &mut Page, report: &AuditReport, rules: Option<&[RuleOutcome]>) {
    sections(page, report, rules, None);
}

fn sections(page: &mut Page, report: &AuditReport, rules: Option<&[RuleOutcome]>, changes: Option<&ChangesWithRules>) {
    let language = page.language();
    let hidden = Hidden::of(report);
    head(page, report);
    scores(page, report);
    if let Some(changes) = changes {
        changes_section(page, changes);
    }
    if let Some(rules) = rules {
        rules_section(page, report, rules, &hidden);
    }
    page.heading(language.pick("Findings", "发现"));
    if report.findings.is_empty() {
        page.push(&format!(
            "<p>{}</p>",
            language.pick("No check found anything.", "所有检查均未发现问题。")
        ));
    }
    let (open, decided): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| report.accepted.is_open(finding));
    for finding in open {
        finding_section(page, report, finding, &hidden);
    }
    if !report.accepted.is_empty() {
        page.heading(language.pick("Accepted findings", "已接受的发现"));
        for finding in decided {
            finding_section(page, report, finding, &hidden);
        }
        accepted::settled(page, report);
    }
    if let Some(drift) = &report.drift {
        drift_section(page, drift);
    }
    checks(page, report);
    if let Some(log) = &report.log {
        log_section(page, log);
    }
    if let Some(associations) = &report.associations {
        associations_section(page, associations);
    }
    columns_section(page, report, &hidden);
    foot(page, report);
}

fn head(page: &mut Page, report: &AuditReport) {
    let language = page.language();
    let rows = report.rows;
    let [total, accepted, rejected, skipped] = [rows.total, rows.accepted, rows.rejected, rows.skipped].map(thousands);
    let facts = match language {
        ReportLanguage::English => format!(
            "Exact, every row read · {accepted} accepted + {rejected} rejected + {skipped} skipped = {total} lines · {} columns",
            report.columns.len()
        ),
        ReportLanguage::Chinese => format!(
            "精确结果，读取每一行 · {accepted} 接受 + {rejected} 拒绝 + {skipped} 跳过 = {total} 行 · {} 列",
            report.columns.len()
        ),
    };
    page.push(&format!("<p class=\"facts\">{facts}</p>"));
}

fn scores(page: &mut Page, report: &AuditReport) {
    let language = page.language();
    let mut html = String::from("<div class=\"cards\">");
    for dimension in Dimension::ALL {
        let score = report.scores.get(&dimension).copied().unwrap_or(100.0);
        let tone = if score >= 95.0 {
            "ok"
        } else if score >= 80.0 {
            "warn"
        } else {
            "bad"
        };
        html += &format!(
            "<div class=\"card\"><span class=\"quiet\">{}</span><b>{score:.1}</b>\
             <div class=\"bar\"><i style=\"width:{score:.1}%;background:var(--{tone})\"></i></div></div>",
            language.of(&dimension.label())
        );
    }
    page.push(&(html + "</div>"));
    let mut parts: Vec<String> = Vec::new();
    for part in &report.score_parts {
        let column = part
            .column
            .as_deref()
            .map_or_else(String::new, |column| format!(" {}", escape(column)));
        parts.push(format!(
            "{}: {}{column} −{:.1}",
            language.of(&part.dimension.label()),
            part.code,
            part.points
        ));
    }
    page.push(&format!(
        "<p class=\"quiet\">{}<br>{}</p>",
        escape(language.of(&formula())),
        parts.join(" · ")
    ));
    accepted::scores_line(page, report);
}

/// Shape, word and style class of a severity, so that colour is never alone.
pub(super) fn severity_words(
    severity: Severity,
    language: ReportLanguage,
) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Error => ("●", language.pick("Error", "错误"), "error"),
        Severity::Warning => ("▲", language.pick("Warning", "警告"), "warning"),
        Severity::Info => ("■", language.pick("Info", "提示"), "info"),
    }
}

/// What a finding counts.
pub(super) fn unit_word(unit: Unit, language: ReportLanguage) -> &'static str {
    match unit {
        Unit::Rows => language.pick("rows", "行"),
        Unit::Users => language.pick("users", "用户"),
        Unit::Items => language.pick("items", "商品"),
        Unit::Sessions => language.pick("sessions", "会话"),
        Unit::Columns => language.pick("columns", "列"),
        Unit::Days => language.pick("days", "天"),
    }
}

fn finding_section(page: &mut Page, report: &AuditReport, finding: &Finding, hidden: &Hidden<'_>) {
    let language = page.language();
    let (shape, word, class) = severity_words(finding.severity, language);
    let unit = unit_word(finding.unit, language);
    let share = finding
        .share
        .map_or_else(String::new, |share| format!(" · {}", percent(share)));
    page.push(&format!(
        "<section><div class=\"head\"><h3>{}</h3><span class=\"chip\">{}</span><span class=\"chip {class}\">{shape} {word}</span>\
         <span class=\"chip\">{} {unit}{}</span></div><p>{}</p><p class=\"quiet\">{}<br>{}</p>",
        escape(language.of(&finding.title)),
        finding.code,
        thousands(finding.count),
        escape(&share),
        escape(language.of(&finding.message)),
        escape(language.of(&finding.why)),
        escape(language.of(&finding.threshold)),
    ));
    if let Some(decision) = report.accepted.of(finding) {
        accepted::decision(page, decision, finding);
    }
    plots(page, &finding.plots);
    example_rows(page, report, &finding.examples, hidden);
    if let Some(title) = &finding.fix_title {
        let label = language.pick("Proposed fix", "建议修复");
        page.push(&format!(
            "<p><span class=\"fix\">{label} · {}</span></p>",
            escape(language.of(title))
        ));
    }
    page.push("</section>");
}

pub(super) fn plots(page: &mut Page, plots: &[FindingPlot]) {
    if plots.is_empty() {
        return;
    }
    let language = page.language();
    let figures = plots.iter().take(2).map(|plot| {
        let caption = escape(language.of(&plot.title));
        format!(
            "<figure><figcaption>{caption}</figcaption>{}</figure>",
            Chart::of(plot, language)
        )
    });
    let html = figures.collect::<String>();
    page.push(&format!("<div class=\"plots\">{html}</div>"));
}

/// Rows of the log with their lines, personal data masked.
pub(super) fn example_rows(page: &mut Page, report: &AuditReport, examples: &[Example], hidden: &Hidden<'_>) {
    if examples.is_empty() {
        return;
    }
    let language = page.language();
    let mut head = vec![language.pick("Line", "行号").to_owned()];
    head.extend(report.columns.iter().map(|column| escape(&column.name)));
    let rows: Vec<Vec<String>> = examples
        .iter()
        .map(|example| {
            let file = example
                .file
                .as_deref()
                .map_or_else(String::new, |file| format!("{} : ", escape(file)));
            let line = format!("{file}{}", example.line);
            let cells = report
                .columns
                .iter()
                .map(|column| hidden.cell(&column.name, example.values.get(&column.name).unwrap_or(&Value::Null)));
            std::iter::once(line).chain(cells).collect()
        })
        .collect();
    let numeric = report
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.mean.is_some());
    let right: Vec<usize> = std::iter::once(0).chain(numeric.map(|(place, _)| place + 1)).collect();
    page.table(&head, &rows, &right);
}

fn checks(page: &mut Page, report: &AuditReport) {
    let language = page.language();
    page.heading(language.pick("Checks", "检查项"));
    let rows: Vec<Vec<String>> = report
        .checks
        .iter()
        .map(|check| {
            let outcome = match check.outcome {
                CheckOutcome::Passed => format!("<span class=\"ok\">✓ {}</span>", language.pick("passed", "通过")),
                CheckOutcome::Found => language.pick("found", "有发现").to_owned(),
                CheckOutcome::NotApplicable => format!("– {}", language.pick("not applicable", "不适用")),
            };
            let reason = check
                .reason
                .as_ref()
                .map_or_else(String::new, |reason| escape(language.of(reason)));
            vec![check.code.clone(), escape(language.of(&check.name)), outcome, reason]
        })
        .collect();
    let head = ["", language.pick("Check", "检查"), language.pick("Outcome", "结果"), ""].map(str::to_owned);
    page.table(&head, &rows, &[]);
}

fn foot(page: &mut Page, report: &AuditReport) {
    let language = page.language();
    let provenance = &report.provenance;
    let inputs: Vec<&str> = provenance.inputs.iter().map(|hash| hash.short()).collect();
    let made = chrono::DateTime::from_timestamp_millis(i64::try_from(provenance.created_ms).unwrap_or_default());
    let made = made.map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M UTC").to_string());
    page.push(&format!(
        "<h2>{}</h2><p class=\"quiet\">Touchstone {} · {made} · {} {} · {} {}</p>",
        language.pick("Provenance", "来源"),
        escape(&provenance.tool_version),
        language.pick("inputs", "输入"),
        escape(&inputs.join(", ")),
        language.pick("thresholds", "阈值"),
        escape(provenance.config.short()),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::Acceptances;
    use crate::engine::audit::fixture::{Col, audited, table};

    fn report() -> AuditReport {
        let query: Vec<Option<&str>> = vec![Some("<b>tea</b>"), Some("call 13812345678"), None, Some("tea & co")];
        audited(&table(vec![
            ("user", Col::I(vec![Some(1), Some(2), None, Some(1)])),
            ("query", Col::S(query)),
            ("price", Col::F(vec![Some(1.0), Some(-2.0), Some(3.5), Some(2.0)])),
            (
                "time",
                Col::T(vec![
                    Some(1_600_000_000),
                    Some(0),
                    Some(1_600_000_060),
                    Some(1_600_003_600),
                ]),
            ),
        ]))
    }

    #[test]
    fn accepted_findings_stand_apart_with_their_reason() {
        let mut report = report();
        let price = report.with_code("V01").next().expect("a price below zero").clone();
        let mut accepted = Acceptances::default();
        accepted.accept(&price, "<refunds>", Some("Li"), 0).expect("a reason");
        accepted.0[0].count = 0;
        let gone = crate::engine::audit::fixture::finding("T09", Some("time"), Severity::Info, 3);
        accepted.accept(&gone, "summer time", None, 0).expect("a reason");
        report.take_over(&accepted);
        for (language, grown) in [
            (ReportLanguage::English, "1 rows more than when it was accepted"),
            (ReportLanguage::Chinese, "比接受时多 1 行"),
        ] {
            let html = audit_html(&report, language);
            let heading = html
                .find(language.pick("Accepted findings", "已接受的发现"))
                .expect("a heading");
            let reason = html.find("&lt;refunds&gt;").expect("the reason, escaped");
            assert!(reason > heading && html.contains("Li") && html.contains(grown));
            assert!(html.contains("summer time"), "found no more");
            assert!(html.contains(language.pick("Without them", "不计入时")));
        }
    }

    #[test]
    fn the_page_is_whole_offline_escaped_and_masked() {
        for language in [ReportLanguage::English, ReportLanguage::Chinese] {
            let html = audit_html(&report(), language);
            assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
            for finding in &report().findings {
                assert!(html.contains(&escape(language.of(&finding.title))), "{}", finding.code);
            }
            assert!(html.contains("&lt;b&gt;tea&lt;/b&gt;") && !html.contains("<b>tea"));
            assert!(!html.contains("13812345678"), "personal data is masked");
            assert!(html.contains("138****5678"));
            for forbidden in ["<script", "http://", "https://", "src=", "@import", "NaN"] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
            assert_eq!(html.matches("<section").count(), html.matches("</section>").count());
            assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count());
        }
    }
}
