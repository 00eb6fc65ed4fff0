//! Parts of every chart of a run: curves thinned to the pixels they are drawn on, marks of what happened.

use super::super::PageContext;
use super::look::AxisOf;
use crate::engine::run::replay::{Mark, MarkKind};
use crate::engine::run::series::{Point, decimate_span};
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Palette, text};
use crate::gui::widgets;
use egui::{Color32, RichText, Ui};
use egui_plot::{Line, LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotResponse, PlotUi, Points, Text, VLine};

/// How near to a mark the pointer must be, in points.
const NEAR: f32 = 7.0;

/// The points to draw in the plot as it stands: at most two a pixel column. Without a zoom all of the curve is seen,
/// and the plot must know its ends to find its own bounds.
pub(super) fn visible(plot: &PlotUi<'_>, points: &[Point]) -> Vec<Point> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let columns = plot.transform().frame().width().max(50.0) as usize;
    let span = if plot.auto_bounds().x {
        (first[0], last[0])
    } else {
        let bounds = plot.plot_bounds();
        (bounds.min()[0], bounds.max()[0])
    };
    decimate_span(points, span, columns)
}

pub(super) fn line<'a>(plot: &PlotUi<'a>, name: &str, points: &[Point], color: Color32) -> Line<'a> {
    widgets::curve(name, &visible(plot, points), color).id(name)
}

pub(super) fn dots<'a>(name: &str, points: &[Point], color: Color32, radius: f32) -> Points<'a> {
    Points::new(name, PlotPoints::from(points.to_vec()))
        .id((name, "dots"))
        .color(color)
        .radius(radius)
}

/// Lowest and highest value.
pub(super) fn extent(curves: &[&[Point]]) -> (f64, f64) {
    let values = curves.iter().flat_map(|points| points.iter().map(|point| point[1]));
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

/// Dotted lines where it was resumed, paused, best or short of memory; triangles where checkpoints were written, crosses
/// where steps were skipped.
pub(super) fn marks(
    cx: &PageContext<'_>,
    plot: &mut PlotUi<'_>,
    (run, axis): (&RunSnapshot, &AxisOf),
    (floor, top): (f64, f64),
    p: &Palette,
) {
    if !top.is_finite() {
        return;
    }
    let end = plot.plot_bounds().max()[0];
    let (mut checkpoints, mut skipped): (Vec<Point>, Vec<Point>) = Default::default();
    for (index, mark) in run.view.marks().iter().enumerate() {
        let x = axis.x(mark.step as f64);
        let color = match mark.kind {
            MarkKind::Checkpoint => {
                checkpoints.push([x, floor]);
                continue;
            }
            MarkKind::StepSkipped => {
                skipped.push([x, floor]);
                continue;
            }
            MarkKind::Best => p.accent,
            MarkKind::MemoryShort => p.warning,
            MarkKind::Resumed | MarkKind::Paused => p.text_3,
        };
        let line = VLine::new("", x).id(("mark", index)).color(color).width(1.0);
        plot.vline(line.style(LineStyle::dotted_dense()).allow_hover(false));
        let label = format!(" {} · {} ", words::mark(cx.lang(), mark.kind), number::count(mark.step));
        let label = RichText::new(label).font(text::small()).color(color);
        // Two rows of labels, so that the best does not cover a resume beside it.
        let y = if mark.kind == MarkKind::Best {
            top - 0.09 * (top - floor)
        } else {
            top
        };
        // Near the right edge there is room on the left only.
        let anchor = if x > 0.75 * end {
            egui::Align2::RIGHT_CENTER
        } else {
            egui::Align2::LEFT_CENTER
        };
        let words = Text::new("", PlotPoint::new(x, y), label)
            .id(("label", index))
            .color(color);
        plot.text(words.anchor(anchor).allow_hover(false));
    }
    for (kind, points, color, shape) in [
        (MarkKind::Checkpoint, &checkpoints, p.text_3, MarkerShape::Up),
        (MarkKind::StepSkipped, &skipped, p.warning, MarkerShape::Cross),
    ] {
        if !points.is_empty() {
            plot.points(dots(words::mark(cx.lang(), kind), points, color, 3.5).shape(shape));
        }
    }
}

/// What happened where the pointer is, in words.
pub(super) fn mark_words<R>(cx: &PageContext<'_>, ui: &Ui, plot: &PlotResponse<R>, run: &RunSnapshot, axis: &AxisOf) {
    let Some(pointer) = plot.response.hover_pos() else {
        return;
    };
    let near = |mark: &&Mark| {
        let x = plot.transform.position_from_point_x(axis.x(mark.step as f64));
        (x - pointer.x).abs() <= NEAR
    };
    let marks = run.view.marks();
    let told: Vec<String> = marks
        .iter()
        .filter(near)
        .take(6)
        .map(|mark| words::mark_why(cx.lang(), mark, run.best_value()))
        .collect();
    if !told.is_empty() {
        egui::Tooltip::always_open(
            ui.ctx().clone(),
            ui.layer_id(),
            ui.scope_id().with("marks"),
            egui::PopupAnchor::Pointer,
        )
        .gap(12.0)
        .show(|ui| {
            for line in told {
                ui.label(RichText::new(line).font(text::small()));
            }
        });
    }
}

/// Room around a curve that is one value all along, for which the plot has no scale of its own.
pub(super) fn room_around(points: &[Point]) -> Option<(f64, f64)> {
    let first = points.first()?[1];
    let is_flat = first.is_finite() && points.iter().all(|point| point[1] == first);
    let room = if first == 0.0 { 1.0 } else { 0.1 * first.abs() };
    is_flat.then_some((first - room, first + room))
}

pub(super) fn best_point(plot: &mut PlotUi<'_>, run: &RunSnapshot, axis: &AxisOf, p: &Palette) {
    let (Some(best), Some(value)) = (run.view.best(), run.best_value()) else {
        return;
    };
    let Some(y) = axis.y(value) else { return };
    let x = axis.x(best.step as f64);
    plot.points(dots("best", &[[x, y]], p.accent, 6.0).shape(MarkerShape::Diamond));
    // At the left edge there is room on the right only, at the top below only.
    let bounds = plot.plot_bounds();
    let is_early = x < bounds.min()[0] + 0.2 * bounds.width();
    let is_high = y > bounds.max()[1] - 0.2 * bounds.height();
    let anchor = match (is_early, is_high) {
        (true, true) => egui::Align2::LEFT_TOP,
        (true, false) => egui::Align2::LEFT_BOTTOM,
        (false, true) => egui::Align2::RIGHT_TOP,
        (false, false) => egui::Align2::RIGHT_BOTTOM,
    };
    let label = RichText::new(format!("  {}  ", number::fixed(value, 4)))
        .font(text::small())
        .color(p.accent);
    let words = Text::new("", PlotPoint::new(x, y), label)
        .id("best label")
        .color(p.accent);
    plot.text(words.anchor(anchor).allow_hover(false));
}

/// A picture's content in words, for screen readers; `curves` as (step, value).
pub(super) fn describe(response: &egui::Response, title: &str, curves: &[&[Point]]) {
    response.widget_info(|| {
        let ends = curves
            .iter()
            .filter_map(|points| Some((points.first()?, points.last()?)));
        let told: Vec<String> = ends
            .map(|(first, last)| {
                let value = |point: &Point| number::fixed(point[1], 4);
                let step = |point: &Point| number::count(point[0] as u64);
                format!("{} ({}) → {} ({})", value(first), step(first), value(last), step(last))
            })
            .collect();
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{title} {}", told.join(", ")))
    });
}
