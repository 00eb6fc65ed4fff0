//! `touchstone flow`: run the whole flow of a project.

use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::flow::{self, FlowStage};
use crate::engine::project::Project;
use std::path::PathBuf;
use std::time::Instant;

/// Run the whole flow of a project
///
/// Uses what is chosen in the project and defaults where nothing is; takes over what an earlier flow finished.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Project folder; a folder with events.csv becomes a project
    #[arg(value_name = "PROJECT")]
    folder: PathBuf,
    /// Stop after this stage: data, audit, recipe, features, train, evaluate, compare, experiments
    #[arg(long, value_name = "STAGE")]
    until: Option<String>,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let until = match &args.until {
        Some(name) => FlowStage::from_name(name).ok_or_else(|| {
            let known: Vec<&str> = FlowStage::ALL.iter().map(|stage| stage.name()).collect();
            UsageError(format!(
                "there is no stage `{name}`; the stages are {}",
                known.join(", ")
            ))
        })?,
        None => FlowStage::Experiments,
    };
    if !args.folder.is_dir() {
        let text = format!(
            "there is no folder {}; make one with `touchstone sample`",
            args.folder.display()
        );
        return Err(UsageError(text).into());
    }
    let folder = std::path::absolute(&args.folder)?;
    let project = Project::open(&folder)?;
    let started = Instant::now();
    let (progress, bar) = out.progress();
    let summaries = flow::run(&project, until, &progress, &mut |summary| {
        let mark = if summary.skipped { "–" } else { "✓" };
        let secs = summary.elapsed_ms as f64 / 1000.0;
        out.say(&format!(
            "{mark} {:<12} {secs:>6.1} s  {}",
            summary.stage.name(),
            summary.said
        ));
    })?;
    drop(bar);
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    out.write_json(&serde_json::json!({ "stages": summaries, "elapsed_ms": elapsed_ms }))?;
    out.say(&format!("done in {:.1} s", elapsed_ms as f64 / 1000.0));
    Ok(ExitStatus::Done)
}
