//! Outcomes of one rule over loads as a row of bars: height and fill tell them apart, the colour repeats it.

use crate::gui::theme::{Tone, palette};
use egui::{Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

const PITCH: f32 = 8.0;
const BAR: f32 = 5.0;
const HEIGHT: f32 = 18.0;

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarState {
    /// A low bar.
    Passed,
    /// A bar of full height, in the tone of the rule's severity.
    Failed(Tone),
    /// A hollow bar.
    NotJudged,
}

/// Draws the newest outcomes that fit, oldest on the left; `told` is what the pointer reads at a bar.
pub fn outcome_strip(ui: &mut Ui, label: &str, bars: &[(BarState, String)], width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let p = palette(ui);
    let fitting = (width / PITCH).floor() as usize;
    let shown = &bars[bars.len().saturating_sub(fitting)..];
    for (place, (state, _)) in shown.iter().enumerate() {
        let left = rect.left() + PITCH * place as f32;
        let bar = |height: f32| {
            let bottom = rect.bottom() - 2.0;
            Rect::from_min_max(pos2(left, bottom - height), pos2(left + BAR, bottom))
        };
        match state {
            BarState::Passed => ui.painter().rect_filled(bar(5.0), 1.0, p.success),
            BarState::Failed(tone) => ui.painter().rect_filled(bar(14.0), 1.0, p.tone(*tone)),
            BarState::NotJudged => {
                ui.painter()
                    .rect_stroke(bar(9.0), 1.0, Stroke::new(1.0, p.text_2), StrokeKind::Inside)
            }
        };
    }
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, label));
    let under = response.hover_pos().map(|pos| ((pos.x - rect.left()) / PITCH) as usize);
    match under.and_then(|place| shown.get(place)) {
        Some((_, told)) => response.on_hover_text(told),
        None => response.on_hover_text(label),
    }
}
