//! `touchstone sample`: write a sample project: a small shop with every planted defect counted.

use super::{ExitStatus, OutputArgs};
use crate::engine::sample::{SampleConfig, write};
use std::path::PathBuf;

/// Write a sample project: a small shop's logs, with every planted defect counted in truth.json
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write events.csv, items.csv, users.csv, experiment.csv, app_log.csv, orders.csv and truth.json into
    dir: PathBuf,
    /// Data lines of events.csv (2000 or more)
    #[arg(long, value_name = "N", default_value_t = crate::engine::sample::DEFAULT_ROWS)]
    rows: u64,
    /// The same seed writes the same bytes
    #[arg(long, value_name = "S", default_value_t = 7)]
    seed: u64,
    /// Plant no defects
    #[arg(long)]
    clean: bool,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = SampleConfig {
        rows: args.rows,
        seed: args.seed,
        clean: args.clean,
    };
    let (progress, bar) = out.progress();
    let truth = write(&args.dir, &config, &progress)?;
    drop(bar);
    let planted: u64 = truth.defects.len() as u64;
    out.say(&format!(
        "{} events of {} users and {} items, and an experiment of {} units, in {} ({planted} kinds of planted defects, counted in truth.json)",
        truth.rows,
        truth.users,
        truth.items,
        truth.experiment.units,
        args.dir.display()
    ));
    out.write_json(&truth)?;
    Ok(ExitStatus::Done)
}
