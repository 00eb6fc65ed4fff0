//! A heat map: cells tinted by a number, the number in the cell or on hover, and a legend.
//!
//! Meaning is never by colour alone: a cell without text tells its number when the pointer rests on it.

use crate::gui::theme::{Palette, palette, text};
use egui::{Align2, Color32, Rect, Sense, Ui, Vec2, pos2, vec2};

/// The strongest tint; text on it stays readable in both themes.
const STRONGEST: f32 = 0.55;
const WEAKEST: f32 = 0.06;
const HEAD: f32 = 20.0;

/// One cell.
#[derive(Clone, Debug, Default)]
pub struct HeatCell {
    /// −1 ..= 1: how strong the tint is, below 0 in the second series colour; `None` for no tint.
    pub strength: Option<f32>,
    pub text: String,
    pub hint: String,
}

/// Sizes in points.
#[derive(Clone, Copy, Debug)]
pub struct HeatLook {
    pub cell: Vec2,
    pub label_width: f32,
}

/// Draws `cells[row][column]`; rows may be shorter than the columns. A row's label stands left of it, or, where
/// `columns` is empty, behind its last cell, as a triangle of pairs wants it. Returns the clicked cell.
pub fn heat_map(
    ui: &mut Ui,
    name: &str,
    (rows, columns): (&[String], &[String]),
    cells: &[Vec<HeatCell>],
    look: HeatLook,
) -> Option<(usize, usize)> {
    let p = palette(ui);
    let widest = cells.iter().map(Vec::len).max().unwrap_or(0) as f32;
    let is_triangle = columns.is_empty();
    let left = if is_triangle { 0.0 } else { look.label_width };
    let head = if is_triangle { 0.0 } else { HEAD };
    let behind = if is_triangle { look.label_width } else { 0.0 };
    let size = vec2(
        left + widest * look.cell.x + behind,
        head + rows.len() as f32 * look.cell.y,
    );
    let (area, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
    let painter = ui.painter_at(area);
    let first = area.min + vec2(left, 0.0);
    column_labels(&painter, (first, p.text_2), columns, look);
    let cell_rect = |row: usize, column: usize| {
        let min = area.min + vec2(left + column as f32 * look.cell.x, head + row as f32 * look.cell.y);
        Rect::from_min_size(min, look.cell - vec2(1.0, 1.0))
    };
    let mut pointed = None;
    let pointer = response.hover_pos();
    for (row, (label, cells)) in rows.iter().zip(cells).enumerate() {
        let middle = cell_rect(row, 0).center().y;
        let (at, align) = if is_triangle {
            let x = area.left() + cells.len() as f32 * look.cell.x + 6.0;
            (pos2(x, middle), Align2::LEFT_CENTER)
        } else {
            (pos2(area.left() + left - 8.0, middle), Align2::RIGHT_CENTER)
        };
        painter.text(at, align, label, text::small(), p.text_2);
        for (column, cell) in cells.iter().enumerate() {
            let rect = cell_rect(row, column);
            if let Some(strength) = cell.strength {
                painter.rect_filled(rect, 2.0, tint(&p, strength));
            }
            painter.text(rect.center(), Align2::CENTER_CENTER, &cell.text, text::small(), p.text);
            if pointer.is_some_and(|pointer| rect.contains(pointer)) {
                pointed = Some((row, column));
            }
        }
    }
    let clicked = response.clicked();
    if let Some((row, column)) = pointed {
        let rect = cell_rect(row, column);
        painter.rect_stroke(rect, 2.0, egui::Stroke::new(1.0, p.text_2), egui::StrokeKind::Inside);
        let hint = &cells[row][column].hint;
        if !hint.is_empty() {
            response.on_hover_text_at_pointer(hint);
        }
    }
    pointed.filter(|_| clicked)
}

fn column_labels(painter: &egui::Painter, (first, color): (egui::Pos2, Color32), columns: &[String], look: HeatLook) {
    for (place, label) in columns.iter().enumerate() {
        let at = first + vec2((place as f32 + 0.5) * look.cell.x, HEAD / 2.0);
        painter.text(at, Align2::CENTER_CENTER, label, text::small(), color);
    }
}

/// A scale beside a heat map: tints with what they mean, in this order whichever way the row is filled.
pub fn heat_legend(ui: &mut Ui, entries: &[(f32, String)]) {
    let p = palette(ui);
    let is_reversed = ui.layout().prefer_right_to_left();
    let swatch = |ui: &mut Ui, strength: f32| {
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
        ui.painter().rect_filled(rect, 2.0, tint(&p, strength));
    };
    let label = |ui: &mut Ui, label: &str| {
        ui.label(egui::RichText::new(label).font(text::small()).color(p.text_2));
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if is_reversed {
            for (strength, words) in entries.iter().rev() {
                label(ui, words);
                swatch(ui, *strength);
                ui.add_space(6.0);
            }
        } else {
            for (strength, words) in entries {
                swatch(ui, *strength);
                label(ui, words);
                ui.add_space(6.0);
            }
        }
    });
}

fn tint(p: &Palette, strength: f32) -> Color32 {
    let color = p.series(usize::from(strength < 0.0));
    Palette::faint(color, WEAKEST + (STRONGEST - WEAKEST) * strength.abs().min(1.0))
}
