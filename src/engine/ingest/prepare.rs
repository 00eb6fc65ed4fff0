//! Before the rows: each file's encoding, dialect, header and column names, and one layout for all files.

use super::chunk::Layout;
use super::dataset::Dialect;
use super::dialect::{self, FoundDialect, SampleRecord};
use super::encoding::{self, FoundEncoding};
use super::error::IngestError;
use super::fixed_width::Columns;
use super::header;
use super::json_lines::{self, Keys};
use super::options::{QuoteChoice, ReadOptions};
use super::pass::Task;
use super::rewritten::{self, Rewriter};
use super::source::{Compression, Kind, Source, refuse_what_is_no_table};
use super::stream::TextStream;
use super::table::Comments;
use crate::engine::artifact::Bilingual;
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

/// Looks at the start of a file. `forced` replaces the detected encoding.
pub(super) fn prepare(
    source: &Source,
    options: &ReadOptions,
    forced: Option<FoundEncoding>,
) -> Result<Prepared, IngestError> {
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
    if json_lines::are_lines(sample) {
        return json(source, compression, encoding, (sample, whole));
    }
    let found = dialect::detect(sample, whole, options);
    if let Some(columns) = fixed_width(sample, whole, &found, options) {
        return Ok(padded(source, compression, encoding, (found, columns, sample), options));
    }
    if found.records.is_empty() && found.preamble_lines == 0 {
        return Err(IngestError::NoRecords {
            path: source.path.clone(),
        });
    }
    Ok(describe(source, compression, encoding, found, options))
}

/// A file of JSON Lines: its keys are found by reading all of it once.
fn json(
    source: &Source,
    compression: Compression,
    encoding: FoundEncoding,
    (sample, whole): (&[u8], bool),
) -> Result<Prepared, IngestError> {
    let mut stream = TextStream::open(source, compression, encoding.encoding, encoding.mark_bytes, false)?;
    let keys = Keys::of(&source.path, &mut stream)?;
    let (format, width) = (rewritten::FORMAT, keys.names.len());
    if width == 0 {
        return Err(IngestError::NoRecords {
            path: source.path.clone(),
        });
    }
    let lines = whole_lines(sample, whole);
    let records = dialect::split(&keys.rewrite(lines), &format, true, dialect::MAX_KEPT_RECORDS);
    let evidence = vec![
        encoding.evidence.clone(),
        Bilingual::new(
            format!("JSON Lines: the first line is an object; the {width} keys of all objects are the columns"),
            format!("JSON Lines：第一行是一个对象；所有对象的 {width} 个键即为列"),
        ),
    ];
    let dialect = Dialect {
        format: "jsonl".to_owned(),
        compression: compression.name().to_owned(),
        encoding: encoding.encoding.name().to_owned(),
        byte_order_mark: encoding.mark_bytes > 0,
        delimiter: ',',
        header: true,
        line_ending: "lf".to_owned(),
        evidence,
        ..Dialect::default()
    };
    let task = Task {
        source: source.clone(),
        compression,
        encoding: encoding.encoding,
        mark_bytes: encoding.mark_bytes,
        preamble_lines: 0,
        layout: Layout {
            format,
            width,
            header_rows: 0,
            header_lines: Vec::new(),
            wrapped: false,
            rewriter: Some(Rewriter::Json(Arc::new(keys.clone()))),
            comments: Comments::None,
            encoding: encoding.encoding.name(),
            fields: (0..width).map(Some).collect(),
        },
    };
    Ok(Prepared {
        task,
        dialect,
        names: keys.names,
        records,
        encoding_certain: encoding.certain,
    })
}

/// The columns of a padded table. It is looked for where no delimiter gives records of one width.
fn fixed_width(sample: &[u8], whole: bool, found: &FoundDialect, options: &ReadOptions) -> Option<Columns> {
    let chosen = options.delimiter.is_some() || options.preamble_lines.is_some();
    let regular = found.records.iter().filter(|record| record.cells.len() == found.width);
    let is_regular = regular.count() * 10 >= found.records.len() * 9;
    if chosen || found.wrapped || found.line_ending == "cr" || (found.width > 1 && is_regular) {
        return None;
    }
    Columns::find(whole_lines(sample, whole))
}

/// The lines of a sample that it holds to their end.
fn whole_lines(sample: &[u8], whole: bool) -> &[u8] {
    let cut = memchr::memrchr(b'\n', sample).map_or(0, |at| at + 1);
    if whole { sample } else { &sample[..cut] }
}

/// A file of fixed-width columns.
fn padded(
    source: &Source,
    compression: Compression,
    encoding: FoundEncoding,
    (found, columns, sample): (FoundDialect, Columns, &[u8]),
    options: &ReadOptions,
) -> Prepared {
    let rewriter = Rewriter::FixedWidth(Arc::new(columns.clone()));
    let text = rewriter.rewrite(whole_lines(sample, false));
    let mut records = dialect::split(&text, &rewritten::FORMAT, true, dialect::MAX_KEPT_RECORDS);
    records.retain(|record| !record.is_blank());
    let mut evidence = found.evidence;
    // What was found out about delimiters does not hold.
    evidence.truncate(1);
    let (count, places) = (columns.count(), columns.described());
    evidence.push(Bilingual::new(
        format!("Fixed width: no delimiter fits; {count} columns begin at characters {places} of every line"),
        format!("定宽：没有合适的分隔符；{count} 列分别从每行第 {places} 个字符开始"),
    ));
    let found = FoundDialect {
        format: rewritten::FORMAT,
        width: columns.count(),
        preamble_lines: 0,
        comments: Comments::None,
        wrapped: false,
        line_ending: found.line_ending,
        evidence,
        records,
    };
    let mut prepared = describe(source, compression, encoding, found, options);
    prepared.dialect.format = "fixed_width".to_owned();
    prepared.dialect.delimiter = ' ';
    prepared.dialect.quote = None;
    prepared.dialect.escape = None;
    prepared.task.layout.rewriter = Some(rewriter);
    prepared
}

fn describe(
    source: &Source,
    compression: Compression,
    encoding: FoundEncoding,
    found: FoundDialect,
    options: &ReadOptions,
) -> Prepared {
    let (has_header, why) = match options.header {
        Some(true) => (
            true,
            Bilingual::new(
                "The first record names the columns as chosen by the user",
                "按用户指定，第一条记录为列名",
            ),
        ),
        Some(false) => (
            false,
            Bilingual::new("There is no header as chosen by the user", "按用户指定，没有表头"),
        ),
        None => header::detect(&found.records, found.width),
    };
    let width = found.width;
    let header_rows = match options.header {
        _ if !has_header => 0,
        Some(_) => 1,
        None => header::stacked_rows(&found.records, width),
    };
    let first = (header_rows > 0).then(|| header::joined(&found.records[..header_rows.min(found.records.len())]));
    let names = header::column_names(first.as_ref(), width, &options.column_names);
    let mut evidence = vec![encoding.evidence.clone()];
    evidence.extend(found.evidence.iter().cloned());
    evidence.push(why);
    if header_rows > 1 {
        evidence.push(Bilingual::new(
            format!("The header has {header_rows} records; each column's name is made of its words in them"),
            format!("表头有 {header_rows} 条记录；每列的列名由其中的词组成"),
        ));
    }
    if let Some(first) = &first
        && first.cells.len() != width
    {
        let (named, fields) = (first.cells.len(), width);
        evidence.push(Bilingual::new(
            format!("The header names {named} columns, most records have {fields} fields; those count"),
            format!("表头有 {named} 个列名，而多数记录有 {fields} 个字段；以后者为准"),
        ));
    }
    let format = found.format;
    let dialect = Dialect {
        format: "csv".to_owned(),
        compression: compression.name().to_owned(),
        encoding: encoding.encoding.name().to_owned(),
        byte_order_mark: encoding.mark_bytes > 0,
        delimiter: char::from(format.delimiter),
        quote: format.quote.map(char::from),
        escape: format.escape.or(format.quote).map(char::from),
        header: has_header,
        preamble_lines: found.preamble_lines,
        footer_lines: 0,
        line_ending: found.line_ending.to_owned(),
        evidence,
    };
    let task = Task {
        source: source.clone(),
        compression,
        encoding: encoding.encoding,
        mark_bytes: encoding.mark_bytes,
        preamble_lines: found.preamble_lines,
        layout: Layout {
            format,
            width,
            header_rows,
            header_lines: header::spellings(&found.records, header_rows, &format),
            wrapped: found.wrapped,
            rewriter: None,
            comments: found.comments,
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

/// One table over all files: column names in order of first appearance, each file's fields assigned to them,
/// and in words how each file differs from the first.
pub(super) fn reconcile(files: &mut [Prepared]) -> (Vec<String>, Vec<Vec<Bilingual>>) {
    let mut names: Vec<String> = Vec::new();
    for file in files.iter() {
        for name in &file.names {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let mut differences = Vec::new();
    let first = files.first().map(|file| (file.names.clone(), file.dialect.clone()));
    for file in files.iter_mut() {
        file.task.layout.fields = names
            .iter()
            .map(|name| file.names.iter().position(|own| own == name))
            .collect();
        differences.push(
            first
                .as_ref()
                .map_or_else(Vec::new, |(first, dialect)| differ(first, dialect, file)),
        );
    }
    (names, differences)
}

/// A file without a column of the first one.
pub(super) fn lacks_column(name: &str) -> Bilingual {
    Bilingual::new(
        format!("lacks column {name:?}; its cells are null"),
        format!("缺少列 {name:?}；其单元格为空"),
    )
}

/// A file with a column that the first one lacks.
pub(super) fn has_in_addition(name: &str) -> Bilingual {
    Bilingual::new(format!("has column {name:?} in addition"), format!("多出列 {name:?}"))
}

fn differ(first: &[String], dialect: &Dialect, file: &Prepared) -> Vec<Bilingual> {
    let mut words = Vec::new();
    for name in first.iter().filter(|name| !file.names.contains(name)) {
        words.push(lacks_column(name));
    }
    for name in file.names.iter().filter(|name| !first.contains(name)) {
        words.push(has_in_addition(name));
    }
    if words.is_empty() && file.names != first {
        words.push(Bilingual::new("has the columns in another order", "列的顺序不同"));
    }
    let mut differs = |(what, what_zh): (&str, &str), here: String, there: String| {
        if here != there {
            words.push(Bilingual::new(
                format!("{what} is {here}, not {there} as in the first file"),
                format!("{what_zh}是 {here}，而第一个文件是 {there}"),
            ));
        }
    };
    differs(
        ("encoding", "编码"),
        file.dialect.encoding.clone(),
        dialect.encoding.clone(),
    );
    differs(
        ("delimiter", "分隔符"),
        format!("{:?}", file.dialect.delimiter),
        format!("{:?}", dialect.delimiter),
    );
    words
}
