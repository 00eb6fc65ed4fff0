//! Line charts with several series, uncertainty bands and marked places, as SVG without script.
//!
//! Invariant: series are told by their name at the line's side as well as by colour; values that are not finite are
//! left out.

use super::escape;
use super::ticks::{step_of, tick_text, ticks};
use std::fmt::Write as _;

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 54.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 38.0;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    #[default]
    Plain,
    /// Behind another line, e.g. the raw values of a smoothed curve; has no legend.
    Faint,
    Dashed,
    /// Points only.
    Dots,
    /// A line with its points.
    Marked,
}

/// One series; `hue` 0..8 picks the colour.
pub(super) struct Line {
    pub name: String,
    pub points: Vec<[f64; 2]>,
    pub hue: usize,
    pub style: Style,
}

/// Lower and upper bound at each x.
pub(super) struct Band {
    pub points: Vec<[f64; 3]>,
    pub hue: usize,
}

/// A chart to be filled and drawn.
#[derive(Default)]
pub(super) struct CurveChart {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub lines: Vec<Line>,
    pub bands: Vec<Band>,
    /// Vertical lines with a word.
    pub marks: Vec<(f64, String)>,
    /// Names of x = 0, 1, 2, …, e.g. days.
    pub x_names: Vec<String>,
    /// Both axes are 0..1.
    pub is_unit: bool,
    /// A dotted line at y = 0, which is always in view.
    pub has_zero: bool,
    /// y is a share, written in percent.
    pub is_percent: bool,
}

/// Where data lies on the drawing.
struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn place(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        let share = |value: f64, (low, high): (f64, f64)| ((value - low) / (high - low)).clamp(0.0, 1.0);
        (
            LEFT + share(x, self.x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - share(y, self.y) * (HEIGHT - TOP - BOTTOM),
        )
    }
}

impl CurveChart {
    /// The chart as an SVG element; `None` where there is no point to draw.
    pub fn svg(&self) -> Option<String> {
        let frame = self.frame()?;
        let mut body = String::new();
        self.axes(&frame, &mut body);
        for band in &self.bands {
            draw_band(&frame, band, &mut body);
        }
        for (x, word) in &self.marks {
            let (at, _) = frame.place([*x, frame.y.0]);
            let anchor = if at > WIDTH * 0.7 { "end" } else { "start" };
            let beside = if anchor == "end" { at - 4.0 } else { at + 4.0 };
            let bottom = HEIGHT - BOTTOM;
            let _ = write!(
                body,
                "<line class=\"m\" x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>\
                 <text class=\"gold\" x=\"{beside:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                TOP + 11.0,
                escape(word)
            );
        }
        for line in &self.lines {
            draw_line(&frame, line, &mut body);
        }
        self.legend(&mut body);
        Some(format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">{body}</svg>",
            escape(&self.title)
        ))
    }

    /// The chart under its title; nothing where there is nothing to draw.
    pub fn figure(&self) -> String {
        let caption = escape(&self.title);
        self.svg().map_or_else(String::new, |svg| {
            format!("<figure><figcaption>{caption}</figcaption>{svg}</figure>")
        })
    }

    fn frame(&self) -> Option<Frame> {
        if self.is_unit {
            return Some(Frame {
                x: (0.0, 1.0),
                y: (0.0, 1.0),
            });
        }
        let lines = self.lines.iter().flat_map(|line| line.points.iter().copied());
        let bands = self
            .bands
            .iter()
            .flat_map(|band| band.points.iter().flat_map(|&[x, low, high]| [[x, low], [x, high]]));
        let mut points: Vec<[f64; 2]> = lines
            .chain(bands)
            .filter(|[x, y]| x.is_finite() && y.is_finite())
            .collect();
        let first = *points.first()?;
        if self.has_zero {
            points.push([first[0], 0.0]);
        }
        let bounds = |place: usize| {
            let values = points.iter().map(|point| point[place]);
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            // A single value gets room around it, so that it does not sit on the frame.
            if high > low {
                (low, high)
            } else {
                (low - 0.5, high + 0.5)
            }
        };
        let (low, high) = bounds(1);
        let room = (high - low) * 0.06;
        let y = (low - room, high + room);
        Some(Frame { x: bounds(0), y })
    }

    fn axes(&self, frame: &Frame, body: &mut String) {
        let marked = ticks(frame.y, 5);
        let step = step_of(&marked);
        for value in marked {
            let (_, y) = frame.place([frame.x.0, value]);
            let class = if self.has_zero && value == 0.0 { "z" } else { "g" };
            let _ = write!(
                body,
                "<line class=\"{class}\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                self.y_text(value, step)
            );
        }
        for (value, text) in self.x_ticks(frame) {
            let (x, _) = frame.place([value, frame.y.0]);
            let anchor = if x > WIDTH - RIGHT - 20.0 { "end" } else { "middle" };
            let _ = write!(
                body,
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                HEIGHT - BOTTOM + 15.0,
                escape(&text)
            );
        }
        let _ = write!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><text x=\"0\" y=\"{}\">{}</text>",
            WIDTH - RIGHT,
            HEIGHT - 4.0,
            escape(&self.x_label),
            TOP - 10.0,
            escape(&self.y_label)
        );
    }

    fn y_text(&self, value: f64, step: f64) -> String {
        if self.is_percent {
            format!("{} %", tick_text(value * 100.0, step * 100.0))
        } else {
            tick_text(value, step)
        }
    }

    fn x_ticks(&self, frame: &Frame) -> Vec<(f64, String)> {
        if self.x_names.is_empty() {
            let marked = ticks(frame.x, 6);
            let step = step_of(&marked);
            return marked.into_iter().map(|at| (at, tick_text(at, step))).collect();
        }
        let every = self.x_names.len().div_ceil(6).max(1);
        let named = self.x_names.iter().enumerate().step_by(every);
        named.map(|(at, name)| (at as f64, name.clone())).collect()
    }

    /// Names from the right end to the left, so that they never cover the y axis' label.
    fn legend(&self, body: &mut String) {
        let mut right = WIDTH - RIGHT;
        let told = self
            .lines
            .iter()
            .filter(|line| line.style != Style::Faint && !line.name.is_empty());
        for line in told.collect::<Vec<_>>().into_iter().rev() {
            let name = crate::engine::audit::shortened(&line.name, 26);
            // Letters are about 6 wide at this size, Chinese ones twice that.
            let width: f64 = name.chars().map(|c| if c.is_ascii() { 6.1 } else { 11.5 }).sum();
            let start = right - width - 20.0;
            if start < LEFT + 40.0 {
                break;
            }
            let (hue, dash) = (line.hue % 8, if line.style == Style::Dashed { " dash" } else { "" });
            let y = TOP - 14.0;
            let sign = if line.style == Style::Dots {
                format!(
                    "<circle class=\"f{hue}\" cx=\"{:.1}\" cy=\"{y}\" r=\"3.5\"/>",
                    start + 8.0
                )
            } else {
                format!(
                    "<line class=\"l{hue}{dash}\" x1=\"{start:.1}\" y1=\"{y}\" x2=\"{:.1}\" y2=\"{y}\"/>",
                    start + 14.0
                )
            };
            let _ = write!(
                body,
                "{sign}<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                start + 18.0,
                y + 4.0,
                escape(&name)
            );
            right = start - 12.0;
        }
    }
}

fn draw_band(frame: &Frame, band: &Band, body: &mut String) {
    let sound = band
        .points
        .iter()
        .filter(|point| point.iter().all(|value| value.is_finite()));
    let sound: Vec<&[f64; 3]> = sound.collect();
    let upper = sound.iter().map(|[x, _, high]| [*x, *high]);
    let lower = sound.iter().rev().map(|[x, low, _]| [*x, *low]);
    let path: String = upper
        .chain(lower)
        .map(|point| {
            let (x, y) = frame.place(point);
            format!("{x:.1},{y:.1} ")
        })
        .collect();
    let _ = write!(
        body,
        "<polygon class=\"b{}\" points=\"{}\"/>",
        band.hue % 8,
        path.trim_end()
    );
}

fn draw_line(frame: &Frame, line: &Line, body: &mut String) {
    let hue = line.hue % 8;
    let sound = line.points.iter().filter(|[x, y]| x.is_finite() && y.is_finite());
    let places: Vec<(f64, f64)> = sound.map(|point| frame.place(*point)).collect();
    if line.style != Style::Dots {
        let class = match line.style {
            Style::Faint => " faint",
            Style::Dashed => " dash",
            _ => "",
        };
        let path: String = places.iter().map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
        let _ = write!(
            body,
            "<polyline class=\"l{hue}{class}\" points=\"{}\"/>",
            path.trim_end()
        );
    }
    if matches!(line.style, Style::Dots | Style::Marked) || places.len() == 1 {
        for (x, y) in &places {
            let _ = write!(body, "<circle class=\"f{hue}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.2\"/>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: Vec<[f64; 2]>) -> Line {
        Line {
            name: "<run>".to_owned(),
            points,
            hue: 3,
            style: Style::Plain,
        }
    }

    #[test]
    fn what_is_not_finite_is_left_out_and_names_are_escaped() {
        let chart = CurveChart {
            lines: vec![line(vec![[0.0, 1.0], [1.0, f64::NAN], [2.0, 3.0]])],
            bands: vec![Band {
                points: vec![[0.0, f64::NEG_INFINITY, 1.0], [1.0, 0.5, 2.0]],
                hue: 0,
            }],
            ..CurveChart::default()
        };
        let svg = chart.svg().expect("two points");
        assert!(
            !svg.contains("NaN") && !svg.contains("inf") && svg.contains("&lt;run&gt;"),
            "{svg}"
        );
        let drawn = svg.split("polyline").nth(1).expect("a line");
        assert_eq!(drawn.split('"').nth(3).map(|points| points.split(' ').count()), Some(2));
    }

    #[test]
    fn nothing_to_draw_is_no_chart() {
        assert!(CurveChart::default().svg().is_none());
        let empty = CurveChart {
            lines: vec![line(vec![[f64::NAN, 1.0]])],
            ..CurveChart::default()
        };
        assert!(empty.svg().is_none() && empty.figure().is_empty());
        let single = CurveChart {
            lines: vec![line(vec![[4.0, 2.0]])],
            ..CurveChart::default()
        };
        assert!(
            single.svg().is_some_and(|svg| svg.contains("<circle")),
            "one point is a dot"
        );
    }
}
