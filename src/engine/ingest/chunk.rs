//! One chunk of whole records → typed columns, rejected lines and counts. Runs on any thread.

mod field_cells;

use super::columns::ColumnBuilder;
use super::dataset::{MAX_KEPT, RejectedLine, RowCounts};
use super::mend::split_with_stray_quote;
use super::options::Ragged;
use super::plan::Plan;
use super::records::{Field, Format, Record, Splitter};
use super::rewritten::Rewriter;
use super::spellings::Spellings;
use super::table::Comments;
use crate::engine::artifact::Bilingual;
use field_cells::FieldCells;
use std::sync::Arc;

/// Rows split before their cells are read column by column; their fields stay in the second-level cache.
const BATCH_ROWS: usize = 2048;
/// Longest raw text kept of a rejected record.
const MAX_RAW_BYTES: usize = 64 << 10;
/// Undecodable bytes kept to find the true encoding.
const MAX_BAD_BYTES: usize = 64 << 10;

/// How the records of one file become rows of the table.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub format: Format,
    /// Fields a record must have.
    pub width: usize,
    /// Records at the start that name the columns.
    pub header_rows: usize,
    /// The header as it may be written again further below, as in files put behind each other; it is skipped.
    pub header_lines: Vec<Vec<u8>>,
    /// Every line is one quoted field that holds a record.
    pub wrapped: bool,
    /// The lines are rewritten before they are split.
    pub rewriter: Option<Rewriter>,
    pub comments: Comments,
    pub ragged: Ragged,
    pub spellings: Arc<Spellings>,
    /// Encoding, for the cause of a rejection.
    pub encoding: &'static str,
    /// For each table column, the file's field that fills it.
    pub fields: Vec<Option<usize>>,
}

/// Bytes that hold whole records.
pub(super) struct Chunk {
    pub sequence: usize,
    pub file: usize,
    pub data: Vec<u8>,
    /// Holds the file's first record.
    pub first: bool,
    /// Transcoding met bytes that are no characters.
    pub had_errors: bool,
}

/// What a chunk held.
pub(super) struct ChunkRows {
    pub sequence: usize,
    pub file: usize,
    /// One builder a wanted table column.
    pub columns: Vec<Option<ColumnBuilder>>,
    /// 0-based physical line of each row in the chunk.
    pub lines: Vec<u32>,
    pub num_lines: u32,
    pub counts: RowCounts,
    /// Lines 0-based in the chunk.
    pub rejects: Vec<RejectedLine>,
    pub ragged: RaggedRows,
    pub bytes: usize,
    /// Rows with well-formed characters beyond ASCII (all rows of a chunk that has some).
    pub rows_beyond_ascii: u64,
    pub undecodable: u64,
    pub bad_bytes: Vec<u8>,
    pub tail: Tail,
}

/// What stands after the last accepted record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail {
    /// A blank line came first.
    pub blank: bool,
    /// Rejected records after it, or after the last accepted record without it.
    pub rejected: u64,
}

/// Rows that had too few or too many fields and were made to fit.
#[derive(Clone, Debug, Default)]
pub(super) struct RaggedRows {
    pub padded: u64,
    pub cut: u64,
    /// 0-based physical lines of the first of them.
    pub lines: Vec<u64>,
}

/// Lines of rows made to fit that are remembered.
pub(super) const MAX_RAGGED_LINES: usize = 10_000;

enum Verdict {
    Accept,
    Skip,
    Reject(Bilingual),
}

struct Reader<'a> {
    layout: &'a Layout,
    data: &'a [u8],
    /// All bytes are well-formed, so records need no check.
    clean: bool,
    transcoded: bool,
    /// Asked now and then; what was read is no longer wanted.
    stopped: &'a dyn Fn() -> bool,
    rows: ChunkRows,
}

/// Reads a chunk with one plan a table column; columns that are not `wanted` are left out. Ends early when `stopped`.
pub(super) fn read(
    chunk: &Chunk,
    layout: &Layout,
    (plans, wanted): (&[Plan], &[bool]),
    stopped: &dyn Fn() -> bool,
) -> ChunkRows {
    let data = chunk.data.as_slice();
    let valid = std::str::from_utf8(data).is_ok();
    let expected_rows = data.len() / (layout.width * 6).max(1);
    let columns = plans
        .iter()
        .zip(wanted)
        .map(|(&plan, &wanted)| wanted.then(|| ColumnBuilder::new(plan, expected_rows, Arc::clone(&layout.spellings))))
        .collect();
    let mut reader = Reader {
        layout,
        data,
        clean: valid && !chunk.had_errors,
        transcoded: chunk.had_errors,
        stopped,
        rows: ChunkRows {
            sequence: chunk.sequence,
            file: chunk.file,
            columns,
            lines: Vec::with_capacity(expected_rows),
            num_lines: 0,
            counts: RowCounts::default(),
            rejects: Vec::new(),
            ragged: RaggedRows::default(),
            bytes: data.len(),
            rows_beyond_ascii: 0,
            undecodable: 0,
            bad_bytes: Vec::new(),
            tail: Tail::default(),
        },
    };
    reader.walk(if chunk.first { layout.header_rows } else { 0 });
    reader
        .rows
        .columns
        .iter_mut()
        .flatten()
        .for_each(ColumnBuilder::count_forms);
    if reader.clean && !data.is_ascii() {
        reader.rows.rows_beyond_ascii = reader.rows.counts.accepted;
    }
    reader.rows
}

impl Reader<'_> {
    fn walk(&mut self, mut header_pending: usize) {
        let width = self.layout.width;
        let mut splitter = Splitter::new(self.data, self.layout.format);
        let mut fields: Vec<Field> = Vec::with_capacity(BATCH_ROWS * width);
        let mut batch_rows = 0;
        let mut before = 0;
        while let Some(record) = splitter.next_record(&mut fields) {
            self.rows.counts.total += 1;
            let verdict =
                if record.num_fields as usize == width && !record.unterminated && self.clean && header_pending == 0 {
                    self.accept_unless_blank(&record)
                } else {
                    self.judge(&record, &mut header_pending)
                };
            let misfit = record.num_fields as usize != width;
            let verdict = match verdict {
                Verdict::Skip => Verdict::Skip,
                _ if misfit && self.mend(&record, before, &mut fields) => Verdict::Accept,
                verdict => verdict,
            };
            match verdict {
                Verdict::Accept => {
                    self.make_fit(&record, before, &mut fields);
                    self.rows.counts.accepted += 1;
                    self.rows.tail = Tail::default();
                    self.rows.lines.push(record.line);
                    batch_rows += 1;
                    before = fields.len();
                    if batch_rows == BATCH_ROWS {
                        self.flush(&fields, batch_rows);
                        fields.clear();
                        (batch_rows, before) = (0, 0);
                        if (self.stopped)() {
                            return;
                        }
                    }
                    continue;
                }
                Verdict::Skip => {
                    self.rows.counts.skipped += 1;
                    self.rows.tail.blank |= self.rows.tail.rejected == 0;
                }
                Verdict::Reject(cause) => {
                    self.rows.tail.rejected += 1;
                    self.reject(&record, cause);
                }
            }
            fields.truncate(before);
        }
        self.rows.num_lines = splitter.lines();
        self.flush(&fields, batch_rows);
    }

    /// Whether records of any width become rows.
    fn pads(&self) -> bool {
        self.layout.ragged == Ragged::Pad && !matches!(self.layout.rewriter, Some(Rewriter::Json(_)))
    }

    /// Gives an accepted record as many fields as the table has columns.
    #[inline]
    fn make_fit(&mut self, record: &Record, before: usize, fields: &mut Vec<Field>) {
        let (found, width) = (fields.len() - before, self.layout.width);
        if found == width {
            return;
        }
        let ragged = &mut self.rows.ragged;
        if found < width {
            ragged.padded += 1;
        } else {
            ragged.cut += 1;
        }
        if ragged.lines.len() < MAX_RAGGED_LINES {
            ragged.lines.push(u64::from(record.line));
        }
        let end = record.end as usize;
        fields.resize(before + width, Field::new(end, end, false));
    }

    /// Only a one-column table can take a blank line for a row; a header may be repeated.
    #[inline]
    fn accept_unless_blank(&self, record: &Record) -> Verdict {
        let length = (record.end - record.start) as usize;
        let layout = self.layout;
        if layout.width == 1 && self.raw(record).trim_ascii().is_empty()
            || layout
                .header_lines
                .iter()
                .any(|header| header.len() == length && self.raw(record) == header)
            || layout.comments != Comments::None && layout.comments.takes_fitting(self.raw(record))
        {
            return Verdict::Skip;
        }
        Verdict::Accept
    }

    /// Tries a well-formed line of the wrong width with one quote as text.
    fn mend(&self, record: &Record, before: usize, fields: &mut Vec<Field>) -> bool {
        let raw = self.raw(record);
        if std::str::from_utf8(raw).is_err() || (self.transcoded && !self.clean) {
            return false;
        }
        let Some(mended) = split_with_stray_quote(raw, &self.layout.format, self.layout.width) else {
            return false;
        };
        fields.truncate(before);
        fields.extend(mended.into_iter().map(|field| field.shifted(record.start as usize)));
        true
    }

    fn raw(&self, record: &Record) -> &[u8] {
        &self.data[record.start as usize..record.end as usize]
    }

    fn judge(&mut self, record: &Record, header_pending: &mut usize) -> Verdict {
        let raw = &self.data[record.start as usize..record.end as usize];
        if raw.trim_ascii().is_empty() && (self.layout.width == 1 || record.num_fields as usize != self.layout.width) {
            return Verdict::Skip;
        }
        if self.layout.comments.takes_any(raw) {
            return Verdict::Skip;
        }
        if *header_pending > 0 {
            *header_pending -= 1;
            return Verdict::Skip;
        }
        if record.unterminated {
            return Verdict::Reject(Bilingual::new("a quote is opened and not closed", "引号未闭合"));
        }
        let (found, width) = (record.num_fields as usize, self.layout.width);
        if found != width {
            if self.layout.comments.takes_unfit(raw) {
                return Verdict::Skip;
            }
            if matches!(self.layout.rewriter, Some(Rewriter::Json(_))) {
                return Verdict::Reject(Bilingual::new("the line is no JSON object", "该行不是 JSON 对象"));
            }
            if !self.pads() {
                let plural = if found == 1 { "field" } else { "fields" };
                return Verdict::Reject(Bilingual::new(
                    format!("{found} {plural} where {width} are expected"),
                    format!("有 {found} 个字段，应为 {width} 个"),
                ));
            }
        }
        if !self.clean
            && let Some(cause) = self.undecodable(raw)
        {
            return Verdict::Reject(cause);
        }
        self.accept_unless_blank(record)
    }

    /// Why the record's bytes are no text.
    fn undecodable(&mut self, raw: &[u8]) -> Option<Bilingual> {
        let at = if self.transcoded {
            memchr::memmem::find(raw, "\u{FFFD}".as_bytes())
        } else {
            std::str::from_utf8(raw).err().map(|error| error.valid_up_to())
        };
        let Some(at) = at else {
            self.rows.rows_beyond_ascii += u64::from(!raw.is_ascii());
            return None;
        };
        self.rows.undecodable += 1;
        if self.rows.bad_bytes.len() < MAX_BAD_BYTES {
            self.rows.bad_bytes.extend_from_slice(raw);
            self.rows.bad_bytes.push(b'\n');
        }
        let encoding = self.layout.encoding;
        Some(Bilingual::new(
            format!("bytes that are not {encoding} after {at} bytes of the record"),
            format!("记录第 {at} 字节之后有不属于 {encoding} 的字节"),
        ))
    }

    fn reject(&mut self, record: &Record, cause: Bilingual) {
        self.rows.counts.rejected += 1;
        if self.rows.rejects.len() < MAX_KEPT {
            let original;
            let mut raw = self.raw(record);
            if let Some(rewriter) = &self.layout.rewriter {
                original = rewriter.original(raw);
                raw = &original;
            }
            let mut text = String::from_utf8_lossy(&raw[..raw.len().min(MAX_RAW_BYTES)]).into_owned();
            if raw.len() > MAX_RAW_BYTES {
                text.push('…');
            }
            self.rows.rejects.push(RejectedLine {
                source: self.rows.file,
                line: u64::from(record.line),
                raw: text,
                cause,
            });
        }
    }

    fn flush(&mut self, fields: &[Field], batch_rows: usize) {
        if batch_rows == 0 {
            return;
        }
        let mut scratch = Vec::new();
        for (builder, &field) in self.rows.columns.iter_mut().zip(&self.layout.fields) {
            let Some(builder) = builder else { continue };
            match field {
                Some(field) => builder.extend(&mut FieldCells {
                    data: self.data,
                    format: &self.layout.format,
                    spellings: &self.layout.spellings,
                    fields: &fields[field..],
                    stride: self.layout.width,
                    rows: batch_rows,
                    next: 0,
                    scratch: &mut scratch,
                }),
                None => builder.extend_missing(batch_rows),
            }
        }
    }
}
