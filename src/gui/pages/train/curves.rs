//! The curves of the shown run as they are drawn, computed once per change and not once per frame.

use super::look::{AxisOf, CurveLook};
use crate::engine::run::replay::{RunView, curve};
use crate::engine::run::series::{Point, Series, smoothed};
use crate::gui::i18n::train::charts as words;
use crate::gui::i18n::{Text, train as page};
use crate::gui::runs::RunSnapshot;
use std::sync::Arc;

/// What the loss plot and the loss figure show, and every other chart.
#[derive(Debug)]
pub(super) struct Curves {
    pub axis: AxisOf,
    pub raw: Vec<Point>,
    pub smooth: Vec<Point>,
    pub valid: Vec<Point>,
    /// First and last smoothed train loss with their steps, for screen readers.
    pub ends: Vec<Point>,
    /// Newest smoothed train loss.
    pub last: Option<f64>,
    /// How far it moved, and over how many steps.
    pub change: Option<(f64, u64)>,
    pub charts: Vec<Chart>,
}

/// A chart of one quantity.
#[derive(Debug)]
pub(super) struct Chart {
    /// Name of its curve.
    pub id: String,
    pub kind: ChartKind,
    pub unit: &'static str,
    pub points: Vec<Point>,
    pub smooth: Option<Vec<Point>>,
    /// Newest value, in the unit.
    pub last: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ChartKind {
    /// A metric of the validation rows.
    Metric,
    Named(Text),
}

/// The curves of the run shown last.
#[derive(Debug, Default)]
pub(super) struct CurveCache {
    pub look: CurveLook,
    key: Option<Key>,
    curves: Option<Arc<Curves>>,
}

#[derive(Debug, PartialEq)]
struct Key {
    run_id: String,
    last_seq: Option<u64>,
    is_short: bool,
    look: CurveLook,
}

const CHANGE_STEPS: f64 = 50.0;
/// Weight of the loss figure, whatever the curves are smoothed with.
const FIGURE_SMOOTHING: f64 = 0.9;

impl CurveCache {
    pub(super) fn of(&mut self, run: &RunSnapshot) -> Arc<Curves> {
        let key = Key {
            run_id: run.run_id.clone(),
            last_seq: run.view.last_seq,
            is_short: run.view.is_short,
            look: self.look,
        };
        if let Some(curves) = self.curves.as_ref().filter(|_| self.key.as_ref() == Some(&key)) {
            return Arc::clone(curves);
        }
        let curves = Arc::new(compute(run, self.look));
        self.curves = Some(Arc::clone(&curves));
        self.key = Some(key);
        curves
    }
}

fn compute(run: &RunSnapshot, look: CurveLook) -> Curves {
    let view = &*run.view;
    let axis = look.axis_of(view);
    let loss = view.series.get(curve::TRAIN_LOSS).cloned().unwrap_or_default();
    let figure = smoothed(loss.iter(), FIGURE_SMOOTHING);
    let last = figure.last().copied();
    let change = last.and_then(|[step, value]| {
        let before = figure
            .partition_point(|[at, _]| *at <= step - CHANGE_STEPS)
            .checked_sub(1)?;
        let [from, earlier] = figure[before];
        Some((value - earlier, (step - from) as u64))
    });
    Curves {
        raw: axis.series(&loss, 0.0),
        smooth: axis.series(&loss, look.smoothing),
        valid: axis.place(valid(view).iter()),
        ends: figure.first().copied().into_iter().chain(last).collect(),
        last: last.map(|[_, value]| value),
        change,
        charts: charts(view, &axis, look),
        axis,
    }
}

/// Validation loss; `log_loss` is the same thing under the metric's name.
fn valid(view: &RunView) -> Series {
    let named = ["loss", "log_loss"].map(curve::valid);
    named
        .iter()
        .find_map(|name| view.series.get(name))
        .cloned()
        .unwrap_or_default()
}

/// Every quantity that was told, metrics first.
fn charts(view: &RunView, axis: &AxisOf, look: CurveLook) -> Vec<Chart> {
    let metrics = view
        .series
        .keys()
        .filter(|name| name.starts_with("valid/") && *name != "valid/loss");
    let metrics = metrics.map(|name| (name.as_str(), ChartKind::Metric, "", 1.0, false));
    let named = [
        (curve::LEARNING_RATE, page::LEARNING_RATE, "", 1.0, false),
        (curve::GRAD_NORM, words::GRAD_NORM, "", 1.0, true),
        (curve::SAMPLES_PER_SEC, words::SAMPLES_PER_SEC, "", 1.0, true),
        (curve::TOKENS_PER_SEC, words::TOKENS_PER_SEC, "", 1.0, true),
        (curve::FLOP_UTILISATION, words::FLOP_UTILISATION, " %", 100.0, true),
        (curve::PADDING_SHARE, page::PADDING, " %", 100.0, true),
        (curve::CPU_CORES, words::CPU_CORES, "", 1.0, false),
        (curve::RSS_BYTES, words::MEMORY, " GB", 1e-9, false),
        (curve::GPU_BUSY, words::GPU_BUSY, " %", 100.0, false),
        (curve::GPU_MEMORY, words::GPU_MEMORY, " GB", 1e-9, false),
        (curve::GPU_POWER, words::GPU_POWER, " W", 1.0, false),
        (curve::GPU_TEMPERATURE, words::GPU_TEMPERATURE, " °C", 1.0, false),
    ];
    let named = named.map(|(name, title, unit, factor, smooth)| (name, ChartKind::Named(title), unit, factor, smooth));
    metrics
        .chain(named)
        .filter_map(|(name, kind, unit, factor, is_noisy)| {
            let series = view.series.get(name).filter(|series| !series.is_empty())?;
            let scale = |points: Vec<Point>| axis.place(points.into_iter().map(|[step, value]| [step, value * factor]));
            let smooth = (is_noisy && look.smoothing > 0.0).then(|| scale(smoothed(series.iter(), look.smoothing)));
            Some(Chart {
                id: name.to_owned(),
                kind,
                unit,
                points: scale(series.iter().collect()),
                smooth,
                last: series.last().map(|[_, value]| value * factor),
            })
        })
        .collect()
}
