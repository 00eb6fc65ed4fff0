//! Following one run: its folder, its log, its view and its status together.

use super::config::TrainConfig;
use super::digest;
use super::dir::RunDir;
use super::error::RunError;
use super::log::EventReader;
use super::replay::RunView;
use super::status::{Evidence, RunStatus, status};

/// Follows a run that is live or was; a finished run is one whose log no longer grows.
#[derive(Debug)]
pub struct RunWatch {
    run: RunDir,
    config: TrainConfig,
    reader: EventReader,
    view: RunView,
    status: RunStatus,
    caught_up: bool,
}

impl RunWatch {
    /// Reads the configuration; the log is read by [`Self::poll`].
    pub fn open(run: RunDir) -> Result<Self, RunError> {
        Ok(Self {
            config: run.config()?,
            reader: EventReader::new(&run.events_path()),
            run,
            view: RunView::default(),
            status: RunStatus::Waiting,
            caught_up: false,
        })
    }

    /// Reads what is new, at most about 1 MiB, and says whether view or status changed.
    pub fn poll(&mut self, now_ms: u64) -> Result<bool, RunError> {
        // Who is alive is asked before the log is read: a worker that ends in between has said so in the log,
        // the other way round it would look crashed for a moment.
        let mut evidence = Evidence::gather(&self.run, &self.view, now_ms);
        let attempts = self.view.attempts;
        let mut changed = self.read_on()?;
        if self.view.attempts != attempts {
            evidence = Evidence::gather(&self.run, &self.view, now_ms);
            changed |= self.read_on()?;
        }
        if self.caught_up {
            let seen = status(&self.view, &evidence);
            changed |= seen != self.status;
            self.status = seen;
        }
        Ok(changed)
    }

    fn read_on(&mut self) -> Result<bool, RunError> {
        let batch = self.reader.poll()?;
        for item in &batch.items {
            self.view.apply_item(item);
        }
        self.caught_up = batch.caught_up;
        Ok(!batch.items.is_empty())
    }

    /// A run that ended, from its digest; [`Self::poll`] sees only whether its state changes. `None` where there is no
    /// digest of the log as it is, or the run is under way.
    pub fn open_short(run: RunDir, now_ms: u64) -> Result<Option<Self>, RunError> {
        let Some(view) = digest::read(&run) else {
            return Ok(None);
        };
        let seen = status(&view, &Evidence::gather(&run, &view, now_ms));
        if seen.is_live() {
            return Ok(None);
        }
        Ok(Some(Self {
            config: run.config()?,
            reader: EventReader::new(&run.events_path()),
            run,
            view,
            status: seen,
            caught_up: true,
        }))
    }

    /// Polls until the log is read to its end.
    pub fn catch_up(&mut self, now_ms: u64) -> Result<(), RunError> {
        loop {
            self.poll(now_ms)?;
            if self.caught_up {
                return Ok(());
            }
        }
    }

    pub fn run(&self) -> &RunDir {
        &self.run
    }

    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    pub fn view(&self) -> &RunView {
        &self.view
    }

    /// As of the last poll that reached the end of the log.
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// False while a long log is still being read.
    pub fn caught_up(&self) -> bool {
        self.caught_up
    }
}
