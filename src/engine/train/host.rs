//! What the training loop needs from its surroundings: a place for events and a source of commands.
//!
//! Invariant: the loop knows nothing of files or processes, so a test can play the owner.

use super::TrainError;
use crate::engine::run::control::Command;
use crate::engine::run::event::EventBody;

/// The owner's side of a training.
pub trait Host {
    /// Records what happened after `step` optimiser steps. Must not block for long.
    fn emit(&mut self, step: u64, body: EventBody) -> Result<(), TrainError>;

    /// Makes what was recorded outlive a power cut.
    fn flush(&mut self) -> Result<(), TrainError> {
        Ok(())
    }

    /// A command not told before; asked once a step (`step` are done), and several times a second while paused.
    fn poll(&mut self, step: u64) -> Option<Command>;

    /// A named phase of long work begins.
    fn phase(&mut self, step: u64, name: &str) -> Result<(), TrainError> {
        self.emit(step, EventBody::Phase { name: name.to_owned() })
    }

    fn warn(&mut self, step: u64, message: String) -> Result<(), TrainError> {
        self.emit(step, EventBody::Warning { message })
    }

    fn log(&mut self, step: u64, message: String) -> Result<(), TrainError> {
        self.emit(step, EventBody::Log { message })
    }
}

/// Keeps all events and plays a script of commands; for tests and for callers without a run folder.
#[derive(Debug, Default)]
pub struct Recorder {
    pub events: Vec<(u64, EventBody)>,
    /// (at or after this step, command), in order.
    pub script: std::collections::VecDeque<(u64, Command)>,
}

impl Host for Recorder {
    fn emit(&mut self, step: u64, body: EventBody) -> Result<(), TrainError> {
        self.events.push((step, body));
        Ok(())
    }

    fn poll(&mut self, step: u64) -> Option<Command> {
        let (due, _) = self.script.front()?;
        if step < *due {
            return None;
        }
        self.script.pop_front().map(|(_, command)| command)
    }
}
