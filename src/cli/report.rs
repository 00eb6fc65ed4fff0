//! `touchstone report`: write an HTML report.

use super::{ExitStatus, OutputArgs};

/// Write an HTML report
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
