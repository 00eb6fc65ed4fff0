//! The rows of the log, the rejected lines, and the cells that do not fit, each with its line in the file.

use super::super::PageContext;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::Dataset;
use crate::gui::i18n::{common, data as words, number};
use crate::gui::state::data::cell_text;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, Column, cell, cell_right};
use egui::Ui;

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset, height: f32) {
    let p = palette(ui);
    let mut columns = vec![Column::right(cx.t(common::LINE), 72.0)];
    let is_number = |dtype| matches!(dtype, ColumnType::Integer | ColumnType::Float);
    columns.extend(log.info.columns.iter().map(|info| {
        let width = if info.dtype == ColumnType::Time { 168.0 } else { 110.0 };
        if is_number(info.dtype) {
            Column::right(&info.name, width)
        } else {
            Column::left(&info.name, width)
        }
    }));
    egui::ScrollArea::horizontal().id_salt("rows").show(ui, |ui| {
        widgets::table(ui, "rows", &columns, (log.num_rows(), height, None), |row, index| {
            let line = log.lines.get(index).unwrap_or_default();
            row.col(|ui| cell_right(ui, &number::count(u64::from(line)), p.text_2));
            for (at, info) in log.info.columns.iter().enumerate() {
                let value = cell_text(log, at, index);
                let color = if value.is_some() { p.text } else { p.text_3 };
                let shown = value.as_deref().unwrap_or("null");
                row.col(|ui| {
                    if is_number(info.dtype) {
                        cell_right(ui, shown, color);
                    } else {
                        cell(ui, shown, color);
                    }
                });
            }
        });
    });
}

pub fn rejected_ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset, height: f32) {
    let p = palette(ui);
    if log.rejects.is_empty() {
        ui.label(cx.t(words::ALL_ACCEPTED));
        return;
    }
    let columns = [
        Column::left(cx.t(words::FILE), 160.0),
        Column::right(cx.t(common::LINE), 80.0),
        Column::left(cx.t(words::CAUSE), 320.0),
        Column::rest(cx.t(words::RAW)),
    ];
    widgets::table(
        ui,
        "rejected",
        &columns,
        (log.rejects.len(), height, None),
        |row, index| {
            let reject = &log.rejects[index];
            let source = log.info.sources.get(reject.source);
            let name = source
                .and_then(|source| source.path.file_name())
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            row.col(|ui| cell(ui, &name, p.text_2));
            row.col(|ui| cell_right(ui, &number::count(reject.line), p.text_2));
            row.col(|ui| cell(ui, cx.b(&reject.cause), p.text));
            row.col(|ui| cell(ui, &reject.raw, p.text_2));
        },
    );
}

pub fn invalid_ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset, height: f32) {
    let p = palette(ui);
    if log.invalid.is_empty() {
        ui.label(cx.t(words::ALL_ACCEPTED));
        return;
    }
    let columns = [
        Column::right(cx.t(common::LINE), 80.0),
        Column::left(cx.t(words::COLUMN), 200.0),
        Column::left(cx.t(words::TYPE), 100.0),
        Column::rest(cx.t(words::RAW)),
    ];
    widgets::table(
        ui,
        "invalid",
        &columns,
        (log.invalid.len(), height, None),
        |row, index| {
            let found = &log.invalid[index];
            let line = log.lines.get(found.row as usize).unwrap_or_default();
            let info = &log.info.columns[found.column];
            row.col(|ui| cell_right(ui, &number::count(u64::from(line)), p.text_2));
            row.col(|ui| cell(ui, &info.name, p.text));
            row.col(|ui| cell(ui, cx.b(&info.dtype.label()), p.text_2));
            row.col(|ui| cell(ui, &found.raw, p.warning));
        },
    );
}
