//! The mark: a dark stone with a streak of gold, drawn from geometry so that no image file is needed.

use crate::gui::theme::Palette;
use egui::{Color32, CornerRadius, Painter, Rect, Stroke, pos2};

/// The window's icon, 64 × 64 pixels.
pub fn window_icon() -> egui::IconData {
    const SIZE: u32 = 64;
    let mut rgba = Vec::with_capacity((SIZE * SIZE * 4) as usize);
    for y in 0..SIZE {
        for x in 0..SIZE {
            rgba.extend_from_slice(&pixel(x as f32, y as f32).to_array());
        }
    }
    egui::IconData {
        rgba,
        width: SIZE,
        height: SIZE,
    }
}

/// A rounded square of stone; the streak is the band around the rising diagonal.
fn pixel(x: f32, y: f32) -> Color32 {
    let (half, radius) = (28.0, 12.0);
    let dx = ((x - 31.5).abs() - (half - radius)).max(0.0);
    let dy = ((y - 31.5).abs() - (half - radius)).max(0.0);
    if dx.hypot(dy) > radius {
        return Color32::TRANSPARENT;
    }
    let across = ((x - 31.5) * 0.62 + (y - 31.5) * 0.78 - 5.0).abs();
    let along = (x - 31.5) * 0.78 - (y - 31.5) * 0.62;
    if across < 4.5 && along.abs() < 21.0 {
        Palette::DARK.accent
    } else {
        Palette::DARK.raised
    }
}

/// The same mark in the top bar.
pub fn paint(painter: &Painter, rect: Rect, stone: Color32, line: Color32, gold: Color32) {
    painter.rect(
        rect,
        CornerRadius::same(4),
        stone,
        Stroke::new(1.0, line),
        egui::StrokeKind::Inside,
    );
    let streak = [
        pos2(rect.left() + 3.5, rect.bottom() - 4.0),
        pos2(rect.right() - 3.0, rect.top() + rect.height() * 0.42),
    ];
    painter.line_segment(streak, Stroke::new(2.4, gold));
}
