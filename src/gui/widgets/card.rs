//! Cards: the surfaces a page is made of.

use crate::gui::theme::{Tone, palette, space, text};
use egui::{CornerRadius, Frame, InnerResponse, Margin, RichText, Sense, Stroke, Ui, vec2};

/// A plain card that fills the width it is given.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let p = palette(ui);
    Frame::new()
        .fill(p.card)
        .stroke(Stroke::new(1.0, p.line))
        .corner_radius(CornerRadius::same(space::CARD_RADIUS))
        .inner_margin(Margin::symmetric(space::CARD_X, space::CARD_Y))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            // Columns justify their text by default, which tears sentences apart.
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), add).inner
        })
}

/// A card with a title on the left and small actions on the right.
pub fn card_titled<R>(
    ui: &mut Ui,
    title: &str,
    actions: impl FnOnce(&mut Ui),
    add: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    card(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            ui.label(RichText::new(title).font(text::body()).color(palette(ui).text_2));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
        });
        ui.add_space(space::TIGHT);
        add(ui)
    })
}

/// A small rounded label.
pub fn chip(ui: &mut Ui, label: &str, tone: Tone) -> egui::Response {
    let p = palette(ui);
    let color = p.tone(tone);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), text::small(), color);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, 20.0), Sense::hover());
    let fill = if tone == Tone::Accent { p.accent_tint } else { p.raised };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(space::CHIP_RADIUS), fill);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, label));
    response
}

/// A headline figure: label above, big number, quiet note below, optional bar 0..=1.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    pub label: String,
    pub value: String,
    pub note: String,
    /// Hover text: the number's definition.
    pub definition: String,
    /// Filled share of the bar under the number, with its tone.
    pub bar: Option<(f32, Tone)>,
    pub note_tone: Option<Tone>,
}

/// A row of equally wide figure cards. Returns the index of a clicked one.
pub fn figure_card(ui: &mut Ui, figures: &[Figure]) -> Option<usize> {
    let gap = space::GAP;
    let n = figures.len().max(1) as f32;
    let whole = ui.available_width();
    let width = ((whole - gap * (n - 1.0)) / n).floor();
    // What rounding leaves goes to the last card, so that the row ends where the cards below it end.
    let last = whole - (width + gap) * (n - 1.0);
    let tall = figures.iter().any(|f| f.bar.is_some() || !f.note.is_empty());
    let height = if tall { 88.0 } else { 68.0 };
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (index, figure) in figures.iter().enumerate() {
            let width = if index + 1 == figures.len() { last } else { width };
            let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
            paint_figure(ui, rect, figure);
            response.widget_info(|| {
                egui::WidgetInfo::labeled(
                    egui::Role::Button,
                    true,
                    format!("{} {} {}", figure.label, figure.value, figure.note),
                )
            });
            let response = if figure.definition.is_empty() {
                response
            } else {
                response.on_hover_text(&figure.definition)
            };
            if response.clicked() {
                clicked = Some(index);
            }
        }
    });
    clicked
}

fn paint_figure(ui: &Ui, rect: egui::Rect, figure: &Figure) {
    let p = palette(ui);
    let radius = CornerRadius::same(space::CARD_RADIUS);
    ui.painter()
        .rect(rect, radius, p.card, Stroke::new(1.0, p.line), egui::StrokeKind::Inside);
    let painter = ui.painter().with_clip_rect(rect.shrink(2.0));
    let left = rect.left() + 12.0;
    let label = painter.layout_no_wrap(figure.label.clone(), text::small(), p.text_2);
    painter.galley(egui::pos2(left, rect.top() + 10.0), label, p.text_2);
    let value = painter.layout_no_wrap(figure.value.clone(), text::figure(), p.text);
    let value_width = value.size().x;
    painter.galley(egui::pos2(left, rect.top() + 26.0), value, p.text);
    let note_color = figure.note_tone.map_or(p.text_2, |tone| p.tone(tone));
    let note = painter.layout_no_wrap(figure.note.clone(), text::small(), note_color);
    let beside = figure.bar.is_some();
    let note_at = if beside {
        egui::pos2(left + value_width + 8.0, rect.top() + 38.0)
    } else {
        egui::pos2(left, rect.top() + 62.0)
    };
    painter.galley(note_at, note, note_color);
    if let Some((share, tone)) = figure.bar {
        let y = rect.bottom() - 14.0;
        let track = egui::Rect::from_min_max(egui::pos2(left, y), egui::pos2(rect.right() - 12.0, y + 4.0));
        painter.rect_filled(track, 2.0, p.raised);
        let mut filled = track;
        filled.set_width(track.width() * share.clamp(0.0, 1.0));
        painter.rect_filled(filled, 2.0, p.tone(tone));
    }
}

/// The answer in one sentence with its reasons, a coloured edge, and actions on the right.
pub fn verdict_card(ui: &mut Ui, tone: Tone, sentence: &str, reasons: &str, actions: impl FnOnce(&mut Ui)) {
    let p = palette(ui);
    let response = card(ui, |ui| {
        ui.horizontal(|ui| {
            let actions_width = 220.0;
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - actions_width).max(200.0));
                ui.label(RichText::new(sentence).font(text::verdict()).color(p.text));
                ui.label(RichText::new(reasons).color(p.text_2));
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
        });
    });
    let edge = response.response.rect;
    let bar = egui::Rect::from_min_size(edge.min, vec2(3.0, edge.height()));
    ui.painter().rect_filled(
        bar,
        CornerRadius {
            nw: 3,
            sw: 3,
            ne: 0,
            se: 0,
        },
        p.tone(tone),
    );
}
