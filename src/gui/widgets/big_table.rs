//! A table of any number of rows: only the page in view is built, and its place is kept in whole rows, since a scroll
//! offset in 32-bit points stands still among ten million rows.

use super::table::{Column, NARROWEST};
use crate::gui::theme::{palette, space, text};
use egui::{Align, Key, Layout, Rect, RichText, Role, Sense, Stroke, Ui, pos2, vec2};
use egui_extras::{TableBuilder, TableRow};

const BAR_WIDTH: f32 = 12.0;
const THUMB_MIN: f32 = 24.0;
const HEADER: f32 = 26.0;

/// Where a table stands: its first row in view, exact to 2^53.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BigScroll {
    pub top: f64,
}

/// What a big table is about.
pub struct BigTable<'a> {
    pub id: &'a str,
    pub columns: &'a [Column],
    pub rows: usize,
    pub height: f32,
    /// The column the rows are ordered by, and whether they fall.
    pub sorted: Option<(usize, bool)>,
    /// Columns from here on can be ordered by.
    pub sortable_from: usize,
    /// What the scroll bar is called for screen readers.
    pub bar_name: &'a str,
}

/// Draws the table; `draw(row, index)` fills every column in order. The index of a heading that was pressed.
pub fn big_table(
    ui: &mut Ui,
    scroll: &mut BigScroll,
    table: &BigTable<'_>,
    draw: impl FnMut(&mut TableRow<'_, '_>, usize),
) -> Option<usize> {
    let size = vec2(ui.available_width(), table.height.max(HEADER + 2.0 * space::ROW));
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let (body, bar) = rect.split_left_right_at_x(rect.right() - BAR_WIDTH);
    // Room for the horizontal bar is left in any case, so that the page does not change with the columns.
    let page = (((body.height() - HEADER - BAR_WIDTH) / space::ROW).floor() as usize).clamp(1, table.rows.max(1));
    let max_top = table.rows.saturating_sub(page) as f64;
    if ui.rect_contains_pointer(body) {
        let moved = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
        scroll.top -= f64::from(moved / space::ROW);
    }
    scroll_bar(ui, scroll, table, bar, (page, max_top));
    scroll.top = scroll.top.clamp(0.0, max_top);
    let first = scroll.top as usize;
    let pressed = ui
        .scope_builder(egui::UiBuilder::new().max_rect(body).id_salt(table.id), |ui| {
            egui::ScrollArea::horizontal()
                .id_salt(table.id)
                .auto_shrink([false, false])
                .show(ui, |ui| page_ui(ui, table, (first, page), draw))
                .inner
        })
        .inner;
    ui.advance_cursor_after_rect(rect);
    pressed
}

/// The bar at the right edge: dragged, or moved by the keys once it has the focus.
fn scroll_bar(ui: &mut Ui, scroll: &mut BigScroll, table: &BigTable<'_>, bar: Rect, (page, max_top): (usize, f64)) {
    if max_top <= 0.0 {
        return;
    }
    let response = ui.interact(bar, ui.scope_id().with((table.id, "bar")), Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ScrollBar, true, table.bar_name));
    let part = (page as f64 / table.rows.max(1) as f64) as f32;
    let thumb = (bar.height() * part).max(THUMB_MIN).min(bar.height());
    let way = (bar.height() - thumb).max(1.0);
    if let Some(pointer) = response.interact_pointer_pos() {
        let at = (pointer.y - bar.top() - thumb / 2.0) / way;
        scroll.top = f64::from(at) * max_top;
    }
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    if response.has_focus() {
        // The arrows would otherwise move the focus away.
        let filter = egui::EventFilter {
            vertical_arrows: true,
            ..egui::EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        scroll.top = moved_by_keys(ui, scroll.top, page, max_top);
    }
    scroll.top = scroll.top.clamp(0.0, max_top);
    let top = bar.top() + (scroll.top / max_top) as f32 * way;
    let p = palette(ui);
    let is_held = response.hovered() || response.dragged() || response.has_focus();
    let fill = if is_held { p.text_2 } else { p.text_3 };
    let shape = Rect::from_min_size(pos2(bar.left() + 3.0, top), vec2(BAR_WIDTH - 5.0, thumb));
    ui.painter().rect_filled(shape, 3.0, fill);
}

fn moved_by_keys(ui: &Ui, top: f64, page: usize, max_top: f64) -> f64 {
    let page = page.saturating_sub(1).max(1) as f64;
    let steps = [
        (Key::ArrowDown, 1.0),
        (Key::ArrowUp, -1.0),
        (Key::PageDown, page),
        (Key::PageUp, -page),
    ];
    ui.input(|input| {
        if input.key_pressed(Key::Home) {
            return 0.0;
        }
        if input.key_pressed(Key::End) {
            return max_top;
        }
        let pressed = steps.iter().filter(|(key, _)| input.key_pressed(*key));
        pressed.fold(top, |top, (_, step)| top.floor() + step)
    })
}

fn page_ui(
    ui: &mut Ui,
    table: &BigTable<'_>,
    (first, page): (usize, usize),
    mut draw: impl FnMut(&mut TableRow<'_, '_>, usize),
) -> Option<usize> {
    let mut pressed = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let line = Stroke::new(1.0, palette(ui).line);
    let whole = ui.clip_rect().x_range();
    ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
    let mut builder = TableBuilder::new(ui)
        .id_salt(table.id)
        .striped(false)
        .resizable(true)
        .vscroll(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .auto_shrink([false, true]);
    for column in table.columns {
        builder = builder.column(match column.width {
            Some(width) => egui_extras::Column::initial(width).at_least(NARROWEST).clip(true),
            None => egui_extras::Column::remainder().at_least(column.at_least).clip(true),
        });
    }
    builder
        .header(HEADER, |mut header| {
            for (index, column) in table.columns.iter().enumerate() {
                header.col(|ui| {
                    // A heading that is scrolled out of view is no control: it could not be pressed.
                    let is_seen = whole.contains(ui.max_rect().left()) && whole.contains(ui.max_rect().right());
                    if index < table.sortable_from || !is_seen {
                        super::header_cell(ui, column);
                    } else if heading(ui, column, table.sorted.filter(|(sorted, _)| *sorted == index)) {
                        pressed = Some(index);
                    }
                });
            }
        })
        .body(|mut body| {
            let painter = body.ui_mut().painter().clone();
            body.rows(space::ROW, page.min(table.rows.saturating_sub(first)), |mut row| {
                let index = first + row.index();
                draw(&mut row, index);
                let rect = row.response().rect;
                painter.hline(rect.x_range().intersection(whole), rect.bottom() - 0.5, line);
            });
        });
    pressed
}

/// A heading that orders the rows when it is pressed.
fn heading(ui: &mut Ui, column: &Column, sorted: Option<(usize, bool)>) -> bool {
    let p = palette(ui);
    let label = match sorted {
        None => column.heading.clone(),
        Some((_, false)) => format!("{} ▲", column.heading),
        Some((_, true)) => format!("{} ▼", column.heading),
    };
    let color = if sorted.is_some() { p.accent } else { p.text_2 };
    let button = egui::Button::new(RichText::new(label).font(text::small()).color(color))
        .frame(false)
        .truncate();
    let layout = if column.right {
        Layout::right_to_left(Align::Center)
    } else {
        Layout::left_to_right(Align::Center)
    };
    ui.with_layout(layout, |ui| {
        if column.right {
            ui.add_space(space::SMALL);
        }
        ui.add(button).clicked()
    })
    .inner
}
