//! `lint`: formatting, clippy and the library without its optional parts.

use crate::failure::{Failure, Result};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Needs};
use std::process::ExitCode;

/// Each check with its cargo arguments, the cheap ones first. They use the dev profile: it is the one of
/// `cargo check` and rust-analyzer, and for them nothing but the dependencies' metadata is made in it.
const CHECKS: [(&str, &[&str]); 4] = [
    (
        "formatting (mend it with `cargo fmt --all`)",
        &["fmt", "--all", "--check"],
    ),
    (
        "clippy of the set-up tool",
        &[
            "clippy",
            "--profile",
            "xtask",
            "--package",
            "xtask",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("clippy", &["clippy", "--all-targets", "--", "-D", "warnings"]),
    (
        "the library without window and libtorch",
        &["check", "--lib", "--no-default-features"],
    ),
];

/// Runs every check, also after one failed, and names those that failed.
pub fn run(places: &Places) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    let mut failed = Vec::new();
    for (name, arguments) in CHECKS {
        println!("== {name}");
        if let Err(failure) = process::run(cargo(places).args(arguments)) {
            eprintln!("{failure}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        println!("lint: no complaint");
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::new(format!("lint failed: {}", failed.join(", "))))
    }
}
