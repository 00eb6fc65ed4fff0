//! `touchstone clean`: apply a recipe to a log.

use super::kept::{Kept, LogFiles};
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs};
use crate::engine::artifact::ContentHash;
use crate::engine::audit::thousands;
use crate::engine::ingest::{Dataset, read_log, write};
use crate::engine::recipe::{Applied, Recipe, StepReport, apply, write_dropped};
use anyhow::Context as _;
use serde::Serialize;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Apply a recipe to a log
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The recipe (JSON), e.g. from `touchstone recipe suggest`
    #[arg(long, value_name = "FILE")]
    pub recipe: PathBuf,
    /// Where to write the cleaned log: .parquet, .csv or .tsv
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Write the dropped rows as CSV: line, source, step, kind, why, then the row
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// The JSON result.
#[derive(Serialize)]
struct Summary<'a> {
    steps: &'a [StepReport],
    /// Content hash of the cleaned table.
    hash: &'a ContentHash,
    recipe: &'a ContentHash,
    input: &'a ContentHash,
    rows_in: u64,
    rows_out: u64,
    rows_dropped: u64,
    elapsed_ms: u64,
    written: &'a Path,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let recipe = read_recipe(&args.recipe)?;
    let options = args.reading.options(false)?;
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let dataset = read_log(&args.files, &options, &progress)?;
    let applied = apply(&dataset, &recipe, &progress)?;
    progress.phase("writing", "写入");
    write::write_table(&applied.dataset.frame, &args.out)
        .with_context(|| format!("cannot write {}", args.out.display()))?;
    if let Some(path) = &args.rejects {
        write_rejects(&dataset, &applied, &recipe, path)
            .with_context(|| format!("cannot write the dropped rows to {}", path.display()))?;
    }
    if let Some(kept) = kept {
        let files = LogFiles {
            log: &args.files,
            items: None,
            users: None,
            options: &options,
        };
        kept.log(&files, &[&dataset])?;
        kept.cleaned(&recipe, &applied, &args.files, &args.out)?;
    }
    drop(bar);
    out.write_json(&Summary {
        steps: &applied.steps,
        hash: &applied.hash,
        recipe: &applied.recipe,
        input: &applied.input,
        rows_in: dataset.num_rows() as u64,
        rows_out: applied.dataset.num_rows() as u64,
        rows_dropped: applied.dropped.len() as u64,
        elapsed_ms: applied.elapsed_ms,
        written: &args.out,
    })?;
    say(&dataset, &applied, &recipe, out);
    Ok(ExitStatus::Done)
}

pub(super) fn read_recipe(path: &Path) -> anyhow::Result<Recipe> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the recipe {}", path.display()))?;
    Recipe::from_json(&text).with_context(|| format!("{}", path.display()))
}

fn write_rejects(dataset: &Dataset, applied: &Applied, recipe: &Recipe, path: &Path) -> anyhow::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    write_dropped(dataset, applied, recipe, &mut file)?;
    file.flush()?;
    Ok(())
}

fn say(dataset: &Dataset, applied: &Applied, recipe: &Recipe, out: &OutputArgs) {
    out.say(&format!(
        "{}: {} rows in, {} out, {} dropped in {} ms; hash {}",
        dataset.info.name,
        thousands(dataset.num_rows() as u64),
        thousands(applied.dataset.num_rows() as u64),
        thousands(applied.dropped.len() as u64),
        applied.elapsed_ms,
        applied.hash.short()
    ));
    for (report, step) in applied.steps.iter().zip(&recipe.steps) {
        let state = if report.enabled { "" } else { " (off)" };
        out.say(&format!(
            "{:>3}. {:<18} {:>10} rows dropped {:>10} cells changed{state}  {}",
            report.number,
            report.step,
            thousands(report.rows_in - report.rows_out),
            thousands(report.cells_changed),
            step.action.describe().en
        ));
    }
}
