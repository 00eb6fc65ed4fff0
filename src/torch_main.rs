//! The program that computes with tensors: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    touchstone::cli::torch_main()
}
