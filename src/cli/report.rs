//! `touchstone report`: write an HTML report of a finished result.

use super::audit::language;
use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::audit::AuditReport;
use crate::engine::report::audit_html;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// Write an HTML report
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSON result of `touchstone audit`
    #[arg(value_name = "PROJECT|RUN|FILE")]
    pub source: PathBuf,
    /// Where to write the report
    #[arg(long, value_name = "FILE")]
    pub html: PathBuf,
    /// Language of the report
    #[arg(long, value_name = "en|zh", default_value = "en", value_parser = ["en", "zh"])]
    pub lang: String,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let report = read_report(&args.source)?;
    let html = audit_html(&report, language(&args.lang));
    std::fs::write(&args.html, &html).with_context(|| format!("cannot write the report to {}", args.html.display()))?;
    out.write_json(&serde_json::json!({ "html": args.html, "bytes": html.len() }))?;
    out.say(&format!("{} written, {} bytes", args.html.display(), html.len()));
    Ok(ExitStatus::Done)
}

fn read_report(path: &Path) -> anyhow::Result<AuditReport> {
    if path.is_dir() {
        let hint = "a report is written from the JSON of `touchstone audit`";
        return Err(UsageError(format!("{} is a folder; {hint}", path.display())).into());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not the JSON of `touchstone audit`", path.display()))
}
