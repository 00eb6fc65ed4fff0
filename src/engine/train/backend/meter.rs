//! Losses and speed between two looks.
//!
//! On a GPU a loss is read only when it is due, because reading waits for the device; on the CPU at each step.
//! Invariant: each step's loss is read exactly once.

use super::{During as _, TrainError};
use crate::engine::run::event::EventBody;
use crate::engine::train::hardware;
use crate::engine::train::state::TrainerState;
use std::time::{Duration, Instant};
use tch::Tensor;

/// At most four train events a second, and one more before each evaluation and checkpoint.
const REPORT_INTERVAL: Duration = Duration::from_millis(250);

/// A step whose loss has not been read yet.
#[derive(Debug)]
struct Pending {
    step: u64,
    rows: Vec<u32>,
    losses: Tensor,
    norm: Tensor,
}

/// What a reading found.
#[derive(Debug, Default)]
pub struct Seen {
    /// The first step whose loss is not finite, and its rows with such a loss (all of them if none stands out).
    pub not_finite: Option<(u64, Vec<u32>)>,
    /// Steps whose gradient was not finite although the loss was (or, with loss scaling, whatever the loss was).
    pub skipped: Vec<u64>,
    /// Step, mean loss and rows of the others, the rows of highest loss first.
    pub steps: Vec<(u64, f64, Vec<u32>)>,
}

#[derive(Debug)]
pub struct Meter {
    pending: Vec<Pending>,
    /// Rows, tokens, steps and seconds since the last event.
    rows: u64,
    tokens: u64,
    steps: u64,
    busy: Duration,
    loss_sum: f64,
    /// Steps in `loss_sum`.
    summed: u64,
    last_norm: f64,
    last_event: Option<Instant>,
    /// Tokens of all steps of this attempt.
    pub tokens_seen: u64,
    /// Seconds in training steps, all attempts.
    pub train_secs: f64,
    earlier_wall_secs: f64,
    started: Instant,
    paused_at: Option<Instant>,
    paused: Duration,
}

impl Meter {
    pub fn new(state: &TrainerState) -> Self {
        Self {
            pending: Vec::new(),
            rows: 0,
            tokens: 0,
            steps: 0,
            busy: Duration::ZERO,
            loss_sum: 0.0,
            summed: 0,
            last_norm: f64::NAN,
            last_event: None,
            tokens_seen: 0,
            train_secs: state.train_secs,
            earlier_wall_secs: state.wall_secs,
            started: Instant::now(),
            paused_at: None,
            paused: Duration::ZERO,
        }
    }

    /// Notes a step; `losses` and `norm` may still be under way on the device.
    pub fn add(&mut self, step: u64, rows: Vec<u32>, tokens: usize, losses: Tensor, norm: Tensor, took: Duration) {
        self.rows += rows.len() as u64;
        self.tokens += tokens as u64;
        self.tokens_seen += tokens as u64;
        self.steps += 1;
        self.busy += took;
        self.train_secs += took.as_secs_f64();
        self.pending.push(Pending {
            step,
            rows,
            losses,
            norm,
        });
    }

    /// True if the pending losses should be read now.
    pub fn is_due(&self, each_step: bool) -> bool {
        each_step || self.last_event.is_none_or(|at| at.elapsed() >= REPORT_INTERVAL)
    }

    /// Reads the pending losses. With loss scaling an overflow is no end: the step was skipped and the scale halved.
    pub fn read(&mut self, is_scaled: bool) -> Result<Seen, TrainError> {
        let waited = Instant::now();
        let mut seen = Seen::default();
        for pending in self.pending.drain(..) {
            let losses: Vec<f32> = pending
                .losses
                .f_to_device(tch::Device::Cpu)
                .and_then(|t| Vec::try_from(t.f_contiguous()?))
                .during("reading the loss")?;
            let norm = pending.norm.f_double_value(&[]).during("reading the loss")?;
            let loss = losses.iter().map(|&l| f64::from(l)).sum::<f64>() / losses.len().max(1) as f64;
            if is_scaled && !norm.is_finite() {
                seen.skipped.push(pending.step);
                continue;
            }
            self.loss_sum += loss;
            self.summed += 1;
            self.last_norm = norm;
            if !loss.is_finite() && seen.not_finite.is_none() {
                let bad = pending
                    .rows
                    .iter()
                    .zip(&losses)
                    .filter(|(_, l)| !l.is_finite())
                    .map(|(&row, _)| row);
                seen.not_finite = Some((pending.step, bad.collect()));
            } else if !norm.is_finite() {
                seen.skipped.push(pending.step);
            } else {
                seen.steps
                    .push((pending.step, loss, highest_first(pending.rows, &losses)));
            }
        }
        // On a GPU the waiting is where the steps' time is spent.
        self.busy += waited.elapsed();
        self.train_secs += waited.elapsed().as_secs_f64();
        Ok(seen)
    }

    /// The event of the steps since the last one, if there are any and one is due or `now` asks for it.
    pub fn event(&mut self, learning_rate: f64, epoch: f64, now: bool) -> Option<EventBody> {
        let is_due = now || self.last_event.is_none_or(|at| at.elapsed() >= REPORT_INTERVAL);
        if self.steps == 0 || !is_due {
            return None;
        }
        let secs = self.busy.as_secs_f64().max(1e-9);
        let event = EventBody::Train {
            loss: if self.summed == 0 {
                f64::NAN
            } else {
                self.loss_sum / self.summed as f64
            },
            learning_rate,
            grad_norm: self.last_norm,
            epoch,
            samples_per_sec: self.rows as f64 / secs,
            tokens_per_sec: self.tokens as f64 / secs,
            padding_share: 0.0,
            rss_bytes: hardware::resident_bytes(),
        };
        (self.rows, self.tokens, self.steps, self.summed) = (0, 0, 0, 0);
        self.loss_sum = 0.0;
        self.busy = Duration::ZERO;
        self.last_event = Some(Instant::now());
        Some(event)
    }

    pub fn pause(&mut self) {
        self.paused_at = Some(Instant::now());
    }

    pub fn resume(&mut self) {
        if let Some(at) = self.paused_at.take() {
            self.paused += at.elapsed();
        }
    }

    /// Seconds of all attempts, pauses left out.
    pub fn wall_secs(&self) -> f64 {
        let now = self.started.elapsed().saturating_sub(self.paused);
        let held = self.paused_at.map_or(Duration::ZERO, |at| at.elapsed());
        self.earlier_wall_secs + now.saturating_sub(held).as_secs_f64()
    }
}

/// The rows in order of their losses, highest first.
fn highest_first(rows: Vec<u32>, losses: &[f32]) -> Vec<u32> {
    let mut pairs: Vec<(u32, f32)> = rows.into_iter().zip(losses.iter().copied()).collect();
    pairs.sort_by(|a, b| b.1.total_cmp(&a.1));
    pairs.into_iter().map(|(row, _)| row).collect()
}
