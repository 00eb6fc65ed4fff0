//! TensorBoard's event file beside the native log: same steps, same values.
//!
//! In: the events of a run as they are written. Out: one `events.out.tfevents.*` in the run folder. Invariant: its
//! content is a function of `events.jsonl` alone. Each attempt writes it anew from the log, without what a resume made
//! void, and then appends; so a point stands in it once, and what a killed worker left unfinished goes.

mod points;
mod proto;
mod record;

use super::dir::RunDir;
use super::error::RunError;
use super::event::{Event, EventBody};
use super::log::{EventReader, LogItem};
use points::{Moment, Points, scalars_of};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PREFIX: &str = "events.out.tfevents.";
/// After a failure (a full disk, say) the file is written anew at the earliest after this time.
const RETRY: Duration = Duration::from_secs(10);

/// Writes the event file of one attempt.
#[derive(Debug)]
pub struct EventFile {
    folder: PathBuf,
    log: PathBuf,
    open: Option<(File, PathBuf)>,
    /// Step of the last point of each tag in the open file.
    last_steps: BTreeMap<String, u64>,
    failed_at: Option<Instant>,
}

impl EventFile {
    /// Touches nothing yet.
    pub fn beside(dir: &RunDir) -> Self {
        Self {
            folder: dir.path().to_owned(),
            log: dir.events_path(),
            open: None,
            last_steps: BTreeMap::new(),
            failed_at: None,
        }
    }

    /// Takes in an event that stands in the log already. After a failure the file is whole again with a later event.
    pub fn add(&mut self, event: &Event) -> Result<(), RunError> {
        let values = scalars_of(&event.body);
        let says_something = !values.is_empty() || matches!(event.body, EventBody::Resumed { .. });
        if !says_something || self.failed_at.is_some_and(|at| at.elapsed() < RETRY) {
            return Ok(());
        }
        // A point at a step told before takes the other's place, which appending cannot do.
        let replaces = values
            .iter()
            .any(|(tag, _)| self.last_steps.get(tag).is_some_and(|&last| last >= event.step));
        let written = match &mut self.open {
            Some((file, path)) if !replaces && !values.is_empty() => {
                self.last_steps
                    .extend(values.iter().map(|(tag, _)| (tag.clone(), event.step)));
                let moment = Moment {
                    step: event.step,
                    wall_ms: event.wall_ms,
                    values,
                };
                file.write_all(&record_of(&moment)).map_err(RunError::io("write", path))
            }
            // The log holds this event, so a file made from it holds it too.
            _ => self.write_anew(event),
        };
        self.failed_at = written.is_err().then(Instant::now);
        if written.is_err() {
            self.open = None;
        }
        written
    }

    fn write_anew(&mut self, event: &Event) -> Result<(), RunError> {
        let earlier = event_files(&self.folder)?;
        let wall_secs = secs(event.wall_ms);
        let mut bytes = record::frame(&proto::file_version(wall_secs));
        if !earlier.is_empty() {
            bytes.extend(record::frame(&proto::session_start(wall_secs, 0)));
        }
        let points = read_points(&self.log)?;
        for moment in points.moments() {
            bytes.extend(record_of(&moment));
        }
        // A reader that is watching goes on with files whose names follow, whatever the clock says.
        let newest = earlier.iter().filter_map(|path| stamp_of(path)).max();
        let stamp = (event.wall_ms / 1000).max(newest.map_or(0, |newest| newest + 1));
        let name = format!("{PREFIX}{stamp:010}.touchstone.{}", event.writer);
        let path = self.folder.join(name);
        let part = self.folder.join(format!(".tensorboard.{}.part", std::process::id()));
        let write = || {
            let mut file = File::create(&part)?;
            file.write_all(&bytes)?;
            fs::rename(&part, &path)?;
            OpenOptions::new().append(true).open(&path)
        };
        let file = write().map_err(|error| {
            // The first error is the one to tell; a part left behind is hidden and harmless.
            drop(fs::remove_file(&part));
            RunError::io("write", &path)(error)
        })?;
        for old in earlier {
            fs::remove_file(&old).map_err(RunError::io("remove", &old))?;
        }
        self.open = Some((file, path));
        self.last_steps = points.last_steps();
        Ok(())
    }
}

fn secs(wall_ms: u64) -> f64 {
    wall_ms as f64 / 1000.0
}

fn record_of(moment: &Moment) -> Vec<u8> {
    let values = moment.values.iter().map(|(tag, value)| (tag.as_str(), *value));
    record::frame(&proto::scalars(secs(moment.wall_ms), moment.step, values))
}

fn read_points(log: &Path) -> Result<Points, RunError> {
    let mut reader = EventReader::new(log);
    let mut points = Points::default();
    loop {
        let batch = reader.poll()?;
        for item in &batch.items {
            match item {
                LogItem::Event(event) => points.apply(event),
                LogItem::Reset => points = Points::default(),
                LogItem::Corrupt { .. } => {}
            }
        }
        if batch.caught_up {
            return Ok(points);
        }
    }
}

fn event_files(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let entries = fs::read_dir(folder).map_err(RunError::io("list", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(RunError::io("list", folder))?.path();
        if stamp_of(&path).is_some() {
            found.push(path);
        }
    }
    Ok(found)
}

/// The seconds in the name of an event file; `None` for other files.
fn stamp_of(path: &Path) -> Option<u64> {
    let rest = path.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    rest.split('.').next()?.parse().ok()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
