//! A histogram the height of a table row.

use crate::engine::audit::profile::Histogram;
use egui::{Color32, Rect, Response, Sense, Ui, pos2, vec2};

/// Draws the bins in their own range.
pub fn mini_histogram(ui: &mut Ui, histogram: &Histogram, color: Color32, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    let slot = rect.width() / histogram.counts.len().max(1) as f32;
    for (bin, &count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (count as f32 / most * rect.height()).max(1.0);
        let left = rect.left() + slot * bin as f32;
        let bar = Rect::from_min_max(
            pos2(left, rect.bottom() - height),
            pos2(left + (slot - 0.5).max(0.8), rect.bottom()),
        );
        ui.painter().rect_filled(bar, 0.0, color);
    }
    response
}
