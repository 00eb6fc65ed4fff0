//! Before the rows of JSON Lines: the keys of all objects are the columns.

use super::super::chunk::Layout;
use super::super::dataset::{Decision, Dialect, ReadingPart};
use super::super::dialect;
use super::super::error::IngestError;
use super::super::json_lines::Keys;
use super::super::options::{FileFormat, Ragged, ReadOptions};
use super::super::pass::Task;
use super::super::rewritten::{self, Rewriter};
use super::super::source::Source;
use super::super::spellings::Spellings;
use super::super::stream::TextStream;
use super::super::table::Comments;
use super::{Looking, Prepared, Sample, encoding_decision, whole_lines};
use crate::engine::artifact::Bilingual;
use std::sync::Arc;

/// A file of JSON Lines: its keys are found by reading all of it once.
pub(super) fn prepare(sample: &Sample<'_>, looking: Looking<'_>) -> Result<Prepared, IngestError> {
    let (source, encoding, options) = (sample.source, &sample.encoding, looking.options);
    let mut stream = TextStream::open(
        source,
        sample.compression,
        encoding.encoding,
        encoding.mark_bytes,
        false,
    )?;
    let keys = Keys::of(&source.path, &mut stream, looking.most_bytes, looking.progress)?;
    let (format, width) = (rewritten::FORMAT, keys.names.len());
    if width == 0 {
        return Err(no_keys(source, options));
    }
    let lines = whole_lines(sample.text, sample.whole);
    let records = dialect::split(&keys.rewrite(lines), &format, true, dialect::MAX_KEPT_RECORDS);
    let mut dialect = Dialect {
        format: FileFormat::Jsonl.name().to_owned(),
        compression: sample.compression.name().to_owned(),
        encoding: encoding.encoding.name().to_owned(),
        byte_order_mark: encoding.mark_bytes > 0,
        delimiter: ',',
        header: true,
        line_ending: "lf".to_owned(),
        ..Dialect::default()
    };
    dialect.decide(encoding_decision(encoding, options));
    let about = ReadingPart::Format;
    dialect.decide(match options.format {
        Some(_) => Decision::set(
            about,
            format!("JSON Lines: set by you; the {width} keys of all objects are the columns"),
            format!("JSON Lines：由您设定；所有对象的 {width} 个键即为列"),
        ),
        None => Decision::found(
            about,
            format!("JSON Lines: the first line is an object; the {width} keys of all objects are the columns"),
            format!("JSON Lines：第一行是一个对象；所有对象的 {width} 个键即为列"),
        ),
    });
    let task = Task {
        source: source.clone(),
        compression: sample.compression,
        encoding: encoding.encoding,
        mark_bytes: encoding.mark_bytes,
        preamble_lines: 0,
        footer_lines: options.footer_lines,
        layout: Layout {
            format,
            width,
            header_rows: 0,
            header_lines: Vec::new(),
            wrapped: false,
            rewriter: Some(Rewriter::Json(Arc::new(keys.clone()))),
            comments: Comments::None,
            ragged: Ragged::Reject,
            spellings: Arc::new(Spellings::of(options)),
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

fn no_keys(source: &Source, options: &ReadOptions) -> IngestError {
    if options.format.is_none() {
        return IngestError::NoRecords {
            path: source.path.clone(),
        };
    }
    let path = source.path.display();
    IngestError::BadOption(Bilingual::new(
        format!("no line of {path} is a JSON object; choose another format or the one that is found"),
        format!("{path} 中没有一行是 JSON 对象；请选择其他格式或自动识别"),
    ))
}
