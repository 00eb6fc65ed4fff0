//! The columns: type, role with its reason (editable), what is missing, an example.

use super::super::PageContext;
use crate::engine::artifact::Role;
use crate::engine::ingest::Dataset;
use crate::gui::command::Command;
use crate::gui::command::data::DataCommand;
use crate::gui::i18n::{data as words, number};
use crate::gui::state::data::cell_text;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, Column, cell, cell_right};
use egui::Ui;

/// Rows among which the first value of a column is looked for; a sparse one has its first late.
const EXAMPLE_WITHIN: usize = 2_000;

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset, height: f32) {
    let p = palette(ui);
    let columns = [
        Column::left(cx.t(words::COLUMN), 150.0),
        Column::left(cx.t(words::TYPE), 80.0),
        Column::left(cx.t(words::ROLE), 150.0),
        Column::right(cx.t(words::MISSING), 110.0),
        Column::right(cx.t(words::INVALID_COUNT), 110.0),
        Column::left(cx.t(words::EXAMPLE), 180.0),
        Column::rest(cx.t(words::WHY)),
    ];
    let total = log.num_rows().max(1) as f64;
    widgets::table(
        ui,
        "columns",
        &columns,
        (log.info.columns.len(), height, None),
        |row, index| {
            let info = &log.info.columns[index];
            row.col(|ui| cell(ui, &info.name, p.text));
            row.col(|ui| cell(ui, cx.b(&info.dtype.label()), p.text_2));
            row.col(|ui| role_choice(cx, ui, &info.name, info.role));
            let missing = format!(
                "{}  {}",
                number::count(info.nulls),
                number::share(info.nulls as f64 / total)
            );
            row.col(|ui| cell_right(ui, &missing, if info.nulls > 0 { p.text } else { p.text_2 }));
            let color = if info.invalid > 0 { p.warning } else { p.text_2 };
            row.col(|ui| cell_right(ui, &number::count(info.invalid), color));
            let example = (0..log.num_rows().min(EXAMPLE_WITHIN))
                .find_map(|row| cell_text(log, index, row))
                .unwrap_or_default();
            row.col(|ui| cell(ui, &example, p.text_2));
            row.col(|ui| cell(ui, cx.b(&info.why), p.text_2));
        },
    );
}

fn role_choice(cx: &PageContext<'_>, ui: &mut Ui, column: &str, role: Role) {
    // Lower than its row, so that the choices of rows below each other do not touch.
    ui.spacing_mut().button_padding.y = 1.0;
    ui.spacing_mut().interact_size.y = 22.0;
    let mut chosen = role;
    let response = egui::ComboBox::from_id_salt(("role", column))
        .selected_text(cx.b(&role.label()))
        .width(124.0)
        .show_ui(ui, |ui| {
            for entry in Role::ALL {
                ui.selectable_value(&mut chosen, entry, cx.b(&entry.label()));
            }
        })
        .response;
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("{} {column}", cx.t(words::ROLE)))
    });
    if chosen != role {
        cx.send(Command::Data(DataCommand::SetRole {
            column: column.to_owned(),
            role: chosen,
        }));
    }
}
