//! `test`: every test of the package and of this tool, on a screen of its own where there is none.

use crate::display::VirtualDisplay;
use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use crate::process::cargo;
use crate::setup::{self, Needs};
use std::env;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, ExitCode, Stdio};

/// Sets up, runs the tests and ends with a line `N passed, N failed, N skipped`.
pub fn run(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    setup::ensure(places, Needs::Test)?;
    let display = virtual_display_if_none()?;
    let mut summary = Summary::default();
    let mut runs = vec![touchstone_tests(places, arguments)];
    if arguments.is_empty() {
        runs.push(own_tests(places));
    }
    let mut ended_well = true;
    for mut command in runs {
        if let Some(display) = &display {
            display.lend_to(&mut command);
        }
        ended_well &= run_and_read(&mut command, &mut summary)?;
    }
    drop(display);
    conclude(&summary, ended_well)
}

/// The dependencies as users run them, compiled once for both; the package itself unoptimised, which compiles in a
/// third of the time while its tests take hardly longer.
const QUICK_TO_BUILD: [&str; 2] = ["--config", "profile.release.package.touchstone.opt-level=0"];

fn touchstone_tests(places: &Places, arguments: &[String]) -> Command {
    let mut command = cargo(places);
    command
        .args(["test", "--release", "--no-fail-fast"])
        .args(QUICK_TO_BUILD)
        .args(arguments);
    command
}

fn own_tests(places: &Places) -> Command {
    let mut command = cargo(places);
    command.args(["test", "--profile", "xtask", "--package", "xtask", "--no-fail-fast"]);
    command
}

fn virtual_display_if_none() -> Result<Option<VirtualDisplay>> {
    let there_is_one = env::var_os("DISPLAY").is_some_and(|name| !name.is_empty());
    if there_is_one || !cfg!(target_os = "linux") {
        return Ok(None);
    }
    VirtualDisplay::start((1440, 900)).map(Some)
}

/// Shows the command's output as it comes and reads the results out of it. True when it ended with 0.
fn run_and_read(command: &mut Command, summary: &mut Summary) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context(|| "cannot start cargo".to_owned())?;
    if let Some(output) = child.stdout.take() {
        show_and_read(BufReader::new(output), summary)?;
    }
    let status = child.wait().context(|| "cannot wait for cargo".to_owned())?;
    Ok(status.success())
}

fn show_and_read(mut output: impl BufRead, summary: &mut Summary) -> Result<()> {
    let mut terminal = std::io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = output
            .read_until(b'\n', &mut line)
            .context(|| "cannot read what cargo prints".to_owned())?;
        if length == 0 {
            return Ok(());
        }
        terminal.write_all(&line).context(|| "cannot print".to_owned())?;
        summary.read_line(String::from_utf8_lossy(&line).trim_end());
    }
}

fn conclude(summary: &Summary, ended_well: bool) -> Result<ExitCode> {
    println!();
    for name in &summary.failed_names {
        println!("failed: {name}");
    }
    println!(
        "{} passed, {} failed, {} skipped",
        summary.passed, summary.failed, summary.skipped
    );
    if summary.failed > 0 {
        return Err(Failure::new(format!("{} tests failed, named above", summary.failed)));
    }
    if !ended_well {
        return Err(Failure::new(
            "cargo test did not end well though no test failed: see its error above",
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// What libtest's lines said, over all test programs.
#[derive(Debug, Default, PartialEq)]
struct Summary {
    passed: u64,
    failed: u64,
    skipped: u64,
    failed_names: Vec<String>,
    in_failure_list: bool,
}

impl Summary {
    /// libtest ends a test program with a list `failures:` of indented names and one `test result:` line.
    fn read_line(&mut self, line: &str) {
        if line == "failures:" {
            self.in_failure_list = true;
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.in_failure_list = false;
            self.passed += count_before(result, " passed");
            self.failed += count_before(result, " failed");
            self.skipped += count_before(result, " ignored");
        } else if line.starts_with("---- ") {
            // The first of the two lists called `failures:` holds the tests' output, not their names.
            self.in_failure_list = false;
        } else if self.in_failure_list
            && let Some(name) = line.strip_prefix("    ")
            && !name.is_empty()
        {
            self.failed_names.push(name.to_owned());
        }
    }
}

/// The number in front of `word` in `ok. 12 passed; 0 failed; …`.
fn count_before(result: &str, word: &str) -> u64 {
    let before = result.split_once(word).map_or("", |(before, _)| before);
    before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Summary {
        let mut summary = Summary::default();
        text.lines().for_each(|line| summary.read_line(line));
        summary
    }

    #[test]
    fn results_of_several_programs_are_added_and_failures_named() {
        let summary = read(
            "running 3 tests\ntest a::b ... ok\ntest a::c ... FAILED\n\nfailures:\n\n---- a::c stdout ----\n    \
             indented output\n\nfailures:\n    a::c\n    a::d\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 \
             measured; 0 filtered out; finished in 0.00s\n\ntest result: ok. 40 passed; 0 failed; 3 ignored; 0 \
             measured; 0 filtered out; finished in 1.00s\n",
        );
        assert_eq!((summary.passed, summary.failed, summary.skipped), (41, 2, 3));
        assert_eq!(summary.failed_names, ["a::c", "a::d"]);
    }

    #[test]
    fn output_without_results_counts_nothing() {
        assert_eq!(read("error: could not compile\n"), Summary::default());
    }

    #[test]
    fn a_failure_makes_the_command_fail() {
        let mut summary = read("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured");
        assert!(conclude(&summary, true).is_ok());
        assert!(conclude(&summary, false).is_err(), "cargo itself failed");
        summary.failed = 1;
        assert!(conclude(&summary, true).is_err());
    }
}
