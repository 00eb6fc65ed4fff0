//! `touchstone ingest`: read any file(s) as one table and write it clean.

use super::{ExitStatus, OutputArgs};

/// Read any file(s) as one table and write it clean
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
