//! `touchstone ingest`: read any file(s) as one table and write it clean.

use super::kept::{Kept, LogFiles};
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs};
use crate::engine::ingest::{Dataset, DatasetInfo, read_log, write};
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
        for sentence in &column.evidence {
            out.say(&format!("    {}", sentence.en));
        }
    }
    if info.rows.rejected as usize > dataset.rejects.len() {
        out.say(&format!(
            "  the first {} rejected lines are kept with their text",
            dataset.rejects.len()
        ));
    }
}
