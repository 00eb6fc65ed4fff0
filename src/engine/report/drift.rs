//! How a log differs from its reference, column by column, inside the audit's page.

use super::numbers::{four, p_value};
use super::page::{Page, escape};
use crate::engine::audit::drift::{ColumnDrift, DriftReport};
use crate::engine::audit::{percent, thousands};

pub(super) fn drift_section(page: &mut Page, drift: &DriftReport) {
    let language = page.language();
    page.heading(language.pick("Against the reference", "与参考数据对比"));
    page.push(&format!(
        "<p class=\"facts\">{} · {} {} → {} {} · {} {}</p>",
        escape(&drift.reference),
        thousands(drift.reference_rows),
        language.pick("rows then", "行（参考）"),
        thousands(drift.current_rows),
        language.pick("now", "行（当前）"),
        drift.family_size,
        language.pick(
            "p-values adjusted together (Benjamini-Hochberg)",
            "个 p 值一并校正（Benjamini-Hochberg）"
        )
    ));
    let rows: Vec<Vec<String>> = drift.columns.iter().map(|column| row(page, column)).collect();
    let head = [
        language.pick("Column", "列"),
        "PSI",
        language.pick("Jensen-Shannon", "JS 距离"),
        "Wasserstein / σ",
        language.pick("Effect", "效应"),
        language.pick("p adjusted", "校正 p"),
        language.pick("Missing then", "参考缺失"),
        language.pick("Missing now", "当前缺失"),
        language.pick("New values", "新增取值"),
        language.pick("Vanished", "消失取值"),
        "",
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let told = language.pick(
        "PSI and Jensen-Shannon on deciles of the reference, or on the categories; effect is the largest difference of \
         the distribution functions for numbers, Cramér's V for categories.",
        "PSI 与 JS 距离基于参考数据的十分位或类别；数值列的效应为分布函数最大差，类别列为 Cramér V。",
    );
    page.push(&format!("<p class=\"quiet\">{told}</p>"));
}

fn row(page: &Page, column: &ColumnDrift) -> Vec<String> {
    let language = page.language();
    let reason = column.reason.as_ref();
    vec![
        escape(&column.name),
        four(column.psi),
        four(column.jensen_shannon),
        four(column.wasserstein_over_sigma),
        four(column.effect),
        p_value(column.p_adjusted),
        escape(&percent(column.missing_reference)),
        escape(&percent(column.missing_current)),
        column.new_categories.len().to_string(),
        column.vanished_categories.len().to_string(),
        reason.map_or_else(String::new, |reason| format!("<i>{}</i>", escape(language.of(reason)))),
    ]
}
