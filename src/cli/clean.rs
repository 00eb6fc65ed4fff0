//! `touchstone clean`: apply a recipe to a log.

use super::{ExitStatus, OutputArgs};

/// Apply a recipe to a log
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
