//! `touchstone rules`: suggest a rules file from a log, or check a log against one without the audit.

use super::audit::{now_ms, side_table};
use super::kept::{Kept, LogFiles};
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs, UsageError, write_file};
use crate::engine::artifact::Severity;
use crate::engine::audit::{percent, thousands};
use crate::engine::flow;
use crate::engine::flow::rules::{RuleCheck, project_rules, rules_path};
use crate::engine::ingest::{Dataset, read_log};
use crate::engine::progress::Progress;
use crate::engine::rules::suggest::{Suggestions, document, suggest};
use crate::engine::rules::{RuleOutcome, RuleSheet, RuleStatus, Tables};
use anyhow::Context as _;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Suggest a rules file, or check a log against one
///
/// A rules file is TOML: `version = 1`, then one [[rule]] each with a `kind`, its columns and values, and optionally
/// `where` (only these rows), `mostly` (share that must hold, default 1), `severity` (error, warning or info; default
/// error) and `reason`. The kinds: not_null, in_set, between, matches, unique_together, references, monotone,
/// row_condition, freshness, volume; `touchstone explain KIND` tells the keys of each with an example.
///
/// A project keeps its rules in the file rules.toml of its folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Suggest rules from a log, each with its evidence and tried on rows it was not drawn from
    ///
    /// JSON: parts, fit_rows, test_rows, rules[{kind, title, evidence, fit{checked,failed}, back_test{checked,failed,
    /// passed}, upper_bound, accepted, refused}]. In the file what was not accepted stands as a comment.
    Suggest(SuggestArgs),
    /// Check a log against a rules file, without the audit
    ///
    /// JSON: rules, as in `touchstone audit --rules`. With --project the outcomes are kept in the project.
    Check(CheckArgs),
}

#[derive(Debug, clap::Args)]
struct LogArgs {
    /// Files or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Item table, what rules call `items`
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// User table, what rules call `users`
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

#[derive(Debug, clap::Args)]
struct SuggestArgs {
    #[command(flatten)]
    log: LogArgs,
    /// Where to write the rules
    #[arg(long, value_name = "RULES.toml")]
    out: Option<PathBuf>,
    /// Log to try the rules on, instead of the newest fifth of FILE
    #[arg(long, value_name = "FILE")]
    back_test: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    #[command(flatten)]
    log: LogArgs,
    /// The rules; without them those of the project named with --project
    #[arg(long, value_name = "RULES.toml")]
    rules: Option<PathBuf>,
    /// Exit with code 3 if a rule of this severity or worse is broken or cannot be judged
    #[arg(long, value_name = "warning|error", value_parser = ["warning", "error"])]
    fail_on: Option<String>,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        Command::Suggest(args) => suggest_rules(args, out),
        Command::Check(args) => check_rules(args, out),
    }
}

fn suggest_rules(args: &SuggestArgs, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    super::kept::not_kept("rules suggest", out);
    let options = args.log.reading.options(false)?;
    let (progress, bar) = out.progress();
    let dataset = read_log(&args.log.files, &options, &progress)?;
    let items = side_table(args.log.items.as_deref(), &progress)?;
    let users = side_table(args.log.users.as_deref(), &progress)?;
    let other = args.back_test.as_ref();
    // The same decisions about reading, so that a column is read alike in both.
    let other = other.map(|path| read_log(std::slice::from_ref(path), &options, &progress));
    let other = other.transpose().context("cannot read the log to try the rules on")?;
    let tables = Tables {
        items: items.as_ref(),
        users: users.as_ref(),
        ..Tables::default()
    };
    let found = suggest(&dataset, other.as_ref(), &tables, now_ms(), &progress)?;
    drop(bar);
    let text = document(&found, &dataset.info.name);
    if let Some(path) = &args.out {
        let text = text.as_ref().with_context(|| {
            format!(
                "no rule was accepted for {}, so {} was not written; give more rows",
                dataset.info.name,
                path.display()
            )
        })?;
        write_file(path, text, "the rules")?;
    }
    out.write_json(&found)?;
    match &args.out {
        None => out.say(text.as_deref().unwrap_or("no rule was accepted").trim_end()),
        Some(path) => say_suggestions(&found, path, out),
    }
    Ok(ExitStatus::Done)
}

fn say_suggestions(found: &Suggestions, path: &Path, out: &OutputArgs) {
    let accepted = found.rules.iter().filter(|rule| rule.accepted).count();
    out.say(&format!(
        "{}: {accepted} rules, {} more as comments; {}",
        path.display(),
        found.rules.len() - accepted,
        found.parts.en
    ));
    for rule in &found.rules {
        let mark = if rule.accepted { "✓" } else { "–" };
        let bound = rule.upper_bound.map_or_else(|| "–".to_owned(), percent);
        out.say(&format!("{mark} {}  (failing share at most {bound})", rule.title.en));
        if let Some(why) = &rule.refused {
            out.say(&format!("    not accepted: {}", why.en));
        }
    }
}

fn check_rules(args: &CheckArgs, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let kept = Kept::open(out)?;
    let rules = Rules::find(args.rules.as_deref(), kept.as_ref())?.ok_or_else(|| match &kept {
        Some(_) => UsageError("the project has no rules; name a file with --rules RULES.toml".to_owned()),
        None => UsageError("name the rules with --rules RULES.toml, or a project that has some".to_owned()),
    })?;
    let options = args.log.reading.options(false)?;
    let (progress, bar) = out.progress();
    let dataset = read_log(&args.log.files, &options, &progress)?;
    let items = side_table(args.log.items.as_deref(), &progress)?;
    let users = side_table(args.log.users.as_deref(), &progress)?;
    let check = rules.check(&dataset, (items.as_ref(), users.as_ref()), &progress)?;
    if let Some(kept) = kept {
        let files = LogFiles {
            log: &args.log.files,
            items: args.log.items.as_deref(),
            users: args.log.users.as_deref(),
            options: &options,
        };
        let read = [Some(&dataset), items.as_ref(), users.as_ref()];
        kept.log(&files, &read.into_iter().flatten().collect::<Vec<_>>())?;
        kept.rules(&rules, &check, &args.log.files)?;
    }
    drop(bar);
    let outcomes = check.outcomes;
    out.write_json(&Checked { rules: &outcomes })?;
    say(&outcomes, out);
    let worst = crate::engine::rules::worst(&outcomes);
    Ok(super::audit::gate(worst, args.fail_on.as_deref()))
}

#[derive(Serialize)]
struct Checked<'a> {
    rules: &'a [RuleOutcome],
}

/// A rules file that was read, and where it is.
pub(super) struct Rules {
    pub sheet: RuleSheet,
    path: PathBuf,
}

impl Rules {
    /// The file that is named, else the project's own rules, if it has some. Read before any log, so that a slip in
    /// them costs no time.
    pub fn find(given: Option<&Path>, project: Option<&Kept>) -> anyhow::Result<Option<Self>> {
        match (given, project) {
            (Some(path), _) => Self::open(path).map(Some),
            (None, Some(kept)) => {
                let path = rules_path(kept.project());
                let sheet = project_rules(kept.project())?;
                Ok(sheet.map(|sheet| Self { sheet, path }))
            }
            (None, None) => Ok(None),
        }
    }

    fn open(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the rules {shown}"))?;
        Ok(Self {
            sheet: RuleSheet::parse(&text, &shown)?,
            path: path.to_owned(),
        })
    }

    /// Checks a log and the item and user tables beside it.
    pub fn check(
        &self,
        dataset: &Dataset,
        (items, users): (Option<&Dataset>, Option<&Dataset>),
        progress: &Progress,
    ) -> anyhow::Result<RuleCheck> {
        let tables = Tables {
            items,
            users,
            ..Tables::default()
        };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let found = flow::rules::check_rules(self.sheet.rules(), (dataset, tables), folder, now_ms(), progress);
        Ok(found?)
    }
}

/// Tells each rule with its numbers, and where it was broken first.
pub(super) fn say(outcomes: &[RuleOutcome], out: &OutputArgs) {
    let open = outcomes.iter().filter(|outcome| !outcome.passed()).count();
    out.say(&format!("rules: {} passed, {open} not passed", outcomes.len() - open));
    for outcome in outcomes {
        let mark = match (outcome.status, outcome.rule.severity) {
            (RuleStatus::Passed, _) => "✓",
            (RuleStatus::Undefined, _) => "?",
            (RuleStatus::Failed, Severity::Error) => "●",
            (RuleStatus::Failed, Severity::Warning) => "▲",
            (RuleStatus::Failed, Severity::Info) => "■",
        };
        let severity = outcome.rule.severity.name();
        out.say(&format!("{mark} {severity:<8} {}", outcome.title.en));
        if outcome.passed() && outcome.failed == 0 {
            continue;
        }
        out.say(&format!("    {}", outcome.message.en));
        let lines: Vec<String> = outcome
            .examples
            .iter()
            .map(|example| thousands(u64::from(example.line)))
            .collect();
        if !lines.is_empty() {
            out.say(&format!("    first on lines {}", lines.join("; ")));
        }
    }
}
