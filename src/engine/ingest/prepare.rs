//! Before the rows: each file's encoding, dialect, header and column names, and one layout for all files.

mod json;

use super::chunk::Layout;
use super::dataset::{Decision, Dialect, ReadingPart};
use super::dialect::{self, FoundDialect, SampleRecord};
use super::encoding::{self, FoundEncoding};
use super::error::IngestError;
use super::fixed_width::Columns;
use super::footer;
use super::header;
use super::json_lines;
use super::options::{CommentChoice, FileFormat, QuoteChoice, ReadOptions};
use super::pass::Task;
use super::rewritten::{self, Rewriter};
use super::source::{Compression, Kind, Source, refuse_what_is_no_table};
use super::spellings::Spellings;
use super::stream::TextStream;
use super::table::Comments;
use crate::engine::artifact::Bilingual;
use crate::engine::progress::Progress;
use encoding_rs::UTF_8;
use std::sync::Arc;

/// Bytes looked at to find the encoding, and records' bytes looked at to find the dialect.
const ENCODING_SAMPLE_BYTES: usize = 1 << 20;
const DIALECT_SAMPLE_BYTES: usize = 256 << 10;

/// One file with everything found about it.
pub(super) struct Prepared {
    pub task: Task,
    pub dialect: Dialect,
    /// The file's own column names in order.
    pub names: Vec<String>,
    pub records: Vec<SampleRecord>,
    /// The encoding was only guessed and may be revised.
    pub encoding_certain: bool,
}

/// What to look at a file with.
#[derive(Clone, Copy)]
pub(super) struct Looking<'a> {
    pub options: &'a ReadOptions,
    pub progress: &'a Progress,
    /// Bytes of text that JSON Lines' keys are looked for in.
    pub most_bytes: usize,
    /// Columns that the options name and the table lacks are passed over.
    pub lenient: bool,
}

/// A file's text as far as it is looked at.
struct Sample<'a> {
    source: &'a Source,
    compression: Compression,
    encoding: FoundEncoding,
    text: &'a [u8],
    /// The text is the entire file.
    whole: bool,
}

/// Looks at the start of a file. `forced` replaces the detected encoding.
pub(super) fn prepare(
    source: &Source,
    looking: Looking<'_>,
    forced: Option<FoundEncoding>,
) -> Result<Prepared, IngestError> {
    let options = looking.options;
    let Kind::Text(compression) = source.kind else {
        return Err(IngestError::NotATable {
            path: source.path.clone(),
            what: "Parquet",
            hint: "open it alone",
        });
    };
    let mut raw = Vec::new();
    let whole = TextStream::open(source, compression, UTF_8, 0, false)?.read(&mut raw, ENCODING_SAMPLE_BYTES)?;
    if raw.is_empty() {
        return Err(IngestError::EmptyFile {
            path: source.path.clone(),
        });
    }
    if compression != Compression::None {
        refuse_what_is_no_table(&source.path, &raw[..raw.len().min(512)])?;
    }
    let encoding = forced.unwrap_or_else(|| encoding::detect(&raw, whole, options.encoding.as_deref()));
    let (sample, whole) = if encoding.encoding == UTF_8 {
        raw.drain(..encoding.mark_bytes);
        (raw, whole)
    } else {
        let mut text = Vec::new();
        let mut stream = TextStream::open(source, compression, encoding.encoding, encoding.mark_bytes, false)?;
        let whole = stream.read(&mut text, DIALECT_SAMPLE_BYTES)?;
        (text, whole)
    };
    let cut = sample.len().min(DIALECT_SAMPLE_BYTES);
    // A very long first record needs more than the usual sample.
    let enough = memchr::memchr2(b'\n', b'\r', &sample[..cut]).is_some();
    let (sample, whole) = if enough {
        (&sample[..cut], whole && cut == sample.len())
    } else {
        (&sample[..], whole)
    };
    if whole && sample.trim_ascii().is_empty() {
        return Err(IngestError::NoRecords {
            path: source.path.clone(),
        });
    }
    let sample = Sample {
        source,
        compression,
        encoding,
        text: sample,
        whole,
    };
    if options.format == Some(FileFormat::Jsonl) || (options.format.is_none() && json_lines::are_lines(sample.text)) {
        return json::prepare(&sample, looking);
    }
    let found = dialect::detect(sample.text, whole, options);
    if let Some(columns) = fixed_width(&sample, &found, options)? {
        return Ok(padded(&sample, (found, columns), options));
    }
    // What the user skips may be all there is.
    let skips = options.footer_lines.is_some() || matches!(options.comment, CommentChoice::Prefix(_));
    if found.records.is_empty() && found.preamble_lines == 0 && !skips {
        return Err(IngestError::NoRecords {
            path: source.path.clone(),
        });
    }
    Ok(describe(&sample, found, options))
}

fn encoding_decision(encoding: &FoundEncoding, options: &ReadOptions) -> Decision {
    Decision {
        about: ReadingPart::Encoding,
        why: encoding.evidence.clone(),
        set_by_you: options.encoding.is_some(),
    }
}

/// The columns of a padded table: as chosen, or looked for where no delimiter gives records of one width.
fn fixed_width(
    sample: &Sample<'_>,
    found: &FoundDialect,
    options: &ReadOptions,
) -> Result<Option<Columns>, IngestError> {
    if !options.column_starts.is_empty() {
        return Ok(Some(Columns::at(&options.column_starts)));
    }
    if options.format == Some(FileFormat::FixedWidth) {
        let columns = Columns::find(fixed_width_lines(sample, options));
        return columns.map(Some).ok_or_else(|| {
            let path = sample.source.path.display();
            IngestError::BadOption(Bilingual::new(
                format!("the columns of {path} begin at no common character; give the first character of each"),
                format!("{path} 的各列没有共同的起始字符；请给出每列的起始字符"),
            ))
        });
    }
    let chosen = options.format.is_some() || options.delimiter.is_some() || options.preamble_lines.is_some();
    let regular = found.records.iter().filter(|record| record.cells.len() == found.width);
    let is_regular = regular.count() * 10 >= found.records.len() * 9;
    if chosen || found.wrapped || found.line_ending == "cr" || (found.width > 1 && is_regular) {
        return Ok(None);
    }
    Ok(Columns::find(whole_lines(sample.text, sample.whole)))
}

/// The lines of a padded table after those the user skips.
fn fixed_width_lines<'a>(sample: &Sample<'a>, options: &ReadOptions) -> &'a [u8] {
    let skipped = dialect::skip_lines(sample.text, b'\n', options.preamble_lines.unwrap_or(0));
    whole_lines(&sample.text[skipped..], sample.whole)
}

/// The lines of a sample that it holds to their end.
fn whole_lines(sample: &[u8], whole: bool) -> &[u8] {
    let cut = memchr::memrchr(b'\n', sample).map_or(0, |at| at + 1);
    if whole { sample } else { &sample[..cut] }
}

/// A file of fixed-width columns.
fn padded(sample: &Sample<'_>, (found, columns): (FoundDialect, Columns), options: &ReadOptions) -> Prepared {
    let rewriter = Rewriter::FixedWidth(Arc::new(columns.clone()));
    let mut lines = fixed_width_lines(sample, options);
    let footer_lines = if sample.whole {
        options.footer_lines.unwrap_or(0)
    } else {
        0
    };
    lines = &lines[..footer::readable(lines, b'\n', footer_lines, true)];
    let text = rewriter.rewrite(whole_lines(lines, false));
    let mut records = dialect::split(&text, &rewritten::FORMAT, true, dialect::MAX_KEPT_RECORDS);
    records.retain(|record| !record.is_blank());
    // What was found out about delimiters does not hold.
    let mut evidence: Vec<Decision> = found
        .evidence
        .into_iter()
        .filter(|decision| matches!(decision.about, ReadingPart::LineEnding) || is_preamble(decision, options))
        .collect();
    let (count, places) = (columns.count(), columns.described());
    let about = ReadingPart::Format;
    evidence.push(if options.column_starts.is_empty() {
        Decision {
            set_by_you: options.format.is_some(),
            ..Decision::found(
                about,
                format!("Fixed width: no delimiter fits; {count} columns begin at characters {places} of every line"),
                format!("定宽：没有合适的分隔符；{count} 列分别从每行第 {places} 个字符开始"),
            )
        }
    } else {
        Decision::set(
            about,
            format!("Fixed width: {count} columns begin at characters {places} of every line, set by you"),
            format!("定宽：{count} 列分别从每行第 {places} 个字符开始，由您设定"),
        )
    });
    let found = FoundDialect {
        format: rewritten::FORMAT,
        width: columns.count(),
        preamble_lines: options.preamble_lines.unwrap_or(0),
        comments: Comments::None,
        wrapped: false,
        line_ending: found.line_ending,
        evidence,
        records,
    };
    let mut prepared = describe(sample, found, options);
    prepared.dialect.format = FileFormat::FixedWidth.name().to_owned();
    prepared.dialect.delimiter = ' ';
    prepared.dialect.quote = None;
    prepared.dialect.escape = None;
    prepared.task.layout.rewriter = Some(rewriter);
    prepared
}

fn is_preamble(decision: &Decision, options: &ReadOptions) -> bool {
    decision.about == ReadingPart::Preamble && options.preamble_lines.is_some()
}

/// Whether the first record names the columns, and how many records do.
fn judge_header(found: &FoundDialect, options: &ReadOptions) -> (bool, usize, Decision) {
    let about = ReadingPart::Header;
    let (has_header, why) = match options.header {
        Some(true) => (
            true,
            Decision::set(
                about,
                "The first record names the columns: set by you",
                "第一条记录为列名：由您设定",
            ),
        ),
        Some(false) => (
            false,
            Decision::set(about, "There is no header: set by you", "没有表头：由您设定"),
        ),
        None => {
            let (has_header, why) = header::detect(&found.records, found.width);
            (has_header, Decision::found(about, why.en, why.zh))
        }
    };
    let rows = match options.header {
        _ if !has_header => 0,
        Some(_) => 1,
        None => header::stacked_rows(&found.records, found.width),
    };
    (has_header, rows, why)
}

fn describe(sample: &Sample<'_>, found: FoundDialect, options: &ReadOptions) -> Prepared {
    let (has_header, header_rows, why) = judge_header(&found, options);
    let (encoding, width) = (&sample.encoding, found.width);
    let first = (header_rows > 0).then(|| header::joined(&found.records[..header_rows.min(found.records.len())]));
    let names = header::column_names(first.as_ref(), width, &options.column_names);
    let format = found.format;
    let mut dialect = Dialect {
        format: FileFormat::Csv.name().to_owned(),
        compression: sample.compression.name().to_owned(),
        encoding: encoding.encoding.name().to_owned(),
        byte_order_mark: encoding.mark_bytes > 0,
        delimiter: char::from(format.delimiter),
        quote: format.quote.map(char::from),
        escape: format.escape.or(format.quote).map(char::from),
        header: has_header,
        preamble_lines: found.preamble_lines,
        line_ending: found.line_ending.to_owned(),
        ..Dialect::default()
    };
    dialect.decide(encoding_decision(encoding, options));
    found
        .evidence
        .iter()
        .cloned()
        .for_each(|decision| dialect.decide(decision));
    dialect.decide(why);
    if header_rows > 1 {
        dialect.decide(Decision::found(
            ReadingPart::Header,
            format!("The header has {header_rows} records; each column's name is made of its words in them"),
            format!("表头有 {header_rows} 条记录；每列的列名由其中的词组成"),
        ));
    }
    if let Some(first) = &first
        && first.cells.len() != width
    {
        let (named, fields) = (first.cells.len(), width);
        dialect.decide(Decision::found(
            ReadingPart::Header,
            format!("The header names {named} columns, most records have {fields} fields; those count"),
            format!("表头有 {named} 个列名，而多数记录有 {fields} 个字段；以后者为准"),
        ));
    }
    let task = Task {
        source: sample.source.clone(),
        compression: sample.compression,
        encoding: encoding.encoding,
        mark_bytes: encoding.mark_bytes,
        preamble_lines: found.preamble_lines,
        footer_lines: options.footer_lines,
        layout: Layout {
            format,
            width,
            header_rows,
            header_lines: header::spellings(&found.records, header_rows, &format),
            wrapped: found.wrapped,
            rewriter: None,
            comments: found.comments,
            ragged: options.ragged,
            spellings: Arc::new(Spellings::of(options)),
            encoding: encoding.encoding.name(),
            fields: (0..width).map(Some).collect(),
        },
    };
    Prepared {
        task,
        dialect,
        names,
        records: found.records,
        encoding_certain: encoding.certain
            || matches!(options.quote, QuoteChoice::Char(_)) && options.encoding.is_some(),
    }
}
