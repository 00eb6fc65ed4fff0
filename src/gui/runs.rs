//! Follows every run of the open project in the background and hands immutable snapshots to the window.
//!
//! In: the project's `runs` folder. Out: `RunList`, newest run first. Runs that were live before the window opened
//! are picked up like any other: a run is its folder. Invariant: no file and no process is touched on the UI thread.

mod follower;

pub use follower::Follower;

use crate::engine::artifact::Bilingual;
use crate::engine::run::about::About;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::{RunDir, run_number};
use crate::engine::run::now_ms;
use crate::engine::run::queue::RunQueue;
use crate::engine::run::replay::RunView;
use crate::engine::run::status::RunStatus;
use crate::engine::run::trash::TrashedRun;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, watch};

/// One run as it was at one moment.
#[derive(Clone, Debug)]
pub struct RunSnapshot {
    pub run: RunDir,
    pub run_id: String,
    pub config: Arc<TrainConfig>,
    pub view: Arc<RunView>,
    pub status: RunStatus,
    /// Smoothed train loss, thin enough for a table row.
    pub spark: Arc<[f64]>,
    /// The end of the worker's standard error; read when it crashed or failed.
    pub last_words: Arc<str>,
    /// False while a long log is still being read.
    pub is_complete: bool,
    /// Note, tags, put away or not.
    pub about: Arc<About>,
    /// Steps of the checkpoints on the disk.
    pub checkpoints: Arc<[u64]>,
}

impl RunSnapshot {
    /// The day's number, or the folder's name where it has none.
    pub fn short_name(&self) -> String {
        run_number(&self.run_id).map_or_else(|| self.run_id.clone(), |number| number.to_string())
    }

    /// The metric that decides which step is best, at the best step.
    pub fn best_value(&self) -> Option<f64> {
        self.view.best()?.metrics.get(&self.config.metric).copied()
    }
}

/// All runs of a project at one moment, newest first.
#[derive(Clone, Debug, Default)]
pub struct RunList {
    pub runs: Vec<RunSnapshot>,
    /// Run folders that cannot be read, with the reason.
    pub broken: Vec<(String, Bilingual)>,
    /// Runs that wait for their turn.
    pub queue: Arc<RunQueue>,
    /// Deleted runs, the one deleted last first.
    pub trash: Arc<[TrashedRun]>,
}

/// A list that something was computed from; equal to itself alone.
#[derive(Clone, Debug)]
pub struct SameList(pub Arc<RunList>);

impl PartialEq for SameList {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Ids of the runs whose curves are looked at: those are read in full.
type Wanted = Arc<Mutex<BTreeSet<String>>>;

impl RunList {
    pub fn get(&self, run_id: &str) -> Option<&RunSnapshot> {
        self.runs.iter().find(|run| run.run_id == run_id)
    }

    pub fn live(&self) -> impl Iterator<Item = &RunSnapshot> {
        self.runs.iter().filter(|run| run.status.is_live())
    }
}

/// The background task; ends when dropped.
#[derive(Debug)]
pub struct RunWatcher {
    latest: watch::Receiver<Option<Arc<RunList>>>,
    wake: Arc<Notify>,
    wanted: Wanted,
    task: tokio::task::JoinHandle<()>,
}

impl RunWatcher {
    /// Starts following the runs below `runs_dir`; `repaint` is called when there is something new to draw.
    pub fn start(runs_dir: PathBuf, runtime: &tokio::runtime::Handle, repaint: impl Fn() + Send + 'static) -> Self {
        let (sender, latest) = watch::channel(None);
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let wanted = Wanted::default();
        let looked_at = Arc::clone(&wanted);
        let task = runtime.spawn(async move {
            let mut follower = Follower::new(runs_dir).serving(looked_at);
            loop {
                // Files are read on the blocking pool, so that this never holds up other waits of the runtime.
                let looked = tokio::task::spawn_blocking(move || {
                    let news = follower.look(Instant::now(), now_ms());
                    (follower, news)
                });
                let Ok((returned, news)) = looked.await else { return };
                follower = returned;
                if let Some(list) = news {
                    if sender.send(Some(list)).is_err() {
                        return;
                    }
                    repaint();
                }
                if tokio::time::timeout(follower.rest(), woken.notified()).await.is_ok() {
                    follower.look_at_all();
                }
            }
        });
        Self {
            latest,
            wake,
            wanted,
            task,
        }
    }

    /// The newest list if it was not taken before. Never waits.
    pub fn take_new(&mut self) -> Option<Arc<RunList>> {
        if !self.latest.has_changed().unwrap_or(false) {
            return None;
        }
        self.latest.borrow_and_update().clone()
    }

    /// Says whose curves are looked at; the digest of an ended run is enough for the others.
    pub fn want_full(&self, run_ids: BTreeSet<String>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if *wanted != run_ids {
            *wanted = run_ids;
            self.wake.notify_one();
        }
    }

    /// Looks again at once: a command was given, so something is about to change.
    pub fn poke(&self) {
        self.wake.notify_one();
    }
}

impl Drop for RunWatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
