//! Loss curves thinned for drawing, computed once per change and not once per frame.

use crate::engine::run::replay::curve;
use crate::engine::run::series::{Point, decimate, smoothed};
use crate::gui::runs::RunSnapshot;
use std::sync::Arc;

/// What the loss plot and the loss figure show.
#[derive(Debug, Default)]
pub(super) struct Curves {
    pub raw: Vec<Point>,
    pub smooth: Vec<Point>,
    pub valid: Vec<Point>,
    /// Newest smoothed train loss.
    pub last: Option<f64>,
    /// How far it moved, and over how many steps.
    pub change: Option<(f64, u64)>,
}

/// The curves of the run shown last.
#[derive(Debug)]
pub(super) struct CurveCache {
    /// Weight of the moving average, 0 for none.
    pub smoothing: f64,
    key: Option<(String, Option<u64>, u64)>,
    curves: Arc<Curves>,
}

impl Default for CurveCache {
    fn default() -> Self {
        Self {
            smoothing: SMOOTHINGS[2],
            key: None,
            curves: Arc::default(),
        }
    }
}

/// Weights the smoothing chip goes through.
pub(super) const SMOOTHINGS: [f64; 4] = [0.0, 0.6, 0.9, 0.97];
/// More points than a plot has pixel columns, twice: lowest and highest of each.
const MAX_POINTS: usize = 1600;
const CHANGE_STEPS: f64 = 50.0;

impl CurveCache {
    pub(super) fn of(&mut self, run: &RunSnapshot) -> Arc<Curves> {
        let key = (run.run_id.clone(), run.view.last_seq, self.smoothing.to_bits());
        if self.key.as_ref() != Some(&key) {
            self.curves = Arc::new(compute(run, self.smoothing));
            self.key = Some(key);
        }
        Arc::clone(&self.curves)
    }

    pub(super) fn next_smoothing(&mut self) {
        let at = SMOOTHINGS
            .iter()
            .position(|weight| *weight == self.smoothing)
            .unwrap_or(0);
        self.smoothing = SMOOTHINGS[(at + 1) % SMOOTHINGS.len()];
    }
}

fn compute(run: &RunSnapshot, weight: f64) -> Curves {
    let series = &run.view.series;
    let Some(loss) = series.get(curve::TRAIN_LOSS) else {
        return Curves {
            valid: valid(run),
            ..Curves::default()
        };
    };
    let smooth = smoothed(loss.iter(), weight);
    let last = smooth.last().copied();
    let change = last.and_then(|[step, value]| {
        let before = smooth
            .partition_point(|[at, _]| *at <= step - CHANGE_STEPS)
            .checked_sub(1)?;
        let [from, earlier] = smooth[before];
        Some((value - earlier, (step - from) as u64))
    });
    let len = smooth.len();
    Curves {
        raw: loss.decimated(MAX_POINTS),
        smooth: decimate(smooth.into_iter(), len, MAX_POINTS),
        valid: valid(run),
        last: last.map(|[_, value]| value),
        change,
    }
}

/// Validation loss; `log_loss` is the same thing under the metric's name.
fn valid(run: &RunSnapshot) -> Vec<Point> {
    let named = ["loss", "log_loss"].map(curve::valid);
    let series = named.iter().find_map(|name| run.view.series.get(name));
    series.map(|series| series.iter().collect()).unwrap_or_default()
}
