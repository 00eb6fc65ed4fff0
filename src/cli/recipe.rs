//! `touchstone recipe`: suggest a recipe from an audit's findings.

use super::{ExitStatus, OutputArgs};

/// Suggest a recipe from an audit's findings
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
