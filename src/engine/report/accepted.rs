//! Accepted findings in the HTML of an audit: the reason beside the finding, and what the scores are without them.

use super::numbers::moment;
use super::page::{Page, escape};
use super::{ReportLanguage, audit::unit_word};
use crate::engine::audit::{Acceptance, AuditReport, Dimension, Finding, thousands};

/// The decision about a finding in words, and how it has grown since.
pub(super) fn decision(page: &mut Page, decision: &Acceptance, finding: &Finding) {
    let language = page.language();
    let unit = unit_word(decision.unit, language);
    let (when, count) = (moment(decision.accepted_ms), thousands(decision.count));
    let by = match (&decision.who, language) {
        (None, _) => String::new(),
        (Some(who), ReportLanguage::English) => format!(" by {}", escape(who)),
        (Some(who), ReportLanguage::Chinese) => format!("，{}", escape(who)),
    };
    let told = match language {
        ReportLanguage::English => format!("Accepted {when}{by} at {count} {unit}"),
        ReportLanguage::Chinese => format!("已接受（{when}{by}，当时 {count} {unit}）"),
    };
    let colon = language.pick(": ", "：");
    page.push(&format!(
        "<p><span class=\"chip\">✓ {}</span> {told}{colon}{}</p>",
        language.pick("Accepted", "已接受"),
        escape(&decision.reason)
    ));
    let more = decision.growth(finding);
    if more > 0 {
        let more = thousands(more);
        page.push(&match language {
            ReportLanguage::English => {
                format!("<p class=\"warning\">▲ {more} {unit} more than when it was accepted</p>")
            }
            ReportLanguage::Chinese => format!("<p class=\"warning\">▲ 比接受时多 {more} {unit}</p>"),
        });
    }
}

/// That accepted findings still count in the scores, and what those are without them.
pub(super) fn scores_line(page: &mut Page, report: &AuditReport) {
    let Some(without) = &report.scores_without_accepted else {
        return;
    };
    let language = page.language();
    let parts: Vec<String> = Dimension::ALL
        .into_iter()
        .filter_map(|dimension| {
            let (counted, without) = (report.scores.get(&dimension)?, without.get(&dimension)?);
            (without - counted >= 0.05).then(|| format!("{} {without:.1}", language.of(&dimension.label())))
        })
        .collect();
    let told = language.pick(
        "Accepted findings still count in the scores.",
        "已接受的发现仍计入分数。",
    );
    let without = if parts.is_empty() {
        String::new()
    } else {
        let list = parts.join(" · ");
        match language {
            ReportLanguage::English => format!(" Without them: {list}"),
            ReportLanguage::Chinese => format!("不计入时：{list}"),
        }
    };
    page.push(&format!("<p class=\"quiet\">{told}{without}</p>"));
}

/// Decisions about findings that this audit does not have any more.
pub(super) fn settled(page: &mut Page, report: &AuditReport) {
    let language = page.language();
    let lines: Vec<String> = report
        .accepted
        .settled(&report.findings)
        .map(|known| {
            let column = known
                .column
                .as_deref()
                .map_or_else(String::new, |column| format!(" {column}"));
            format!(
                "{}{} · {} · {}",
                known.code,
                escape(&column),
                escape(language.of(&known.title)),
                escape(&known.reason)
            )
        })
        .collect();
    if lines.is_empty() {
        return;
    }
    let told = language.pick("Accepted earlier, found no more", "曾接受，现已不再出现");
    page.push(&format!("<p class=\"quiet\">{told}<br>{}</p>", lines.join("<br>")));
}
