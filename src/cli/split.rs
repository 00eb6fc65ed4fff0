//! `touchstone split`: divide a table into train, valid and test, and say what leaks.

use super::kept::Kept;
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs, UsageError, write_file};
use crate::engine::artifact::{Role, Severity};
use crate::engine::audit::thousands;
use crate::engine::features::leakage::{LeakInput, leak_checks};
use crate::engine::features::split::{SplitInput, id_keys, split, times_of};
use crate::engine::features::{LeakCheck, Part, SplitConfig, Strategy};
use crate::engine::ingest::{Dataset, read_log, write};
use anyhow::Context as _;
use polars::prelude::{BooleanChunked, NewChunkedArray as _};
use serde::Serialize;
use std::path::PathBuf;

/// Divide a table into train, valid and test
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one table
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// random, user, time or leave_one_out; time where the table has times, else random
    #[arg(long, value_parser = ["random", "user", "time", "leave_one_out"])]
    pub strategy: Option<String>,
    /// Shares of train, valid and test (or of train and test)
    #[arg(long, value_delimiter = ',', default_value = "0.8,0.1,0.1")]
    pub ratios: Vec<f64>,
    /// Time column; the one with the role time otherwise
    #[arg(long, value_name = "COL")]
    pub time: Option<String>,
    /// User column; the one with the role user otherwise
    #[arg(long, value_name = "COL")]
    pub user: Option<String>,
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Leave out rows less than so many seconds before a time boundary
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub embargo_secs: f64,
    /// Folder for train, valid and test
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// File format of the parts
    #[arg(long, value_parser = ["parquet", "csv"], default_value = "parquet")]
    pub format: String,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// The JSON result, also written as split.json.
#[derive(Serialize)]
struct Summary {
    strategy: Strategy,
    ratios: [f64; 3],
    seed: u64,
    /// First moment of valid and of test, microseconds since 1970 UTC.
    boundaries: Option<[i64; 2]>,
    parts: Vec<PartSummary>,
    /// Rows without the time or user the split goes by, or in the embargo.
    unassigned: u64,
    leaks: Vec<LeakCheck>,
}

#[derive(Serialize)]
struct PartSummary {
    name: &'static str,
    rows: u64,
    file: Option<PathBuf>,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let ratios = ratios(&args.ratios)?;
    let options = args.reading.options(false)?;
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let table = read_log(&args.files, &options, &progress)?;
    let times = times_of(&table, args.time.as_deref())?;
    let keys = |name: Option<&str>, role| id_keys(&table, name, role);
    let users = keys(args.user.as_deref(), Role::User)?;
    let input = SplitInput {
        num_rows: table.num_rows(),
        times: times.as_deref(),
        users: users.as_deref(),
        seed: args.seed,
    };
    let config = SplitConfig {
        strategy: args.strategy.as_deref().and_then(Strategy::from_name),
        ratios,
        embargo_secs: args.embargo_secs,
    };
    let found = split(&input, &config)?;
    let (items, sessions) = (keys(None, Role::Item)?, keys(None, Role::Session)?);
    let leaks = leak_checks(
        &LeakInput {
            times: times.as_deref(),
            users: users.as_deref(),
            items: items.as_deref(),
            sessions: sessions.as_deref(),
            texts: None,
            label_window: None,
        },
        &found.parts,
        found.strategy,
    );
    progress.phase("writing", "写入");
    std::fs::create_dir_all(&args.out).with_context(|| format!("cannot make the folder {}", args.out.display()))?;
    let parts = Part::ALL
        .into_iter()
        .map(|part| write_part(args, &table, &found.parts, part));
    let summary = Summary {
        strategy: found.strategy,
        ratios,
        seed: args.seed,
        boundaries: found.boundaries,
        parts: parts.collect::<anyhow::Result<_>>()?,
        unassigned: found.parts.iter().filter(|part| part.is_none()).count() as u64,
        leaks,
    };
    let report = args.out.join("split.json");
    write_file(&report, serde_json::to_string_pretty(&summary)? + "\n", "the summary")?;
    if let Some(kept) = kept {
        kept.table_read(&table)?;
        for file in summary.parts.iter().filter_map(|part| part.file.as_deref()) {
            kept.table(file, std::slice::from_ref(&table.info.hash), &progress)?;
        }
    }
    drop(bar);
    out.write_json(&summary)?;
    say(&summary, out);
    Ok(ExitStatus::Done)
}

fn ratios(shares: &[f64]) -> anyhow::Result<[f64; 3]> {
    match *shares {
        [train, valid, test] => Ok([train, valid, test]),
        [train, test] => Ok([train, 0.0, test]),
        _ => Err(UsageError("--ratios needs two shares (train,test) or three (train,valid,test)".to_owned()).into()),
    }
}

fn write_part(args: &Args, table: &Dataset, parts: &[Option<Part>], part: Part) -> anyhow::Result<PartSummary> {
    let keep: Vec<bool> = parts.iter().map(|found| *found == Some(part)).collect();
    let rows = keep.iter().filter(|keep| **keep).count() as u64;
    let mut file = None;
    if rows > 0 {
        let path = args.out.join(format!("{}.{}", part.name(), args.format));
        let rows = table.frame.filter(&BooleanChunked::from_slice("keep".into(), &keep))?;
        write::write_table(&rows, &path).with_context(|| format!("cannot write {}", path.display()))?;
        file = Some(path);
    }
    Ok(PartSummary {
        name: part.name(),
        rows,
        file,
    })
}

fn say(summary: &Summary, out: &OutputArgs) {
    out.say(&format!("split by {}, seed {}", summary.strategy.name(), summary.seed));
    for part in &summary.parts {
        out.say(&format!("  {:<5} {:>10} rows", part.name, thousands(part.rows)));
    }
    if summary.unassigned > 0 {
        out.say(&format!("  {} rows in no part", thousands(summary.unassigned)));
    }
    for leak in &summary.leaks {
        let mark = if leak.severity > Severity::Info { "▲" } else { "■" };
        out.say(&format!("  {mark} {}", leak.message.en));
    }
}
