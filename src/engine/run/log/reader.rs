//! A reader that follows a growing log and remembers where it stopped.

use super::parse_line;
use crate::engine::run::error::RunError;
use crate::engine::run::event::Event;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// What one poll brought.
#[derive(Clone, Debug, PartialEq)]
pub enum LogItem {
    Event(Event),
    /// A whole line that is no event. 1-based line number; reading goes on behind it.
    Corrupt {
        line: u64,
        message: String,
    },
    /// The file shrank or is another one: forget everything read so far, it follows again.
    Reset,
}

/// The items of one poll in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub items: Vec<LogItem>,
    /// False when more can be read at once.
    pub caught_up: bool,
}

/// State of the file at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceStat {
    pub len: u64,
    /// Differs between files that took the same path one after the other; 0 where unknown.
    pub identity: u64,
}

/// Where the bytes come from: a file, or a script in a test.
pub trait LogSource {
    /// `None` while there is no file.
    fn stat(&mut self) -> io::Result<Option<SourceStat>>;
    /// Up to `max` bytes from `offset`; fewer at the end.
    fn read_at(&mut self, offset: u64, max: usize) -> io::Result<Vec<u8>>;
}

/// A log on disk. Opened anew for each read, so a replaced file is noticed.
#[derive(Clone, Debug)]
pub struct FileSource {
    path: PathBuf,
}

impl LogSource for FileSource {
    fn stat(&mut self) -> io::Result<Option<SourceStat>> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) => Ok(Some(SourceStat {
                len: metadata.len(),
                identity: identity(&metadata),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read_at(&mut self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(max as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.ino() ^ metadata.dev().rotate_left(32)
}

#[cfg(not(unix))]
fn identity(_metadata: &std::fs::Metadata) -> u64 {
    0
}

/// Follows a log: each line is delivered once, an unfinished last line later, when it is whole.
#[derive(Debug)]
pub struct EventReader<S = FileSource> {
    source: S,
    path: PathBuf,
    /// Start of the first line not delivered yet.
    offset: u64,
    lines: u64,
    /// The bytes before `offset`, to notice a file rewritten in place.
    anchor: Vec<u8>,
    stat: Option<SourceStat>,
    /// Bytes read at once; grows while a line is longer.
    chunk: usize,
    reset_due: bool,
}

const CHUNK_BYTES: usize = 1 << 20;
const ANCHOR_BYTES: usize = 64;
/// Longer lines are no events; they are skipped with a warning.
const MAX_LINE_BYTES: usize = 64 << 20;

impl EventReader<FileSource> {
    /// A reader at the start of the log at `path`, which need not exist yet.
    pub fn new(path: &Path) -> Self {
        let source = FileSource { path: path.to_owned() };
        Self::with_source(source, path)
    }
}

impl<S: LogSource> EventReader<S> {
    /// `path` is for messages only.
    pub fn with_source(source: S, path: &Path) -> Self {
        Self {
            source,
            path: path.to_owned(),
            offset: 0,
            lines: 0,
            anchor: Vec::new(),
            stat: None,
            chunk: CHUNK_BYTES,
            reset_due: false,
        }
    }

    /// Delivers the whole lines that are new, at most about 1 MiB of them. One `stat` while nothing changes.
    pub fn poll(&mut self) -> Result<Batch, RunError> {
        let seen = self.source.stat().map_err(RunError::io("read", &self.path))?;
        let Some(stat) = seen else {
            if self.stat.take().is_some() {
                self.restart();
            }
            return Ok(self.batch(Vec::new(), true));
        };
        if self.stat == Some(stat) {
            return Ok(self.batch(Vec::new(), true));
        }
        let replaced = self.stat.is_some_and(|before| before.identity != stat.identity);
        if replaced || stat.len < self.offset {
            self.restart();
        }
        self.remember(stat.identity);
        let bytes = self.read_checked()?;
        let reached = self.offset + bytes.len() as u64;
        let mut items = Vec::new();
        match bytes.iter().rposition(|&b| b == b'\n') {
            Some(last_break) => self.deliver(&bytes[..=last_break], &mut items),
            None if bytes.len() >= MAX_LINE_BYTES => self.skip_monster(&bytes, &mut items),
            None if bytes.len() >= self.chunk => {
                self.chunk *= 4;
                return Ok(self.batch(items, false));
            }
            None => {}
        }
        self.chunk = CHUNK_BYTES;
        let caught_up = reached >= stat.len;
        if caught_up {
            self.stat = Some(stat);
        } else {
            self.remember(stat.identity);
        }
        Ok(self.batch(items, caught_up))
    }

    /// Notes which file is being read, with a length that makes the next poll look again.
    fn remember(&mut self, identity: u64) {
        self.stat = Some(SourceStat {
            len: self.offset,
            identity,
        });
    }

    fn batch(&mut self, mut items: Vec<LogItem>, caught_up: bool) -> Batch {
        if std::mem::take(&mut self.reset_due) {
            items.insert(0, LogItem::Reset);
        }
        Batch { items, caught_up }
    }

    /// The bytes from `offset`, after making sure that those before it are still the ones read.
    fn read_checked(&mut self) -> Result<Vec<u8>, RunError> {
        let back = self.anchor.len();
        let mut bytes = self.read(self.offset - back as u64, back + self.chunk)?;
        if bytes.starts_with(&self.anchor) {
            bytes.drain(..back);
            return Ok(bytes);
        }
        self.restart();
        self.read(0, self.chunk)
    }

    fn read(&mut self, offset: u64, max: usize) -> Result<Vec<u8>, RunError> {
        self.source
            .read_at(offset, max)
            .map_err(RunError::io("read", &self.path))
    }

    fn deliver(&mut self, whole_lines: &[u8], items: &mut Vec<LogItem>) {
        for line in whole_lines.split_inclusive(|&b| b == b'\n') {
            self.lines += 1;
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            items.push(match parse_line(text) {
                Ok(event) => LogItem::Event(event),
                Err(message) => LogItem::Corrupt {
                    line: self.lines,
                    message,
                },
            });
        }
        self.advance(whole_lines);
    }

    /// Gives up on a line that never ends; its rest will be a second corrupt line.
    fn skip_monster(&mut self, bytes: &[u8], items: &mut Vec<LogItem>) {
        items.push(LogItem::Corrupt {
            line: self.lines + 1,
            message: format!("longer than {MAX_LINE_BYTES} bytes"),
        });
        self.advance(bytes);
    }

    fn advance(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        self.anchor
            .extend_from_slice(&bytes[bytes.len().saturating_sub(ANCHOR_BYTES)..]);
        let surplus = self.anchor.len().saturating_sub(ANCHOR_BYTES);
        self.anchor.drain(..surplus);
    }

    fn restart(&mut self) {
        // Told with the next batch, so that a read error in between cannot swallow it.
        self.reset_due |= self.offset > 0;
        self.offset = 0;
        self.lines = 0;
        self.anchor.clear();
        self.chunk = CHUNK_BYTES;
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
