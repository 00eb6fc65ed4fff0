//! How long a run has worked and how fast it goes.
//!
//! Invariant: time is that of the events; pauses and the gaps between attempts do not count.

use std::collections::VecDeque;

/// Working time, pauses and gaps between attempts left out, and the recent pace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pace {
    active_ms: u64,
    last_wall_ms: Option<u64>,
    held: bool,
    /// (working time in ms, step) of the latest train events of this attempt.
    recent: VecDeque<(u64, u64)>,
}

/// Enough to cover several evaluations at the usual logging rate.
const PACE_EVENTS: usize = 256;

impl Pace {
    /// Of a run that is over.
    pub(super) fn worked(secs: f64) -> Self {
        Self {
            active_ms: (secs * 1000.0).max(0.0) as u64,
            ..Self::default()
        }
    }

    pub(super) fn at(&mut self, wall_ms: u64) {
        if let Some(last) = self.last_wall_ms.filter(|_| !self.held) {
            self.active_ms += wall_ms.saturating_sub(last);
        }
        self.last_wall_ms = Some(wall_ms);
    }

    pub(super) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// A new attempt: the time since the last event of the old one was nobody's work.
    pub(super) fn restart(&mut self, wall_ms: u64) {
        self.last_wall_ms = Some(wall_ms);
        self.held = false;
        self.recent.clear();
    }

    pub(super) fn step(&mut self, step: u64) {
        if self.recent.len() == PACE_EVENTS {
            self.recent.pop_front();
        }
        self.recent.push_back((self.active_ms, step));
    }

    pub(super) fn active_secs(&self) -> f64 {
        self.active_ms as f64 / 1000.0
    }

    pub(super) fn steps_per_sec(&self) -> Option<f64> {
        let (&(from_ms, from_step), &(to_ms, to_step)) = (self.recent.front()?, self.recent.back()?);
        let steps = to_step.checked_sub(from_step).filter(|&steps| steps > 0)?;
        let millis = to_ms.checked_sub(from_ms).filter(|&millis| millis > 0)?;
        Some(steps as f64 * 1000.0 / millis as f64)
    }
}
