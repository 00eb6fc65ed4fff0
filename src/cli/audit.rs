//! `touchstone audit`: report the quality of a log.

use super::{ExitStatus, OutputArgs};

/// Report the quality of a log
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
