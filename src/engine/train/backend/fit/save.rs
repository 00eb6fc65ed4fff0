//! Checkpoints within the loop: written, pruned, and waited for where the disk is full.

use super::{Fit, PAUSE_POLL};
use crate::engine::run::control::Command;
use crate::engine::run::event::EventBody;
use crate::engine::train::TrainError;
use crate::engine::train::backend::checkpoint;
use crate::engine::train::host::Host;
use std::time::Instant;

impl Fit<'_> {
    /// Writes a checkpoint. On a full disk the run waits for room; any other failure costs a checkpoint, not the run.
    /// True if the run is to stop.
    pub(super) fn save(&mut self, host: &mut dyn Host, best: bool) -> Result<bool, TrainError> {
        let step = self.state.step;
        self.report_all(host)?;
        self.state.wall_secs = self.meter.wall_secs();
        self.last_saved = Instant::now();
        // The curve must reach as far as the checkpoint, whatever happens next.
        if let Err(error) = host.flush() {
            tracing::warn!("{error}");
        }
        loop {
            let error = match self.job.store.save(self.model, &self.optimizer, &self.state) {
                Ok(path) => {
                    self.saved(&path, best, host)?;
                    return Ok(self.stops);
                }
                Err(error) => error,
            };
            if error.is_disk_full() && !self.stops {
                // One more try after the wait; a run that is to stop ends without.
                self.stops = self.wait_for_room(&error, host)?;
                continue;
            }
            if best {
                self.best_weights = Some(checkpoint::snapshot(self.model)?);
            }
            let message = format!(
                "no checkpoint at step {step}: {error}; training goes on, a resume would start from step {}",
                self.last_good
            );
            host.warn(step, message)?;
            return Ok(self.stops);
        }
    }

    fn saved(&mut self, path: &std::path::Path, best: bool, host: &mut dyn Host) -> Result<(), TrainError> {
        let step = self.state.step;
        self.last_good = step;
        if best {
            self.best_weights = None;
        }
        let path = path.display().to_string();
        host.emit(step, EventBody::Checkpoint { path, best })?;
        let best_step = self.state.best.as_ref().map(|best| best.step);
        if let Err(error) = self.job.store.prune(best_step) {
            host.warn(step, format!("an old checkpoint stays: {error}"))?;
        }
        Ok(())
    }

    /// Holds the run until there is room for a checkpoint, or its owner says `continue`; true if it says `stop`.
    fn wait_for_room(&mut self, error: &TrainError, host: &mut dyn Host) -> Result<bool, TrainError> {
        let (step, needed) = (self.state.step, self.job.store.bytes_of_one(self.model));
        let message = format!(
            "the disk is full: {error}. The run waits at step {step} until {:.1} MB are free; the checkpoint of step {} is whole",
            needed as f64 / 1e6,
            self.last_good
        );
        host.warn(step, message)?;
        host.emit(step, EventBody::Paused)?;
        self.meter.pause();
        let stops = loop {
            if self.job.store.free_bytes().is_none_or(|free| free >= needed) {
                std::thread::sleep(PAUSE_POLL);
                break false;
            }
            match host.poll(step) {
                Some(Command::Stop) => break true,
                Some(Command::Continue) => break false,
                _ => std::thread::sleep(PAUSE_POLL),
            }
        };
        self.meter.resume();
        host.emit(step, EventBody::Continued)?;
        Ok(stops)
    }
}
