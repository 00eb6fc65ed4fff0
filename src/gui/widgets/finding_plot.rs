//! The plot of a finding: scatter, bars, histogram or lines with threshold lines, from the engine's plain data.

use super::plot_axes;
use crate::engine::audit::plot::{Axis as DataAxis, FindingPlot, Marks, Scale};
use crate::gui::i18n::{audit as words, number};
use crate::gui::settings::Language;
use crate::gui::theme::{Palette, palette, space, text};
use egui::{Color32, RichText, Ui, vec2};
use egui_plot::{
    Axis, Bar, BarChart, GridInput, GridMark, HLine, Line, LineStyle, Plot, PlotPoint, PlotPoints, PlotUi, Points,
    Text, VLine,
};

/// Title line above the plot.
const CAPTION: f32 = 22.0;
/// Longest bar label that is written out.
const LABEL: usize = 14;

/// Draws the plot, `width` × `height` points, its title on top.
pub fn finding_plot(ui: &mut Ui, id: &str, data: &FindingPlot, (width, height): (f32, f32), lang: Language) {
    ui.vertical(|ui| {
        ui.set_width(width);
        caption(ui, data, lang);
        let p = palette(ui);
        let title = lang.b(&data.title).to_owned();
        let shown = plot_of(ui, id, data, (width, height - CAPTION), lang).show(ui, |plot| draw(plot, data, &p, lang));
        shown
            .response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, title.clone()));
    });
}

fn caption(ui: &mut Ui, data: &FindingPlot, lang: Language) {
    let p = palette(ui);
    ui.horizontal(|ui| {
        ui.set_height(CAPTION - 4.0);
        let title = RichText::new(lang.b(&data.title)).font(text::small()).color(p.text_2);
        let legend = match &data.marks {
            Marks::Lines { series } => series.as_slice(),
            _ => &[],
        };
        ui.add(egui::Label::new(title).truncate());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for series in legend.iter().rev() {
                let color = color_of(&p, series.flagged);
                ui.label(RichText::new(lang.b(&series.name)).font(text::small()).color(color));
            }
        });
    });
}

/// Ordinary things in the first series colour, what the finding is about in the second.
fn color_of(p: &Palette, flagged: bool) -> Color32 {
    if flagged { p.series(1) } else { p.series(0) }
}

/// Curves over time: (name, points in seconds since 1970, colour).
pub fn time_lines(ui: &mut Ui, id: &str, height: f32, lines: Vec<(String, Vec<[f64; 2]>, Color32)>) {
    let width = ui.available_width();
    quiet_plot(ui, id, (width, height), (Scale::Time, Vec::new())).show(ui, |plot| {
        for (name, points, color) in lines {
            plot.line(
                Line::new(name, PlotPoints::from(points))
                    .color(color)
                    .width(space::CURVE),
            );
        }
    });
}

fn plot_of<'a>(ui: &Ui, id: &str, data: &FindingPlot, size: (f32, f32), lang: Language) -> Plot<'a> {
    let labels: Vec<String> = match &data.marks {
        Marks::Bars { labels, .. } => labels
            .iter()
            .map(|label| crate::engine::audit::shortened(lang.b(label), LABEL))
            .collect(),
        _ => Vec::new(),
    };
    let plot = quiet_plot(ui, id, size, (data.x_scale, labels));
    match data.y_top() {
        Some(top) => plot.include_y(top),
        None => plot,
    }
}

/// A plot that only shows: no zoom, no drag. `labels` name bars at 0, 1, 2 …
fn quiet_plot<'a>(ui: &Ui, id: &str, size: (f32, f32), (scale, labels): (Scale, Vec<String>)) -> Plot<'a> {
    let p = palette(ui);
    let bars = labels.len();
    let x_axis = plot_axes::axis(ui, Axis::X, "").formatter(move |mark, range| match labels.get(mark.value as usize) {
        Some(label) if mark.value >= 0.0 => label.clone(),
        _ if bars > 0 => String::new(),
        _ => x_label(mark, scale, range.end() - range.start()),
    });
    Plot::new(id)
        .width(size.0)
        .height(size.1)
        .show_background(false)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .grid_color(p.line)
        .grid_fade(0.0)
        .show_grid([false, true])
        .x_grid_spacer(move |input| x_ticks(input, scale, bars))
        .y_grid_spacer(|input| plot_axes::round_ticks(input, 36.0))
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![plot_axes::axis(ui, Axis::Y, "")])
        .set_margin_fraction(vec2(0.02, 0.08))
        .include_y(0.0)
}

fn draw(plot: &mut PlotUi<'_>, data: &FindingPlot, p: &Palette, lang: Language) {
    let x = |value: f64| {
        if data.x_scale == Scale::Log {
            value.max(f64::MIN_POSITIVE).log10()
        } else {
            value
        }
    };
    match &data.marks {
        Marks::Scatter { points, flagged, .. } => {
            for (name, points, flagged) in [("points", points, false), ("flagged", flagged, true)] {
                let placed: Vec<[f64; 2]> = points.iter().map(|point| [x(point[0]), point[1]]).collect();
                let color = if flagged {
                    color_of(p, true)
                } else {
                    Palette::faint(color_of(p, false), 0.6)
                };
                plot.points(
                    Points::new(name, placed)
                        .radius(if flagged { 2.6 } else { 1.8 })
                        .color(color),
                );
            }
        }
        Marks::Bars { values, flagged, .. } => {
            let bar = |(place, &value): (usize, &f64)| {
                let color = color_of(p, flagged.get(place).copied().unwrap_or(false));
                Bar::new(place as f64, value).width(0.6).fill(color)
            };
            plot.bar_chart(BarChart::new("bars", values.iter().enumerate().map(bar).collect()));
            for (place, &value) in values.iter().enumerate() {
                let label = RichText::new(number::compact(value))
                    .font(text::small())
                    .color(p.text_2);
                let at = PlotPoint::new(place as f64, value);
                plot.text(Text::new("", at, label).anchor(egui::Align2::CENTER_BOTTOM));
            }
        }
        Marks::Histogram { edges, counts, flagged } => {
            for (name, counts, is_flagged) in [("all", counts, false), ("flagged", flagged, true)] {
                let color = color_of(p, is_flagged);
                let bars = counts
                    .iter()
                    .enumerate()
                    .filter(|(_, count)| **count > 0.0)
                    .map(|(bin, &count)| {
                        let (left, right) = (x(edges[bin]), x(edges[bin + 1]));
                        let width = ((right - left) * 0.92).max(f64::MIN_POSITIVE);
                        Bar::new((left + right) / 2.0, count).width(width).fill(color)
                    });
                plot.bar_chart(BarChart::new(name, bars.collect()).color(color));
            }
        }
        Marks::Lines { series } => {
            for (index, series) in series.iter().enumerate() {
                let placed: Vec<[f64; 2]> = series.points.iter().map(|point| [x(point[0]), point[1]]).collect();
                let color = color_of(p, series.flagged);
                if placed.len() == 1 {
                    plot.points(
                        Points::new(format!("point {index}"), placed.clone())
                            .radius(3.0)
                            .color(color),
                    );
                }
                plot.line(
                    Line::new(format!("line {index}"), PlotPoints::from(placed))
                        .color(color)
                        .width(space::CURVE),
                );
            }
        }
    }
    thresholds(plot, data, x, p, lang);
}

/// The words of a vertical threshold stand above the marks, which leaves a line of text at the usual heights.
const ABOVE: f64 = 1.18;

/// The right and upper end of what is drawn: words placed at the edge of the plot itself would push that edge away from
/// frame to frame, since the plot makes room for them.
fn upper_end(data: &FindingPlot, x: impl Fn(f64) -> f64) -> [f64; 2] {
    let points: Vec<[f64; 2]> = match &data.marks {
        Marks::Scatter { points, flagged, .. } => points.iter().chain(flagged).copied().collect(),
        Marks::Bars { values, .. } => (0..)
            .map(f64::from)
            .zip(values)
            .map(|(place, value)| [place, *value])
            .collect(),
        Marks::Histogram { edges, counts, .. } => edges
            .iter()
            .skip(1)
            .zip(counts)
            .map(|(edge, count)| [*edge, *count])
            .collect(),
        Marks::Lines { series } => series.iter().flat_map(|series| series.points.iter().copied()).collect(),
    };
    let largest = |axis: usize| {
        let drawn = points
            .iter()
            .map(|point| if axis == 0 { x(point[0]) } else { point[1] });
        drawn.reduce(f64::max).unwrap_or(0.0)
    };
    [largest(0), largest(1)]
}

fn thresholds(plot: &mut PlotUi<'_>, data: &FindingPlot, x: impl Fn(f64) -> f64, p: &Palette, lang: Language) {
    let end = upper_end(data, &x);
    for (index, threshold) in data.thresholds.iter().enumerate() {
        let name = format!("threshold {index}");
        let label = RichText::new(lang.b(&threshold.label))
            .font(text::small())
            .color(p.text_2);
        match threshold.axis {
            DataAxis::X => {
                let at = x(threshold.at);
                plot.vline(VLine::new(name, at).color(p.warning).style(LineStyle::dashed_dense()));
                let place = PlotPoint::new(at, end[1] * ABOVE);
                plot.text(Text::new("", place, label).anchor(egui::Align2::LEFT_TOP));
            }
            DataAxis::Y => {
                plot.hline(
                    HLine::new(name, threshold.at)
                        .color(p.warning)
                        .style(LineStyle::dashed_dense()),
                );
                let place = PlotPoint::new(end[0], threshold.at);
                plot.text(Text::new("", place, label).anchor(egui::Align2::RIGHT_BOTTOM));
            }
        }
    }
}

const HOUR: f64 = 3_600.0;
const DAY: f64 = 24.0 * HOUR;
/// Steps of a time axis in seconds.
const TIME_STEPS: [f64; 14] = [
    60.0,
    600.0,
    HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
    30.0 * DAY,
    91.0 * DAY,
    182.0 * DAY,
    365.0 * DAY,
];

fn x_ticks(input: GridInput, scale: Scale, bars: usize) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Vec::new();
    }
    let steps = |step: f64| -> Vec<GridMark> {
        let first = (low / step).ceil() as i64;
        let last = ((high / step).floor() as i64).min(first.saturating_add(60));
        (first..=last)
            .map(|n| GridMark {
                value: n as f64 * step,
                step_size: step,
            })
            .collect()
    };
    if bars > 0 {
        return steps(1.0);
    }
    match scale {
        Scale::Linear => plot_axes::round_ticks(input, 70.0),
        Scale::Log if high - low < 1.0 => plot_axes::round_ticks(input, 70.0),
        Scale::Log => steps(1.0),
        Scale::Time => {
            // A spacer is told how much 8 points stand for; a date needs about 90.
            let wanted = input.base_step_size * 90.0 / 8.0;
            let step = TIME_STEPS.into_iter().find(|step| *step >= wanted);
            steps(step.unwrap_or_else(|| (wanted / (365.0 * DAY)).ceil() * 365.0 * DAY))
        }
    }
}

fn x_label(mark: GridMark, scale: Scale, span: f64) -> String {
    match scale {
        Scale::Linear => plot_axes::tick_label(mark),
        Scale::Log => number::compact(10_f64.powf(mark.value)),
        Scale::Time => {
            let format = if mark.step_size < DAY {
                "%H:%M"
            } else if span > 700.0 * DAY {
                "%Y-%m"
            } else {
                "%m-%d"
            };
            let time = chrono::DateTime::from_timestamp(mark.value as i64, 0);
            match time {
                // Midnight names its day, so that hours can be told apart over several days.
                Some(time) if mark.step_size < DAY && mark.value.rem_euclid(DAY) == 0.0 => {
                    time.format("%m-%d").to_string()
                }
                Some(time) => time.format(format).to_string(),
                None => String::new(),
            }
        }
    }
}

/// Says how many of a scatter's points are drawn, where not all are.
pub fn drawn_note(data: &FindingPlot, lang: Language) -> Option<String> {
    match &data.marks {
        Marks::Scatter {
            points,
            flagged,
            drawn_of,
        } => {
            let shown = points.len() + flagged.len();
            ((shown as u64) < *drawn_of).then(|| words::drawn(lang, shown, *drawn_of))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_thresholds_stand_where_the_marks_end() {
        use crate::engine::artifact::Bilingual;
        let none = Bilingual::default;
        let of = |marks: Marks| upper_end(&FindingPlot::new(none(), none(), none(), marks), |x| x * 10.0);
        let histogram = Marks::Histogram {
            edges: vec![0.0, 1.0, 2.0],
            counts: vec![7.0, 3.0],
            flagged: vec![0.0, 1.0],
        };
        assert_eq!(of(histogram), [20.0, 7.0]);
        let scatter = Marks::Scatter {
            points: vec![[1.0, 2.0]],
            flagged: vec![[0.5, 9.0]],
            drawn_of: 2,
        };
        assert_eq!(of(scatter), [10.0, 9.0]);
        assert_eq!(of(Marks::Lines { series: Vec::new() }), [0.0, 0.0]);
    }

    #[test]
    fn time_ticks_are_whole_days_or_hours() {
        let start = 1_759_276_800.0;
        let input = GridInput {
            bounds: (start, start + 3.0 * DAY),
            base_step_size: 3.0 * DAY / 320.0 * 8.0,
        };
        let labels: Vec<String> = x_ticks(input, Scale::Time, 0)
            .into_iter()
            .map(|m| x_label(m, Scale::Time, 3.0 * DAY))
            .collect();
        assert_eq!(labels, ["10-01", "10-02", "10-03", "10-04"]);
    }

    #[test]
    fn decades_on_a_logarithmic_axis() {
        let input = GridInput {
            bounds: (0.8, 4.1),
            base_step_size: 0.1,
        };
        let labels: Vec<String> = x_ticks(input, Scale::Log, 0)
            .into_iter()
            .map(|m| x_label(m, Scale::Log, 3.3))
            .collect();
        assert_eq!(labels, ["10", "100", "1,000", "10,000"]);
    }
}
