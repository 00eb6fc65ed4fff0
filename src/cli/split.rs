//! `touchstone split`: split a table into train, validation and test.

use super::{ExitStatus, OutputArgs};

/// Split a table into train, validation and test
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
