//! Progress and cancellation of long work, shared between the worker thread and whoever watches.
//!
//! Invariant: reporting never blocks longer than a short mutex hold, so the watcher may poll each frame.

use crate::engine::artifact::Bilingual;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The work was cancelled by its owner; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

#[derive(Debug)]
struct Shared {
    started: Instant,
    phase: Mutex<Bilingual>,
    fraction: AtomicU32,
    /// Milliseconds from the start to the last step of the fraction.
    moved_ms: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
    all_bytes: AtomicU64,
    cancel: AtomicBool,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            phase: Mutex::default(),
            fraction: AtomicU32::default(),
            moved_ms: AtomicU64::default(),
            rows: AtomicU64::default(),
            bytes: AtomicU64::default(),
            all_bytes: AtomicU64::default(),
            cancel: AtomicBool::default(),
        }
    }
}

/// A handle both sides hold: the work writes, the watcher reads and may cancel. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Shared>);

/// What a watcher sees at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgressSnapshot {
    pub phase: Bilingual,
    /// 0..=1 over the whole job.
    pub fraction: f32,
    /// Rows handled so far, 0 where the job does not count rows.
    pub rows: u64,
    /// Bytes handled so far and of the whole, 0 where the job does not count bytes.
    pub bytes: u64,
    pub all_bytes: u64,
    /// Since the handle was made.
    pub elapsed: Duration,
    /// From then to the last step of the fraction.
    pub moved: Duration,
}

impl ProgressSnapshot {
    /// Seconds left by linear extrapolation from the last step of the fraction; `None` until it means something and
    /// once that time has passed: a phase that stands still must not make the rest of the work look longer.
    pub fn secs_left(&self) -> Option<f64> {
        let (fraction, moved) = (f64::from(self.fraction), self.moved.as_secs_f64());
        if fraction <= 0.05 || self.elapsed.as_secs_f64() <= 1.0 {
            return None;
        }
        let since = self.elapsed.saturating_sub(self.moved).as_secs_f64();
        Some(moved * (1.0 - fraction) / fraction - since).filter(|left| *left >= 0.0)
    }
}

impl Progress {
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the phase in both languages, e.g. `progress.phase("reading", "读取")`.
    pub fn phase(&self, en: &str, zh: &str) {
        *self.0.phase.lock().unwrap_or_else(PoisonError::into_inner) = Bilingual::new(en, zh);
    }

    /// Sets the fraction done of the whole job, clamped to 0..=1.
    pub fn set(&self, fraction: f64) {
        let bits = (fraction.clamp(0.0, 1.0) as f32).to_bits();
        if self.0.fraction.swap(bits, Ordering::Relaxed) != bits {
            let moved = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.0.moved_ms.store(moved, Ordering::Relaxed);
        }
    }

    pub fn set_rows(&self, rows: u64) {
        self.0.rows.store(rows, Ordering::Relaxed);
    }

    /// Tells how many bytes of how many are handled.
    pub fn set_bytes(&self, bytes: u64, all_bytes: u64) {
        self.0.bytes.store(bytes, Ordering::Relaxed);
        self.0.all_bytes.store(all_bytes, Ordering::Relaxed);
    }

    /// Asks the work to stop; it answers at its next check.
    pub fn cancel(&self) {
        self.0.cancel.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.load(Ordering::Relaxed)
    }

    /// Call between chunks of work (at least every 50 ms) and pass the error on.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    pub fn snapshot(&self) -> ProgressSnapshot {
        ProgressSnapshot {
            phase: self.0.phase.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            fraction: f32::from_bits(self.0.fraction.load(Ordering::Relaxed)),
            rows: self.0.rows.load(Ordering::Relaxed),
            bytes: self.0.bytes.load(Ordering::Relaxed),
            all_bytes: self.0.all_bytes.load(Ordering::Relaxed),
            moved: Duration::from_millis(self.0.moved_ms.load(Ordering::Relaxed)),
            elapsed: self.0.started.elapsed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_sees_phase_fraction_and_cancel() {
        let work = Progress::new();
        let watcher = work.clone();
        work.phase("reading", "读取");
        work.set(0.25);
        let seen = watcher.snapshot();
        assert_eq!((seen.phase.zh.as_str(), seen.fraction), ("读取", 0.25));
        watcher.cancel();
        assert_eq!(work.check(), Err(Cancelled));
    }

    #[test]
    fn the_time_left_shrinks_while_a_phase_stands_still() {
        let seen = |fraction: f32, moved: u64, elapsed: u64| {
            let (moved, elapsed) = (Duration::from_secs(moved), Duration::from_secs(elapsed));
            ProgressSnapshot {
                fraction,
                moved,
                elapsed,
                ..ProgressSnapshot::default()
            }
            .secs_left()
        };
        assert_eq!(seen(0.25, 10, 10), Some(30.0));
        assert_eq!(seen(0.25, 10, 22), Some(18.0));
        assert_eq!(seen(0.25, 10, 41), None);
        assert_eq!(seen(0.01, 10, 10), None);
    }
}
