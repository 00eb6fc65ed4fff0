//! One pass over all files: a thread reads and cuts, workers read chunks, the caller joins them in order.
//!
//! Memory is the finished columns plus a few chunks. Invariant: the outcome does not depend on the number
//! of threads, because chunks are cut at record boundaries and joined in file order.

use super::chunk::{self, Chunk, ChunkRows, Layout};
use super::dialect::skip_lines;
use super::error::IngestError;
use super::footer;
use super::outcome::PassOutcome;
use super::plan::Plan;
use super::records::{Format, last_boundary};
use super::rewritten;
use super::source::{Compression, Source};
use super::stream::TextStream;
use super::wrapped::unwrap_lines;
use crate::engine::artifact::Bilingual;
use crate::engine::progress::Progress;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Size of a chunk; large enough to amortise hand-over, small enough to cancel quickly.
pub(super) const CHUNK_BYTES: usize = 4 << 20;
/// A line longer than this is no record of a table.
const MAX_RECORD_BYTES: usize = 256 << 20;

/// A file and how to read it.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub source: Source,
    pub compression: Compression,
    pub encoding: &'static encoding_rs::Encoding,
    pub mark_bytes: usize,
    pub preamble_lines: u64,
    /// Physical lines at the end that the user does not want read; `None`: whatever is found there.
    pub footer_lines: Option<u64>,
    pub layout: Layout,
}

/// What a pass reads.
pub(super) struct PassConfig<'a> {
    pub tasks: &'a [Task],
    pub plans: &'a [Plan],
    /// Table columns to build; the others are left out.
    pub wanted: &'a [bool],
    /// Also keep lines, rejects, counts and hashes.
    pub first: bool,
}

/// Bytes read so far, and buffers to use again.
#[derive(Default)]
struct Shared {
    raw_bytes: AtomicU64,
    /// The rows are no longer wanted.
    stopped: AtomicBool,
    buffers: Mutex<Vec<Vec<u8>>>,
}

impl Shared {
    fn take_buffer(&self) -> Vec<u8> {
        self.buffers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// Runs the pass; `range` is its share of the job's progress.
pub(super) fn run(config: &PassConfig<'_>, progress: &Progress, range: (f64, f64)) -> Result<PassOutcome, IngestError> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let (send_chunk, receive_chunk) = sync_channel::<Chunk>(workers + 1);
    let (send_rows, receive_rows) = sync_channel::<ChunkRows>(workers + 1);
    let receive_chunk = Mutex::new(receive_chunk);
    let shared = Shared::default();
    let failed = |error| IngestError::Table {
        detail: format!("a thread could not be started: {error}"),
    };
    std::thread::scope(|scope| {
        let producer = std::thread::Builder::new()
            .name("ingest-read".to_owned())
            .spawn_scoped(scope, || produce(config, progress, &shared, send_chunk))
            .map_err(failed)?;
        for worker in 0..workers {
            let send_rows = send_rows.clone();
            std::thread::Builder::new()
                .name(format!("ingest-{worker}"))
                .spawn_scoped(scope, || work(config, progress, &shared, &receive_chunk, send_rows))
                .map_err(failed)?;
        }
        drop(send_rows);
        let outcome = join(config, progress, &shared, receive_rows, range);
        let ends = match producer.join() {
            Ok(ends) => ends?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let mut outcome = outcome?;
        for (file, end) in outcome.files.iter_mut().zip(ends) {
            file.hash = Some(end.hash);
            file.cut_short = end.cut_short;
            file.skip_footer(end.footer_lines);
        }
        outcome.set_footers_aside(config.tasks);
        Ok(outcome)
    })
}

/// What is known of a file once all of it was read.
struct FileEnd {
    hash: blake3::Hash,
    cut_short: Option<Bilingual>,
    footer_lines: u64,
}

/// Reads every file and sends chunks of whole records.
fn produce(
    config: &PassConfig<'_>,
    progress: &Progress,
    shared: &Shared,
    send: SyncSender<Chunk>,
) -> Result<Vec<FileEnd>, IngestError> {
    let mut ends = Vec::new();
    let mut sequence = 0;
    let mut raw_before = 0;
    for (file, task) in config.tasks.iter().enumerate() {
        let mut stream = TextStream::open(
            &task.source,
            task.compression,
            task.encoding,
            task.mark_bytes,
            config.first,
        )?;
        let mut carry: Vec<u8> = Vec::new();
        let mut first = true;
        let footer_lines = loop {
            progress.check()?;
            let mut data = shared.take_buffer();
            data.append(&mut carry);
            let ended = read_chunk(task, &mut stream, &mut data, (first, CHUNK_BYTES), &mut carry)?;
            shared
                .raw_bytes
                .store(raw_before + stream.raw_bytes(), Ordering::Relaxed);
            let chunk = Chunk {
                sequence,
                file,
                data,
                first,
                had_errors: stream.had_errors,
            };
            if send.send(chunk).is_err() || shared.stopped.load(Ordering::Relaxed) {
                // The joining side stopped and knows why.
                return Ok(ends);
            }
            sequence += 1;
            first = false;
            if let Some(footer_lines) = ended {
                break footer_lines;
            }
        };
        raw_before += task.source.bytes;
        let cut_short = stream.cut_short.take();
        ends.push(FileEnd {
            hash: stream.finish()?,
            cut_short,
            footer_lines,
        });
    }
    Ok(ends)
}

/// Fills `data` with about `want` bytes of whole records and leaves the rest in `carry`; at the end of the file the
/// number of lines left out there.
pub(super) fn read_chunk(
    task: &Task,
    stream: &mut TextStream<'_>,
    data: &mut Vec<u8>,
    (first, want): (bool, usize),
    carry: &mut Vec<u8>,
) -> Result<Option<u64>, IngestError> {
    let format = &task.layout.format;
    let outer = match (&task.layout.rewriter, task.layout.wrapped) {
        (Some(_), _) => rewritten::LINES,
        (None, true) => Format { quote: None, ..*format },
        (None, false) => *format,
    };
    let mut ended = stream.read(data, want)?;
    if first && task.preamble_lines > 0 {
        while !ended && memchr::memchr_iter(outer.newline, data).count() < task.preamble_lines as usize {
            ended = stream.read(data, want)?;
        }
        data.drain(..skip_lines(data, outer.newline, task.preamble_lines));
    }
    loop {
        let readable = footer::readable(data, outer.newline, task.footer_lines.unwrap_or(0), ended);
        let cut = last_boundary(&data[..readable], &outer, ended);
        if cut > 0 || ended {
            let footer_lines = ended.then(|| footer::count_lines(&data[cut..], outer.newline));
            carry.extend_from_slice(&data[cut..]);
            data.truncate(cut);
            if let Some(rewriter) = &task.layout.rewriter {
                *data = rewriter.rewrite(data);
            } else if task.layout.wrapped {
                *data = unwrap_lines(data, format);
            }
            return Ok(footer_lines);
        }
        if data.len() > MAX_RECORD_BYTES {
            return Err(IngestError::NotATable {
                path: task.source.path.clone(),
                what: "text with more than 256 MiB in one line",
                hint: "export it with one record a line",
            });
        }
        ended = stream.read(data, want)?;
    }
}

fn work(
    config: &PassConfig<'_>,
    progress: &Progress,
    shared: &Shared,
    chunks: &Mutex<Receiver<Chunk>>,
    send: SyncSender<ChunkRows>,
) {
    loop {
        let received = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = received else { return };
        // After a stop the remaining chunks are only drained, so that the reading thread never waits for room.
        let stopped = || progress.is_cancelled() || shared.stopped.load(Ordering::Relaxed);
        if stopped() {
            continue;
        }
        let layout = &config.tasks[chunk.file].layout;
        let rows = chunk::read(&chunk, layout, (config.plans, config.wanted), &stopped);
        shared.give_back(chunk.data);
        if send.send(rows).is_err() {
            shared.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// Puts the chunks behind each other.
fn join(
    config: &PassConfig<'_>,
    progress: &Progress,
    shared: &Shared,
    receive: Receiver<ChunkRows>,
    (from, to): (f64, f64),
) -> Result<PassOutcome, IngestError> {
    let mut outcome = PassOutcome::new(config);
    let all_bytes: u64 = config.tasks.iter().map(|task| task.source.bytes).sum::<u64>().max(1);
    let mut waiting: BTreeMap<usize, ChunkRows> = BTreeMap::new();
    let mut next = 0;
    let mut rows = 0u64;
    for chunk in receive {
        progress.check()?;
        waiting.insert(chunk.sequence, chunk);
        while let Some(chunk) = waiting.remove(&next) {
            next += 1;
            rows += chunk.counts.accepted;
            if rows > u64::from(u32::MAX - 1) {
                return Err(IngestError::TooLarge {
                    path: config.tasks[chunk.file].source.path.clone(),
                    rows,
                });
            }
            if next == 1 {
                outcome.expect_rows(config, &chunk, all_bytes);
            }
            outcome.append(config, chunk);
        }
        progress.set_rows(rows);
        let bytes = shared.raw_bytes.load(Ordering::Relaxed);
        progress.set_bytes(bytes, all_bytes);
        progress.set(from + (to - from) * (bytes as f64 / all_bytes as f64));
    }
    progress.check()?;
    Ok(outcome)
}
