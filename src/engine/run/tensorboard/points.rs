//! Which numbers of the log are TensorBoard's scalars, and which of them still count.
//!
//! Names are those of the curves in the window ([`curve`]), `epoch` and `test/<metric>` beside them. Invariant: the
//! points kept are those [`RunView`](crate::engine::run::replay::RunView) keeps: what a resume made void is gone, and
//! of each tag steps strictly increase.

use crate::engine::run::event::{Event, EventBody};
use crate::engine::run::replay::curve;
use std::collections::BTreeMap;

/// A number with its name.
pub type Named = (String, f64);

#[derive(Clone, Copy, Debug)]
struct Point {
    step: u64,
    wall_ms: u64,
    value: f64,
}

/// All scalars of a log.
#[derive(Debug, Default)]
pub struct Points {
    by_tag: BTreeMap<String, Vec<Point>>,
}

/// The numbers of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub step: u64,
    pub wall_ms: u64,
    pub values: Vec<Named>,
}

/// The numbers an event tells, those left out that are not finite.
pub fn scalars_of(body: &EventBody) -> Vec<Named> {
    let mut values = match body {
        EventBody::Train {
            loss,
            learning_rate,
            grad_norm,
            epoch,
            samples_per_sec,
            tokens_per_sec,
            padding_share,
            rss_bytes,
        } => [
            (curve::TRAIN_LOSS, *loss),
            (curve::LEARNING_RATE, *learning_rate),
            (curve::GRAD_NORM, *grad_norm),
            ("epoch", *epoch),
            (curve::SAMPLES_PER_SEC, *samples_per_sec),
            (curve::TOKENS_PER_SEC, *tokens_per_sec),
            (curve::PADDING_SHARE, *padding_share),
            (curve::RSS_BYTES, *rss_bytes as f64),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
        EventBody::Evaluated { metrics, .. } => metrics
            .iter()
            .map(|(name, value)| (curve::valid(name), *value))
            .collect(),
        EventBody::Machine {
            cpu_cores,
            rss_bytes: _,
            gpu,
        } => {
            let gpu = gpu.iter().flat_map(|gpu| {
                let sometimes = [
                    (curve::GPU_POWER, gpu.power_watts),
                    (curve::GPU_TEMPERATURE, gpu.temperature_celsius),
                ];
                let known = sometimes.into_iter().filter_map(|(name, value)| Some((name, value?)));
                known.chain([
                    (curve::GPU_BUSY, gpu.busy),
                    (curve::GPU_MEMORY, gpu.memory_used_bytes as f64),
                ])
            });
            let named = std::iter::once((curve::CPU_CORES, *cpu_cores)).chain(gpu);
            named.map(|(name, value)| (name.to_owned(), value)).collect()
        }
        EventBody::Finished { test_metrics, .. } => test_metrics
            .iter()
            .map(|(name, value)| (format!("test/{name}"), *value))
            .collect(),
        _ => Vec::new(),
    };
    values.retain(|(_, value)| value.is_finite());
    values
}

impl Points {
    /// Takes in the next event of the log.
    pub fn apply(&mut self, event: &Event) {
        if let EventBody::Resumed { from_step } = event.body {
            for points in self.by_tag.values_mut() {
                points.retain(|point| point.step <= from_step);
            }
        }
        for (tag, value) in scalars_of(&event.body) {
            let points = self.by_tag.entry(tag).or_default();
            // Without a word of resuming, an earlier step voids what an attempt given up said later.
            while points.last().is_some_and(|last| last.step >= event.step) {
                points.pop();
            }
            points.push(Point {
                step: event.step,
                wall_ms: event.wall_ms,
                value,
            });
        }
    }

    /// Step of the last point of each tag.
    pub fn last_steps(&self) -> BTreeMap<String, u64> {
        let last = |points: &Vec<Point>| points.last().map(|point| point.step);
        let tags = self.by_tag.iter();
        tags.filter_map(|(tag, points)| Some((tag.clone(), last(points)?)))
            .collect()
    }

    /// In order of step, then of time.
    pub fn moments(&self) -> Vec<Moment> {
        let mut moments: BTreeMap<(u64, u64), Vec<Named>> = BTreeMap::new();
        for (tag, points) in &self.by_tag {
            for point in points {
                let values = moments.entry((point.step, point.wall_ms)).or_default();
                values.push((tag.clone(), point.value));
            }
        }
        moments
            .into_iter()
            .map(|((step, wall_ms), values)| Moment { step, wall_ms, values })
            .collect()
    }
}
