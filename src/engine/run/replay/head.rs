//! The short form of a view: everything but curves, console and sample predictions.

use super::{Attempt, Best, Mark, Outcome, RunView};
use crate::engine::run::event::{ComputeFacts, GpuUse};
use crate::engine::run::pace::Pace;
use crate::engine::run::series::Series;
use serde::{Deserialize, Serialize};

/// What a digest keeps of a view beside its curves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewHead {
    step: u64,
    epoch: f64,
    attempt: Option<Attempt>,
    attempts: u32,
    bests: Vec<Best>,
    events: Vec<Mark>,
    outcome: Option<Outcome>,
    started_ms: Option<u64>,
    last_event_ms: Option<u64>,
    last_seq: Option<u64>,
    not_finite: u64,
    corrupt_lines: u64,
    rss_bytes: Option<u64>,
    compute: Option<ComputeFacts>,
    gpu: Option<GpuUse>,
    active_secs: f64,
}

/// More marks than this would not be told apart on a curve.
const MOST_MARKS: usize = 200;

const EPOCHS: &str = "axis/epochs";
const SECONDS: &str = "axis/seconds";

impl RunView {
    pub fn head(&self) -> ViewHead {
        let surplus = self.events.len().saturating_sub(MOST_MARKS);
        ViewHead {
            step: self.step,
            epoch: self.epoch,
            attempt: self.attempt.clone(),
            attempts: self.attempts,
            bests: self.bests.last().cloned().into_iter().collect(),
            events: self.events[surplus..].to_vec(),
            outcome: self.outcome.clone(),
            started_ms: self.started_ms,
            last_event_ms: self.last_event_ms,
            last_seq: self.last_seq,
            not_finite: self.not_finite,
            corrupt_lines: self.corrupt_lines,
            rss_bytes: self.rss_bytes,
            compute: self.compute.clone(),
            gpu: self.gpu.clone(),
            active_secs: self.active_secs(),
        }
    }

    /// A short view without curves yet.
    pub fn from_head(head: ViewHead) -> Self {
        Self {
            is_short: true,
            step: head.step,
            epoch: head.epoch,
            attempt: head.attempt,
            attempts: head.attempts,
            bests: head.bests,
            events: head.events,
            outcome: head.outcome,
            started_ms: head.started_ms,
            last_event_ms: head.last_event_ms,
            last_seq: head.last_seq,
            not_finite: head.not_finite,
            corrupt_lines: head.corrupt_lines,
            rss_bytes: head.rss_bytes,
            compute: head.compute,
            gpu: head.gpu,
            pace: Pace::worked(head.active_secs),
            ..Self::default()
        }
    }

    /// Every curve by name, those of the x axis among them.
    pub(in crate::engine::run) fn curves(&self) -> impl Iterator<Item = (&str, &Series)> {
        let named = self.series.iter().map(|(name, series)| (name.as_str(), series));
        named.chain([(EPOCHS, &self.epochs), (SECONDS, &self.seconds)])
    }

    /// Puts a point that was read back at the end of its curve.
    pub(in crate::engine::run) fn place(&mut self, name: &str, step: f64, value: f64) {
        let step = step as u64;
        match name {
            EPOCHS => drop(self.epochs.push(step, value)),
            SECONDS => drop(self.seconds.push(step, value)),
            _ => self.point(name, step, value),
        }
    }
}
