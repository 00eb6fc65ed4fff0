//! `touchstone tokens`: what a base model's tokenizer makes of the texts of a table.

use super::reading::ReadingArgs;
use super::scored::say_table;
use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::artifact::ColumnType;
use crate::engine::audit::{percent, thousands};
use crate::engine::ingest::{Dataset, read_log};
use crate::engine::models;
use crate::engine::text::{ColumnTokens, TextTokenizer, column_tokens};
use serde::Serialize;
use std::path::PathBuf;

/// Count tokens: how many rows a length limit cuts, how many tokens are unknown, what padding wastes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one table
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Base model whose tokenizer is used: a name in the cache, or a folder
    #[arg(long, value_name = "NAME|DIR", default_value = "minilm-l6")]
    model: String,
    /// Columns of texts [default: all text columns]
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// Tokens a row may have, special ones included
    #[arg(long, value_name = "N", default_value_t = 128)]
    max_length: usize,
    /// Rows of a batch, to judge padding
    #[arg(long, value_name = "N", default_value_t = 32)]
    batch: usize,
    #[command(flatten)]
    reading: ReadingArgs,
}

#[derive(Serialize)]
struct Tokens {
    model: String,
    vocab_size: usize,
    columns: Vec<ColumnTokens>,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let tokenizer = TextTokenizer::open(&models::resolve(&args.model)?, args.max_length)?;
    let (progress, bar) = out.progress();
    let dataset = read_log(&args.files, &args.reading.options(false)?, &progress)?;
    let columns = columns(args, &dataset)?;
    let columns = columns
        .iter()
        .map(|column| column_tokens(&dataset, column, &tokenizer, args.batch, &progress))
        .collect::<Result<Vec<_>, _>>()?;
    drop(bar);
    let tokens = Tokens {
        model: args.model.clone(),
        vocab_size: tokenizer.vocab_size(),
        columns,
    };
    out.write_json(&tokens)?;
    say(&tokens.columns, out);
    Ok(ExitStatus::Done)
}

fn columns(args: &Args, dataset: &Dataset) -> Result<Vec<String>, UsageError> {
    if !args.columns.is_empty() {
        return Ok(args.columns.clone());
    }
    let texts = dataset
        .info
        .columns
        .iter()
        .filter(|column| column.dtype == ColumnType::Text);
    let names: Vec<String> = texts.map(|column| column.name.clone()).collect();
    if names.is_empty() {
        return Err(UsageError(
            "the table has no text column; name one with --columns".to_owned(),
        ));
    }
    Ok(names)
}

fn say(columns: &[ColumnTokens], out: &OutputArgs) {
    let heading = [
        "column",
        "rows",
        "texts",
        "mean",
        "p95",
        "longest",
        "cut",
        "unknown",
        "padding",
        "in batches",
    ];
    let share = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), percent);
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(columns.iter().map(|of| {
        vec![
            of.column.clone(),
            thousands(of.rows),
            thousands(of.texts),
            of.mean_length
                .map_or_else(|| "-".to_owned(), |mean| format!("{mean:.1}")),
            of.p95.to_string(),
            of.longest.to_string(),
            share(of.truncation_rate),
            share(of.unknown_rate),
            share(of.padding_waste),
            share(of.batch_padding_waste),
        ]
    }));
    say_table(out, &rows);
}
