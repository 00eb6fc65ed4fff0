//! `touchstone experiment`: read an A/B test.

use super::{ExitStatus, OutputArgs};

/// Read an A/B test
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
