//! The follower without its thread: one look at the runs at a time.
//!
//! An ended run is read from its digest where it has one, and in full once its curves are looked at. An ended run whose
//! files did not change costs a few `stat`s a look.

use super::{RunList, RunSnapshot, Wanted};
use crate::engine::artifact::Bilingual;
use crate::engine::run::about::About;
use crate::engine::run::digest;
use crate::engine::run::dir::{RunDir, compare_ids, list_runs, trash_of};
use crate::engine::run::error::RunError;
use crate::engine::run::fork;
use crate::engine::run::queue::{self, RunQueue};
use crate::engine::run::replay::{RunView, curve};
use crate::engine::run::series::{decimate, smoothed};
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::Launcher;
use crate::engine::run::trash::{self, TrashedRun};
use crate::engine::run::watch::RunWatch;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Each news is a frame, and a frame of a full page is dear without a graphics card: once a second is live enough.
const LIVE_REST: Duration = Duration::from_secs(1);
const IDLE_REST: Duration = Duration::from_secs(1);
/// Ended runs and the folder itself change rarely.
const SLOW_PERIOD: Duration = Duration::from_secs(2);
/// Longest stretch of reading between two lists while long logs are caught up with.
const BUDGET: Duration = Duration::from_millis(120);
/// A shorter log is read as quickly as a digest.
const DIGEST_FROM_BYTES: u64 = 64 * 1024;
/// Ended runs that stay read in full though nobody looks at them.
const KEPT_FULL: usize = 8;
pub(super) const SPARK_POINTS: usize = 40;
const SPARK_SMOOTHING: f64 = 0.9;

/// Follows the runs below a folder.
pub struct Follower {
    runs_dir: PathBuf,
    /// Only runs that could be opened.
    followed: BTreeMap<PathBuf, Followed>,
    broken: Vec<(String, Bilingual)>,
    next_listing: Option<Instant>,
    told: bool,
    queue: Arc<RunQueue>,
    trash: Arc<[TrashedRun]>,
    wanted: Wanted,
}

struct Followed {
    watch: RunWatch,
    snapshot: RunSnapshot,
    next_look: Instant,
    /// The files of an ended run as they were when it was read.
    settled: Option<Stamps>,
    about_stamp: Option<SystemTime>,
}

/// Lengths and times of the files that decide what a run is like.
type Stamps = [Option<(u64, SystemTime)>; 3];

impl Follower {
    pub fn new(runs_dir: PathBuf) -> Self {
        Self {
            runs_dir,
            followed: BTreeMap::new(),
            broken: Vec::new(),
            next_listing: None,
            told: false,
            queue: Arc::default(),
            trash: Arc::from([]),
            wanted: Wanted::default(),
        }
    }

    /// Reads those runs in full that are wanted.
    pub(super) fn serving(self, wanted: Wanted) -> Self {
        Self { wanted, ..self }
    }

    /// Reads what is new; the list if it differs from the one before.
    pub fn look(&mut self, now: Instant, now_ms: u64) -> Option<Arc<RunList>> {
        let mut changed = !std::mem::replace(&mut self.told, true);
        if self.next_listing.is_none_or(|at| now >= at) {
            changed |= self.list(now, now_ms);
            self.next_listing = Some(now + SLOW_PERIOD);
        }
        let started = Instant::now();
        // Newest first, so that a live run is not kept waiting by old ones.
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for followed in self.followed.values_mut().rev() {
            let in_full = followed.snapshot.view.is_short && wanted.contains(&followed.snapshot.run_id);
            if now < followed.next_look && !in_full {
                continue;
            }
            changed |= followed.look(now, now_ms, in_full);
            if started.elapsed() > BUDGET {
                break;
            }
        }
        changed.then(|| Arc::new(self.snapshot()))
    }

    /// How long to wait before the next look.
    pub fn rest(&self) -> Duration {
        if self.followed.values().any(|followed| !followed.snapshot.is_complete) {
            return Duration::from_millis(5);
        }
        let live = self
            .followed
            .values()
            .any(|followed| followed.snapshot.status.is_live());
        if live { LIVE_REST } else { IDLE_REST }
    }

    pub fn look_at_all(&mut self) {
        self.next_listing = None;
        let now = Instant::now();
        self.followed.values_mut().for_each(|followed| followed.next_look = now);
    }

    /// Notices runs that came and went, and what is said of the folder as a whole.
    fn list(&mut self, now: Instant, now_ms: u64) -> bool {
        let (mut found, mut broken) = (Vec::new(), Vec::new());
        match list_runs(&self.runs_dir) {
            Ok(runs) => found = runs,
            Err(error) => broken.push((String::new(), error.explain())),
        }
        let before = self.followed.len();
        let present: BTreeSet<&Path> = found.iter().map(RunDir::path).collect();
        self.followed.retain(|path, _| present.contains(path.as_path()));
        let mut changed = self.followed.len() != before;
        let fresh: Vec<RunDir> = found
            .into_iter()
            .filter(|run| !self.followed.contains_key(run.path()))
            .collect();
        let opened: Vec<(RunDir, Result<Followed, RunError>)> = fresh
            .into_par_iter()
            .map(|run| (run.clone(), Followed::open(run, now, now_ms)))
            .collect();
        for (run, opened) in opened {
            match opened {
                Ok(followed) => {
                    changed = true;
                    self.followed.insert(run.path().to_owned(), followed);
                }
                Err(error) => broken.push((run.id(), error.explain())),
            }
        }
        changed |= broken != self.broken;
        self.broken = broken;
        changed | self.list_around() | self.shorten(now, now_ms)
    }

    /// The queue, which whoever is alive sees to, and the trash.
    fn list_around(&mut self) -> bool {
        let queue = queue::read(&self.runs_dir).unwrap_or_else(|error| {
            tracing::warn!("{error}");
            (*self.queue).clone()
        });
        if queue != RunQueue::default() {
            let owned = Launcher::current().and_then(|launcher| queue::ensure_owner(&self.runs_dir, &launcher));
            if let Err(error) = owned {
                tracing::warn!("the queue stands still: {error}");
            }
        }
        let trash = trash::list(&trash_of(&self.runs_dir)).unwrap_or_default();
        let changed = queue != *self.queue || trash[..] != self.trash[..];
        self.queue = Arc::new(queue);
        self.trash = trash.into();
        changed
    }

    /// Long logs of ended runs that nobody looks at any more make room.
    fn shorten(&mut self, now: Instant, now_ms: u64) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut changed = false;
        let full = |followed: &&mut Followed| {
            let is_full = followed.settled.is_some() && !followed.snapshot.view.is_short;
            is_full && !wanted.contains(&followed.snapshot.run_id) && followed.log_bytes() >= DIGEST_FROM_BYTES
        };
        for followed in self.followed.values_mut().filter(full).skip(KEPT_FULL) {
            if let Ok(Some(watch)) = RunWatch::open_short(followed.snapshot.run.clone(), now_ms) {
                *followed = Followed::new(watch, now);
                followed.take_in();
                changed = true;
            }
        }
        changed
    }

    fn snapshot(&self) -> RunList {
        let mut runs: Vec<RunSnapshot> = self
            .followed
            .values()
            .map(|followed| followed.snapshot.clone())
            .collect();
        runs.sort_by(|a, b| compare_ids(&b.run_id, &a.run_id));
        RunList {
            runs,
            broken: self.broken.clone(),
            queue: Arc::clone(&self.queue),
            trash: Arc::clone(&self.trash),
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
            about: Arc::default(),
            checkpoints: Arc::from([]),
        };
        Self {
            watch,
            snapshot,
            next_look: now,
            settled: None,
            about_stamp: None,
        }
    }

    /// From the digest where there is one, else from the log, which is read with the looks to come.
    fn open(run: RunDir, now: Instant, now_ms: u64) -> Result<Self, RunError> {
        let stamps = stamps(&run);
        if let Some(watch) = RunWatch::open_short(run.clone(), now_ms)? {
            let mut followed = Self::new(watch, now);
            followed.take_in();
            followed.settled = Some(stamps);
            followed.look_about();
            return Ok(followed);
        }
        Ok(Self::new(RunWatch::open(run)?, now))
    }

    /// Reads what is new; with `in_full` a run that was read from its digest is read from its log.
    fn look(&mut self, now: Instant, now_ms: u64, in_full: bool) -> bool {
        let said = self.look_about();
        let stamps = stamps(&self.snapshot.run);
        if self.settled.as_ref() == Some(&stamps) && !in_full {
            self.next_look = now + SLOW_PERIOD;
            return said;
        }
        if self.snapshot.view.is_short {
            // What it was before stays on the page until the log is read.
            match RunWatch::open(self.snapshot.run.clone()) {
                Ok(watch) => self.watch = watch,
                Err(error) => tracing::warn!("{error}"),
            }
        }
        let changed = match self.watch.poll(now_ms) {
            Ok(changed) => changed,
            Err(error) => {
                // Tried again; a folder that is gone is noticed by the next listing.
                tracing::warn!("{error}");
                self.next_look = now + SLOW_PERIOD;
                return said;
            }
        };
        let ended = self.watch.caught_up() && !self.watch.status().is_live();
        self.next_look = if ended { now + SLOW_PERIOD } else { now };
        self.settled = ended.then_some(stamps);
        if !changed && self.snapshot.is_complete == self.watch.caught_up() {
            return said;
        }
        self.take_in();
        if ended {
            self.keep_digest();
        }
        true
    }

    /// The snapshot of what was read.
    fn take_in(&mut self) {
        let view = self.watch.view();
        self.snapshot.view = Arc::new(view.clone());
        self.snapshot.is_complete = self.watch.caught_up();
        self.snapshot.spark = spark(view);
        let steps = fork::checkpoint_steps(&self.snapshot.run).unwrap_or_default();
        if steps[..] != self.snapshot.checkpoints[..] {
            self.snapshot.checkpoints = steps.into();
        }
        if self.snapshot.status != *self.watch.status() {
            self.snapshot.status = self.watch.status().clone();
            self.snapshot.last_words = last_words(&self.watch);
        }
    }

    /// True if somebody said something else of the run.
    fn look_about(&mut self) -> bool {
        let stamp = std::fs::metadata(self.snapshot.run.about_path()).and_then(|found| found.modified());
        let stamp = stamp.ok();
        if stamp == self.about_stamp {
            return false;
        }
        self.about_stamp = stamp;
        let about = About::of(&self.snapshot.run);
        let changed = about != *self.snapshot.about;
        self.snapshot.about = Arc::new(about);
        changed
    }

    /// A cache: a folder that cannot be written goes without.
    fn keep_digest(&self) {
        if self.log_bytes() < DIGEST_FROM_BYTES {
            return;
        }
        if let Err(error) = digest::write(&self.snapshot.run, self.watch.view()) {
            tracing::debug!("{error}");
        }
    }

    fn log_bytes(&self) -> u64 {
        std::fs::metadata(self.snapshot.run.events_path()).map_or(0, |found| found.len())
    }
}

fn stamps(run: &RunDir) -> Stamps {
    let of = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.len(), found.modified().ok()?))
    };
    [
        of(&run.events_path()),
        of(&run.path().join("launch.json")),
        of(&run.path().join("worker.json")),
    ]
}

pub(super) fn spark(view: &RunView) -> Arc<[f64]> {
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
