//! The columns of an audit report: one card each with its numbers, a thumbnail histogram and top values.

use super::hidden::Hidden;
use super::page::{Page, escape};
use super::svg::sparkline;
use crate::engine::audit::profile::{ColumnKind, ColumnProfile, TextProfile};
use crate::engine::audit::{AuditReport, percent, thousands};

pub(super) fn columns_section(page: &mut Page, report: &AuditReport, hidden: &Hidden<'_>) {
    let language = page.language();
    page.heading(language.pick("Columns", "列"));
    let total = report.rows.accepted;
    for column in &report.columns {
        page.push(&format!(
            "<section><div class=\"head\"><h3>{}</h3><span class=\"chip\">{}</span><span class=\"chip\">{}</span>\
             <span class=\"chip\">{}</span></div><div class=\"two\"><div>",
            escape(&column.name),
            column.dtype.name(),
            language.of(&column.role.label()),
            kind_word(column.kind, language == super::ReportLanguage::Chinese),
        ));
        if let Some(histogram) = &column.histogram {
            page.push(&sparkline(histogram));
        }
        page.table(
            &[String::new(), String::new()],
            &facts(column, total, hidden, page.language()),
            &[1],
        );
        page.push("</div><div>");
        top_values(page, column, hidden);
        page.push("</div></div></section>");
    }
}

fn facts(column: &ColumnProfile, total: u64, hidden: &Hidden<'_>, language: super::ReportLanguage) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row =
        |en: &'static str, zh: &'static str, value: String| rows.push(vec![language.pick(en, zh).to_owned(), value]);
    let missing = column.nulls as f64 / total.max(1) as f64;
    row("Filled", "已填", thousands(column.count));
    row(
        "Missing",
        "缺失",
        format!("{} ({})", thousands(column.nulls), escape(&percent(missing))),
    );
    if column.invalid > 0 {
        row("Not of the type", "类型不符", thousands(column.invalid));
    }
    row("Distinct", "不同值", thousands(column.distinct));
    if let Some(value) = &column.min {
        row("Smallest", "最小", hidden.cell(&column.name, value));
    }
    if let Some(value) = &column.max {
        row("Largest", "最大", hidden.cell(&column.name, value));
    }
    let numbers = [
        ("Mean", "均值", column.mean),
        ("Standard deviation", "标准差", column.std),
        ("Skewness", "偏度", column.skewness),
        ("Excess kurtosis", "超额峰度", column.kurtosis),
        ("Entropy, bits", "熵（比特）", column.entropy_bits),
    ];
    for (en, zh, value) in numbers {
        if let Some(value) = value {
            row(en, zh, significant(value));
        }
    }
    if let Some(quantiles) = &column.quantiles {
        for (name, value) in quantiles
            .named()
            .into_iter()
            .filter(|(name, _)| !matches!(*name, "0 %" | "100 %"))
        {
            rows.push(vec![name.to_owned(), hidden.cell(&column.name, value)]);
        }
    }
    if let Some(length) = &column.length {
        let text = format!("{} … {} · ⌀ {:.1}", length.min, length.max, length.mean);
        rows.push(vec![language.pick("Characters", "字符数").to_owned(), text]);
    }
    if let Some(text) = &column.text {
        rows.extend(text_facts(text, language));
    }
    rows
}

/// Scripts, languages and repeats of a column of texts.
fn text_facts(text: &TextProfile, language: super::ReportLanguage) -> Vec<Vec<String>> {
    let scripts: Vec<String> = text
        .scripts
        .iter()
        .take(4)
        .map(|share| format!("{} {}", language.of(&share.script.label()), percent(share.share)))
        .collect();
    let languages: Vec<String> = text
        .languages
        .iter()
        .take(4)
        .map(|share| format!("{} {}", language.of(&share.language.label()), percent(share.share)))
        .collect();
    let repeats = format!("{} / {}", thousands(text.surplus_rows), thousands(text.repeated_texts));
    [
        (
            language.pick("Scripts, by characters", "文字系统（按字符）"),
            scripts.join(" · "),
        ),
        (
            language.pick("Languages, by rows", "语言（按行）"),
            languages.join(" · "),
        ),
        (language.pick("Repeated rows / texts", "重复行数 / 文本数"), repeats),
    ]
    .map(|(name, value)| vec![name.to_owned(), escape(&value)])
    .to_vec()
}

fn top_values(page: &mut Page, column: &ColumnProfile, hidden: &Hidden<'_>) {
    let language = page.language();
    let rows: Vec<Vec<String>> = column
        .top
        .iter()
        .map(|top| {
            vec![
                hidden.cell(&column.name, &top.value),
                thousands(top.count),
                escape(&percent(top.share)),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let head = [
        language.pick("Most frequent", "最常见的值"),
        language.pick("Rows", "行数"),
        language.pick("Share", "占比"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2]);
}

/// About five significant digits.
fn significant(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e9).contains(&size) {
        format!("{value:.3e}")
    } else if size >= 1_000.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.4}")
    }
}

fn kind_word(kind: ColumnKind, zh: bool) -> &'static str {
    let (en, chinese) = match kind {
        ColumnKind::Empty => ("empty", "空列"),
        ColumnKind::Constant => ("constant", "常量"),
        ColumnKind::Boolean => ("boolean", "布尔"),
        ColumnKind::Time => ("time", "时间"),
        ColumnKind::Identifier => ("identifier", "标识"),
        ColumnKind::Category => ("category", "类目"),
        ColumnKind::Number => ("number", "数值"),
        ColumnKind::FreeCode => ("free code", "自由编码"),
        ColumnKind::Text => ("text", "文本"),
    };
    if zh { chinese } else { en }
}
