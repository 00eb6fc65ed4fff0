//! `control.json`: what the owner of a run wants its worker to do.
//!
//! Single writer: the owner (window or command line). The worker only reads. Replaced as a whole, so it is never half-read.

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::now_ms;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Train (on).
    Continue,
    /// Hold after the current step and keep everything in memory.
    Pause,
    /// End after the current step; export the best model so far.
    Stop,
    /// Write a checkpoint after the current step and train on.
    Checkpoint,
}

/// The content of `control.json`; `seq` grows with each command, so that equal commands are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub seq: u64,
    pub command: Command,
}

/// Replaces the command; returns what was written.
pub fn send(run: &RunDir, command: Command) -> Result<Control, RunError> {
    let path = run.control_path();
    let seq = match read(run) {
        Ok(previous) => previous.map_or(0, |control| control.seq + 1),
        // An unreadable file is replaced; the clock is above any number counted so far.
        Err(RunError::BadJson { .. }) => now_ms(),
        Err(error) => return Err(error),
    };
    let control = Control { seq, command };
    let json = serde_json::to_vec(&control).map_err(|error| RunError::json(&path, &error))?;
    write_atomic(&path, &json)?;
    Ok(control)
}

/// The current command, `None` if none was ever given.
pub fn read(run: &RunDir) -> Result<Option<Control>, RunError> {
    read_file(&run.control_path())
}

/// The worker's side: tells each new command once.
#[derive(Debug)]
pub struct ControlReader {
    path: PathBuf,
    seen_seq: Option<u64>,
    seen_stamp: Option<SystemTime>,
}

/// A file changed this recently may change again within the clock tick of its time stamp.
const TICK: Duration = Duration::from_secs(1);

impl ControlReader {
    pub fn new(run: &RunDir) -> Self {
        Self {
            path: run.control_path(),
            seen_seq: None,
            seen_stamp: None,
        }
    }

    /// The newest command if it is one not told before. Costs one `stat` while nothing changes: call it each step.
    pub fn poll(&mut self) -> Result<Option<Command>, RunError> {
        let stamp = match std::fs::metadata(&self.path) {
            Ok(metadata) => metadata.modified().ok(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(RunError::io("read", &self.path)(error)),
        };
        let settled = stamp.is_some_and(|at| at.elapsed().is_ok_and(|age| age > TICK));
        if stamp.is_some() && stamp == self.seen_stamp {
            return Ok(None);
        }
        let control = read_file(&self.path)?;
        // Only a settled stamp proves that later equal stamps mean no change.
        self.seen_stamp = stamp.filter(|_| settled);
        let Some(control) = control.filter(|control| Some(control.seq) != self.seen_seq) else {
            return Ok(None);
        };
        self.seen_seq = Some(control.seq);
        Ok(Some(control.command))
    }
}

fn read_file(path: &Path) -> Result<Option<Control>, RunError> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| RunError::json(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RunError::io("read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;

    #[test]
    fn each_command_is_told_once_even_within_one_clock_tick() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
        let mut reader = ControlReader::new(&run);
        assert_eq!(reader.poll().expect("absent"), None);
        for (seq, command) in [Command::Pause, Command::Pause, Command::Continue, Command::Stop]
            .into_iter()
            .enumerate()
        {
            assert_eq!(
                send(&run, command).expect("send"),
                Control {
                    seq: seq as u64,
                    command
                }
            );
            assert_eq!(reader.poll().expect("poll"), Some(command));
            assert_eq!(reader.poll().expect("poll"), None);
        }
        assert_eq!(read(&run).expect("read").map(|c| c.command), Some(Command::Stop));
    }

    #[test]
    fn a_settled_file_is_not_read_again_and_a_broken_one_is_an_error_that_heals() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
        send(&run, Command::Pause).expect("send");
        let old = SystemTime::now() - Duration::from_secs(60);
        let age = |at| {
            let file = std::fs::File::options()
                .write(true)
                .open(run.control_path())
                .expect("open");
            file.set_modified(at).expect("stamp");
        };
        age(old);
        let mut reader = ControlReader::new(&run);
        assert_eq!(reader.poll().expect("poll"), Some(Command::Pause));
        assert_eq!(reader.seen_stamp, Some(old));
        std::fs::write(run.control_path(), "{\"seq\": 1, ").expect("write");
        age(old);
        assert_eq!(reader.poll().expect("same stamp: not opened"), None);
        age(old + Duration::from_secs(1));
        assert!(matches!(reader.poll(), Err(RunError::BadJson { .. })));
        send(&run, Command::Stop).expect("send");
        assert_eq!(reader.poll().expect("poll"), Some(Command::Stop));
    }
}
