//! Marks: states and severities told by shape and colour together.

use crate::engine::artifact::Severity;
use crate::gui::state::StageMark;
use crate::gui::theme::{Palette, Tone, palette, text};
use egui::{Painter, Pos2, Rect, Response, RichText, Sense, Shape, Stroke, Ui, pos2, vec2};

/// ● danger, ▲ warning, ■ info, ✓ success, ○ quiet, at `center`.
pub fn paint_tone_mark(painter: &Painter, center: Pos2, tone: Tone, p: &Palette) {
    let color = p.tone(tone);
    match tone {
        Tone::Danger => painter.add(Shape::circle_filled(center, 5.0, color)),
        Tone::Warning | Tone::Accent => painter.add(Shape::convex_polygon(
            vec![
                center + vec2(0.0, -5.0),
                center + vec2(5.5, 4.5),
                center + vec2(-5.5, 4.5),
            ],
            color,
            Stroke::NONE,
        )),
        Tone::Info => painter.add(Shape::rect_filled(
            Rect::from_center_size(center, vec2(9.0, 9.0)),
            1.0,
            color,
        )),
        Tone::Success => painter.add(Shape::line(
            vec![
                center + vec2(-4.5, 0.5),
                center + vec2(-1.2, 4.0),
                center + vec2(4.8, -4.0),
            ],
            Stroke::new(1.8, color),
        )),
        Tone::Plain | Tone::Quiet => painter.add(Shape::circle_stroke(center, 4.0, Stroke::new(1.5, color))),
    };
}

/// The navigation's mark of a stage.
pub fn paint_stage_mark(painter: &Painter, center: Pos2, mark: StageMark, p: &Palette, time: f64) {
    match mark {
        StageMark::Nothing => {
            painter.circle_stroke(center, 3.0, Stroke::new(1.2, p.text_3));
        }
        StageMark::Done => {
            painter.circle_filled(center, 4.0, p.success);
        }
        StageMark::NeedsAttention => paint_tone_mark(painter, center, Tone::Warning, p),
        StageMark::Stale => {
            painter.circle_stroke(center, 3.5, Stroke::new(1.6, p.warning));
            painter.line_segment([center, center + vec2(0.0, -2.4)], Stroke::new(1.2, p.warning));
        }
        StageMark::Running => {
            let start = (time * 4.0) as f32;
            let points = (0..=10).map(|i| {
                let angle = start + i as f32 * 0.45;
                center + 4.0 * vec2(angle.cos(), angle.sin())
            });
            painter.add(Shape::line(points.collect(), Stroke::new(1.8, p.accent)));
        }
    }
}

/// The severity's mark as a widget with a label for screen readers.
pub fn severity_mark(ui: &mut Ui, severity: Severity) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
    paint_tone_mark(ui.painter(), rect.center(), severity.into(), &palette(ui));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, severity.name()));
    response
}

/// A small horizontal bar for a share 0..=1.
pub fn share_bar(ui: &mut Ui, share: f32, tone: Tone, width: f32) -> Response {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 14.0), Sense::hover());
    let track = Rect::from_min_max(
        pos2(rect.left(), rect.center().y - 2.0),
        pos2(rect.right(), rect.center().y + 2.0),
    );
    ui.painter().rect_filled(track, 2.0, p.raised);
    if share > 0.0 {
        let mut filled = track;
        filled.set_width((track.width() * share.clamp(0.0, 1.0)).max(1.5));
        ui.painter().rect_filled(filled, 2.0, p.tone(tone));
    }
    response
}

/// A mark and its word, e.g. `▲ Warning`.
pub fn tone_text(ui: &mut Ui, tone: Tone, label: &str) -> Response {
    let p = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        paint_tone_mark(ui.painter(), rect.center(), tone, &p);
        ui.label(RichText::new(label).font(text::small()).color(p.tone(tone)));
    })
    .response
}
