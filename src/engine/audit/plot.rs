//! Plots of findings as plain data; whoever draws them chooses colours and pixels.
//!
//! Invariant: all numbers are finite; where points were left out, `drawn_of` says out of how many.

use crate::engine::artifact::Bilingual;
use serde::{Deserialize, Serialize};

/// A line that marks a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdLine {
    pub label: Bilingual,
    pub axis: Axis,
    /// Position in the data's own unit (not its logarithm).
    pub at: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    X,
    Y,
}

/// What the x values are, so that ticks are written as people read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    #[default]
    Linear,
    /// Logarithmic; all values are above 0.
    Log,
    /// Seconds since 1970, UTC.
    Time,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingPlot {
    pub title: Bilingual,
    pub x_label: Bilingual,
    pub y_label: Bilingual,
    pub x_scale: Scale,
    pub marks: Marks,
    pub thresholds: Vec<ThresholdLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Marks {
    Scatter {
        /// The ordinary ones.
        points: Vec<[f64; 2]>,
        /// The ones the finding is about; always all of them up to the drawing limit.
        flagged: Vec<[f64; 2]>,
        /// How many points there are in all.
        drawn_of: u64,
    },
    Bars {
        labels: Vec<Bilingual>,
        values: Vec<f64>,
        flagged: Vec<bool>,
    },
    Histogram {
        /// One more than the counts, ascending.
        edges: Vec<f64>,
        counts: Vec<f64>,
        /// The part of each bin the finding is about.
        flagged: Vec<f64>,
    },
    Lines {
        series: Vec<Series>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub name: Bilingual,
    pub points: Vec<[f64; 2]>,
    /// The series the finding is about.
    pub flagged: bool,
}

impl FindingPlot {
    pub fn new(title: Bilingual, x_label: Bilingual, y_label: Bilingual, marks: Marks) -> Self {
        Self {
            title,
            x_label,
            y_label,
            x_scale: Scale::Linear,
            marks,
            thresholds: Vec::new(),
        }
    }

    pub fn with_scale(mut self, scale: Scale) -> Self {
        self.x_scale = scale;
        self
    }

    pub fn with_threshold(mut self, axis: Axis, at: f64, label: Bilingual) -> Self {
        self.thresholds.push(ThresholdLine { label, axis, at });
        self
    }

    /// The value up to which the y axis must reach so that the numbers above the bars and the words of horizontal
    /// thresholds are not cut; `None` where nothing is written above the marks.
    pub fn y_top(&self) -> Option<f64> {
        let bars = match &self.marks {
            Marks::Bars { values, .. } => values.iter().copied().fold(0.0, f64::max),
            _ => 0.0,
        };
        let lines = self.thresholds.iter().filter(|line| line.axis == Axis::Y);
        let top = lines.map(|line| line.at).fold(bars, f64::max);
        (top > 0.0).then_some(top * (1.0 + HEADROOM))
    }

    /// Bars with labels that need no translation.
    pub fn bars(title: Bilingual, x_label: Bilingual, y_label: Bilingual, bars: Vec<(String, f64, bool)>) -> Self {
        let marks = Marks::Bars {
            labels: bars
                .iter()
                .map(|(label, ..)| Bilingual::new(label.clone(), label.clone()))
                .collect(),
            values: bars.iter().map(|&(_, value, _)| value).collect(),
            flagged: bars.iter().map(|&(.., flagged)| flagged).collect(),
        };
        Self::new(title, x_label, y_label, marks)
    }
}

/// Part of the height kept free above the highest bar: a line of small text in the lowest plot that is drawn.
const HEADROOM: f64 = 0.15;

/// Most points of a scatter that are drawn; flagged ones come first. The plot's title states the total.
pub const MAX_POINTS: usize = 2_000;

/// Every k-th element so that at most `limit` remain; deterministic.
pub fn thin<T: Copy>(values: &[T], limit: usize) -> Vec<T> {
    let step = values.len().div_ceil(limit.max(1)).max(1);
    values.iter().copied().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_above_the_highest_bar_and_threshold() {
        let none = Bilingual::default;
        let bars = |values: &[f64]| {
            let bars = values.iter().map(|&value| (value.to_string(), value, false)).collect();
            FindingPlot::bars(none(), none(), none(), bars)
        };
        let top = bars(&[3.0, 20.0]).y_top().expect("there are bars");
        assert!((top - 23.0).abs() < 1e-9);
        let higher = bars(&[3.0]).with_threshold(Axis::Y, 40.0, none());
        assert!((higher.y_top().expect("a threshold") - 46.0).abs() < 1e-9);
        assert_eq!(bars(&[]).y_top(), None);
        let lines = FindingPlot::new(none(), none(), none(), Marks::Lines { series: Vec::new() });
        assert_eq!(lines.with_threshold(Axis::X, 5.0, none()).y_top(), None);
    }
}
