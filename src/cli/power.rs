//! `touchstone power`: plan an A/B test: sample size, power or detectable effect.

use super::{ExitStatus, OutputArgs};

/// Plan an A/B test: sample size, power or detectable effect
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
