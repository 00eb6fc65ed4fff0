//! `touchstone predict`: score rows with a fine-tuned model.

use super::{ExitStatus, OutputArgs};

/// Score rows with a fine-tuned model
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
