//! The host of a real run: events go to `events.jsonl`, commands come from `control.json`, silence is broken.
//!
//! Invariant: one writer behind one lock. A full disk loses an event, never the training. TensorBoard's file gets an
//! event after the log has it.

use super::TrainError;
use super::hardware;
use super::host::Host;
use super::monitor::Monitor;
use crate::engine::run::RunDir;
use crate::engine::run::control::{Command, ControlReader};
use crate::engine::run::event::EventBody;
use crate::engine::run::log::EventWriter;
use crate::engine::run::tensorboard::EventFile;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A heartbeat is sent when nothing else was for so long.
const SILENCE: Duration = Duration::from_secs(10);
/// The machine is told of at each look at first, later this often.
const MACHINE_PERIOD: Duration = Duration::from_secs(10);
const MACHINE_EAGER: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_secs(2);

struct Log {
    writer: EventWriter,
    tensorboard: EventFile,
    last_step: u64,
    last_write: Instant,
    lost: u64,
    /// The terminal event is written: nothing follows it.
    has_ended: bool,
}

impl Log {
    fn write(&mut self, step: u64, body: EventBody) -> Result<(), TrainError> {
        self.last_step = step;
        let terminal = body.is_terminal();
        match self.writer.write(step, body) {
            Ok(event) => {
                self.last_write = Instant::now();
                self.has_ended = terminal;
                if let Err(error) = self.tensorboard.add(&event) {
                    tracing::warn!("TensorBoard's event file: {error}");
                }
                Ok(())
            }
            Err(error) if terminal => Err(error.into()),
            Err(error) => {
                self.lost += 1;
                tracing::error!("event lost ({} so far): {error}", self.lost);
                Ok(())
            }
        }
    }
}

/// Event log and control file of a run.
pub struct RunHost {
    log: Arc<Mutex<Log>>,
    control: ControlReader,
}

impl RunHost {
    pub fn open(dir: &RunDir, control: ControlReader) -> Result<Self, TrainError> {
        let log = Log {
            writer: EventWriter::open(&dir.events_path())?,
            tensorboard: EventFile::beside(dir),
            last_step: 0,
            last_write: Instant::now(),
            lost: 0,
            has_ended: false,
        };
        Ok(Self {
            log: Arc::new(Mutex::new(log)),
            control,
        })
    }

    /// Step of the last event.
    pub fn last_step(&self) -> u64 {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).last_step
    }
}

impl Host for RunHost {
    fn emit(&mut self, step: u64, body: EventBody) -> Result<(), TrainError> {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(step, body)
    }

    fn flush(&mut self) -> Result<(), TrainError> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(log.writer.sync()?)
    }

    fn poll(&mut self, _step: u64) -> Option<Command> {
        match self.control.poll() {
            Ok(command) => command,
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        }
    }
}

/// A thread that breaks the silence while it lives.
pub struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    pub fn start(host: &RunHost) -> Self {
        let log = Arc::clone(&host.log);
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(move || {
            let mut monitor = Monitor::new();
            let (started, mut told) = (Instant::now(), Instant::now());
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let is_due = started.elapsed() < MACHINE_EAGER || told.elapsed() >= MACHINE_PERIOD;
                // Asked before the lock is taken: a driver may take its time.
                let seen = is_due.then(|| monitor.look());
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                if log.has_ended {
                    return;
                }
                if let Some(seen) = seen {
                    told = Instant::now();
                    let step = log.last_step;
                    if let Err(error) = log.write(step, seen) {
                        tracing::error!("{error}");
                    }
                }
                if log.last_write.elapsed() >= SILENCE {
                    let (step, rss_bytes) = (log.last_step, hardware::resident_bytes());
                    if let Err(error) = log.write(step, EventBody::Heartbeat { rss_bytes }) {
                        tracing::error!("{error}");
                    }
                }
            }
        });
        Self {
            stop: Some(stop),
            thread: thread.ok(),
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the heartbeat thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;

    #[test]
    fn nothing_follows_the_end_of_a_run() {
        let folder = tempfile::tempdir().expect("temp");
        let dir = RunDir::create(folder.path(), "2026-11-30", &TrainConfig::default()).expect("a run");
        let mut host = RunHost::open(&dir, ControlReader::new(&dir)).expect("opens");
        let heartbeat = Heartbeat::start(&host);
        let reason = "asked".to_owned();
        host.emit(3, EventBody::Stopped { reason }).expect("written");
        std::thread::sleep(LOOK + Duration::from_millis(300));
        drop(heartbeat);
        let log = std::fs::read_to_string(dir.events_path()).expect("reads");
        assert!(log.lines().last().is_some_and(|line| line.contains("stopped")), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}
