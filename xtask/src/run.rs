//! `run` and `bench`: set up, build, start.

use crate::failure::{Context as _, Result};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Needs};
use std::process::{Command, ExitCode};

/// Builds the optimised program and starts it with `arguments`; its exit code becomes ours.
pub fn run(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    build(places)?;
    let mut program = Command::new(places.program());
    process::with_libtorch(&mut program, places);
    let status = program.args(arguments).status();
    let status = status.context(|| format!("cannot start {}", places.program().display()))?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

/// `cargo build --release`.
pub fn build(places: &Places) -> Result<()> {
    process::run(cargo(places).args(["build", "--release"]))
}

pub fn bench(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    process::run(cargo(places).arg("bench").args(arguments))?;
    Ok(ExitCode::SUCCESS)
}
