//! A log as it was read: rows accounted for, dialect, columns with their roles.

use super::page::{Page, escape};
use crate::engine::audit::thousands;
use crate::engine::ingest::DatasetInfo;

/// How the log was read and its columns.
pub(super) fn data_sections(page: &mut Page, info: &DatasetInfo) {
    let language = page.language();
    let rows = info.rows;
    let [total, accepted, rejected, skipped] = [rows.total, rows.accepted, rows.rejected, rows.skipped].map(thousands);
    let card = |name: &str, value: String| (name.to_owned(), value, String::new());
    page.cards(&[
        card(language.pick("Lines", "行"), total),
        card(language.pick("Accepted", "接受"), accepted),
        card(language.pick("Rejected", "拒绝"), rejected),
        card(language.pick("Skipped", "跳过"), skipped),
        card(language.pick("Columns", "列"), info.columns.len().to_string()),
    ]);
    let files: Vec<String> = info
        .sources
        .iter()
        .map(|source| {
            source
                .path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        })
        .collect();
    page.push(&format!(
        "<p class=\"quiet\">{} · {} · {}</p>",
        escape(&files.join(", ")),
        escape(&info.dialect.format),
        escape(&info.dialect.encoding)
    ));
    let rows: Vec<Vec<String>> = info
        .columns
        .iter()
        .map(|column| {
            vec![
                escape(&column.name),
                language.of(&column.dtype.label()).to_owned(),
                escape(language.of(&column.role.label())),
                format!("{:.0} %", column.confidence * 100.0),
                thousands(column.nulls),
                thousands(column.invalid),
                escape(language.of(&column.why)),
            ]
        })
        .collect();
    let head = [
        language.pick("Column", "列"),
        language.pick("Type", "类型"),
        language.pick("Role", "角色"),
        language.pick("Sure", "置信度"),
        language.pick("Missing", "缺失"),
        language.pick("Not of the type", "类型不符"),
        language.pick("Why this role", "判断依据"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4, 5]);
}
