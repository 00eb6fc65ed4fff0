//! What state a run is in: replayed events plus who is alive. Computed, never stored.

use super::control::{self, Command};
use super::dir::RunDir;
use super::liveness::host_name;
use super::lock::{self, WorkerRecord};
use super::replay::{Outcome, RunView};

/// State of a run at one moment.
#[derive(Clone, Debug, PartialEq)]
pub enum RunStatus {
    /// Written, never started.
    Waiting,
    /// A worker is there and has not trained a step yet (loading, tokenising).
    Starting,
    Running,
    Paused,
    /// Asked to stop; it ends after its step and exports the best model.
    Stopping,
    /// Ended by request; can be resumed.
    Stopped,
    Finished,
    /// The worker gave up and said why.
    Failed {
        message: String,
        hint: String,
    },
    /// No process and no word of an end: killed, out of memory, power cut. Can be resumed.
    Crashed,
}

impl RunStatus {
    /// A worker process is there.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Paused | Self::Stopping)
    }

    /// Starting it (again) makes sense.
    pub fn can_start(&self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Stopped | Self::Crashed | Self::Failed { .. }
        )
    }

    /// The name used in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
            Self::Failed { .. } => "failed",
            Self::Crashed => "crashed",
        }
    }
}

/// What is known of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    Alive,
    Dead,
    /// It runs, or ran, on another machine that shares the disk: only its heartbeat tells.
    Elsewhere,
}

/// Everything beside the log that the status depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The worker that holds, or held last, the run.
    pub worker: Option<(WorkerRecord, Liveness)>,
    /// The worker the owner started last.
    pub launch: Option<(WorkerRecord, Liveness)>,
    pub command: Option<Command>,
    pub now_ms: u64,
}

impl Evidence {
    /// Looks at the run folder and the process table; costs three small reads.
    pub fn gather(run: &RunDir, view: &RunView, now_ms: u64) -> Self {
        let host = host_name();
        let judge = |record: WorkerRecord| {
            let liveness = if record.host != host {
                Liveness::Elsewhere
            } else if record.process.is_alive() {
                Liveness::Alive
            } else {
                Liveness::Dead
            };
            (record, liveness)
        };
        // A worker that left no record still said who it is when it started.
        let said = view.attempt.as_ref().map(|attempt| WorkerRecord {
            process: attempt.process,
            host: host.to_owned(),
            launched_ms: attempt.started_ms,
        });
        Self {
            worker: lock::read_worker(run).or(said).map(judge),
            launch: lock::read_launch(run).map(judge),
            command: control::read(run).ok().flatten().map(|control| control.command),
            now_ms,
        }
    }
}

/// A worker elsewhere counts as alive this long after its last event (heartbeats come more often).
const SILENCE_MS: u64 = 90_000;

/// The status that follows from the log and the evidence.
pub fn status(view: &RunView, evidence: &Evidence) -> RunStatus {
    let heard = view.last_event_ms.unwrap_or(0);
    let alive = |(record, liveness): &(WorkerRecord, Liveness)| match liveness {
        Liveness::Alive => true,
        Liveness::Dead => false,
        Liveness::Elsewhere => evidence.now_ms.saturating_sub(heard.max(record.launched_ms)) < SILENCE_MS,
    };
    let launching = evidence.launch.as_ref().filter(|launch| alive(launch));
    match evidence.worker.as_ref().filter(|worker| alive(worker)) {
        Some((record, _)) => live_status(view, record, evidence.command),
        None if launching.is_some() => RunStatus::Starting,
        None => ended_status(view, evidence),
    }
}

fn live_status(view: &RunView, worker: &WorkerRecord, command: Option<Command>) -> RunStatus {
    match &view.attempt {
        Some(attempt) if attempt.process.same(worker.process) => match &view.outcome {
            // It has said its last word and is on its way out.
            Some(outcome) => outcome_status(outcome),
            None if command == Some(Command::Stop) => RunStatus::Stopping,
            None if view.paused => RunStatus::Paused,
            None if attempt.stepping => RunStatus::Running,
            None => RunStatus::Starting,
        },
        _ => RunStatus::Starting,
    }
}

fn ended_status(view: &RunView, evidence: &Evidence) -> RunStatus {
    let ended_ms = view.ended_ms().unwrap_or(0);
    let started_since = evidence
        .launch
        .iter()
        .chain(&evidence.worker)
        .any(|(record, _)| record.launched_ms > ended_ms);
    match &view.outcome {
        Some(outcome) if !started_since => outcome_status(outcome),
        // A later start died before its first event.
        Some(_) => RunStatus::Crashed,
        None if view.attempt.is_none() && evidence.worker.is_none() && evidence.launch.is_none() => RunStatus::Waiting,
        None => RunStatus::Crashed,
    }
}

fn outcome_status(outcome: &Outcome) -> RunStatus {
    match outcome {
        Outcome::Stopped { .. } => RunStatus::Stopped,
        Outcome::Finished(_) => RunStatus::Finished,
        Outcome::Failed { message, hint } => RunStatus::Failed {
            message: message.clone(),
            hint: hint.clone(),
        },
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
