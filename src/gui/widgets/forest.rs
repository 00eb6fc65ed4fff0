//! One row of a forest plot: an interval with its estimate against a reference line, in a table cell.

use crate::gui::theme::{Tone, palette};
use egui::{Pos2, Response, Sense, Stroke, Ui, pos2, vec2};

/// The common scale of all rows of one forest plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForestScale {
    pub low: f64,
    pub high: f64,
    /// Drawn as a dotted vertical line, e.g. 0 = no difference.
    pub reference: Option<f64>,
}

impl ForestScale {
    /// A scale that holds all `values` and the reference, with a margin.
    pub fn around(values: impl Iterator<Item = f64>, reference: Option<f64>) -> Self {
        let all = values.chain(reference).filter(|value| value.is_finite());
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return Self {
                low: 0.0,
                high: 1.0,
                reference,
            };
        }
        let margin = ((high - low) * 0.06).max(1e-9);
        Self {
            low: low - margin,
            high: high + margin,
            reference,
        }
    }

    fn place(&self, value: f64, left: f32, width: f32) -> f32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        left + share as f32 * width
    }
}

/// Draws `estimate` with its interval; an interval that leaves the scale ends in an open line. `spoken` is for
/// screen readers.
pub fn forest_cell(
    ui: &mut Ui,
    scale: &ForestScale,
    estimate: Option<f64>,
    interval: Option<[f64; 2]>,
    (tone, spoken): (Tone, &str),
) -> Response {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width().max(40.0), 20.0), Sense::hover());
    let (left, width, y) = (rect.left() + 4.0, rect.width() - 8.0, rect.center().y);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if let Some(reference) = scale.reference {
        let x = scale.place(reference, left, width);
        let line: [Pos2; 2] = [pos2(x, rect.top()), pos2(x, rect.bottom())];
        painter.extend(egui::Shape::dashed_line(&line, Stroke::new(1.0, p.text_3), 2.0, 3.0));
    }
    let color = p.tone(tone);
    if let Some([low, high]) = interval {
        let ends = [scale.place(low, left, width), scale.place(high, left, width)];
        painter.line_segment([pos2(ends[0], y), pos2(ends[1], y)], Stroke::new(2.5, color));
    }
    if let Some(estimate) = estimate {
        painter.circle_filled(pos2(scale.place(estimate, left, width), y), 4.0, color);
    }
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, spoken));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_everything() {
        let scale = ForestScale::around([0.2, f64::NAN, 0.8].into_iter(), Some(0.0));
        assert!(scale.low < 0.0 && scale.high > 0.8);
        assert_eq!(scale.place(scale.low, 10.0, 100.0), 10.0);
        assert_eq!(scale.place(99.0, 10.0, 100.0), 110.0);
        let empty = ForestScale::around(std::iter::empty(), None);
        assert_eq!((empty.low, empty.high), (0.0, 1.0));
    }
}
