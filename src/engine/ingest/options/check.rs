//! Refuses options that cannot be carried out or contradict each other, in words for people.

use super::{CommentChoice, FileFormat, QuoteChoice, ReadOptions, TimeChoice};
use crate::engine::artifact::{Bilingual, ColumnType};
use crate::engine::ingest::error::IngestError;
use crate::engine::ingest::time::Pattern;

/// Longest comment prefix, in bytes.
pub(in crate::engine::ingest) const MAX_PREFIX_BYTES: usize = 8;
/// Most lines before and after a table.
const MAX_PREAMBLE_LINES: u64 = 1_000_000;
const MAX_FOOTER_LINES: u64 = 10_000;
/// Longest null spelling or boolean word, in bytes, and most of them.
const MAX_WORD_BYTES: usize = 64;
const MAX_WORDS: usize = 100;
/// Most columns of fixed width.
const MAX_COLUMNS: usize = 4096;

fn bad(en: impl Into<String>, zh: impl Into<String>) -> IngestError {
    IngestError::BadOption(Bilingual::new(en, zh))
}

impl ReadOptions {
    pub(crate) fn validate(&self) -> Result<(), IngestError> {
        self.check_characters()?;
        self.check_lines()?;
        self.check_words()?;
        self.check_columns()?;
        match &self.encoding {
            Some(name) if encoding_rs::Encoding::for_label(name.as_bytes()).is_none() => {
                Err(IngestError::UnknownEncoding { name: name.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Characters that separate or quote, each another one.
    fn check_characters(&self) -> Result<(), IngestError> {
        let quote = match self.quote {
            QuoteChoice::Char(value) => Some(value),
            QuoteChoice::Detect | QuoteChoice::None => None,
        };
        for (what, value) in [
            ("the delimiter", self.delimiter),
            ("the quote", quote),
            ("the escape", self.escape),
        ] {
            if let Some(value) = value
                && (!value.is_ascii() || matches!(value, '\n' | '\r' | '\0'))
            {
                return Err(IngestError::BadDialect { what, value });
            }
        }
        let Some(delimiter) = self.delimiter else {
            return Ok(());
        };
        if quote == Some(delimiter) {
            return Err(IngestError::BadDialect {
                what: "the quote, equal to the delimiter,",
                value: delimiter,
            });
        }
        if self.escape == Some(delimiter) {
            return Err(IngestError::BadDialect {
                what: "the escape, equal to the delimiter,",
                value: delimiter,
            });
        }
        Ok(())
    }

    fn check_lines(&self) -> Result<(), IngestError> {
        for (what, what_zh, lines, most) in [
            ("before", "前", self.preamble_lines, MAX_PREAMBLE_LINES),
            ("after", "后", self.footer_lines, MAX_FOOTER_LINES),
        ] {
            if lines.is_some_and(|lines| lines > most) {
                return Err(bad(
                    format!("more than {most} lines {what} the table cannot be skipped; give fewer"),
                    format!("表{what_zh}最多跳过 {most} 行；请减少"),
                ));
            }
        }
        if let CommentChoice::Prefix(prefix) = &self.comment
            && (prefix.is_empty()
                || prefix.len() > MAX_PREFIX_BYTES
                || prefix.contains(['\n', '\r'])
                || self.delimiter.is_some_and(|delimiter| prefix.starts_with(delimiter)))
        {
            return Err(bad(
                format!(
                    "{prefix:?} cannot begin a comment; use 1 to {MAX_PREFIX_BYTES} bytes such as # or //, not the delimiter"
                ),
                format!("{prefix:?} 不能作为注释前缀；请使用 1 到 {MAX_PREFIX_BYTES} 字节，如 # 或 //，且不同于分隔符"),
            ));
        }
        let starts = &self.column_starts;
        if starts.is_empty() {
            return Ok(());
        }
        let ascend = starts[0] == 1 && starts.is_sorted_by(|a, b| a < b);
        if !ascend || starts.len() > MAX_COLUMNS || starts.last().is_some_and(|&last| last > 1_000_000) {
            return Err(bad(
                "the first characters of fixed-width columns begin with 1 and ascend, e.g. 1, 12, 30",
                "定宽列的起始字符须从 1 开始并递增，例如 1, 12, 30",
            ));
        }
        if matches!(self.format, Some(FileFormat::Csv | FileFormat::Jsonl)) {
            return Err(bad(
                "first characters of columns are for tables of fixed width; choose that format or leave them out",
                "列的起始字符只用于定宽表；请选择定宽格式或去掉起始字符",
            ));
        }
        Ok(())
    }

    /// Null spellings and boolean words.
    fn check_words(&self) -> Result<(), IngestError> {
        let long = |words: &[String]| words.len() > MAX_WORDS || words.iter().any(|word| word.len() > MAX_WORD_BYTES);
        let too_long = || {
            bad(
                format!("at most {MAX_WORDS} spellings of at most {MAX_WORD_BYTES} bytes each can be given"),
                format!("最多可指定 {MAX_WORDS} 种写法，每种不超过 {MAX_WORD_BYTES} 字节"),
            )
        };
        if self.nulls.as_deref().is_some_and(long) {
            return Err(too_long());
        }
        let Some(words) = &self.booleans else { return Ok(()) };
        if long(&words.yes) || long(&words.no) {
            return Err(too_long());
        }
        let blank = |list: &[String]| list.is_empty() || list.iter().any(|word| word.trim().is_empty());
        if blank(&words.yes) || blank(&words.no) {
            return Err(bad(
                "true and false each need at least one word, e.g. yes and no",
                "真和假各需要至少一个词，例如 是 和 否",
            ));
        }
        let both = words.yes.iter().find(|yes| {
            let same = |no: &&String| no.trim().to_lowercase() == yes.trim().to_lowercase();
            words.no.iter().any(|no| same(&no))
        });
        match both {
            Some(word) => Err(bad(
                format!("{word:?} cannot stand for both true and false"),
                format!("{word:?} 不能同时表示真和假"),
            )),
            None => Ok(()),
        }
    }

    /// Formats of values, and types they contradict.
    fn check_columns(&self) -> Result<(), IngestError> {
        for choice in self.times.values() {
            if let TimeChoice::Pattern(pattern) = choice {
                Pattern::compile(pattern).map_err(IngestError::BadOption)?;
            }
        }
        for format in self.numbers.values() {
            super::NumberFormat::from_example(&format.example())?;
        }
        let contradicted = |column: &str, type_en: &str, type_zh: &str| {
            bad(
                format!("column {column:?} has a format of {type_en} and another type; choose one of both"),
                format!("列 {column:?} 指定了{type_zh}格式和另一种类型；请只选其一"),
            )
        };
        for column in self.times.keys() {
            let typed = self.types.get(column).is_some_and(|&dtype| dtype != ColumnType::Time);
            if typed || self.numbers.contains_key(column) {
                return Err(contradicted(column, "times", "时间"));
            }
        }
        for column in self.numbers.keys() {
            let dtype = self.types.get(column);
            if dtype.is_some_and(|dtype| !matches!(dtype, ColumnType::Integer | ColumnType::Float)) {
                return Err(contradicted(column, "numbers", "数字"));
            }
        }
        Ok(())
    }
}
