//! The only place that prints: JSON results, the progress bar, and one sentence for an error.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use crate::engine::progress::Progress;
use crate::engine::run::dir::write_atomic;
use anyhow::Context as _;
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where a subcommand's result and progress go.
#[derive(Clone, Debug, clap::Args)]
pub struct OutputArgs {
    /// Write the full result as JSON to FILE (`-` = standard output)
    #[arg(long, global = true, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Show progress on standard error even when it is not a terminal
    #[arg(long, global = true)]
    pub progress: bool,
    /// Record the artefact in this project
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

impl OutputArgs {
    /// Writes `value` where `--json` says; does nothing without it.
    pub fn write_json<T: Serialize>(&self, value: &T) -> anyhow::Result<()> {
        let Some(path) = &self.json else { return Ok(()) };
        let text = serde_json::to_string_pretty(value).context("cannot write the result as JSON")?;
        if path == Path::new("-") {
            print_line(&text);
            return Ok(());
        }
        write_file(path, text + "\n", "the JSON result")
    }

    /// True when a person reads standard output, that is, JSON does not go there.
    pub fn human(&self) -> bool {
        self.json.as_deref() != Some(Path::new("-"))
    }

    /// Prints a line for people unless standard output carries JSON.
    pub fn say(&self, line: &str) {
        if self.human() {
            print_line(line);
        }
    }

    /// A progress handle; its state is drawn on standard error until the guard is dropped.
    pub fn progress(&self) -> (Progress, ProgressBar) {
        let progress = Progress::new();
        let bar = ProgressBar::start(&progress, self.progress || std::io::stderr().is_terminal());
        (progress, bar)
    }
}

/// Writes a file whole or not at all; `what` names it in the error. A pipe or device is written to as it is.
pub fn write_file(path: &Path, content: impl AsRef<[u8]>, what: &str) -> anyhow::Result<()> {
    let is_special = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
    let written = if is_special {
        std::fs::write(path, content).map_err(anyhow::Error::from)
    } else {
        write_atomic(path, content.as_ref()).map_err(anyhow::Error::from)
    };
    written.with_context(|| format!("cannot write {what} to {}", path.display()))
}

/// Prints one line to standard output; a closed pipe is not an error.
pub fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        // The reader went away; there is nobody left to tell.
    }
}

/// Prints the error with its causes as one sentence.
pub fn print_error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Prints a warning on standard error.
pub fn print_warning(text: &str) {
    eprintln!("warning: {text}");
}

/// Draws a progress line on standard error while it lives.
pub struct ProgressBar {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl ProgressBar {
    fn start(progress: &Progress, shown: bool) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = shown.then(|| {
            let (stop, progress) = (Arc::clone(&stop), progress.clone());
            std::thread::Builder::new()
                .name("progress".to_owned())
                .spawn(move || draw_until(&stop, &progress))
                .ok()
        });
        Self {
            stop,
            thread: thread.flatten(),
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            eprintln!();
        }
    }
}

fn draw_until(stop: &AtomicBool, progress: &Progress) {
    let terminal = std::io::stderr().is_terminal();
    let mut last = String::new();
    while !stop.load(Ordering::Relaxed) {
        let seen = progress.snapshot();
        let filled = (seen.fraction * 24.0) as usize;
        let line = format!(
            "[{}{}] {:>3.0} % {}",
            "#".repeat(filled),
            ".".repeat(24 - filled),
            seen.fraction * 100.0,
            seen.phase.en
        );
        if line != last {
            if terminal {
                eprint!("\r\x1b[K{line}");
            } else {
                eprintln!("{line}");
            }
            last = line;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    if terminal {
        eprint!("\r\x1b[K");
    }
}
