//! Rows of a log behind a number: file, line, and every cell, the ones that matter first.

use super::table::{Column, cell, cell_right, table};
use crate::engine::artifact::ColumnType;
use crate::engine::audit::Value;
use crate::gui::i18n::number::count;
use crate::gui::i18n::{audit as words, common};
use crate::gui::settings::Language;
use crate::gui::state::audit::AuditedLog;
use crate::gui::theme::palette;
use egui::Ui;

/// A virtual table of these rows over the height that is left; `first` names columns that stand before the others.
pub fn log_rows(ui: &mut Ui, id: &str, log: &AuditedLog, (rows, first): (&[u32], &[&str]), lang: Language) {
    let mut columns = vec![Column::right(lang.t(common::LINE), 72.0)];
    if log.has_files() {
        columns.insert(0, Column::left(lang.t(words::LINE_FILE), 110.0));
    }
    let fixed = columns.len();
    let infos = log.columns();
    let mut order: Vec<usize> = (0..infos.len()).collect();
    order.sort_by_key(|&index| {
        first
            .iter()
            .position(|name| *name == infos[index].name)
            .unwrap_or(first.len())
    });
    for &index in &order {
        let info = &infos[index];
        let right = matches!(info.dtype, ColumnType::Integer | ColumnType::Float);
        columns.push(Column {
            right,
            ..Column::left(info.name.clone(), width(&info.name, info.dtype))
        });
    }
    let height = ui.available_height();
    egui::ScrollArea::horizontal().id_salt((id, "scroll")).show(ui, |ui| {
        table(ui, id, &columns, (rows.len(), height, None), |row, place| {
            let index = rows[place];
            if fixed == 2 {
                row.col(|ui| cell(ui, &log.file(index).unwrap_or_default(), palette(ui).text_2));
            }
            row.col(|ui| cell_right(ui, &count(u64::from(log.line(index))), palette(ui).text_2));
            for (column, heading) in order.iter().zip(&columns[fixed..]) {
                row.col(|ui| value_ui(ui, &log.value(index, *column), heading.right, lang));
            }
        });
    });
}

fn value_ui(ui: &mut Ui, value: &Value, right: bool, lang: Language) {
    let p = palette(ui);
    let (shown, color) = match value {
        Value::Null => (lang.t(words::NULL).to_owned(), p.text_3),
        value => (value.to_string(), p.text),
    };
    if right {
        cell_right(ui, &shown, color);
    } else {
        cell(ui, &shown, color);
    }
}

/// Wide enough for the usual value of a type and for the heading.
fn width(name: &str, dtype: ColumnType) -> f32 {
    let usual = match dtype {
        ColumnType::Time => 20,
        ColumnType::Text => 12,
        ColumnType::Integer | ColumnType::Float | ColumnType::Boolean => 8,
    };
    (name.chars().count().max(usual) as f32 * 7.4 + 18.0).clamp(60.0, 220.0)
}
