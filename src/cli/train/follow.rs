//! Following a run on the terminal until it ends: progress line, Ctrl-C, result, exit.

use super::KILL_GRACE;
use super::result::TrainResult;
use crate::cli::{ExitStatus, OutputArgs, print_warning};
use crate::engine::progress::Progress;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::event::phase_label;
use crate::engine::run::now_ms;
use crate::engine::run::replay::{RunView, curve};
use crate::engine::run::status::RunStatus;
use crate::engine::run::supervise::{self, WorkerHandle};
use crate::engine::run::watch::RunWatch;
use anyhow::Context as _;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(200);
const EXIT_PATIENCE: Duration = Duration::from_secs(10);

/// Follows a run until it ends, tells the result, and turns it into an exit status.
///
/// `worker` is given when this process started it: then Ctrl-C and SIGTERM stop the training; else they only end the watching.
pub(super) fn to_the_end(
    watch: &mut RunWatch,
    worker: Option<&WorkerHandle>,
    out: &OutputArgs,
) -> anyhow::Result<ExitStatus> {
    watch.catch_up(now_ms())?;
    if watch.status().is_live() {
        let (progress, bar) = out.progress();
        let interrupt = worker.is_some().then(Interrupt::listen).transpose()?;
        loop {
            if let Some(interrupt) = &interrupt {
                interrupt.obey(watch);
            }
            watch.catch_up(now_ms())?;
            show(watch, &progress);
            if !watch.status().is_live() {
                break;
            }
            std::thread::sleep(POLL);
        }
        drop(bar);
        wait_for_exit(worker);
    }
    let result = TrainResult::of(watch);
    out.write_json(&result)?;
    match watch.status() {
        RunStatus::Failed { message, hint } => Err(anyhow::anyhow!("training failed: {message}. {hint}")),
        RunStatus::Crashed => Err(crash(watch, worker)),
        RunStatus::Waiting => Err(anyhow::anyhow!(
            "{} was never started; start it with --resume --run-dir",
            watch.run().path().display()
        )),
        _ => {
            result.lines().iter().for_each(|line| out.say(line));
            Ok(ExitStatus::Done)
        }
    }
}

/// The last word is said before the process is gone; whoever starts the next worker wants it gone.
fn wait_for_exit(worker: Option<&WorkerHandle>) {
    let deadline = Instant::now() + EXIT_PATIENCE;
    while worker.is_some_and(|worker| !worker.has_exited()) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Ctrl-C and SIGTERM: the first asks for a stop, the second ends the worker.
struct Interrupt {
    pressed: Arc<AtomicBool>,
    asked: std::cell::Cell<bool>,
}

impl Interrupt {
    fn listen() -> anyhow::Result<Self> {
        let pressed = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&pressed)).context("cannot listen for Ctrl-C")?;
        }
        Ok(Self {
            pressed,
            asked: std::cell::Cell::new(false),
        })
    }

    fn obey(&self, watch: &RunWatch) {
        if !self.pressed.swap(false, Ordering::Relaxed) {
            return;
        }
        let outcome = if self.asked.replace(true) {
            print_warning("ending the worker; the run can be resumed from its last checkpoint");
            supervise::kill(watch.run(), KILL_GRACE)
        } else {
            print_warning("stopping after this step and keeping the best model; press Ctrl-C again to end at once");
            supervise::stop(watch.run()).map(drop)
        };
        // An error here means it has ended by itself, which the next poll shows.
        if let Err(error) = outcome {
            print_warning(&error.to_string());
        }
    }
}

fn show(watch: &RunWatch, progress: &Progress) {
    progress.set(watch.view().fraction());
    let text = progress_text(watch.view(), watch.status(), watch.config());
    progress.phase(&text, &text);
}

/// `step 744/1200  loss 0.2871  auc 0.9184 (best 0.9184 at 700)  27.4 samples/s  8 min left`
fn progress_text(view: &RunView, status: &RunStatus, config: &TrainConfig) -> String {
    let mut parts = Vec::new();
    match status {
        RunStatus::Running => {}
        other => parts.push(other.name().to_owned()),
    }
    if let Some(phase) = &view.phase {
        parts.push(phase_label(phase).en);
    }
    if let Some(total) = view.total_steps() {
        parts.push(format!("step {}/{total}", view.step));
    }
    if let Some(loss) = view.last(curve::TRAIN_LOSS) {
        parts.push(format!("loss {loss:.4}"));
    }
    let metric = config.metric.as_str();
    if let Some(value) = view.last(&curve::valid(metric)) {
        let best = view
            .best()
            .and_then(|best| Some((best.step, *best.metrics.get(metric)?)))
            .filter(|(_, best)| *best != value)
            .map_or_else(String::new, |(step, best)| format!(" (best {best:.4} at {step})"));
        parts.push(format!("{metric} {value:.4}{best}"));
    }
    if let Some(speed) = view.last(curve::SAMPLES_PER_SEC) {
        parts.push(format!("{speed:.1} samples/s"));
    }
    if let Some(secs) = view.eta_secs() {
        parts.push(format!("{} left", duration(secs)));
    }
    parts.join("  ")
}

fn duration(secs: f64) -> String {
    let secs = secs.max(0.0).round() as u64;
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => format!("{} min", secs.div_ceil(60)),
        _ => format!("{} h {:02} min", secs / 3600, secs % 3600 / 60),
    }
}

fn crash(watch: &RunWatch, worker: Option<&WorkerHandle>) -> anyhow::Error {
    let run = watch.run();
    let how = worker
        .and_then(WorkerHandle::exit_status)
        .map_or_else(String::new, |status| format!(" ({status})"));
    let last_words = run.stderr_tail(2000).unwrap_or_default();
    let said = last_words
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .map_or_else(String::new, |line| format!("; its last words: {}", line.trim()));
    anyhow::anyhow!(
        "the worker ended without finishing{how} at step {}{said}. Resume with: touchstone train --resume --run-dir {}",
        watch.view().step,
        run.path().display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_speech() {
        for (secs, expected) in [
            (0.4, "0 s"),
            (59.4, "59 s"),
            (60.0, "1 min"),
            (421.0, "8 min"),
            (3600.0, "1 h 00 min"),
            (7500.0, "2 h 05 min"),
        ] {
            assert_eq!(duration(secs), expected);
        }
    }
}
