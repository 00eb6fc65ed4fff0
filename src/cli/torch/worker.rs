//! `touchstone-torch worker`: train in this process (started by the window and by train).
//!
//! Invariant: a run whose worker ends by an error or a panic says so in its log; only a killed worker leaves no word.

use crate::cli::ExitStatus;
use crate::cli::worker::Args;
use crate::engine::eval::validation_metrics;
use crate::engine::run::dir::RunDir;
use crate::engine::run::error::RunError;
use crate::engine::run::event::EventBody;
use crate::engine::run::liveness::ProcessId;
use crate::engine::run::lock::WorkerLock;
use crate::engine::run::log::{EventReader, EventWriter};
use crate::engine::run::now_ms;
use crate::engine::run::replay::RunView;
use crate::engine::train;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::Duration;

const OWNER_LOOK: Duration = Duration::from_secs(1);

pub fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let run = RunDir::open(&args.run_dir)?;
    let lock = WorkerLock::acquire(&run, now_ms())?;
    if let Some(owner) = args.owner {
        leave_with(owner, run.path().to_owned());
    }
    let train = |run: &RunDir| match args.trial {
        Some(steps) => train::trial::run(run.path(), steps, validation_metrics),
        None => train::worker::run(run.path(), validation_metrics),
    };
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| train(&run)));
    let failure = match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            let hint = error.hint().to_owned();
            Some((one_sentence(&error.into()), hint))
        }
        Err(panic) => Some((
            format!("the worker broke off: {}", panic_message(panic.as_ref())),
            "Resume from the last checkpoint; if it happens again, report the message.".to_owned(),
        )),
    };
    let Some((message, hint)) = failure else {
        return Ok(ExitStatus::Done);
    };
    record_failure(&run, &message, &hint)?;
    drop(lock);
    Err(anyhow::anyhow!("{message} ({hint})"))
}

/// Ends this process and removes the trial's folder once nobody waits for it any more.
fn leave_with(owner: u32, folder: PathBuf) {
    let owner = ProcessId::of(owner);
    let watch = move || {
        while owner.is_some_and(ProcessId::is_alive) {
            std::thread::sleep(OWNER_LOOK);
        }
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!("{} stays: {error}", folder.display());
        }
        std::process::exit(1);
    };
    if let Err(error) = std::thread::Builder::new().name("owner".to_owned()).spawn(watch) {
        tracing::warn!("nobody watches the owner of the trial: {error}");
    }
}

/// Writes the `failed` event unless this process has written a last word already.
fn record_failure(run: &RunDir, message: &str, hint: &str) -> Result<(), RunError> {
    let mut reader = EventReader::new(&run.events_path());
    let mut view = RunView::default();
    loop {
        let batch = reader.poll()?;
        batch.items.iter().for_each(|item| view.apply_item(item));
        if batch.caught_up {
            break;
        }
    }
    let mine = |view: &RunView| {
        let attempt = view.attempt.as_ref();
        attempt.is_some_and(|attempt| attempt.process.same(ProcessId::current()))
    };
    if view.outcome.is_some() && mine(&view) {
        return Ok(());
    }
    let body = EventBody::Failed {
        message: message.to_owned(),
        hint: hint.to_owned(),
    };
    EventWriter::open(&run.events_path())?.write(view.step, body)?;
    Ok(())
}

/// The error with its causes; a cause whose words stand there already is not repeated.
fn one_sentence(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;
    use crate::engine::run::replay::Outcome;
    use crate::engine::run::watch::RunWatch;

    fn outcome(run: &RunDir) -> Option<Outcome> {
        let mut watch = RunWatch::open(run.clone()).expect("open");
        watch.catch_up(now_ms()).expect("read");
        watch.view().outcome.clone()
    }

    #[test]
    fn a_failure_is_told_once_and_an_earlier_end_does_not_hide_it() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
        let stopped = EventBody::Stopped {
            reason: "asked".to_owned(),
        };
        let mut writer = EventWriter::open(&run.events_path()).expect("open");
        writer.write(3, stopped).expect("write");
        drop(writer);
        // Resumed, and the resume failed before its first event.
        record_failure(&run, "no column `x`", "choose another").expect("record");
        let expected = Some(Outcome::Failed {
            message: "no column `x`".to_owned(),
            hint: "choose another".to_owned(),
        });
        assert_eq!(outcome(&run), expected);
    }

    #[test]
    fn causes_are_told_but_not_twice() {
        let source = std::io::Error::other("disk full");
        let error = RunError::Io {
            action: "write",
            path: PathBuf::from("x"),
            source,
        };
        assert_eq!(one_sentence(&error.into()), "cannot write x: disk full");
        let told = anyhow::anyhow!("disk full").context("cannot write x: disk full");
        assert_eq!(one_sentence(&told), "cannot write x: disk full");
        let panic = std::panic::catch_unwind(|| panic!("boom {}", 1)).expect_err("panics");
        assert_eq!(panic_message(panic.as_ref()), "boom 1");
    }
}
