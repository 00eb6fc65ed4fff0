//! `touchstone train`: fine-tune a model.

use super::{ExitStatus, OutputArgs};

/// Fine-tune a model
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
