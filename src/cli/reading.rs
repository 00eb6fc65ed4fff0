//! The options that decide how files are read, shared by every command that takes a log.

use super::UsageError;
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::{
    BooleanWords, CommentChoice, FileFormat, LineEnding, NumberFormat, QuoteChoice, Ragged, ReadOptions, TimeChoice,
};

/// Decisions about reading that replace what is found in the bytes.
#[derive(Debug, Default, clap::Args)]
pub struct ReadingArgs {
    /// How lines are made up: csv (cells between delimiters), fixed_width or jsonl
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// First character of each fixed-width column, counted from 1
    #[arg(long, value_name = "1,N,…", value_delimiter = ',')]
    pub column_starts: Vec<u32>,
    /// Field delimiter: one character, or comma, semicolon, tab, pipe, space
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Quote character, or `none`
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// Escape character inside quoted fields; the quote itself for doubled quotes alone
    #[arg(long, value_name = "CHAR")]
    pub escape: Option<char>,
    /// Character encoding, e.g. UTF-8, gb18030, UTF-16LE
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// What ends a line: lf, crlf or cr
    #[arg(long, value_name = "lf|crlf|cr")]
    pub line_ending: Option<String>,
    /// Whether the first record names the columns
    #[arg(long, value_name = "yes|no", value_parser = parse_yes_no)]
    pub header: Option<bool>,
    /// Lines to skip before the table
    #[arg(long, value_name = "N")]
    pub preamble_lines: Option<u64>,
    /// Lines to skip at the end of each file
    #[arg(long, value_name = "N")]
    pub footer_lines: Option<u64>,
    /// What comment lines start with, or `none`
    #[arg(long, value_name = "PREFIX")]
    pub comment: Option<String>,
    /// Records with too few or too many fields: reject them, or pad with nulls and cut
    #[arg(long, value_name = "reject|pad")]
    pub ragged: Option<String>,
    /// Column names in order, comma-separated
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub column_names: Vec<String>,
    /// Column types, e.g. price=float,user_id=text
    #[arg(long, value_name = "COL=TYPE", value_delimiter = ',')]
    pub types: Vec<String>,
    /// How the times of a column are written, one option a column: day_first, month_first, epoch_s, epoch_ms,
    /// epoch_us, yyyymmdd, or a pattern such as %d.%m.%Y %H:%M
    #[arg(long = "time-format", value_name = "COL=FORMAT")]
    pub time_formats: Vec<String>,
    /// How the numbers of a column are written, one option a column, by the example 1234.50: e.g. 1,234.50 or 1.234,50
    #[arg(long = "number-format", value_name = "COL=EXAMPLE")]
    pub number_formats: Vec<String>,
    /// What is written for null, comma-separated, in place of the usual spellings; the empty cell always is null
    #[arg(long, value_name = "TEXTS", value_delimiter = ',')]
    pub nulls: Option<Vec<String>>,
    /// Words for true, comma-separated; needs --false-words
    #[arg(long, value_name = "WORDS", value_delimiter = ',', requires = "false_words")]
    pub true_words: Vec<String>,
    /// Words for false, comma-separated; needs --true-words
    #[arg(long, value_name = "WORDS", value_delimiter = ',', requires = "true_words")]
    pub false_words: Vec<String>,
    /// Column roles, e.g. user=user_id,item=sku,event=type,time=ts
    #[arg(long, value_name = "ROLE=COL", value_delimiter = ',')]
    pub roles: Vec<String>,
}

impl ReadingArgs {
    /// The engine's options; contradictions are usage errors.
    pub fn options(&self, text_only: bool) -> anyhow::Result<ReadOptions> {
        let mut options = ReadOptions {
            format: one_of(self.format.as_deref(), "--format", &FileFormat::ALL, |format| {
                format.name()
            })?,
            column_starts: self.column_starts.clone(),
            delimiter: self.delimiter.as_deref().map(parse_character).transpose()?,
            quote: match self.quote.as_deref() {
                None => QuoteChoice::Detect,
                Some("none") => QuoteChoice::None,
                Some(text) => QuoteChoice::Char(parse_character(text)?),
            },
            escape: self.escape,
            encoding: self.encoding.clone(),
            line_ending: one_of(self.line_ending.as_deref(), "--line-ending", &LineEnding::ALL, |end| {
                end.name()
            })?,
            header: self.header,
            preamble_lines: self.preamble_lines,
            footer_lines: self.footer_lines,
            comment: match self.comment.as_deref() {
                None => CommentChoice::Detect,
                Some("none") => CommentChoice::None,
                Some(prefix) => CommentChoice::Prefix(prefix.to_owned()),
            },
            ragged: one_of(self.ragged.as_deref(), "--ragged", &Ragged::ALL, |ragged| ragged.name())?
                .unwrap_or_default(),
            column_names: self.column_names.clone(),
            nulls: self.nulls.as_ref().map(|nulls| {
                let spelt = nulls.iter().filter(|null| !null.is_empty());
                spelt.cloned().collect()
            }),
            booleans: (!self.true_words.is_empty()).then(|| BooleanWords {
                yes: self.true_words.clone(),
                no: self.false_words.clone(),
            }),
            text_only,
            ..ReadOptions::default()
        };
        self.add_columns(&mut options)?;
        Ok(options)
    }

    /// What is decided for single columns.
    fn add_columns(&self, options: &mut ReadOptions) -> anyhow::Result<()> {
        for pair in &self.types {
            let (column, name) = split_pair(pair, "--types", "COL=TYPE")?;
            let dtype = [
                ColumnType::Text,
                ColumnType::Integer,
                ColumnType::Float,
                ColumnType::Boolean,
                ColumnType::Time,
            ]
            .into_iter()
            .find(|dtype| dtype.name() == name)
            .ok_or_else(|| {
                UsageError(format!(
                    "--types: {name:?} is no type; use text, integer, float, boolean or time"
                ))
            })?;
            options.types.insert(column.to_owned(), dtype);
        }
        for pair in &self.time_formats {
            let (column, name) = split_pair(pair, "--time-format", "COL=FORMAT")?;
            let choice = TimeChoice::from_name(name).map_err(|error| UsageError(format!("--time-format: {error}")))?;
            options.times.insert(column.to_owned(), choice);
        }
        for pair in &self.number_formats {
            let (column, example) = split_pair(pair, "--number-format", "COL=EXAMPLE")?;
            let format =
                NumberFormat::from_example(example).map_err(|error| UsageError(format!("--number-format: {error}")))?;
            options.numbers.insert(column.to_owned(), format);
        }
        for pair in &self.roles {
            let (name, column) = split_pair(pair, "--roles", "ROLE=COL")?;
            let known = || Role::ALL.map(Role::name).join(", ");
            let role = Role::from_name(name)
                .ok_or_else(|| UsageError(format!("--roles: {name:?} is no role; use one of {}", known())))?;
            options.roles.insert(column.to_owned(), role);
        }
        Ok(())
    }
}

fn one_of<T: Copy>(
    given: Option<&str>,
    option: &str,
    all: &[T],
    name: impl Fn(&T) -> &'static str,
) -> anyhow::Result<Option<T>> {
    let Some(given) = given else { return Ok(None) };
    let found = all.iter().find(|&value| name(value) == given).copied();
    let known = || all.iter().map(&name).collect::<Vec<_>>().join(", ");
    match found {
        Some(found) => Ok(Some(found)),
        None => Err(UsageError(format!("{option}: {given:?} is none of {}", known())).into()),
    }
}

fn split_pair<'a>(pair: &'a str, option: &str, form: &str) -> anyhow::Result<(&'a str, &'a str)> {
    pair.split_once('=')
        .ok_or_else(|| UsageError(format!("{option}: {pair:?} is not {form}")).into())
}

fn parse_yes_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("use yes or no".to_owned()),
    }
}

fn parse_character(text: &str) -> anyhow::Result<char> {
    let named = match text {
        "comma" => Some(','),
        "semicolon" => Some(';'),
        "tab" | "\\t" => Some('\t'),
        "pipe" => Some('|'),
        "space" => Some(' '),
        _ => None,
    };
    let mut characters = text.chars();
    match (named, characters.next(), characters.next()) {
        (Some(named), ..) => Ok(named),
        (None, Some(only), None) => Ok(only),
        _ => Err(UsageError(format!("{text:?} is not one character")).into()),
    }
}
