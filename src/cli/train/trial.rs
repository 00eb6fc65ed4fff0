//! `touchstone train --trial`: a few steps, measured, and what the whole run will take by them.

use super::{check_config, load_config};
use crate::cli::{ExitStatus, OutputArgs, UsageError};
use crate::engine::run::supervise::Launcher;
use crate::engine::run::trial::TrialReport;
use anyhow::Context as _;
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Serialize)]
struct TrialResult<'a> {
    #[serde(flatten)]
    report: &'a TrialReport,
    total_secs: f64,
}

pub(super) fn run(config: Option<&Path>, steps: u64, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let Some(path) = config else {
        return Err(UsageError("give --config FILE to try its settings".to_owned()).into());
    };
    let config = load_config(path)?;
    check_config(&config, Some(path))?;
    // The worker is in a process group of its own, so Ctrl-C is told here, and the folder goes with it.
    let pressed = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&pressed)).context("cannot listen for Ctrl-C")?;
    }
    let is_cancelled = || pressed.load(Ordering::Relaxed);
    let Some(report) = Launcher::current()?.trial(&config, steps, &is_cancelled)? else {
        anyhow::bail!("the trial was cancelled; nothing was left behind");
    };
    for line in lines(&report) {
        out.say(&line);
    }
    out.write_json(&TrialResult {
        report: &report,
        total_secs: report.total_secs(),
    })?;
    Ok(ExitStatus::Done)
}

fn lines(report: &TrialReport) -> Vec<String> {
    let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    let device_peak = report
        .device_peak_bytes
        .map(|peak| format!(", {} on the device", megabytes(peak)));
    let mut lines = vec![
        format!(
            "{} steps on {} ({}): {:.3} s a step (longest {:.3} s), {:.1} samples/s",
            report.steps,
            report.device,
            report.precision,
            report.step_secs,
            report.longest_step_secs,
            report.samples_per_sec
        ),
        format!(
            "memory {} at most{} (estimated {})",
            megabytes(report.peak_bytes),
            device_peak.unwrap_or_default(),
            megabytes(report.estimated_bytes)
        ),
    ];
    if let Some(rows) = report.micro_batch {
        lines.push(format!(
            "{rows} rows at one time: a batch of {} does not fit at once",
            report.batch_size
        ));
    }
    lines.push(format!(
        "the whole run: about {} for {} steps (loading {}, training {}, {} evaluations {}, checkpoints {})",
        duration(report.total_secs()),
        report.total_steps,
        duration(report.load_secs),
        duration(report.train_secs),
        report.evaluations,
        duration(report.eval_secs),
        report.checkpoint_secs.map_or_else(|| "unknown".to_owned(), duration)
    ));
    lines.extend(report.notes.iter().map(|note| format!("note: {note}")));
    lines
}

fn duration(secs: f64) -> String {
    match secs {
        secs if secs < 90.0 => format!("{secs:.1} s"),
        secs if secs < 5400.0 => format!("{:.1} min", secs / 60.0),
        secs => format!("{:.1} h", secs / 3600.0),
    }
}
