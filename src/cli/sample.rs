//! `touchstone sample`: write a sample project.

use super::{ExitStatus, OutputArgs};

/// Write a sample project
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
