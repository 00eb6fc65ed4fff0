//! `touchstone audit`: report the quality of a log.

use super::decisions::{DecisionArgs, say_changes};
use super::kept::{Kept, LogFiles};
use super::reading::ReadingArgs;
use super::rules::Rules;
use super::scored::{number, say_table};
use super::{ExitStatus, OutputArgs, write_file};
use crate::engine::artifact::Severity;
use crate::engine::audit::associations::associate_all;
use crate::engine::audit::drift::{DriftReport, add_drift, summary};
use crate::engine::audit::{AuditOptions, AuditReport, Dimension, SideTables, audit, percent, thousands};
use crate::engine::flow::rules::{AuditWithRules, ChangesWithRules};
use crate::engine::ingest::{Dataset, ReadOptions, read_log, write};
use crate::engine::progress::Progress;
use crate::engine::report::{ReportLanguage, audit_with_rules_html};
use crate::engine::rules::{RuleOutcome, worst};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Report the quality of a log
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Item table, to find orphan items
    #[arg(long, value_name = "FILE")]
    pub items: Option<PathBuf>,
    /// User table, to find orphan users
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    /// Log to compare with: which columns are distributed, missing or spelled otherwise (findings D01 to D04)
    #[arg(long, value_name = "FILE")]
    pub reference: Option<PathBuf>,
    /// Write the rejected lines as CSV: file, line, cause, raw
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Write the report as one HTML file
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Language of the HTML report
    #[arg(long, value_name = "en|zh", default_value = "en", value_parser = ["en", "zh"])]
    pub lang: String,
    /// Compute the association of every pair of columns, also where that is too dear for every audit
    #[arg(long)]
    pub associations: bool,
    /// Rules to check (TOML, see `touchstone rules --help`); without it those of the project named with --project
    ///
    /// With --project the outcomes are kept in the project, and a project without rules takes these.
    ///
    /// JSON: rules[{kind, …, severity, mostly, title, status (passed, failed or undefined), unit, rows, missing, checked,
    /// failed, share, allowed_share, message, undefined, facts, examples[{line,values}]}].
    #[arg(long, value_name = "RULES.toml")]
    pub rules: Option<PathBuf>,
    /// Exit with code 3 if there is a finding of this severity or worse, or a rule of it is broken or cannot be judged
    #[arg(long, value_name = "warning|error", value_parser = ["warning", "error"])]
    pub fail_on: Option<String>,
    /// Memory to keep to, e.g. 6GiB; without it most of what is free. A larger log is held in files while it is audited
    #[arg(long, value_name = "SIZE", value_parser = super::memory::parse_bytes)]
    pub memory: Option<u64>,
    #[command(flatten)]
    pub decisions: DecisionArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let options = args.reading.options(false)?;
    let given = args.rules.as_deref();
    // A slip in the file that is named is told before the project is touched.
    let named = Rules::find(given, None)?;
    let earlier = args.decisions.earlier(out)?;
    let kept = Kept::open(out)?;
    let rules = match named {
        Some(rules) => Some(rules),
        None => Rules::find(None, kept.as_ref())?,
    };
    let (progress, bar) = out.progress();
    super::memory::prepare(&args.files, args.memory, out);
    let dataset = read_log(&args.files, &options, &progress)?;
    let items = side_table(args.items.as_deref(), &progress)?;
    let users = side_table(args.users.as_deref(), &progress)?;
    let tables = SideTables {
        items: items.as_ref(),
        users: users.as_ref(),
    };
    let mut report = audit(&dataset, &AuditOptions::new(now_ms()).with_tables(tables), &progress)?;
    associate(args, &mut report, &dataset, &progress)?;
    // The same decisions about reading, so that a column is read alike in both.
    let read_reference = |path: &PathBuf| {
        read_log(std::slice::from_ref(path), &options, &progress)
            .with_context(|| format!("cannot read the reference {}", path.display()))
    };
    let reference = args.reference.as_ref().map(read_reference).transpose()?;
    if let Some(reference) = &reference {
        add_drift(&mut report, reference, &dataset, &progress)?;
    }
    let check = |rules: &Rules| rules.check(&dataset, (tables.items, tables.users), &progress);
    let checked = rules.as_ref().map(check).transpose()?;
    if let Some(kept) = kept {
        let read = [Some(&dataset), tables.items, tables.users, reference.as_ref()];
        let read: Vec<&Dataset> = read.into_iter().flatten().collect();
        keep(args, &kept, (&options, &read), &mut report)?;
        if let (Some(rules), Some(checked)) = (&rules, &checked) {
            kept.rules(rules, checked, &args.files)?;
        }
    }
    let outcomes = checked.as_ref().map(|checked| checked.outcomes.as_slice());
    let changes = earlier.map(|earlier| earlier.changes(&report, outcomes));
    args.decisions.write_rows(&report, &dataset, &progress, out)?;
    drop(bar);
    write_files(args, &dataset, &report, (outcomes, changes.as_ref()))?;
    out.write_json(&AuditWithRules {
        report: &report,
        rules: outcomes,
        changes: changes.as_ref(),
    })?;
    say(&report, started.elapsed().as_secs_f64(), out);
    if let Some(outcomes) = outcomes {
        super::rules::say(outcomes, out);
    }
    if let Some(changes) = &changes {
        say_changes(changes, out);
    }
    let worst = report.worst_open().max(outcomes.and_then(worst));
    Ok(gate(worst, args.fail_on.as_deref()))
}

/// Every pair of columns, where they are asked for.
fn associate(args: &Args, report: &mut AuditReport, dataset: &Dataset, progress: &Progress) -> anyhow::Result<()> {
    if args.associations {
        report.associations = Some(associate_all(dataset, &report.columns, progress)?);
    }
    Ok(())
}

/// Records the log with its tables and the audit in a project, after the decisions about its findings.
fn keep(
    args: &Args,
    kept: &Kept,
    (options, read): (&ReadOptions, &[&Dataset]),
    report: &mut AuditReport,
) -> anyhow::Result<()> {
    let files = LogFiles {
        log: &args.files,
        items: args.items.as_deref(),
        users: args.users.as_deref(),
        options,
    };
    kept.log(&files, read)?;
    args.decisions.decide(kept, report)?;
    kept.audit(report)
}

/// The files that were asked for.
fn write_files(
    args: &Args,
    dataset: &Dataset,
    report: &AuditReport,
    (rules, changes): (Option<&[RuleOutcome]>, Option<&ChangesWithRules>),
) -> anyhow::Result<()> {
    if let Some(path) = &args.rejects {
        write::write_rejects(dataset, path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &args.html {
        let html = audit_with_rules_html(report, rules, changes, language(&args.lang));
        write_file(path, html, "the report")?;
    }
    Ok(())
}

/// The language named on the command line.
pub(super) fn language(name: &str) -> ReportLanguage {
    if name == "zh" {
        ReportLanguage::Chinese
    } else {
        ReportLanguage::English
    }
}

pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn side_table(path: Option<&Path>, progress: &Progress) -> anyhow::Result<Option<Dataset>> {
    let Some(path) = path else { return Ok(None) };
    Ok(Some(read_log(&[path.to_owned()], &ReadOptions::default(), progress)?))
}

/// Whether the worst of what was found reaches the severity of `--fail-on`.
pub(super) fn gate(worst: Option<Severity>, fail_on: Option<&str>) -> ExitStatus {
    let limit = match fail_on {
        Some("warning") => Severity::Warning,
        Some(_) => Severity::Error,
        None => return ExitStatus::Done,
    };
    if worst.is_some_and(|worst| worst >= limit) {
        ExitStatus::GateFailed
    } else {
        ExitStatus::Done
    }
}

fn say(report: &AuditReport, secs: f64, out: &OutputArgs) {
    if !out.human() {
        return;
    }
    let rows = report.rows;
    out.say(&format!(
        "{}: {} accepted + {} rejected + {} skipped = {} lines, {} columns, exact, {secs:.1} s",
        report.name,
        thousands(rows.accepted),
        thousands(rows.rejected),
        thousands(rows.skipped),
        thousands(rows.total),
        report.columns.len()
    ));
    let scores = Dimension::ALL.map(|dimension| {
        let score = report.scores.get(&dimension).copied().unwrap_or(100.0);
        format!("{} {score:.1}", dimension.name())
    });
    out.say(&format!("scores: {}", scores.join(", ")));
    if let Some(drift) = &report.drift {
        say_drift(drift, out);
    }
    say_associations(report, out);
    for finding in &report.findings {
        let mark = match finding.severity {
            Severity::Error => "●",
            Severity::Warning => "▲",
            Severity::Info => "■",
        };
        let share = finding.share.map_or_else(String::new, percent);
        out.say(&format!(
            "{mark} {} {:<8} {:>12} {share:>8}  {}",
            finding.code,
            finding.severity.name(),
            thousands(finding.count),
            finding.title.en
        ));
        out.say(&format!("    {}", finding.message.en));
        if let Some(decision) = report.accepted.of(finding) {
            let grown = match decision.growth(finding) {
                0 => String::new(),
                more => format!(" ({} more since)", thousands(more)),
            };
            out.say(&format!("    ✓ accepted{grown}: {}", decision.reason));
        }
    }
    if report.findings.is_empty() {
        out.say("✓ no check found anything");
    }
}

/// How many pairs of columns were compared, and the three strongest.
fn say_associations(report: &AuditReport, out: &OutputArgs) {
    let Some(found) = report.associations.as_ref().filter(|found| !found.pairs.is_empty()) else {
        return;
    };
    let strongest: Vec<String> = found
        .pairs
        .iter()
        .take(3)
        .filter_map(|pair| Some(format!("{} × {} {:.2}", pair.a, pair.b, pair.value?)))
        .collect();
    let left = if found.is_partial() {
        " (--associations computes all pairs)"
    } else {
        ""
    };
    out.say(&format!(
        "associations: {} pairs of columns{left}; strongest {}",
        found.pairs.len(),
        strongest.join(", ")
    ));
}

fn say_drift(drift: &DriftReport, out: &OutputArgs) {
    out.say(&summary(drift));
    let heading = [
        "column",
        "PSI",
        "JS",
        "W/σ",
        "effect",
        "p adjusted",
        "missing then",
        "missing now",
        "new",
        "gone",
        "",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(drift.columns.iter().map(|column| {
        let reason = column
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| reason.en.clone());
        vec![
            column.name.clone(),
            number(column.psi),
            number(column.jensen_shannon),
            number(column.wasserstein_over_sigma),
            number(column.effect),
            number(column.p_adjusted),
            percent(column.missing_reference),
            percent(column.missing_current),
            column.new_categories.len().to_string(),
            column.vanished_categories.len().to_string(),
            reason,
        ]
    }));
    say_table(out, &rows);
}
