//! `touchstone report`: write an HTML report of a project, a run, or a finished result.

use super::audit::language;
use super::{ExitStatus, OutputArgs, UsageError, write_file};
use crate::engine::audit::{Acceptances, AuditReport};
use crate::engine::compare::Comparison;
use crate::engine::eval::{Evaluation, EvaluationReport};
use crate::engine::experiment::ExperimentReport;
use crate::engine::flow::catalogue::accepted;
use crate::engine::flow::rules::ChangesWithRules;
use crate::engine::project::Project;
use crate::engine::report::{
    ReportLanguage, audit_with_rules_html, comparison_html, evaluation_html, evaluations_html, experiment_html,
    project_html, run_html,
};
use crate::engine::rules::RuleOutcome;
use crate::engine::run::dir::RunDir;
use crate::engine::run::now_ms;
use crate::engine::run::watch::RunWatch;
use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Write an HTML report
///
/// One file that needs no network: of a whole project, of a training run, or of the JSON that `touchstone audit`,
/// `evaluate`, `compare` or `experiment` wrote.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Project folder, run folder, or the JSON of an audit, an evaluation, a comparison or an experiment
    #[arg(value_name = "PROJECT|RUN|FILE")]
    pub source: PathBuf,
    /// Where to write the report
    #[arg(long, value_name = "FILE")]
    pub html: PathBuf,
    /// Language of the report
    #[arg(long, value_name = "en|zh", default_value = "en", value_parser = ["en", "zh"])]
    pub lang: String,
}

/// What can be reported on, for the messages.
const SOURCES: &str =
    "a project folder, a run folder, or the JSON of `touchstone audit`, `evaluate`, `compare` or `experiment`";

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let language = language(&args.lang);
    let accepted = if Project::exists(&args.source) {
        accepted(&Project::look_into(&args.source)?)?
    } else {
        Acceptances::default()
    };
    let (kind, html) = if args.source.is_dir() {
        of_folder(&args.source, language)?
    } else {
        of_file(&args.source, language)?
    };
    write_file(&args.html, &html, "the report")?;
    let mut told = serde_json::json!({ "of": kind, "html": args.html, "bytes": html.len() });
    if kind == "project" {
        told["accepted"] = serde_json::to_value(&accepted).context("cannot write the accepted findings")?;
    }
    out.write_json(&told)?;
    out.say(&format!(
        "{} written, {} bytes, of {kind} {}",
        args.html.display(),
        html.len(),
        args.source.display()
    ));
    Ok(ExitStatus::Done)
}

fn of_folder(folder: &Path, language: ReportLanguage) -> anyhow::Result<(&'static str, String)> {
    if Project::exists(folder) {
        // An absolute path has a name even where `.` was given.
        let folder = std::path::absolute(folder)?;
        let project = Project::open(&folder)?;
        return Ok(("project", project_html(&project, now_ms(), language)?));
    }
    let Ok(run) = RunDir::open(folder) else {
        return Err(UsageError(format!(
            "{} is neither a project nor a run; give {SOURCES}",
            folder.display()
        ))
        .into());
    };
    let mut watch = RunWatch::open(run)?;
    watch.catch_up(now_ms())?;
    Ok(("run", run_html(&watch, language)))
}

fn of_file(path: &Path, language: ReportLanguage) -> anyhow::Result<(&'static str, String)> {
    if !path.exists() {
        anyhow::bail!("there is no {}; give {SOURCES}", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON; give {SOURCES}", path.display()))?;
    let name = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let has = |key: &str| value.get(key).is_some();
    if has("findings") && has("scores") {
        let rules = value.get("rules").cloned();
        let rules: Option<Vec<RuleOutcome>> = rules.map(|rules| parse(rules, path, "an audit")).transpose()?;
        let changes = value.get("changes").cloned();
        let changes: Option<ChangesWithRules> = changes.map(|changes| parse(changes, path, "an audit")).transpose()?;
        let report: AuditReport = parse(value, path, "an audit")?;
        let html = audit_with_rules_html(&report, rules.as_deref(), changes.as_ref(), language);
        return Ok(("audit", html));
    }
    if has("srm") && has("metrics") {
        let report: ExperimentReport = parse(value, path, "an experiment")?;
        return Ok(("experiment", experiment_html(&report, language)));
    }
    if has("pairs") && has("primary_metric") {
        let found: Comparison = parse(value, path, "a comparison")?;
        return Ok(("comparison", comparison_html(&found, language)));
    }
    if has("models") && has("data_name") {
        let report: EvaluationReport = parse(value, path, "an evaluation")?;
        return Ok(("evaluation", evaluations_html(&report, language)));
    }
    if has("auc") && has("curves") {
        let found: Evaluation = parse(value, path, "an evaluation")?;
        return Ok(("evaluation", evaluation_html(&name, &found, language)));
    }
    Err(anyhow::anyhow!(
        "{} is JSON of another kind; give {SOURCES}",
        path.display()
    ))
}

fn parse<T: DeserializeOwned>(value: Value, path: &Path, what: &str) -> anyhow::Result<T> {
    serde_json::from_value(value).with_context(|| {
        format!(
            "{} looks like {what} but was written by another version; make it again",
            path.display()
        )
    })
}
