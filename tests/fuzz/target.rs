//! Reads any bytes as a log, with options drawn from the first of them, and asserts what holds for every file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use touchstone::engine::artifact::ColumnType;
use touchstone::engine::ingest::{
    BooleanWords, CommentChoice, Dataset, FileFormat, IngestError, LineEnding, MAX_KEPT, NumberFormat, QuoteChoice,
    Ragged, ReadOptions, TimeChoice, preview, read_log,
};
use touchstone::engine::progress::Progress;

/// Bytes in front of a file that choose the options.
pub const OPTION_BYTES: usize = 16;

/// Reads, previews and reads again with overrides of a column. A word for what happened, so that a fuzzer without
/// coverage can tell what is new.
pub fn read_bytes(folder: &Path, input: &[u8]) -> String {
    let (head, bytes) = input.split_at(input.len().min(OPTION_BYTES));
    let mut choices = [0u8; OPTION_BYTES];
    choices[..head.len()].copy_from_slice(head);
    let path = folder.join("log.csv");
    std::fs::write(&path, bytes).expect("a folder that can be written");
    let paths = [path];
    let options = drawn(&choices);
    let mut told = one_reading(&paths, &options);
    if let Ok(log) = &told.1
        && let Some(column) = log
            .info
            .columns
            .get(usize::from(choices[13]) % log.info.columns.len().max(1))
    {
        let overridden = with_column(options, &column.name, &choices);
        let again = one_reading(&paths, &overridden);
        told.0 = format!("{} / {}", told.0, again.0);
    }
    told.0
}

/// Zero stands for `as found`, so that plain inputs are mostly read so.
fn pick<T: Clone>(byte: u8, of: &[T]) -> Option<T> {
    (byte > 0).then(|| of[usize::from(byte - 1) % of.len()].clone())
}

fn drawn(choices: &[u8; OPTION_BYTES]) -> ReadOptions {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    ReadOptions {
        delimiter: pick(choices[0], &[',', ';', '\t', '|', ' ', '"', 'a', '\u{1}', '\\', '#']),
        quote: pick(
            choices[1],
            &[
                QuoteChoice::Char('"'),
                QuoteChoice::Char('\''),
                QuoteChoice::None,
                QuoteChoice::Char('a'),
                QuoteChoice::Char(' '),
            ],
        )
        .unwrap_or_default(),
        escape: pick(choices[2], &['\\', '"', '\'', 'a', ',']),
        encoding: pick(
            choices[3],
            &[
                "UTF-8",
                "gb18030",
                "big5",
                "UTF-16LE",
                "UTF-16BE",
                "windows-1252",
                "shift_jis",
            ],
        )
        .map(str::to_owned),
        header: pick(choices[4], &[true, false]),
        preamble_lines: pick(choices[5], &[0, 1, 2, 5, 100]),
        footer_lines: pick(choices[6], &[0, 1, 2, 100]),
        comment: pick(
            choices[7],
            &[
                CommentChoice::None,
                CommentChoice::Prefix("#".to_owned()),
                CommentChoice::Prefix("1".to_owned()),
                CommentChoice::Prefix("\"".to_owned()),
            ],
        )
        .unwrap_or_default(),
        ragged: pick(choices[8], &[Ragged::Pad, Ragged::Reject]).unwrap_or_default(),
        line_ending: pick(choices[9], &LineEnding::ALL),
        format: pick(choices[10], &FileFormat::ALL),
        column_starts: pick(choices[10] / 4, &[vec![1, 3, 9], vec![1], vec![1, 2, 3, 4, 5, 1000]]).unwrap_or_default(),
        nulls: pick(choices[11], &[words(&[]), words(&["NA", "1", "空"])]),
        booleans: pick(choices[12], &[(&["1"], &["0"]), (&["是"], &["NA"])]).map(|(yes, no)| BooleanWords {
            yes: words(yes),
            no: words(no),
        }),
        text_only: choices[15] % 8 == 7,
        ..ReadOptions::default()
    }
}

fn with_column(mut options: ReadOptions, column: &str, choices: &[u8; OPTION_BYTES]) -> ReadOptions {
    let pattern = TimeChoice::Pattern("%d.%m.%Y %H:%M".to_owned());
    match choices[14] % 3 {
        0 => {
            let times: Vec<TimeChoice> = TimeChoice::NAMED.into_iter().chain([pattern]).collect();
            let choice = times[usize::from(choices[14] / 3) % times.len()].clone();
            options.times = BTreeMap::from([(column.to_owned(), choice)]);
        }
        1 => {
            let format = NumberFormat::USUAL[usize::from(choices[14] / 3) % NumberFormat::USUAL.len()];
            options.numbers = BTreeMap::from([(column.to_owned(), format)]);
        }
        _ => {
            let types = [
                ColumnType::Text,
                ColumnType::Integer,
                ColumnType::Float,
                ColumnType::Boolean,
                ColumnType::Time,
            ];
            let dtype = types[usize::from(choices[14] / 3) % types.len()];
            options.types = BTreeMap::from([(column.to_owned(), dtype)]);
        }
    }
    options
}

/// Reads and previews; both succeed or fail alike, and agree where the preview saw all.
fn one_reading(paths: &[PathBuf; 1], options: &ReadOptions) -> (String, Result<Dataset, IngestError>) {
    let progress = Progress::new();
    let seen = preview(paths, options, &progress);
    let read = read_log(paths, options, &progress);
    match (&seen, &read) {
        (Ok(seen), Ok(log)) => {
            check(log);
            let same = seen.log.info.rows == log.info.rows && seen.log.info.columns.len() == log.info.columns.len();
            assert!(
                !seen.whole || same,
                "preview {:?}, log {:?}",
                seen.log.info.rows,
                log.info.rows
            );
            (word(log), read)
        }
        (_, Err(error)) => {
            assert!(!matches!(error, IngestError::Table { .. }), "{error}");
            let told = error.explain();
            assert!(!told.en.is_empty() && !told.zh.is_empty());
            let word = format!("{error:?}");
            let word = word.split([' ', '{', '(']).next().unwrap_or_default().to_owned();
            (word, read)
        }
        (Err(error), Ok(log)) => panic!("the preview fails ({error}) where {} rows are read", log.num_rows()),
    }
}

/// What holds for every log.
fn check(log: &Dataset) {
    let (info, rows) = (&log.info, log.info.rows);
    assert_eq!(rows.accepted + rows.rejected + rows.skipped, rows.total, "{rows:?}");
    assert_eq!(rows.accepted, log.num_rows() as u64);
    assert_eq!(log.lines.len(), log.num_rows());
    assert!(
        log.lines.iter().is_sorted_by(|a, b| a < b),
        "rows stand in the order of their lines"
    );
    assert_eq!(log.rejects.len() as u64, rows.rejected.min(MAX_KEPT as u64));
    assert!(
        log.rejects.is_sorted_by_key(|reject| reject.line),
        "so do rejected lines"
    );
    let all: BTreeSet<u64> = log.lines.iter().map(u64::from).collect();
    assert!(
        log.rejects.iter().all(|reject| !all.contains(&reject.line)),
        "a line is a row or rejected"
    );
    assert_eq!(info.columns.len(), log.frame.width());
    for (info, column) in info.columns.iter().zip(log.frame.columns()) {
        assert_eq!(info.name, column.name().as_str());
        assert_eq!(info.nulls + info.invalid, column.null_count() as u64, "{}", info.name);
        assert!(
            info.evidence
                .iter()
                .all(|words| !words.en.is_empty() && !words.zh.is_empty())
        );
    }
    assert!(
        log.invalid
            .iter()
            .all(|cell| cell.row < rows.accepted && cell.column < info.columns.len())
    );
}

fn word(log: &Dataset) -> String {
    let dialect = &log.info.dialect;
    let types: BTreeSet<&str> = log.info.columns.iter().map(|column| column.dtype.name()).collect();
    let times: BTreeSet<&str> = log
        .info
        .columns
        .iter()
        .filter_map(|column| column.time_format.as_deref())
        .collect();
    let numbers = log
        .info
        .columns
        .iter()
        .filter_map(|column| column.number_format.as_deref());
    let numbers: BTreeSet<&str> = numbers.collect();
    format!(
        "{} {} {} {:?} {:?} {:?} {} {} {} {} {types:?} {times:?} {numbers:?} {}{}{} {}",
        dialect.format,
        dialect.compression,
        dialect.encoding,
        dialect.delimiter,
        dialect.quote,
        dialect.escape,
        dialect.header,
        dialect.line_ending,
        dialect.preamble_lines.min(2),
        dialect.footer_lines.min(2),
        u8::from(log.info.rows.rejected > 0),
        u8::from(!log.invalid.is_empty()),
        u8::from(log.num_rows() > 0),
        log.info.columns.len().min(6),
    )
}
