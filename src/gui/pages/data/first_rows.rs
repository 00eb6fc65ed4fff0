//! The first lines of a log as they are read: rows with their values, and what did not become a row or a value.

use super::super::PageContext;
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::{Preview, PreviewLine};
use crate::gui::i18n::{common, number, reading as words};
use crate::gui::state::data::cell_text;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column, cell, cell_right};
use egui::{RichText, Ui};
use egui_extras::TableRow;

/// Facts in one line, then the lines.
pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, seen: &Preview, height: f32) {
    let color = palette(ui).text_2;
    let facts = words::facts(cx.lang(), seen);
    ui.add(egui::Label::new(RichText::new(facts).font(text::small()).color(color)).wrap());
    if seen.num_files > seen.log.info.sources.len() {
        ui.label(
            RichText::new(cx.t(words::NOT_ALL_FILES))
                .font(text::small())
                .color(color),
        );
    }
    ui.add_space(space::TIGHT);
    let mut columns = vec![
        Column::right(cx.t(common::LINE), 56.0),
        Column::left(cx.t(words::STATE), 116.0),
    ];
    columns.extend(seen.log.info.columns.iter().map(|info| {
        let heading = format!("{} · {}", info.name, cx.b(&info.dtype.label()));
        let width = if info.dtype == ColumnType::Time { 168.0 } else { 124.0 };
        if is_number(info.dtype) {
            Column::right(heading, width)
        } else {
            Column::left(heading, width)
        }
    }));
    egui::ScrollArea::horizontal().id_salt("first-rows").show(ui, |ui| {
        let size = (seen.lines.len(), height.max(120.0), None);
        widgets::table(ui, "first-rows-table", &columns, size, |row, index| {
            line(cx, row, seen, &seen.lines[index]);
        });
    });
}

fn is_number(dtype: ColumnType) -> bool {
    matches!(dtype, ColumnType::Integer | ColumnType::Float)
}

fn line(cx: &PageContext<'_>, row: &mut TableRow<'_, '_>, seen: &Preview, line: &PreviewLine) {
    match line {
        PreviewLine::Row {
            row: index,
            made_to_fit,
        } => {
            let number = seen.log.lines.get(*index).unwrap_or_default();
            let state = made_to_fit.then_some((Tone::Warning, cx.t(words::MADE_TO_FIT)));
            head(row, u64::from(number), state);
            for column in 0..seen.log.info.columns.len() {
                row.col(|ui| value(ui, seen, column, *index));
            }
        }
        PreviewLine::Rejected(index) => {
            let Some(reject) = seen.log.rejects.get(*index) else {
                return;
            };
            head(row, reject.line, Some((Tone::Danger, cx.t(words::REJECTED))));
            let told = [cx.b(&reject.cause), reject.raw.as_str()];
            no_row(row, seen, &told, Tone::Danger);
        }
        PreviewLine::Skipped { line, text } => {
            head(row, *line, Some((Tone::Quiet, cx.t(words::SKIPPED))));
            no_row(row, seen, &[text.as_str()], Tone::Quiet);
        }
        PreviewLine::Gap => {
            numbered(row, "⋮", Some((Tone::Quiet, cx.t(words::NOT_SHOWN))));
            no_row(row, seen, &[], Tone::Quiet);
        }
        PreviewLine::End {
            from_end,
            text,
            is_footer,
        } => {
            let state = match (*is_footer, text.trim().is_empty()) {
                (true, _) => words::SKIPPED_FOOTER,
                (false, true) => words::SKIPPED,
                (false, false) => words::READ,
            };
            numbered(
                row,
                &format!("−{}", number::count(*from_end)),
                Some((Tone::Quiet, cx.t(state))),
            );
            no_row(row, seen, &[text.as_str()], Tone::Quiet);
        }
    }
}

fn head(row: &mut TableRow<'_, '_>, line: u64, state: Option<(Tone, &str)>) {
    numbered(row, &number::count(line), state);
}

/// The line's number, counted from the end with a minus, and what became of it.
fn numbered(row: &mut TableRow<'_, '_>, line: &str, state: Option<(Tone, &str)>) {
    row.col(|ui| cell_right(ui, line, palette(ui).text_2));
    row.col(|ui| match state {
        Some((Tone::Quiet, word)) => cell(ui, word, palette(ui).text_2),
        Some((tone, word)) => drop(widgets::tone_text(ui, tone, word)),
        None => {}
    });
}

/// What stands in the file instead of a row: in the first cells, whole on hover.
fn no_row(row: &mut TableRow<'_, '_>, seen: &Preview, told: &[&str], tone: Tone) {
    let columns = seen.log.info.columns.len();
    for column in 0..columns {
        // In a table of one column both stand in one cell.
        let shown = if columns == 1 {
            told.join(" · ")
        } else {
            told.get(column).copied().unwrap_or_default().to_owned()
        };
        let (_, response) = row.col(|ui| {
            let color = if tone == Tone::Quiet || column > 0 {
                palette(ui).text_2
            } else {
                palette(ui).text
            };
            cell(ui, &shown, color);
        });
        if !shown.is_empty() {
            response.on_hover_text(told.join("\n"));
        }
    }
}

fn value(ui: &mut Ui, seen: &Preview, column: usize, row: usize) {
    let p = palette(ui);
    let number = is_number(seen.log.info.columns[column].dtype);
    let invalid = &seen.log.invalid;
    let found = invalid.binary_search_by_key(&(row as u64, column), |cell| (cell.row, cell.column));
    let (shown, color) = match (found, cell_text(&seen.log, column, row)) {
        // The mark says what the colour says.
        (Ok(at), _) => (format!("▲ {}", invalid[at].raw), p.warning),
        (Err(_), Some(value)) => (value, p.text),
        (Err(_), None) => ("null".to_owned(), p.text_3),
    };
    if number {
        cell_right(ui, &shown, color);
    } else {
        cell(ui, &shown, color);
    }
}
