//! Replay: the events of a run folded into what a page or a terminal shows.
//!
//! In: `LogItem`s in order. Out: `RunView`. Invariant: `apply` is a pure fold, so applying a log in any number of
//! portions gives the same view; it reads neither clock nor file. Cloning a view is cheap (curves and lines are shared).

mod head;
mod measures;
mod parts;

pub use head::ViewHead;
pub use parts::{Attempt, Best, ConsoleLine, Finish, Mark, MarkKind, Outcome, SampleSet};

use super::event::{ComputeFacts, Event, EventBody, GpuUse};
use super::liveness::ProcessId;
use super::log::LogItem;
use super::pace::Pace;
use super::series::Series;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Names of the curves in [`RunView::series`]; metrics of the validation rows are `valid/<metric>`.
pub mod curve {
    pub const TRAIN_LOSS: &str = "train/loss";
    pub const LEARNING_RATE: &str = "learning_rate";
    pub const GRAD_NORM: &str = "grad_norm";
    pub const SAMPLES_PER_SEC: &str = "samples_per_sec";
    pub const TOKENS_PER_SEC: &str = "tokens_per_sec";
    pub const PADDING_SHARE: &str = "padding_share";
    pub const RSS_BYTES: &str = "rss_bytes";
    /// Model FLOP utilisation, 0..=1: what the tokens of a second cost over the device's measured rate.
    pub const FLOP_UTILISATION: &str = "model_flop_utilisation";
    pub const CPU_CORES: &str = "cpu_cores";
    pub const GPU_BUSY: &str = "gpu_busy";
    pub const GPU_MEMORY: &str = "gpu_memory_bytes";
    pub const GPU_POWER: &str = "gpu_power_watts";
    pub const GPU_TEMPERATURE: &str = "gpu_temperature_celsius";

    /// `auc` → `valid/auc`.
    pub fn valid(metric: &str) -> String {
        format!("valid/{metric}")
    }
}

/// All there is to show of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunView {
    pub series: BTreeMap<String, Series>,
    /// Epochs done and seconds worked at the steps told, to draw curves over them.
    pub epochs: Series,
    pub seconds: Series,
    pub compute: Option<ComputeFacts>,
    /// The GPU when last told.
    pub gpu: Option<GpuUse>,
    /// Checkpoints, resumes and pauses in order; see [`RunView::marks`] for those and the best.
    pub events: Vec<Mark>,
    /// Optimiser steps done.
    pub step: u64,
    pub epoch: f64,
    pub attempt: Option<Attempt>,
    pub attempts: u32,
    /// Each best in order, the last being the best of all.
    pub bests: Vec<Best>,
    pub samples: Vec<SampleSet>,
    pub console: VecDeque<Arc<ConsoleLine>>,
    /// Lines dropped from the start of the console.
    pub console_dropped: u64,
    /// Name of the long phase it is in, while it is in one.
    pub phase: Option<String>,
    pub paused: bool,
    pub outcome: Option<Outcome>,
    pub started_ms: Option<u64>,
    pub last_event_ms: Option<u64>,
    pub last_seq: Option<u64>,
    /// Values that were NaN or infinite and are on no curve.
    pub not_finite: u64,
    pub corrupt_lines: u64,
    /// Read from a digest: curves are thinned, console and sample predictions are absent.
    pub is_short: bool,
    /// Resident memory of the worker when last told.
    pub rss_bytes: Option<u64>,
    /// Who wrote the last event.
    writer: u32,
    pace: Pace,
}

const CONSOLE_LINES: usize = 5000;

impl RunView {
    /// Takes in one item of the log.
    pub fn apply_item(&mut self, item: &LogItem) {
        match item {
            LogItem::Reset => *self = Self::default(),
            LogItem::Event(event) => self.apply(event),
            LogItem::Corrupt { line, message } => {
                self.corrupt_lines += 1;
                self.say(ConsoleLine::Corrupt {
                    line: *line,
                    message: message.clone(),
                });
            }
        }
    }

    /// Takes in one event. An event seen before (by `seq`) changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if self.last_seq.is_some_and(|last| event.seq <= last) {
            return;
        }
        self.last_seq = Some(event.seq);
        self.started_ms = self.started_ms.or(Some(event.wall_ms));
        self.last_event_ms = Some(event.wall_ms.max(self.last_event_ms.unwrap_or(0)));
        if self.is_first_of_attempt(event) {
            self.pace.restart(event.wall_ms);
        } else {
            self.pace.at(event.wall_ms);
        }
        self.writer = event.writer;
        match &event.body {
            EventBody::Train { .. } => self.train(event),
            EventBody::Machine { .. } => self.machine(event),
            EventBody::Compute(facts) => self.compute = Some(facts.clone()),
            EventBody::Heartbeat { rss_bytes } => self.rss_bytes = Some(*rss_bytes),
            body => {
                self.happening(event, body);
                self.say(ConsoleLine::Event(without_samples(event)));
            }
        }
    }

    /// An attempt loads its model before it says `started`, so that is its first word only where no writer is told.
    fn is_first_of_attempt(&self, event: &Event) -> bool {
        match event.writer {
            0 => matches!(event.body, EventBody::Started { .. }),
            writer => writer != self.writer,
        }
    }

    /// The newest value of a curve.
    pub fn last(&self, curve: &str) -> Option<f64> {
        self.series.get(curve)?.last().map(|[_, value]| value)
    }

    pub fn best(&self) -> Option<&Best> {
        self.bests.last()
    }

    /// All marks in order of step, the best among them.
    pub fn marks(&self) -> Vec<Mark> {
        let best = self.best().map(|best| Mark {
            step: best.step,
            wall_ms: 0,
            kind: MarkKind::Best,
        });
        let mut marks: Vec<Mark> = self.events.iter().copied().chain(best).collect();
        marks.sort_by_key(|mark| mark.step);
        marks
    }

    pub fn total_steps(&self) -> Option<u64> {
        self.attempt.as_ref().map(|attempt| attempt.total_steps)
    }

    /// Done share of all steps, 0..=1.
    pub fn fraction(&self) -> f64 {
        match self.total_steps() {
            Some(total) if total > 0 => (self.step as f64 / total as f64).min(1.0),
            _ => 0.0,
        }
    }

    /// Seconds left at the recent pace, evaluations included; `None` while the pace is unknown or nothing runs.
    pub fn eta_secs(&self) -> Option<f64> {
        if self.outcome.is_some() || self.paused {
            return None;
        }
        let left = self.total_steps()?.saturating_sub(self.step);
        Some(left as f64 / self.pace.steps_per_sec()?)
    }

    /// Seconds of work over all attempts, loading included; pauses and the time between attempts left out.
    pub fn active_secs(&self) -> f64 {
        self.pace.active_secs()
    }

    /// When the last attempt ended, if it said so.
    pub fn ended_ms(&self) -> Option<u64> {
        self.outcome.as_ref().and(self.last_event_ms)
    }

    fn happening(&mut self, event: &Event, body: &EventBody) {
        match body {
            EventBody::Started { .. } => self.start(event, body),
            EventBody::Resumed { from_step } => self.resume(event, *from_step),
            EventBody::Phase { name } => self.phase = Some(name.clone()),
            EventBody::Evaluated { .. } => self.evaluated(event),
            EventBody::Checkpoint { .. } => self.mark(event, MarkKind::Checkpoint),
            EventBody::MemoryShort { .. } => self.mark(event, MarkKind::MemoryShort),
            EventBody::StepSkipped { .. } => self.mark(event, MarkKind::StepSkipped),
            EventBody::Paused => {
                self.paused = true;
                self.pace.hold(true);
                self.mark(event, MarkKind::Paused);
            }
            EventBody::Continued => {
                self.paused = false;
                self.pace.hold(false);
            }
            EventBody::Stopped { .. } | EventBody::Finished { .. } | EventBody::Failed { .. } => self.end(body),
            EventBody::Train { .. }
            | EventBody::Machine { .. }
            | EventBody::Compute(_)
            | EventBody::Heartbeat { .. }
            | EventBody::Warning { .. }
            | EventBody::Log { .. } => {}
        }
    }

    fn evaluated(&mut self, event: &Event) {
        let EventBody::Evaluated { metrics, best, samples } = &event.body else {
            return;
        };
        self.advance(event.step);
        self.phase = None;
        for (name, value) in metrics {
            self.point(&curve::valid(name), event.step, *value);
        }
        // Without a word of resuming, an earlier step voids what an attempt given up said later.
        self.bests.retain(|earlier| earlier.step < event.step);
        self.samples.retain(|earlier| earlier.step < event.step);
        if *best {
            self.bests.push(Best {
                step: event.step,
                metrics: metrics.clone(),
            });
        }
        if !samples.is_empty() {
            self.samples.push(SampleSet {
                step: event.step,
                rows: samples.as_slice().into(),
            });
        }
    }

    fn start(&mut self, event: &Event, body: &EventBody) {
        let EventBody::Started {
            pid,
            pid_start_secs,
            device,
            precision,
            total_steps,
            epochs,
            train_rows,
            valid_rows,
            params_total,
            params_trainable,
        } = body
        else {
            return;
        };
        self.attempt = Some(Attempt {
            process: ProcessId {
                pid: *pid,
                start_secs: *pid_start_secs,
            },
            started_ms: event.wall_ms,
            device: device.clone(),
            precision: precision.clone(),
            total_steps: *total_steps,
            epochs: *epochs,
            train_rows: *train_rows,
            valid_rows: *valid_rows,
            params_total: *params_total,
            params_trainable: *params_trainable,
            resumed_from: None,
            stepping: false,
        });
        self.attempts += 1;
        self.outcome = None;
        self.paused = false;
        self.phase = None;
    }

    fn resume(&mut self, event: &Event, from_step: u64) {
        for series in self.series.values_mut().chain([&mut self.epochs, &mut self.seconds]) {
            series.keep_up_to(from_step);
        }
        self.events.retain(|mark| mark.step <= from_step);
        self.bests.retain(|best| best.step <= from_step);
        self.samples.retain(|set| set.step <= from_step);
        self.step = from_step;
        if let Some(attempt) = &mut self.attempt {
            attempt.resumed_from = Some(from_step);
        }
        self.events.push(Mark {
            step: from_step,
            wall_ms: event.wall_ms,
            kind: MarkKind::Resumed,
        });
    }

    fn end(&mut self, body: &EventBody) {
        self.paused = false;
        self.phase = None;
        let finite = |value: f64| value.is_finite().then_some(value);
        self.outcome = match body.clone() {
            EventBody::Stopped { reason } => Some(Outcome::Stopped { reason }),
            EventBody::Failed { message, hint } => Some(Outcome::Failed { message, hint }),
            EventBody::Finished {
                best_step,
                best_metric,
                best_value,
                stopped_early,
                test_metrics,
                samples_per_sec,
                wall_secs,
                model,
            } => Some(Outcome::Finished(Finish {
                best_step,
                best_metric,
                best_value: finite(best_value),
                stopped_early,
                test_metrics,
                samples_per_sec: finite(samples_per_sec),
                wall_secs,
                model,
            })),
            _ => None,
        };
    }

    fn advance(&mut self, step: u64) {
        self.step = step;
        if let Some(attempt) = &mut self.attempt {
            attempt.stepping = true;
        }
    }

    fn mark(&mut self, event: &Event, kind: MarkKind) {
        self.events.push(Mark {
            step: event.step,
            wall_ms: event.wall_ms,
            kind,
        });
    }

    fn say(&mut self, line: ConsoleLine) {
        if self.console.len() == CONSOLE_LINES {
            self.console.pop_front();
            self.console_dropped += 1;
        }
        self.console.push_back(Arc::new(line));
    }
}

fn without_samples(event: &Event) -> Event {
    let mut event = event.clone();
    if let EventBody::Evaluated { samples, .. } = &mut event.body {
        samples.clear();
    }
    event
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
