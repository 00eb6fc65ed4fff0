//! One text file as a stream of UTF-8 bytes: unpacked, transcoded, hashed, and checked for changes meanwhile.

use super::error::IngestError;
use super::source::{Compression, Kind, Source, modified};
use crate::engine::artifact::Bilingual;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes asked from the system at once.
const READ_BYTES: usize = 1 << 20;

/// A file being read from start to end.
pub(super) struct TextStream<'a> {
    source: &'a Source,
    reader: Box<dyn Read + Send>,
    raw: Arc<Tap>,
    /// `None` for bytes that pass unchanged.
    decoder: Option<Decoder>,
    raw_buffer: Vec<u8>,
    unpacked_bytes: u64,
    skip_bytes: usize,
    /// Some bytes were no characters of the encoding and became U+FFFD.
    pub had_errors: bool,
    /// The packed file ends or breaks before its end, as an error in words; what came before is kept.
    pub cut_short: Option<Bilingual>,
    ended: bool,
}

/// What passes the raw file, shared with the unpacking reader.
#[derive(Default)]
struct Tap {
    bytes: AtomicU64,
    hasher: std::sync::Mutex<blake3::Hasher>,
}

struct TappedFile {
    file: std::io::Take<File>,
    tap: Arc<Tap>,
    hash: bool,
}

impl Read for TappedFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.tap.bytes.fetch_add(count as u64, Ordering::Relaxed);
        if self.hash && count > 0 {
            let mut hasher = self
                .tap
                .hasher
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            hasher.update(&buffer[..count]);
        }
        Ok(count)
    }
}

impl<'a> TextStream<'a> {
    /// Opens the file; `mark_bytes` are left out at its start. A file growing meanwhile is read up to its length now.
    pub(super) fn open(
        source: &'a Source,
        compression: Compression,
        encoding: &'static Encoding,
        mark_bytes: usize,
        hash: bool,
    ) -> Result<Self, IngestError> {
        let file = File::open(&source.path).map_err(|error| IngestError::io(&source.path, error))?;
        let raw = Arc::new(Tap::default());
        let tapped = TappedFile {
            file: file.take(source.bytes),
            tap: Arc::clone(&raw),
            hash,
        };
        let reader: Box<dyn Read + Send> = match compression {
            Compression::None => Box::new(tapped),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(std::io::BufReader::with_capacity(
                1 << 16,
                tapped,
            ))),
            Compression::Zstd => {
                Box::new(zstd::Decoder::new(tapped).map_err(|error| IngestError::io(&source.path, error))?)
            }
        };
        Ok(Self {
            source,
            reader,
            raw,
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling()),
            raw_buffer: Vec::new(),
            unpacked_bytes: 0,
            skip_bytes: mark_bytes,
            had_errors: false,
            cut_short: None,
            ended: false,
        })
    }

    /// Bytes of the file read so far, as stored.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.raw.bytes.load(Ordering::Relaxed)
    }

    /// Appends about `want` bytes of UTF-8 to `out`; true at the end of the file.
    pub(super) fn read(&mut self, out: &mut Vec<u8>, want: usize) -> Result<bool, IngestError> {
        let target = out.len() + want;
        while !self.ended && out.len() < target {
            match self.decoder.is_some() {
                false => self.read_plain(out, target - out.len())?,
                true => self.read_decoded(out)?,
            }
        }
        Ok(self.ended)
    }

    fn read_plain(&mut self, out: &mut Vec<u8>, want: usize) -> Result<(), IngestError> {
        let before = out.len();
        out.resize(before + want.min(READ_BYTES), 0);
        let count = self.fill(&mut out[before..])?;
        out.truncate(before + count);
        if self.skip_bytes > 0 {
            let skipped = self.skip_bytes.min(count);
            out.drain(before..before + skipped);
            self.skip_bytes -= skipped;
        }
        Ok(())
    }

    fn read_decoded(&mut self, out: &mut Vec<u8>) -> Result<(), IngestError> {
        let mut raw = std::mem::take(&mut self.raw_buffer);
        raw.resize(READ_BYTES / 4, 0);
        let count = self.fill(&mut raw)?;
        let skipped = self.skip_bytes.min(count);
        self.skip_bytes -= skipped;
        if let Some(decoder) = &mut self.decoder {
            let mut input = &raw[skipped..count];
            loop {
                let room = decoder
                    .max_utf8_buffer_length(input.len())
                    .unwrap_or(input.len() * 3 + 16);
                let before = out.len();
                out.resize(before + room, 0);
                let (result, read, written, errors) = decoder.decode_to_utf8(input, &mut out[before..], self.ended);
                out.truncate(before + written);
                self.had_errors |= errors;
                input = &input[read..];
                if result == CoderResult::InputEmpty {
                    break;
                }
            }
        }
        self.raw_buffer = raw;
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, IngestError> {
        let mut filled = 0;
        while filled < buffer.len() && !self.ended {
            match self.reader.read(&mut buffer[filled..]) {
                Ok(0) => self.ended = true,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => self.end_early(error, filled)?,
            }
        }
        self.unpacked_bytes += filled as u64;
        Ok(filled)
    }

    /// A broken packed file keeps what was unpacked so far; anything else is an error.
    fn end_early(&mut self, error: std::io::Error, filled: usize) -> Result<(), IngestError> {
        let Kind::Text(compression @ (Compression::Gzip | Compression::Zstd)) = self.source.kind else {
            return Err(IngestError::io(&self.source.path, error));
        };
        let at_bytes = self.unpacked_bytes + filled as u64;
        if at_bytes == 0 {
            return Err(IngestError::Unpack {
                path: self.source.path.clone(),
                compression: compression.name(),
                at_bytes,
                source: error,
            });
        }
        let name = compression.name();
        self.cut_short = Some(Bilingual::new(
            format!("the {name} data breaks off after {at_bytes} unpacked bytes ({error}); the rows before are kept"),
            format!("{name} 数据在解压 {at_bytes} 字节后中断（{error}）；保留之前的行"),
        ));
        self.ended = true;
        Ok(())
    }

    /// BLAKE3 of the raw bytes, after making sure that the file is still the one that was opened.
    pub(super) fn finish(mut self) -> Result<blake3::Hash, IngestError> {
        // Packed files may carry bytes after their last frame.
        let mut rest = vec![0u8; 1 << 16];
        while self.raw_bytes() < self.source.bytes && self.reader.read(&mut rest).is_ok_and(|count| count > 0) {}
        let path = &self.source.path;
        let metadata = std::fs::metadata(path).map_err(|error| IngestError::io(path, error))?;
        let rewritten = metadata.len() == self.source.bytes && modified(&metadata) != self.source.modified;
        if metadata.len() < self.source.bytes || rewritten {
            return Err(IngestError::Changed {
                path: path.clone(),
                was_bytes: self.source.bytes,
                is_bytes: metadata.len(),
            });
        }
        let hasher = self
            .raw
            .hasher
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(hasher.finalize())
    }
}
