//! Effects with their intervals on one scale, drawn inside table cells.
//!
//! Invariant: all cells of one forest share the scale, and 0 is on it.

use std::fmt::Write as _;

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 20.0;

/// What an interval says, told by colour and by the words beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Open,
    Better,
    Worse,
}

/// The common scale of a table's effects.
pub(super) struct Forest {
    low: f64,
    high: f64,
}

impl Forest {
    /// A scale that holds 0 and every finite value.
    pub fn over(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let room = ((high - low) * 0.06).max(1e-12);
        Self {
            low: low - room,
            high: high + room,
        }
    }

    /// Every number of these effects.
    pub fn of(effects: &[(Option<f64>, Option<[f64; 2]>)]) -> Self {
        let all = effects.iter().flat_map(|(middle, interval)| {
            let ends = interval.iter().flatten().copied();
            middle.iter().copied().chain(ends).collect::<Vec<_>>()
        });
        Self::over(all)
    }

    fn x(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) * (WIDTH - 8.0) + 4.0
    }

    /// One row: the dotted line of no effect, the interval, the estimate.
    pub fn cell(&self, middle: Option<f64>, interval: Option<[f64; 2]>, tone: Tone) -> String {
        let (line, dot) = match tone {
            Tone::Open => ("l0", "f0"),
            Tone::Better => ("l2", "f2"),
            Tone::Worse => ("l4", "f4"),
        };
        let (zero, mid) = (self.x(0.0), HEIGHT / 2.0);
        let mut body = format!("<line class=\"z\" x1=\"{zero:.1}\" y1=\"0\" x2=\"{zero:.1}\" y2=\"{HEIGHT}\"/>");
        if let Some([low, high]) = interval.filter(|ends| ends.iter().all(|end| end.is_finite())) {
            // Writing to a String cannot fail.
            let _ = write!(
                body,
                "<line class=\"{line} w\" x1=\"{:.1}\" y1=\"{mid}\" x2=\"{:.1}\" y2=\"{mid}\"/>",
                self.x(low),
                self.x(high)
            );
        }
        if let Some(middle) = middle.filter(|middle| middle.is_finite()) {
            let _ = write!(
                body,
                "<circle class=\"{dot}\" cx=\"{:.1}\" cy=\"{mid}\" r=\"4\"/>",
                self.x(middle)
            );
        }
        format!("<svg class=\"row\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\">{body}</svg>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forest_shares_its_scale_and_survives_odd_numbers() {
        let effects = [
            (Some(0.02), Some([0.01, 0.03])),
            (None, None),
            (Some(f64::NAN), Some([f64::NEG_INFINITY, 1.0])),
        ];
        let forest = Forest::of(&effects);
        for (middle, interval) in effects {
            let cell = forest.cell(middle, interval, Tone::Open);
            assert!(
                cell.starts_with("<svg") && !cell.contains("NaN") && !cell.contains("inf"),
                "{cell}"
            );
        }
        assert!(forest.x(0.02) > forest.x(0.01) && forest.x(0.0) >= 4.0);
        assert!(Forest::of(&[]).cell(None, None, Tone::Open).contains("class=\"z\""));
    }
}
