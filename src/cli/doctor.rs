//! `touchstone doctor`: say what works here, what does not, and how to mend it.

use super::{ExitStatus, OutputArgs};

/// Say what works here, what does not, and how to mend it
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
