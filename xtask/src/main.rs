//! Set-up and automation of the repository: `cargo xtask setup|run|test|lint|bench|shots|interop|bench-cuda|dist`.
//!
//! Invariant: every command sets up what it needs, so that each of them is the first and only one
//! to type on a bare machine.

mod bench_cuda;
mod display;
mod dist;
mod failure;
mod interop;
mod lint;
mod places;
mod process;
mod run;
mod setup;
mod shots;
mod test;

use failure::{Failure, Result};
use places::Places;
use std::process::ExitCode;

const USAGE: &str = "\
Set-up and automation of Touchstone.

Usage: cargo xtask <COMMAND>

  setup [--tests]    fetch libtorch, the base model and the system packages (does nothing when all is there)
  run [-- ARGS]      set up, build the optimised program and start it with ARGS
  test [-- ARGS]     set up, build and run all tests, the window tests included; ARGS go to `cargo test`
  lint               formatting, clippy without warnings, the library without its features
  bench [-- FILTER]  set up and run the benches, or one topic of benches/ (`audit`), or those whose name contains
                     FILTER; more words go to `cargo bench`
  shots [OPTIONS]    picture every page of the real window: dark and light, English and 中文
      --out DIR          folder for the pictures [default: shots]
      --project DIR      project to show [default: a sample project with the whole flow done]
      --large            1920x1080 instead of 1440x900
      --only TEXT        only pictures whose name contains TEXT (for example `data-zh`)
  interop [--bench]  train small models and compare them in Transformers, PEFT, sentence-transformers and TensorBoard,
                     in a Python environment of its own; --bench compares the speed of training instead,
                     --bench-learning what each step of the same batches learns, --bench-scoring the speed of scoring
                     titles, --bench-audit the audit's speed and memory with DuckDB's
  bench-cuda         pack the program and the script that measures fine-tuning on a GPU against Transformers into
                     dist/bench-cuda.tar.xz, and run it here where there is a GPU
  dist               make a folder under dist/ that runs on a machine without Rust
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match perform(&words) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn perform(words: &[String]) -> Result<ExitCode> {
    let (command, rest) = match words.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", words),
    };
    if matches!(command, "help" | "--help" | "-h") || rest.iter().any(|word| word == "--help" && command != "run") {
        print!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    let places = Places::find()?;
    match command {
        "setup" => setup::run(&places, rest),
        "run" => run::run(&places, passed_on(rest)),
        "test" => test::run(&places, passed_on(rest)),
        "lint" => lint::run(&places),
        "bench" => run::bench(&places, passed_on(rest)),
        "shots" => shots::run(&places, rest),
        "interop" => interop::run(&places, rest),
        "bench-cuda" => bench_cuda::run(&places, passed_on(rest)),
        "dist" => dist::run(&places),
        other => Err(Failure::new(format!("there is no command `{other}`\n\n{USAGE}"))),
    }
}

/// The words after `--`, or all of them when it was left out.
fn passed_on(words: &[String]) -> &[String] {
    match words.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => words,
    }
}
