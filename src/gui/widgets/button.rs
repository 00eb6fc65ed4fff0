//! Buttons: one gold primary a page, quiet secondary ones, text links, chips that toggle.

use crate::gui::theme::{Tone, palette, space, text};
use egui::text::{LayoutJob, TextFormat};
use egui::{Button, Color32, CornerRadius, Response, RichText, Sense, Stroke, Ui, vec2};

/// The page's one main action.
pub fn primary_button(ui: &mut Ui, label: &str, enabled: bool) -> Response {
    let p = palette(ui);
    let button = Button::new(RichText::new(label).color(if enabled { p.on_accent } else { p.text_2 }))
        .fill(if enabled { p.accent } else { p.raised })
        .stroke(Stroke::NONE)
        .corner_radius(CornerRadius::same(space::CONTROL_RADIUS))
        .min_size(vec2(0.0, 30.0));
    ui.add_enabled(enabled, button)
}

pub fn secondary_button(ui: &mut Ui, label: &str) -> Response {
    let p = palette(ui);
    ui.add(
        Button::new(RichText::new(label).color(p.text))
            .fill(p.card)
            .stroke(Stroke::new(1.0, p.line))
            .corner_radius(CornerRadius::same(space::CONTROL_RADIUS))
            .min_size(vec2(0.0, 30.0)),
    )
}

/// A text action such as `Why this threshold?`.
pub fn link(ui: &mut Ui, label: &str) -> Response {
    let p = palette(ui);
    let response = ui.add(Button::new(RichText::new(label).font(text::small()).color(p.text_2)).frame(false));
    if response.hovered() {
        let y = response.rect.bottom() - 3.0;
        ui.painter()
            .hline(response.rect.x_range(), y, Stroke::new(1.0, p.text_2));
    }
    response
}

/// A rounded filter chip; filled with the accent's tint while on.
pub fn toggle_chip(ui: &mut Ui, on: bool, label: &str) -> Response {
    chip_of(ui, on, label, None)
}

/// The same with its first character, a shape, in the colour of a tone.
pub fn toned_chip(ui: &mut Ui, on: bool, tone: Tone, label: &str) -> Response {
    let color = palette(ui).tone(tone);
    chip_of(ui, on, label, Some(color))
}

fn chip_of(ui: &mut Ui, on: bool, label: &str, shape_color: Option<Color32>) -> Response {
    let p = palette(ui);
    let color = if on { p.accent } else { p.text_2 };
    let (shape, word) = label.split_at(label.chars().next().map_or(0, char::len_utf8));
    let mut job = LayoutJob::single_section(
        shape.to_owned(),
        TextFormat::simple(text::small(), shape_color.unwrap_or(color)),
    );
    job.append(word, 0.0, TextFormat::simple(text::small(), color));
    let galley = ui.painter().layout_job(job);
    let size = vec2(galley.size().x + 18.0, 22.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let fill = if on { p.accent_tint } else { p.raised };
    let stroke = if response.hovered() || response.has_focus() {
        Stroke::new(1.0, p.text_3)
    } else {
        Stroke::NONE
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(space::CHIP_RADIUS),
        fill,
        stroke,
        egui::StrokeKind::Inside,
    );
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, p.text);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, ui.is_enabled(), on, label));
    response
}
