//! `touchstone select`: rank features by what they say about a label.

use super::{ExitStatus, OutputArgs};

/// Rank features by what they say about a label
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
