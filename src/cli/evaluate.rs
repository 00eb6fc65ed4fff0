//! `touchstone evaluate`: assess scores against labels.

use super::{ExitStatus, OutputArgs};

/// Assess scores against labels
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
