//! `touchstone compare`: compare two or more models on the same rows.

use super::{ExitStatus, OutputArgs};

/// Compare two or more models on the same rows
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
