//! The effect as data came in, with the band that is valid at every look.

use crate::engine::experiment::ExperimentReport;
use crate::engine::experiment::report::CumulativePoint;
use crate::gui::i18n::experiments as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, Tone, palette};
use crate::gui::widgets::{self, PlotLook, curve, line_plot};
use egui::{Align2, RichText, Ui};
use egui_plot::{FilledArea, HLine, LineStyle, PlotPoint, Text, VLine};

const HEIGHT: f32 = 216.0;

/// One point as drawn: day number, effect, band.
struct Drawn {
    x: f64,
    effect: f64,
    band: Option<[f64; 2]>,
}

pub(super) fn card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    report: &ExperimentReport,
    (metric, treatment): (usize, usize),
    absolute: bool,
) {
    let result = &report.metrics[metric];
    let title = match cx.lang() {
        crate::gui::settings::Language::English => format!("{}, {}", result.name, cx.t(words::OVER_TIME)),
        crate::gui::settings::Language::Chinese => format!("{}：{}", result.name, cx.t(words::OVER_TIME)),
    };
    widgets::card_titled(
        ui,
        &title,
        |ui| {
            widgets::chip(ui, &words::band(cx.lang(), report.config.alpha), Tone::Quiet);
        },
        |ui| {
            let points: Vec<Drawn> = result.treatments[treatment]
                .cumulative
                .iter()
                .enumerate()
                .filter_map(|(at, point)| drawn(at, point, absolute))
                .collect();
            if points.len() < 2 {
                ui.label(RichText::new(cx.t(words::NO_TIME)).color(palette(ui).text_2));
                return;
            }
            plot(cx, ui, &points, absolute);
        },
    );
}

fn drawn(at: usize, point: &CumulativePoint, absolute: bool) -> Option<Drawn> {
    let x = at as f64 + 1.0;
    if absolute {
        return Some(Drawn {
            x,
            effect: point.delta,
            band: point.sequential_interval,
        });
    }
    Some(Drawn {
        x,
        effect: point.relative? * 100.0,
        band: point
            .relative_sequential_interval
            .map(|ends| ends.map(|end| end * 100.0)),
    })
}

/// First point from which on the band leaves out 0 to the end.
fn settled(points: &[Drawn]) -> Option<f64> {
    let told = |point: &&Drawn| point.band.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
    points.iter().rev().take_while(told).last().map(|point| point.x)
}

fn plot(cx: &PageContext<'_>, ui: &mut Ui, points: &[Drawn], absolute: bool) {
    let p = palette(ui);
    let banded: Vec<&Drawn> = points.iter().filter(|point| point.band.is_some()).collect();
    let xs: Vec<f64> = banded.iter().map(|point| point.x).collect();
    let lows: Vec<f64> = banded
        .iter()
        .filter_map(|point| point.band)
        .map(|[low, _]| low)
        .collect();
    let highs: Vec<f64> = banded
        .iter()
        .filter_map(|point| point.band)
        .map(|[_, high]| high)
        .collect();
    let line: Vec<[f64; 2]> = points.iter().map(|point| [point.x, point.effect]).collect();
    // The first days' bands are so wide that they would press the rest flat.
    let reach = reach(points);
    let look = PlotLook {
        include_y: Some((-reach, reach)),
        x_label: cx.t(words::DAY_AXIS),
        y_unit: if absolute { "" } else { " %" },
        ..PlotLook::new("experiment-over-time", HEIGHT)
    };
    let clip = |values: &[f64]| {
        values
            .iter()
            .map(|value| value.clamp(-reach, reach))
            .collect::<Vec<_>>()
    };
    let (lows, highs) = (clip(&lows), clip(&highs));
    let day = settled(points);
    line_plot(ui, &look, |plot| {
        if xs.len() > 1 {
            let area = FilledArea::new("band", &xs, &lows, &highs);
            plot.add(area.fill_color(Palette::faint(p.accent, 0.22)));
        }
        plot.hline(HLine::new("zero", 0.0).color(p.text_3).style(LineStyle::dotted_dense()));
        if let Some(day) = day {
            plot.vline(
                VLine::new("settled", day)
                    .color(p.success)
                    .style(LineStyle::dotted_dense()),
            );
            let label = words::excludes_zero(cx.lang(), &words::day(cx.lang(), day as usize));
            // Left of the line where there is no room on its right.
            let late = day > points.len() as f64 * 0.55;
            let anchor = if late { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
            let label = if late {
                format!("{label}  ")
            } else {
                format!("  {label}")
            };
            plot.text(
                Text::new(label.clone(), PlotPoint::new(day, reach), label)
                    .color(p.success)
                    .anchor(anchor),
            );
        }
        plot.line(curve("effect", &line, p.accent));
    });
}

/// Twice the band of the middle day holds every later band and the line.
fn reach(points: &[Drawn]) -> f64 {
    let largest = |point: &Drawn| {
        let band = point.band.map_or(0.0, |[low, high]| low.abs().max(high.abs()));
        band.max(point.effect.abs())
    };
    let later = points.iter().skip(points.len() / 4).map(largest).fold(0.0, f64::max);
    let line = points.iter().map(|point| point.effect.abs()).fold(0.0, f64::max);
    later.max(line).max(1e-9) * 1.05
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settled_is_the_start_of_the_last_stretch() {
        let point = |x: f64, low: f64| Drawn {
            x,
            effect: 1.0,
            band: Some([low, 3.0]),
        };
        let points = [point(1.0, 0.5), point(2.0, -0.5), point(3.0, 0.1), point(4.0, 0.2)];
        assert_eq!(settled(&points), Some(3.0));
        assert_eq!(settled(&points[..2]), None);
        assert_eq!(settled(&[]), None);
    }
}
