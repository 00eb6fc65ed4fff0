//! `touchstone doctor`: say what works here, what does not, and how to mend it.

use super::{ExitStatus, OutputArgs};
use crate::engine::doctor::{Check, State, diagnose};

/// Say what works here, what does not, and how to mend it
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let diagnosis = diagnose();
    out.say(&format!(
        "touchstone {} on {}",
        diagnosis.tool_version, diagnosis.platform
    ));
    let width = diagnosis
        .checks
        .iter()
        .map(|check| check.title.en.len())
        .max()
        .unwrap_or(0);
    for check in &diagnosis.checks {
        for line in lines(check, width) {
            out.say(&line);
        }
    }
    out.write_json(&diagnosis)?;
    Ok(ExitStatus::Done)
}

/// The finding in columns and, where there is something to do, that below it.
fn lines(check: &Check, width: usize) -> Vec<String> {
    let state = match check.state {
        State::Ok => "ok     ",
        State::Warning => "warning",
        State::Missing => "missing",
    };
    let mut lines = vec![format!("{state}  {:width$}  {}", check.title.en, check.found.en)];
    if let Some(mend) = &check.mend {
        lines.push(format!("{:indent$}→ {}", "", mend.en, indent = width + 11));
    }
    lines
}
