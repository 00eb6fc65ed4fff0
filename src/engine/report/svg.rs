//! Charts as SVG without script: scatter, bars, histogram, lines, and a thumbnail histogram.
//!
//! Invariant: colours come from the page's style classes, so dark mode and print follow.

use super::{ReportLanguage, escape};
use crate::engine::audit::plot::{Axis, FindingPlot, Marks, Scale};
use crate::engine::audit::profile::Histogram;
use std::fmt::Write as _;

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 210.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 34.0;

/// One chart; a finding's plot drawn to a fixed size.
pub struct Chart {
    x: (f64, f64),
    y: (f64, f64),
    scale: Scale,
    body: String,
}

impl Chart {
    /// A finding's plot as an SVG element with its title read out by screen readers.
    pub fn of(plot: &FindingPlot, language: ReportLanguage) -> String {
        let mut chart = Self::empty(plot);
        match &plot.marks {
            Marks::Bars {
                labels,
                values,
                flagged,
            } => {
                let labels: Vec<&str> = labels.iter().map(|label| language.of(label)).collect();
                chart.bars(&labels, values, flagged);
            }
            Marks::Histogram { edges, counts, flagged } => {
                chart.axes();
                chart.columns(edges, counts, "a");
                chart.columns(edges, flagged, "f");
            }
            Marks::Scatter { points, flagged, .. } => {
                chart.axes();
                chart.points(points, "a", 2.0);
                chart.points(flagged, "f", 2.6);
            }
            Marks::Lines { series } => {
                chart.axes();
                for series in series {
                    chart.line(&series.points, if series.flagged { "lf" } else { "la" });
                }
                let mut named: Vec<_> = series.iter().collect();
                named.sort_by_key(|series| !series.flagged);
                for (place, series) in named.into_iter().enumerate() {
                    chart.legend(place, language.of(&series.name), series.flagged);
                }
            }
        }
        for threshold in &plot.thresholds {
            chart.threshold(threshold.axis, threshold.at, language.of(&threshold.label));
        }
        chart.text(WIDTH - RIGHT, HEIGHT - 2.0, "end", language.of(&plot.x_label));
        chart.text(LEFT, TOP - 3.0, "start", language.of(&plot.y_label));
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">{}</svg>",
            escape(language.of(&plot.title)),
            chart.body
        )
    }

    fn empty(plot: &FindingPlot) -> Self {
        let (mut xs, mut ys) = (Vec::new(), vec![0.0]);
        match &plot.marks {
            Marks::Bars { values, .. } => ys.extend(values),
            Marks::Histogram { edges, counts, .. } => {
                xs.extend(edges);
                ys.extend(counts);
            }
            Marks::Scatter { points, flagged, .. } => {
                for point in points.iter().chain(flagged) {
                    xs.push(point[0]);
                    ys.push(point[1]);
                }
            }
            Marks::Lines { series } => {
                for point in series.iter().flat_map(|series| &series.points) {
                    xs.push(point[0]);
                    ys.push(point[1]);
                }
            }
        }
        for threshold in &plot.thresholds {
            match threshold.axis {
                Axis::X => xs.push(threshold.at),
                Axis::Y => ys.push(threshold.at),
            }
        }
        Self {
            x: range(&xs),
            y: range(&ys),
            // A logarithm needs positive values.
            scale: if plot.x_scale == Scale::Log && range(&xs).0 <= 0.0 {
                Scale::Linear
            } else {
                plot.x_scale
            },
            body: String::new(),
        }
    }

    fn place_x(&self, x: f64) -> f64 {
        let (low, high) = self.x;
        let share = match self.scale {
            Scale::Log => (x.max(low) / low).ln() / (high / low).ln(),
            Scale::Linear | Scale::Time => (x - low) / (high - low),
        };
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn place_y(&self, y: f64) -> f64 {
        let (low, high) = self.y;
        HEIGHT - BOTTOM - ((y - low) / (high - low)).clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }

    // Writing to a String cannot fail, so the results of `write!` below are dropped.

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let _ = write!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
            escape(text)
        );
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    fn y_axis(&mut self) {
        for share in [0.0, 0.5, 1.0] {
            let value = self.y.0 + share * (self.y.1 - self.y.0);
            let y = self.place_y(value);
            self.rule((LEFT, y), (WIDTH - RIGHT, y), "g");
            self.text(LEFT - 6.0, y + 4.0, "end", &short(value));
        }
    }

    fn axes(&mut self) {
        self.y_axis();
        for (at, label) in self.x_ticks() {
            let x = self.place_x(at);
            let anchor = if x < LEFT + 20.0 { "start" } else { "middle" };
            self.text(x, HEIGHT - BOTTOM + 14.0, anchor, &label);
        }
    }

    fn x_ticks(&self) -> Vec<(f64, String)> {
        let (low, high) = self.x;
        match self.scale {
            Scale::Log => {
                let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
                // Values that span more decades than a chart can name get the ends only.
                let named = i64::from(last) - i64::from(first) <= 40;
                let ticks: Vec<(f64, String)> = (first..=last)
                    .take(if named { 41 } else { 0 })
                    .map(|e| (10_f64.powi(e), short(10_f64.powi(e))))
                    .collect();
                if ticks.is_empty() {
                    vec![(low, short(low)), (high, short(high))]
                } else {
                    ticks
                }
            }
            Scale::Time => (0..4)
                .map(|step| low + (high - low) * (0.05 + 0.28 * f64::from(step)))
                .map(|at| (at, date(at, high - low)))
                .collect(),
            Scale::Linear => (0..=4)
                .map(|step| low + (high - low) * f64::from(step) / 4.0)
                .map(|at| (at, short(at)))
                .collect(),
        }
    }

    fn columns(&mut self, edges: &[f64], counts: &[f64], class: &str) {
        let bottom = self.place_y(self.y.0.max(0.0));
        for (bin, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let (left, right) = (self.place_x(edges[bin]), self.place_x(edges[bin + 1]));
            let top = self.place_y(count).min(bottom - 0.8);
            let width = (right - left - 0.6).max(0.8);
            let _ = write!(
                self.body,
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
                bottom - top
            );
        }
    }

    fn bars(&mut self, labels: &[&str], values: &[f64], flagged: &[bool]) {
        self.y_axis();
        let slot = (WIDTH - LEFT - RIGHT) / values.len().max(1) as f64;
        let bottom = self.place_y(0.0);
        let room = (slot / 6.5) as usize;
        for (place, &value) in values.iter().enumerate() {
            let left = LEFT + slot * place as f64;
            let top = self.place_y(value).min(bottom - 0.8);
            let class = if flagged.get(place).copied().unwrap_or(false) {
                "f"
            } else {
                "a"
            };
            let width = (slot * 0.7).min(60.0);
            let _ = write!(
                self.body,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
                left + (slot - width) / 2.0,
                bottom - top
            );
            let label = crate::engine::audit::shortened(labels.get(place).copied().unwrap_or_default(), room.max(3));
            self.text(left + slot / 2.0, HEIGHT - BOTTOM + 14.0, "middle", &label);
            self.text(left + slot / 2.0, top - 3.0, "middle", &short(value));
        }
    }

    fn points(&mut self, points: &[[f64; 2]], class: &str, radius: f64) {
        for point in points {
            let (x, y) = (self.place_x(point[0]), self.place_y(point[1]));
            let _ = write!(
                self.body,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>"
            );
        }
    }

    fn line(&mut self, points: &[[f64; 2]], class: &str) {
        let mut path = String::new();
        for point in points {
            let _ = write!(path, "{:.1},{:.1} ", self.place_x(point[0]), self.place_y(point[1]));
        }
        let _ = write!(
            self.body,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            path.trim_end()
        );
        if let [only] = points {
            self.points(&[*only], if class == "lf" { "f" } else { "a" }, 2.6);
        }
    }

    fn legend(&mut self, place: usize, name: &str, flagged: bool) {
        let (x, y) = (WIDTH - RIGHT - 130.0, TOP + 8.0 + 15.0 * place as f64);
        self.rule((x, y - 4.0), (x + 16.0, y - 4.0), if flagged { "lf" } else { "la" });
        self.text(x + 21.0, y, "start", name);
    }

    fn threshold(&mut self, axis: Axis, at: f64, label: &str) {
        match axis {
            Axis::X => {
                let x = self.place_x(at);
                self.rule((x, TOP), (x, HEIGHT - BOTTOM), "t");
                self.text(x + 4.0, TOP + 10.0, "start", label);
            }
            Axis::Y => {
                let y = self.place_y(at);
                self.rule((LEFT, y), (WIDTH - RIGHT, y), "t");
                self.text(WIDTH - RIGHT, y - 4.0, "end", label);
            }
        }
    }
}

/// A histogram the size of a word.
pub fn sparkline(histogram: &Histogram) -> String {
    const W: f64 = 160.0;
    const H: f64 = 34.0;
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let slot = W / histogram.counts.len().max(1) as f64;
    let mut body = String::new();
    for (bin, &count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (count as f64 / most * H).max(1.0);
        let _ = write!(
            body,
            "<rect class=\"a\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
            bin as f64 * slot,
            H - height,
            (slot - 0.5).max(0.5)
        );
    }
    format!("<svg viewBox=\"0 0 {W} {H}\" style=\"max-width:220px\" aria-hidden=\"true\">{body}</svg>")
}

/// A range that is never empty.
fn range(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        (0.0, 1.0)
    } else if low == high {
        if low > 0.0 {
            (low * 0.5, low * 1.5)
        } else {
            (low - 0.5, low + 0.5)
        }
    } else {
        (low, high)
    }
}

/// `1234567` → `1.2 M`, so that ticks stay narrow.
pub(super) fn short(value: f64) -> String {
    let size = value.abs();
    let plain = crate::engine::audit::plain;
    if size >= 1e9 {
        format!("{value:.1e}")
    } else if size >= 1e6 {
        format!("{} M", plain((value / 1e5).round() / 10.0))
    } else if size >= 1e4 {
        format!("{} k", plain((value / 1e2).round() / 10.0))
    } else if size >= 10.0 {
        plain((value * 10.0).round() / 10.0)
    } else {
        plain(value)
    }
}

fn date(secs: f64, span_secs: f64) -> String {
    let format = if span_secs < 2.0 * 86_400.0 {
        "%m-%d %H:%M"
    } else {
        "%Y-%m-%d"
    };
    chrono::DateTime::from_timestamp(secs as i64, 0).map_or_else(|| short(secs), |time| time.format(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::Bilingual;

    fn plot(marks: Marks) -> FindingPlot {
        let text = || Bilingual::new("<x>", "图");
        FindingPlot::new(text(), text(), text(), marks)
    }

    #[test]
    fn odd_data_still_draws_and_holds_no_nan() {
        let empty = Marks::Scatter {
            points: vec![],
            flagged: vec![],
            drawn_of: 0,
        };
        let single = Marks::Histogram {
            edges: vec![3.0, 3.0],
            counts: vec![2.0],
            flagged: vec![0.0],
        };
        let bars = Marks::Bars {
            labels: vec![text("a")],
            values: vec![0.0],
            flagged: vec![],
        };
        for marks in [empty, single, bars] {
            let svg = Chart::of(&plot(marks).with_scale(Scale::Log), ReportLanguage::Chinese);
            assert!(
                svg.starts_with("<svg") && !svg.contains("NaN") && !svg.contains("inf"),
                "{svg}"
            );
        }
        assert!(Chart::of(&plot(Marks::Lines { series: vec![] }), ReportLanguage::English).contains("&lt;x&gt;"));
    }

    fn text(text: &str) -> Bilingual {
        Bilingual::new(text, text)
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!(short(1_234_567.0), "1.2 M");
        assert_eq!(short(45_600.0), "45.6 k");
        assert_eq!(short(0.25), "0.25");
    }
}
