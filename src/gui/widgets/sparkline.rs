//! A curve the height of a table row.

use egui::{Color32, Response, Sense, Shape, Stroke, Ui, pos2, vec2};

/// Draws finite `values` left to right, scaled to their own range.
pub fn sparkline(ui: &mut Ui, values: &[f64], color: Color32, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
    let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let (Some(lo), Some(hi)) = (
        finite.iter().copied().reduce(f64::min),
        finite.iter().copied().reduce(f64::max),
    ) else {
        return response;
    };
    if finite.len() < 2 {
        return response;
    }
    let span = if hi > lo { hi - lo } else { 1.0 };
    let step = rect.width() / (finite.len() - 1) as f32;
    let points = finite.iter().enumerate().map(|(i, v)| {
        pos2(
            rect.left() + step * i as f32,
            rect.bottom() - 2.0 - ((v - lo) / span) as f32 * (rect.height() - 4.0),
        )
    });
    ui.painter().add(Shape::line(points.collect(), Stroke::new(1.3, color)));
    response
}
