//! Tables: virtual rows of 29 points, quiet header, hover and selection across the row.

use crate::gui::theme::{palette, space, text};
use egui::{Align, Color32, Layout, RichText, Sense, Stroke, Ui};
use egui_extras::{TableBuilder, TableRow};

/// One column: heading, width, alignment.
#[derive(Clone, Debug)]
pub struct Column {
    pub heading: String,
    /// `None` takes what is left, but no less than `at_least`.
    pub width: Option<f32>,
    pub at_least: f32,
    pub right: bool,
}

/// Narrowest column a hand can drag to.
pub(super) const NARROWEST: f32 = 36.0;

impl Column {
    pub fn left(heading: impl Into<String>, width: f32) -> Self {
        Self {
            heading: heading.into(),
            width: Some(width),
            // A column of marks may be narrower than a hand could drag it.
            at_least: NARROWEST.min(width),
            right: false,
        }
    }

    pub fn right(heading: impl Into<String>, width: f32) -> Self {
        Self {
            heading: heading.into(),
            width: Some(width),
            at_least: NARROWEST.min(width),
            right: true,
        }
    }

    pub fn rest(heading: impl Into<String>) -> Self {
        Self::rest_above(heading, 60.0)
    }

    /// Takes what is left, for plots in cells and long texts: never narrower than `at_least`.
    pub fn rest_above(heading: impl Into<String>, at_least: f32) -> Self {
        Self {
            heading: heading.into(),
            width: None,
            at_least,
            right: false,
        }
    }
}

/// A virtual table of `rows` rows, `height` points tall. `draw(row, index)` must fill every column in
/// order with `row.col(..)`. Returns the index of a clicked row.
pub fn table(
    ui: &mut Ui,
    id: &str,
    columns: &[Column],
    (rows, height, selected): (usize, f32, Option<usize>),
    mut draw: impl FnMut(&mut TableRow<'_, '_>, usize),
) -> Option<usize> {
    let mut clicked = None;
    ui.push_id(id, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // Rows are told apart by lines, columns by their alignment; the handle between two columns shows on hover.
        let line = Stroke::new(1.0, palette(ui).line);
        let whole = ui.available_rect_before_wrap().x_range();
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        let mut builder = TableBuilder::new(ui)
            .id_salt(id)
            .striped(false)
            .resizable(true)
            .sense(Sense::click())
            .cell_layout(Layout::left_to_right(Align::Center))
            .min_scrolled_height(height.min(120.0))
            .max_scroll_height(height)
            .auto_shrink([false, true]);
        for column in columns {
            builder = builder.column(match column.width {
                Some(width) => egui_extras::Column::initial(width).at_least(column.at_least).clip(true),
                None => egui_extras::Column::remainder().at_least(column.at_least).clip(true),
            });
        }
        builder
            .header(26.0, |mut header| {
                for column in columns {
                    header.col(|ui| header_cell(ui, column));
                }
            })
            .body(|mut body| {
                let painter = body.ui_mut().painter().clone();
                body.rows(space::ROW, rows, |mut row| {
                    let index = row.index();
                    row.set_selected(selected == Some(index));
                    draw(&mut row, index);
                    let response = row.response();
                    painter.hline(
                        response.rect.x_range().intersection(whole),
                        response.rect.bottom() - 0.5,
                        line,
                    );
                    if response.clicked() {
                        clicked = Some(index);
                    }
                });
            });
    });
    clicked
}

/// A heading in the quiet colour, aligned like its column.
pub fn header_cell(ui: &mut Ui, column: &Column) {
    let color = palette(ui).text_2;
    let label = egui::Label::new(RichText::new(&column.heading).font(text::small()).color(color)).truncate();
    if column.right {
        right_aligned(ui, |ui| {
            ui.add(label);
        });
    } else {
        ui.add(label);
    }
}

/// Text in a cell, cut with an ellipsis where it does not fit.
pub fn cell(ui: &mut Ui, value: &str, color: Color32) {
    ui.add(egui::Label::new(RichText::new(value).font(text::table()).color(color)).truncate());
}

/// A number in a cell, right-aligned.
pub fn cell_right(ui: &mut Ui, value: &str, color: Color32) {
    right_aligned(ui, |ui| cell(ui, value, color));
}

/// Numbers end a little before the column does: what follows may begin at its left edge.
fn right_aligned(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(space::SMALL);
        add(ui);
    });
}

/// A scrolling list of equally high rows for what is not a table.
pub fn virtual_rows(ui: &mut Ui, id: &str, row_height: f32, rows: usize, mut draw: impl FnMut(&mut Ui, usize)) {
    egui::ScrollArea::vertical()
        .id_salt(id)
        .auto_shrink([false, false])
        .show_rows(ui, row_height, rows, |ui, range| {
            for index in range {
                draw(ui, index);
            }
        });
}
