//! `touchstone features`: build features, label and split from a log.

use super::{ExitStatus, OutputArgs};

/// Build features, label and split from a log
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
