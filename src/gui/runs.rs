//! Follows every run of the open project in the background and hands immutable snapshots to the window.
//!
//! In: the project's `runs` folder. Out: `RunList`, newest run first. Runs that were live before the window opened
//! are picked up like any other: a run is its folder. Invariant: no file and no process is touched on the UI thread.

use crate::engine::artifact::Bilingual;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::{RunDir, list_runs, run_number};
use crate::engine::run::now_ms;
use crate::engine::run::replay::{RunView, curve};
use crate::engine::run::series::{decimate, smoothed};
use crate::engine::run::status::RunStatus;
use crate::engine::run::watch::RunWatch;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
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
}

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
    task: tokio::task::JoinHandle<()>,
}

impl RunWatcher {
    /// Starts following the runs below `runs_dir`; `repaint` is called when there is something new to draw.
    pub fn start(runs_dir: PathBuf, runtime: &tokio::runtime::Handle, repaint: impl Fn() + Send + 'static) -> Self {
        let (sender, latest) = watch::channel(None);
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let task = runtime.spawn(async move {
            let mut follower = Follower::new(runs_dir);
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
        Self { latest, wake, task }
    }

    /// The newest list if it was not taken before. Never waits.
    pub fn take_new(&mut self) -> Option<Arc<RunList>> {
        if !self.latest.has_changed().unwrap_or(false) {
            return None;
        }
        self.latest.borrow_and_update().clone()
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

const LIVE_REST: Duration = Duration::from_millis(250);
const IDLE_REST: Duration = Duration::from_secs(1);
/// Ended runs and the folder itself change rarely.
const SLOW_PERIOD: Duration = Duration::from_secs(2);
/// Longest stretch of reading between two lists while long logs are caught up with.
const BUDGET: Duration = Duration::from_millis(120);
const SPARK_POINTS: usize = 40;
const SPARK_SMOOTHING: f64 = 0.9;

/// The follower without the thread: one `look` at a time.
struct Follower {
    runs_dir: PathBuf,
    /// Only runs that could be opened.
    followed: BTreeMap<PathBuf, Followed>,
    broken: Vec<(String, Bilingual)>,
    next_listing: Option<Instant>,
    told: bool,
}

struct Followed {
    watch: RunWatch,
    snapshot: RunSnapshot,
    next_look: Instant,
}

impl Follower {
    fn new(runs_dir: PathBuf) -> Self {
        Self {
            runs_dir,
            followed: BTreeMap::new(),
            broken: Vec::new(),
            next_listing: None,
            told: false,
        }
    }

    /// Reads what is new; the list if it differs from the one before.
    fn look(&mut self, now: Instant, now_ms: u64) -> Option<Arc<RunList>> {
        let mut changed = !std::mem::replace(&mut self.told, true);
        if self.next_listing.is_none_or(|at| now >= at) {
            changed |= self.list(now);
            self.next_listing = Some(now + SLOW_PERIOD);
        }
        let started = Instant::now();
        // Newest first, so that a live run is not kept waiting by old ones.
        for followed in self.followed.values_mut().rev() {
            if now < followed.next_look {
                continue;
            }
            changed |= followed.look(now, now_ms);
            if started.elapsed() > BUDGET {
                break;
            }
        }
        changed.then(|| Arc::new(self.snapshot()))
    }

    /// How long to wait before the next look.
    fn rest(&self) -> Duration {
        if self.followed.values().any(|followed| !followed.snapshot.is_complete) {
            return Duration::from_millis(5);
        }
        let live = self
            .followed
            .values()
            .any(|followed| followed.snapshot.status.is_live());
        if live { LIVE_REST } else { IDLE_REST }
    }

    fn look_at_all(&mut self) {
        self.next_listing = None;
        let now = Instant::now();
        self.followed.values_mut().for_each(|followed| followed.next_look = now);
    }

    /// Notices runs that came and went.
    fn list(&mut self, now: Instant) -> bool {
        let (mut found, mut broken) = (Vec::new(), Vec::new());
        match list_runs(&self.runs_dir) {
            Ok(runs) => found = runs,
            Err(error) => broken.push((String::new(), error.explain())),
        }
        let before = self.followed.len();
        self.followed
            .retain(|path, _| found.iter().any(|run| run.path() == path));
        let mut changed = self.followed.len() != before;
        for run in found {
            if self.followed.contains_key(run.path()) {
                continue;
            }
            match RunWatch::open(run.clone()) {
                Ok(watch) => {
                    changed = true;
                    self.followed.insert(run.path().to_owned(), Followed::new(watch, now));
                }
                Err(error) => broken.push((run.id(), error.explain())),
            }
        }
        changed |= broken != self.broken;
        self.broken = broken;
        changed
    }

    fn snapshot(&self) -> RunList {
        let mut runs: Vec<RunSnapshot> = self
            .followed
            .values()
            .map(|followed| followed.snapshot.clone())
            .collect();
        runs.sort_by(|a, b| crate::engine::run::dir::compare_ids(&b.run_id, &a.run_id));
        RunList {
            runs,
            broken: self.broken.clone(),
        }
    }
}

impl Followed {
    fn new(watch: RunWatch, now: Instant) -> Self {
        let snapshot = RunSnapshot {
            run: watch.run().clone(),
            run_id: watch.run().id(),
            config: Arc::new(watch.config().clone()),
            view: Arc::new(RunView::default()),
            status: RunStatus::Waiting,
            spark: Arc::from([]),
            last_words: Arc::from(""),
            is_complete: false,
        };
        Self {
            watch,
            snapshot,
            next_look: now,
        }
    }

    fn look(&mut self, now: Instant, now_ms: u64) -> bool {
        let changed = match self.watch.poll(now_ms) {
            Ok(changed) => changed,
            Err(error) => {
                // Tried again; a folder that is gone is noticed by the next listing.
                tracing::warn!("{error}");
                self.next_look = now + SLOW_PERIOD;
                return false;
            }
        };
        let ended = self.watch.caught_up() && !self.watch.status().is_live();
        self.next_look = if ended { now + SLOW_PERIOD } else { now };
        if !changed && self.snapshot.is_complete == self.watch.caught_up() {
            return false;
        }
        let view = self.watch.view();
        self.snapshot.view = Arc::new(view.clone());
        self.snapshot.is_complete = self.watch.caught_up();
        self.snapshot.spark = spark(view);
        if self.snapshot.status != *self.watch.status() {
            self.snapshot.status = self.watch.status().clone();
            self.snapshot.last_words = last_words(&self.watch);
        }
        true
    }
}

fn spark(view: &RunView) -> Arc<[f64]> {
    let Some(series) = view.series.get(curve::TRAIN_LOSS) else {
        return Arc::from([]);
    };
    // Thinned before it is smoothed: the cost stays the same however long the run is.
    let thin = decimate(series.iter(), series.len(), 10 * SPARK_POINTS);
    let weight = if thin.len() > SPARK_POINTS {
        SPARK_SMOOTHING
    } else {
        0.5
    };
    let smooth = smoothed(thin.into_iter(), weight);
    let stride = smooth.len().div_ceil(SPARK_POINTS).max(1);
    smooth.iter().step_by(stride).map(|[_, value]| *value).collect()
}

fn last_words(watch: &RunWatch) -> Arc<str> {
    const MAX_BYTES: u64 = 4000;
    match watch.status() {
        RunStatus::Crashed | RunStatus::Failed { .. } => {
            Arc::from(watch.run().stderr_tail(MAX_BYTES).unwrap_or_default().as_str())
        }
        _ => Arc::from(""),
    }
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
