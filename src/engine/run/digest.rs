//! A run that ended, in short: what lists, tables and overlays show, read in a moment however long its log is.
//!
//! `digest.bin` lies beside `events.jsonl`: a head in JSON, then the curves thinned to a few hundred points each (lowest
//! and highest of equal stretches). Invariant: a digest belongs to one state of the log, by its length and the hash of
//! its end; any other is ignored and made anew.

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::replay::{RunView, ViewHead};
use super::series::Point;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

/// Points a curve keeps, about.
pub const DIGEST_POINTS: usize = 240;

const MAGIC: &[u8; 8] = b"tsdigst2";
const TAIL_BYTES: u64 = 4096;
const POINT_BYTES: usize = 16;

#[derive(Serialize, Deserialize)]
struct Head {
    log_bytes: u64,
    log_end: String,
    view: ViewHead,
    /// Names and numbers of points, in the order in which the points follow.
    curves: Vec<(String, usize)>,
}

fn path(run: &RunDir) -> PathBuf {
    run.path().join("digest.bin")
}

/// The run in short, if its digest is that of the log as it is now.
pub fn read(run: &RunDir) -> Option<RunView> {
    let bytes = std::fs::read(path(run)).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let head: Head = serde_json::from_slice(rest.get(..length)?).ok()?;
    if (head.log_bytes, head.log_end.as_str()) != (log_bytes(run)?, log_end(run)?.as_str()) {
        return None;
    }
    let mut view = RunView::from_head(head.view);
    let mut points = rest.get(length..)?.chunks_exact(POINT_BYTES);
    for (name, count) in head.curves {
        for _ in 0..count {
            let [step, value] = point(points.next()?)?;
            view.place(&name, step, value);
        }
    }
    Some(view)
}

/// Writes the digest of a view that was read to the end of the log.
pub fn write(run: &RunDir, view: &RunView) -> Result<(), RunError> {
    let (Some(log_bytes), Some(log_end)) = (log_bytes(run), log_end(run)) else {
        return Ok(());
    };
    let curves: Vec<(&str, Vec<Point>)> = view
        .curves()
        .map(|(name, series)| (name, series.decimated(DIGEST_POINTS)))
        .collect();
    let head = Head {
        log_bytes,
        log_end,
        view: view.head(),
        curves: curves
            .iter()
            .map(|(name, points)| ((*name).to_owned(), points.len()))
            .collect(),
    };
    let path = path(run);
    let json = serde_json::to_vec(&head).map_err(|error| RunError::json(&path, &error))?;
    let mut bytes = Vec::with_capacity(16 + json.len() + curves.len() * DIGEST_POINTS * POINT_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&(json.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&json);
    for [step, value] in curves.iter().flat_map(|(_, points)| points) {
        bytes.extend_from_slice(&step.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    write_atomic(&path, &bytes)
}

fn point(bytes: &[u8]) -> Option<Point> {
    let (step, value) = bytes.split_first_chunk::<8>()?;
    Some([f64::from_le_bytes(*step), f64::from_le_bytes(value.try_into().ok()?)])
}

fn log_bytes(run: &RunDir) -> Option<u64> {
    std::fs::metadata(run.events_path()).ok().map(|found| found.len())
}

/// Hash of the end of the log; two logs of one length differ there at the latest in their times.
fn log_end(run: &RunDir) -> Option<String> {
    let mut file = File::open(run.events_path()).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES))).ok()?;
    let mut tail = Vec::with_capacity(TAIL_BYTES as usize);
    file.take(TAIL_BYTES).read_to_end(&mut tail).ok()?;
    Some(blake3::hash(&tail).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;
    use crate::engine::run::event::EventBody;
    use crate::engine::run::log::EventWriter;
    use crate::engine::run::replay::curve;
    use crate::engine::run::watch::RunWatch;
    use std::collections::BTreeMap;

    fn run_of(folder: &std::path::Path, steps: u64) -> RunDir {
        let run = RunDir::create_at(folder, &TrainConfig::default()).expect("create");
        let mut writer = EventWriter::open(&run.events_path()).expect("log");
        for step in 1..=steps {
            let body = EventBody::Train {
                // One outlier, which no thinning may lose.
                loss: if step == 777 { 9.0 } else { 1.0 / step as f64 },
                learning_rate: 1e-4,
                grad_norm: 1.0,
                epoch: step as f64 / 100.0,
                samples_per_sec: 10.0,
                tokens_per_sec: 100.0,
                padding_share: 0.0,
                rss_bytes: 1,
            };
            writer.write_at(1000 * step, step, body).expect("write");
            if step % 500 == 0 {
                let metrics = BTreeMap::from([("auc".to_owned(), 0.5 + step as f64 / 10_000.0)]);
                let body = EventBody::Evaluated {
                    metrics,
                    best: true,
                    samples: Vec::new(),
                };
                writer.write_at(1000 * step, step, body).expect("write");
            }
        }
        let stopped = EventBody::Stopped {
            reason: "asked".to_owned(),
        };
        writer.write_at(1000 * steps, steps, stopped).expect("write");
        run
    }

    #[test]
    fn a_digest_tells_what_the_log_tells_until_the_log_grows() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = run_of(folder.path(), 3000);
        assert!(read(&run).is_none(), "none yet");
        let mut watch = RunWatch::open(run.clone()).expect("open");
        watch.catch_up(0).expect("read");
        let full = watch.view();
        write(&run, full).expect("write");
        let short = read(&run).expect("a digest");
        assert!(short.is_short && !full.is_short);
        assert_eq!(
            (short.step, short.best(), &short.outcome),
            (full.step, full.best(), &full.outcome)
        );
        assert_eq!((short.active_secs(), short.epoch), (full.active_secs(), full.epoch));
        let loss = &short.series[curve::TRAIN_LOSS];
        assert!((100..=DIGEST_POINTS + 1).contains(&loss.len()), "{}", loss.len());
        assert_eq!(loss.iter().map(|[_, value]| value).fold(0.0, f64::max), 9.0);
        assert_eq!(short.series["valid/auc"], full.series["valid/auc"]);
        assert_eq!(short.seconds.last(), full.seconds.last());
        let size = std::fs::metadata(path(&run)).expect("file").len();
        assert!(size * 10 < std::fs::metadata(run.events_path()).expect("file").len());
        EventWriter::open(&run.events_path())
            .expect("log")
            .write(3000, EventBody::Paused)
            .expect("write");
        assert!(read(&run).is_none(), "the log grew");
        std::fs::write(path(&run), &MAGIC[..5]).expect("spoil");
        assert!(read(&run).is_none(), "damaged");
    }
}
