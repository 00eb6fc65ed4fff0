//! `touchstone ingest`: read any file(s) as one table and write it clean.

use super::kept::{Kept, LogFiles};
use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::{Dataset, DatasetInfo, QuoteChoice, ReadOptions, read_log, write};
use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;

/// Read any file(s) as one table and write it clean
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, .jsonl, also .gz or .zst, or .parquet) or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where to write the table: .parquet, .csv or .tsv
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Keep every cell as the text in the file: no types, no null spellings, no invented column names in a CSV
    #[arg(long)]
    pub text_only: bool,
    /// Write the rejected lines as CSV: file, line, cause, raw
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Decisions about reading that replace what is found in the bytes.
#[derive(Debug, Default, clap::Args)]
pub struct ReadingArgs {
    /// Field delimiter: one character, or comma, semicolon, tab, pipe, space
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Quote character, or `none`
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// Escape character inside quoted fields
    #[arg(long, value_name = "CHAR")]
    pub escape: Option<char>,
    /// Character encoding, e.g. UTF-8, gb18030, UTF-16LE
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Whether the first record names the columns
    #[arg(long, value_name = "yes|no", value_parser = parse_yes_no)]
    pub header: Option<bool>,
    /// Lines to skip before the table
    #[arg(long, value_name = "N")]
    pub preamble_lines: Option<u64>,
    /// Column names in order, comma-separated
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub column_names: Vec<String>,
    /// Column types, e.g. price=float,user_id=text
    #[arg(long, value_name = "COL=TYPE", value_delimiter = ',')]
    pub types: Vec<String>,
    /// Column roles, e.g. user=user_id,item=sku,event=type,time=ts
    #[arg(long, value_name = "ROLE=COL", value_delimiter = ',')]
    pub roles: Vec<String>,
}

impl ReadingArgs {
    /// The engine's options; contradictions are usage errors.
    pub fn options(&self, text_only: bool) -> anyhow::Result<ReadOptions> {
        let mut options = ReadOptions {
            delimiter: self.delimiter.as_deref().map(parse_character).transpose()?,
            quote: match self.quote.as_deref() {
                None => QuoteChoice::Detect,
                Some("none") => QuoteChoice::None,
                Some(text) => QuoteChoice::Char(parse_character(text)?),
            },
            escape: self.escape,
            encoding: self.encoding.clone(),
            header: self.header,
            preamble_lines: self.preamble_lines,
            column_names: self.column_names.clone(),
            text_only,
            ..ReadOptions::default()
        };
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
        for pair in &self.roles {
            let (name, column) = split_pair(pair, "--roles", "ROLE=COL")?;
            let known = || Role::ALL.map(Role::name).join(", ");
            let role = Role::from_name(name)
                .ok_or_else(|| UsageError(format!("--roles: {name:?} is no role; use one of {}", known())))?;
            options.roles.insert(column.to_owned(), role);
        }
        Ok(options)
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

/// The JSON result: what was read and how.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    info: &'a DatasetInfo,
    written: Option<PathBuf>,
}

/// The sentences of the result as plain English text, as the contract of this command has them.
fn in_english(value: Value) -> Value {
    match value {
        Value::Object(mut fields) if fields.len() == 2 && fields.contains_key("zh") => {
            fields.remove("en").unwrap_or(Value::Null)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, in_english(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(in_english).collect()),
        plain => plain,
    }
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let options = args.reading.options(args.text_only)?;
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    super::memory::prepare(&args.files, None, out);
    let dataset = read_log(&args.files, &options, &progress)?;
    if let Some(path) = &args.out {
        progress.phase("writing", "写入");
        let nameless = !dataset.info.dialect.header && args.reading.column_names.is_empty();
        let written = if args.text_only && nameless && dataset.info.sources.len() == 1 {
            write::write_rows_only(&dataset.frame, path)
        } else {
            write::write_table(&dataset.frame, path)
        };
        written.with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &args.rejects {
        write::write_rejects(&dataset, path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(kept) = kept {
        let files = LogFiles {
            log: &args.files,
            items: None,
            users: None,
            options: &options,
        };
        kept.log(&files, &[&dataset])?;
        if let Some(path) = &args.out {
            kept.table(path, std::slice::from_ref(&dataset.info.hash), &progress)?;
        }
    }
    drop(bar);
    let summary = serde_json::to_value(Summary {
        info: &dataset.info,
        written: args.out.clone(),
    })?;
    out.write_json(&in_english(summary))?;
    say(&dataset, out);
    Ok(ExitStatus::Done)
}

fn say(dataset: &Dataset, out: &OutputArgs) {
    let info = &dataset.info;
    let rows = info.rows;
    out.say(&format!(
        "{}: {} accepted + {} rejected + {} skipped = {} records in {} ms",
        info.name, rows.accepted, rows.rejected, rows.skipped, rows.total, info.elapsed_ms
    ));
    for sentence in &info.dialect.evidence {
        out.say(&format!("  {}", sentence.en));
    }
    for column in &info.columns {
        let format = column
            .time_format
            .as_deref()
            .map_or_else(String::new, |format| format!(" ({format})"));
        out.say(&format!(
            "  {:<24} {:<8}{format} {:<9} {:>3.0} %  nulls {}, invalid {}; {}",
            column.name,
            column.dtype.name(),
            column.role.name(),
            column.confidence * 100.0,
            column.nulls,
            column.invalid,
            column.why.en
        ));
    }
    if info.rows.rejected as usize > dataset.rejects.len() {
        out.say(&format!(
            "  the first {} rejected lines are kept with their text",
            dataset.rejects.len()
        ));
    }
}
