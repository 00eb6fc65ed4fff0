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

/// `cargo bench`; its exit code says whether every bench kept its budget.
pub fn bench(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    let is_topic = |word: &str| places.repository.join("benches").join(format!("{word}.rs")).is_file();
    process::run(cargo(places).arg("bench").args(bench_arguments(arguments, is_topic)))?;
    Ok(ExitCode::SUCCESS)
}

/// A first word that names a topic builds and runs that one alone; any other filters the benches by name.
fn bench_arguments(words: &[String], is_topic: impl Fn(&str) -> bool) -> Vec<String> {
    match words.split_first() {
        Some((topic, filter)) if is_topic(topic) => {
            let topic = ["--bench", topic].map(str::to_owned);
            topic.into_iter().chain(filter.iter().cloned()).collect()
        }
        _ => words.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_run_alone_and_other_words_are_passed_on() {
        let arguments = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            bench_arguments(&words, |word| word == "audit").join(" ")
        };
        assert_eq!(arguments("audit whole"), "--bench audit whole");
        assert_eq!(arguments("whole"), "whole");
        assert_eq!(arguments("--bench ingest -- csv"), "--bench ingest -- csv");
        assert_eq!(arguments(""), "");
    }
}
