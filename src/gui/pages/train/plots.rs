//! The loss plot and the metric plot of the shown run, the other runs' metric beside it.

use super::super::PageContext;
use super::curves::CurveCache;
use super::runs_table::run_color;
use crate::engine::run::replay::{MarkKind, curve};
use crate::engine::run::series::Point;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Palette, palette, text};
use crate::gui::widgets::{self, PlotLook};
use egui::{Color32, RichText, Sense, Stroke, Ui, vec2};
use egui_plot::{LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotUi, Points, Text, VLine};

/// Train loss raw and smoothed, validation loss as points, marks of what happened.
pub(super) fn loss_card(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, cache: &mut CurveCache, height: f32) {
    let p = palette(ui);
    let curves = cache.of(run);
    let (train_color, valid_color) = (p.series(0), p.series(1));
    let legend = |ui: &mut Ui| {
        if widgets::toggle_chip(ui, cache.smoothing > 0.0, &words::smoothing(cx.lang(), cache.smoothing)).clicked() {
            cache.next_smoothing();
        }
        legend_item(ui, valid_color, cx.t(words::VALID_CURVE), true);
        legend_item(ui, train_color, cx.t(words::TRAIN_CURVE), false);
    };
    widgets::card_titled(ui, cx.t(words::LOSS), legend, |ui| {
        let look = PlotLook {
            link: Some("train_steps"),
            include_x: steps_range(run),
            x_label: cx.t(words::STEP_AXIS),
            ..PlotLook::new("loss", height)
        };
        let plot = widgets::line_plot(ui, &look, |plot| {
            let faint = Palette::faint(train_color, 0.35);
            let name = cx.t(words::TRAIN_CURVE);
            plot.line(
                widgets::curve("", &curves.raw, faint)
                    .id("raw")
                    .width(1.0)
                    .allow_hover(false),
            );
            plot.line(widgets::curve(name, &curves.smooth, train_color));
            plot.points(dots(cx.t(words::VALID_CURVE), &curves.valid, valid_color, 4.0));
            marks(cx, plot, run, extent(&[&curves.raw, &curves.valid]), &p);
        });
        describe(&plot.response, cx.t(words::LOSS), &[&curves.smooth]);
    });
}

/// The deciding metric: the shown run in the accent, up to six others in their colours, the best marked.
pub(super) fn metric_card(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
    const OTHERS: usize = 6;
    let p = palette(ui);
    let (lang, metric) = (cx.lang(), run.config.metric.as_str());
    let name = curve::valid(metric);
    let runs = &cx.state.train.runs.runs;
    let others: Vec<(Color32, &RunSnapshot, Vec<Point>)> = runs
        .iter()
        .enumerate()
        .filter(|(_, other)| other.run_id != run.run_id)
        .filter_map(|(at, other)| {
            let points = other.view.series.get(&name)?;
            Some((run_color(&p, at, false), other, points.decimated(400)))
        })
        .take(OTHERS)
        .collect();
    let own: Vec<Point> = run
        .view
        .series
        .get(&name)
        .map(|s| s.iter().collect())
        .unwrap_or_default();
    let legend = |ui: &mut Ui| {
        for (color, other, _) in others.iter().take(3).rev() {
            legend_item(ui, *color, &words::run_name(lang, &other.short_name()), false);
        }
        legend_item(ui, p.accent, &words::run_name(lang, &run.short_name()), false);
    };
    widgets::card_titled(ui, &words::valid_metric(lang, metric), legend, |ui| {
        let look = PlotLook {
            link: Some("train_steps"),
            include_x: steps_range(run),
            x_label: cx.t(words::STEP_AXIS),
            ..PlotLook::new("metric", height)
        };
        let plot = widgets::line_plot(ui, &look, |plot| {
            for (color, other, points) in &others {
                let label = words::run_name(lang, &other.short_name());
                plot.line(widgets::curve(label, points, *color).id(&other.run_id).width(1.2));
            }
            plot.line(widgets::curve(words::run_name(lang, &run.short_name()), &own, p.accent).id("own"));
            plot.points(dots("", &own, p.accent, 3.0));
            best_point(plot, run, &p);
        });
        describe(&plot.response, &words::valid_metric(lang, metric), &[&own]);
    });
}

/// A colour and what it stands for.
fn legend_item(ui: &mut Ui, color: Color32, label: &str, is_dot: bool) {
    ui.label(RichText::new(label).font(text::small()).color(color));
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
    if is_dot {
        ui.painter().circle_filled(rect.center(), 4.0, color);
    } else {
        ui.painter()
            .hline(rect.x_range(), rect.center().y, Stroke::new(2.0, color));
    }
}

/// From the first step to the last planned one, so that a young run does not fill the plot.
fn steps_range(run: &RunSnapshot) -> Option<(f64, f64)> {
    let total = run.view.total_steps()?;
    let end = if run.status.is_live() { total } else { run.view.step };
    Some((0.0, end as f64))
}

fn dots<'a>(name: &str, points: &[Point], color: Color32, radius: f32) -> Points<'a> {
    Points::new(name, PlotPoints::from(points.to_vec()))
        .id((name, "dots"))
        .color(color)
        .radius(radius)
}

/// Lowest and highest value.
fn extent(curves: &[&[Point]]) -> (f64, f64) {
    let values = curves.iter().flat_map(|points| points.iter().map(|point| point[1]));
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

/// Dotted lines where it was resumed, paused, best or short of memory; triangles where checkpoints were written,
/// crosses where steps were skipped.
fn marks(cx: &PageContext<'_>, plot: &mut PlotUi<'_>, run: &RunSnapshot, (floor, top): (f64, f64), p: &Palette) {
    if !top.is_finite() {
        return;
    }
    let (mut checkpoints, mut skipped): (Vec<Point>, Vec<Point>) = Default::default();
    for (index, mark) in run.view.marks().iter().enumerate() {
        let color = match mark.kind {
            MarkKind::Checkpoint => {
                checkpoints.push([mark.step as f64, floor]);
                continue;
            }
            MarkKind::StepSkipped => {
                skipped.push([mark.step as f64, floor]);
                continue;
            }
            MarkKind::Best => p.accent,
            MarkKind::MemoryShort => p.warning,
            MarkKind::Resumed | MarkKind::Paused => p.text_3,
        };
        let step = mark.step as f64;
        let line = VLine::new("", step).id(("mark", index)).color(color).width(1.0);
        plot.vline(line.style(LineStyle::dotted_dense()).allow_hover(false));
        let label = format!(" {} · {} ", words::mark(cx.lang(), mark.kind), number::count(mark.step));
        let label = RichText::new(label).font(text::small()).color(color);
        // Two rows of labels, so that the best does not cover a resume beside it.
        let y = if mark.kind == MarkKind::Best {
            top - 0.09 * (top - floor)
        } else {
            top
        };
        let at = PlotPoint::new(step, y);
        // Near the right edge there is room on the left only.
        let is_late = steps_range(run).is_some_and(|(_, end)| step > 0.75 * end);
        let anchor = if is_late {
            egui::Align2::RIGHT_CENTER
        } else {
            egui::Align2::LEFT_CENTER
        };
        plot.text(
            Text::new("", at, label)
                .id(("label", index))
                .color(color)
                .anchor(anchor)
                .allow_hover(false),
        );
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

fn best_point(plot: &mut PlotUi<'_>, run: &RunSnapshot, p: &Palette) {
    let (Some(best), Some(value)) = (run.view.best(), run.best_value()) else {
        return;
    };
    let step = best.step as f64;
    plot.points(dots("best", &[[step, value]], p.accent, 6.0).shape(MarkerShape::Diamond));
    let label = RichText::new(format!("{}  ", number::fixed(value, 4)))
        .font(text::small())
        .color(p.accent);
    plot.text(
        Text::new("", PlotPoint::new(step, value), label)
            .id("best label")
            .color(p.accent)
            .anchor(egui::Align2::RIGHT_BOTTOM)
            .allow_hover(false),
    );
}

/// A picture's content in words, for screen readers.
fn describe(response: &egui::Response, title: &str, curves: &[&[Point]]) {
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
