//! `touchstone models`: list, pull or import base models.

use super::{ExitStatus, OutputArgs};

/// List, pull or import base models
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, _out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    anyhow::bail!("this command is not part of this build")
}
