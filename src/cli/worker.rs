//! `touchstone worker`: train a run; done by the program that links libtorch.

use super::ExitStatus;
use crate::engine::torch_program;
use crate::engine::train::TrainError;
use anyhow::Context as _;
use std::path::PathBuf;

/// Train in this process (started by the window and by train)
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Train so many steps only, measure them, and write trial.json into the folder
    #[arg(long, value_name = "STEPS")]
    pub(super) trial: Option<u64>,
    /// Process that asked for the trial; when it ends, the trial ends and its folder goes
    #[arg(long, value_name = "PID", requires = "trial")]
    pub(super) owner: Option<u32>,
    /// Run folder with a config.json
    pub(super) run_dir: PathBuf,
}

/// Lets the program beside this one do it: in this very process where the system can replace its program, so that
/// who started it still holds the worker.
pub fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let program = torch_program::find().ok_or(TrainError::TorchUnavailable)?;
    let mut command = std::process::Command::new(&program);
    command.arg("worker").arg(&args.run_dir);
    if let Some(steps) = args.trial {
        command.arg(format!("--trial={steps}"));
    }
    if let Some(owner) = args.owner {
        command.arg(format!("--owner={owner}"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        Err(command.exec()).with_context(|| format!("cannot start {}", program.display()))
    }
    #[cfg(not(unix))]
    {
        let status = command
            .status()
            .with_context(|| format!("cannot start {}", program.display()))?;
        anyhow::ensure!(status.success(), "the worker ended with {status}");
        Ok(ExitStatus::Done)
    }
}
