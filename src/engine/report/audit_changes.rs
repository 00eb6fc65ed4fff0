//! What changed since an earlier audit, inside the audit's page: scores, findings, rules and columns then and now.
//!
//! Invariant: what stayed the same is counted, what did not is listed.

use super::ReportLanguage;
use super::audit::{severity_words, unit_word};
use super::numbers::{moment, significant};
use super::page::{Page, escape};
use crate::engine::artifact::ColumnType;
use crate::engine::audit::changes::{AuditHead, FindingChange, FindingExtent};
use crate::engine::audit::{
    AuditChanges, ColumnChange, ColumnFigures, ColumnState, FindingState, duration, percent, thousands,
};
use crate::engine::flow::rules::ChangesWithRules;
use crate::engine::rules::{RuleChange, RuleExtent, RuleState, RuleStatus};

/// Points of a score below which it counts as the same; scores are written with one decimal.
const SCORE_MOVED: f64 = 0.05;

const FINDING_STATES: [FindingState; 5] = [
    FindingState::New,
    FindingState::More,
    FindingState::Fewer,
    FindingState::Gone,
    FindingState::Same,
];

const RULE_STATES: [RuleState; 5] = [
    RuleState::Broken,
    RuleState::New,
    RuleState::Mended,
    RuleState::Gone,
    RuleState::Same,
];

pub(super) fn changes_section(page: &mut Page, changes: &ChangesWithRules) {
    let language = page.language();
    page.heading(language.pick("What changed", "与之前相比"));
    head(page, &changes.audit);
    scores(page, &changes.audit);
    findings(page, &changes.audit);
    rules(page, &changes.rules);
    columns(page, &changes.audit);
}

/// Which two logs, and their rows.
fn head(page: &mut Page, changes: &AuditChanges) {
    let language = page.language();
    let names = [
        language.pick("Log", "日志"),
        language.pick("Audited", "审计时间"),
        language.pick("Accepted", "接受"),
        language.pick("Rejected", "拒绝"),
        language.pick("Skipped", "跳过"),
    ];
    let head: Vec<String> = std::iter::once("").chain(names).map(str::to_owned).collect();
    let row = |when: &str, audit: &AuditHead| {
        let rows = audit.rows.map(|rows| [rows.accepted, rows.rejected, rows.skipped]);
        let name = format!(
            "{} <span class=\"quiet\">{}</span>",
            escape(&audit.name),
            escape(audit.log.short())
        );
        let mut cells = vec![when.to_owned(), name, moment(audit.made_ms)];
        cells.extend((0..3).map(|place| told(rows.map(|rows| thousands(rows[place])))));
        cells
    };
    let [then, now] = then_and_now(language);
    page.table(
        &head,
        &[row(then, &changes.before), row(now, &changes.after)],
        &[3, 4, 5],
    );
}

fn scores(page: &mut Page, changes: &AuditChanges) {
    let language = page.language();
    let head = heads(
        language,
        language.pick("Score", "分数"),
        language.pick("Change", "变化"),
    );
    let score = |value: Option<f64>| told(value.map(|value| format!("{value:.1}")));
    let rows: Vec<Vec<String>> = changes
        .scores
        .iter()
        .map(|change| {
            vec![
                escape(language.of(&change.dimension.label())),
                score(change.before),
                score(change.after),
                told(change.delta.map(points)),
            ]
        })
        .collect();
    page.table(&head, &rows, &[1, 2, 3]);
}

/// Points gained or lost, by shape, sign and colour.
fn points(delta: f64) -> String {
    if delta >= SCORE_MOVED {
        format!("<span class=\"ok\">▲ +{delta:.1}</span>")
    } else if delta <= -SCORE_MOVED {
        format!("<span class=\"error\">▼ −{:.1}</span>", delta.abs())
    } else {
        "=".to_owned()
    }
}

fn findings(page: &mut Page, changes: &AuditChanges) {
    let language = page.language();
    let [new, more, fewer, gone, same] = FINDING_STATES.map(|state| changes.count(state));
    heading(
        page,
        language.pick("Findings that changed", "有变化的发现"),
        &match language {
            ReportLanguage::English => format!("{new} new, {more} more, {fewer} fewer, {gone} gone, {same} the same"),
            ReportLanguage::Chinese => format!("新增 {new}，增多 {more}，减少 {fewer}，消失 {gone}，不变 {same}"),
        },
    );
    let moved = changes
        .findings
        .iter()
        .filter(|change| change.state != FindingState::Same);
    let rows: Vec<Vec<String>> = moved.map(|change| finding_row(language, change)).collect();
    if rows.is_empty() {
        return;
    }
    let [then, now] = then_and_now(language);
    let head = [
        "",
        language.pick("Code", "编号"),
        language.pick("Finding", "发现"),
        language.pick("Severity", "级别"),
        then,
        now,
    ];
    page.table(&head.map(str::to_owned), &rows, &[4, 5]);
}

fn finding_row(language: ReportLanguage, change: &FindingChange) -> Vec<String> {
    let severity = change.severity().map(|severity| severity_words(severity, language));
    let severity = severity.map(|(shape, word, class)| format!("<span class=\"chip {class}\">{shape} {word}</span>"));
    vec![
        finding_state(language, change.state),
        change.code.clone(),
        escape(language.of(&change.title)),
        told(severity),
        told(change.before.map(|extent| extent_words(language, extent))),
        told(change.after.map(|extent| extent_words(language, extent))),
    ]
}

fn finding_state(language: ReportLanguage, state: FindingState) -> String {
    let (class, shape, word) = match state {
        FindingState::New => ("error", "+", language.pick("new", "新增")),
        FindingState::More => ("error", "▲", language.pick("more", "增多")),
        FindingState::Fewer => ("ok", "▼", language.pick("fewer", "减少")),
        FindingState::Gone => ("ok", "−", language.pick("gone", "消失")),
        FindingState::Same => ("quiet", "=", language.pick("same", "不变")),
    };
    state_words(class, shape, word)
}

/// Count, unit and share: a longer log has more of everything.
fn extent_words(language: ReportLanguage, extent: FindingExtent) -> String {
    let share = extent
        .share
        .map_or_else(String::new, |share| format!(" · {}", percent(share)));
    let unit = unit_word(extent.unit, language);
    escape(&format!("{} {unit}{share}", thousands(extent.count)))
}

fn rules(page: &mut Page, changes: &[RuleChange]) {
    if changes.is_empty() {
        return;
    }
    let language = page.language();
    let count = |state| changes.iter().filter(|change| change.state == state).count();
    let [broken, new, mended, gone, same] = RULE_STATES.map(count);
    heading(
        page,
        language.pick("Rules that changed", "有变化的规则"),
        &match language {
            ReportLanguage::English => {
                format!("{broken} broken, {new} new, {mended} hold again, {gone} gone, {same} the same")
            }
            ReportLanguage::Chinese => {
                format!("不再通过 {broken}，新增 {new}，恢复通过 {mended}，消失 {gone}，不变 {same}")
            }
        },
    );
    let moved = changes.iter().filter(|change| change.state != RuleState::Same);
    let rows: Vec<Vec<String>> = moved.map(|change| rule_row(language, change)).collect();
    if rows.is_empty() {
        return;
    }
    let [then, now] = then_and_now(language);
    let head = [
        "",
        language.pick("Rule", "规则"),
        language.pick("Severity", "级别"),
        then,
        now,
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4]);
}

fn rule_row(language: ReportLanguage, change: &RuleChange) -> Vec<String> {
    let (shape, word, class) = severity_words(change.severity, language);
    vec![
        rule_state(language, change.state),
        escape(language.of(&change.title)),
        format!("<span class=\"chip {class}\">{shape} {word}</span>"),
        told(change.before.map(|extent| rule_extent(language, extent))),
        told(change.after.map(|extent| rule_extent(language, extent))),
    ]
}

fn rule_state(language: ReportLanguage, state: RuleState) -> String {
    let (class, shape, word) = match state {
        RuleState::Broken => ("error", "✗", language.pick("broken", "不再通过")),
        RuleState::New => ("quiet", "+", language.pick("new", "新增")),
        RuleState::Mended => ("ok", "✓", language.pick("holds again", "恢复通过")),
        RuleState::Gone => ("quiet", "−", language.pick("gone", "消失")),
        RuleState::Same => ("quiet", "=", language.pick("same", "不变")),
    };
    state_words(class, shape, word)
}

/// `✗ failed · 37 / 9,000 · 0.41 %`
fn rule_extent(language: ReportLanguage, extent: RuleExtent) -> String {
    let mut words = match extent.status {
        RuleStatus::Passed => format!("✓ {}", language.pick("passed", "通过")),
        RuleStatus::Failed => format!("✗ {}", language.pick("failed", "未通过")),
        RuleStatus::Undefined => format!("? {}", language.pick("not judged", "未判断")),
    };
    if let Some(share) = extent.share.filter(|_| extent.failed > 0) {
        let [failed, checked] = [extent.failed, extent.checked].map(thousands);
        words += &format!(" · {failed} / {checked} · {}", percent(share));
    }
    escape(&words)
}

fn columns(page: &mut Page, changes: &AuditChanges) {
    if changes.columns.is_empty() {
        return;
    }
    let language = page.language();
    let is_same = |column: &&ColumnChange| column.state == ColumnState::Same && column.moved().is_empty();
    let moved: Vec<&ColumnChange> = changes.columns.iter().filter(|column| !is_same(column)).collect();
    let same = changes.columns.len() - moved.len();
    heading(
        page,
        language.pick("Columns that changed", "有变化的列"),
        &match language {
            ReportLanguage::English => format!("{} changed, {same} the same", moved.len()),
            ReportLanguage::Chinese => format!("有变化 {}，不变 {same}", moved.len()),
        },
    );
    if moved.is_empty() {
        return;
    }
    let head = [
        language.pick("Column", "列"),
        language.pick("Type", "类型"),
        language.pick("Missing", "缺失"),
        language.pick("Distinct", "不同值"),
        language.pick("Mean", "均值"),
        language.pick("Standard deviation", "标准差"),
    ];
    let rows: Vec<Vec<String>> = moved.into_iter().map(|column| column_row(language, column)).collect();
    page.table(&head.map(str::to_owned), &rows, &[2, 3, 4, 5]);
}

fn column_row(language: ReportLanguage, change: &ColumnChange) -> Vec<String> {
    let state = match change.state {
        ColumnState::New => Some(("+", language.pick("new", "新增"))),
        ColumnState::Gone => Some(("−", language.pick("gone", "消失"))),
        ColumnState::Retyped | ColumnState::Same => None,
    };
    let name = state.map_or_else(
        || escape(&change.name),
        |(shape, word)| format!("{} {}", escape(&change.name), state_words("warning", shape, word)),
    );
    let dtypes = [change.dtype_before, change.dtype_after];
    let figures = [&change.figures_before, &change.figures_after];
    let number = |pick: fn(&ColumnFigures) -> Option<f64>| {
        pair(figures.map(|found| found.as_ref().and_then(pick).map(|value| significant(Some(value)))))
    };
    let is_time = |place: usize| dtypes[place] == Some(ColumnType::Time);
    let std = pair([0, 1].map(|place| {
        let value = figures[place].as_ref().and_then(|found| found.std)?;
        Some(if is_time(place) {
            span(language, value)
        } else {
            significant(Some(value))
        })
    }));
    vec![
        name,
        pair(dtypes.map(|dtype| dtype.map(|dtype| escape(language.of(&dtype.label()))))),
        pair(
            [change.null_share_before, change.null_share_after].map(|share| share.map(|share| escape(&percent(share)))),
        ),
        pair(figures.map(|found| found.as_ref().map(|found| thousands(found.distinct)))),
        number(|found| found.mean),
        std,
    ]
}

/// A time's standard deviation is in seconds.
fn span(language: ReportLanguage, secs: f64) -> String {
    let (en, zh) = duration(secs);
    match language {
        ReportLanguage::English => en,
        ReportLanguage::Chinese => zh,
    }
}

/// A figure then and now; once, and quiet, where it is the same.
fn pair(cells: [Option<String>; 2]) -> String {
    match cells {
        [None, None] => told(None),
        [Some(then), Some(now)] if then == now => format!("<span class=\"quiet\">{now}</span>"),
        [then, now] => format!("{} → {}", told(then), told(now)),
    }
}

fn told(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "–".to_owned())
}

fn state_words(class: &str, shape: &str, word: &str) -> String {
    format!("<span class=\"state {class}\">{shape} {word}</span>")
}

/// A heading below that of the section, with what is counted.
fn heading(page: &mut Page, title: &str, counts: &str) {
    page.push(&format!("<h3>{title}</h3><p class=\"quiet\">{counts}</p>"));
}

fn heads(language: ReportLanguage, first: &str, last: &str) -> [String; 4] {
    let [then, now] = then_and_now(language);
    [first, then, now, last].map(str::to_owned)
}

fn then_and_now(language: ReportLanguage) -> [&'static str; 2] {
    [language.pick("Before", "之前"), language.pick("Now", "现在")]
}

#[cfg(test)]
#[path = "audit_changes_tests.rs"]
mod tests;
