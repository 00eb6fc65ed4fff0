//! `touchstone worker`: train in this process (started by the window and by train).

use super::{ExitStatus, OutputArgs};

/// Train in this process (started by the window and by train)
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
