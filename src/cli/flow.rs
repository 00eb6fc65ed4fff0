//! `touchstone flow`: run the whole flow of a project.

use super::{ExitStatus, OutputArgs};

/// Run the whole flow of a project
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
