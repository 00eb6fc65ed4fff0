//! What `touchstone audit` is told about single findings: accept one, open it again, write its rows, compare with an
//! earlier audit.

use super::kept::Kept;
use super::{OutputArgs, UsageError};
use crate::engine::artifact::Severity;
use crate::engine::audit::failing_rows::write_failing_rows;
use crate::engine::audit::{
    AuditChanges, AuditRecord, AuditReport, ColumnState, Finding, FindingState, audit_changes, percent, thousands,
};
use crate::engine::flow::rules::ChangesWithRules;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::rules::{RuleExtent, RuleOutcome, RuleRecord, RuleState, RuleStatus, rule_changes};
use crate::engine::run::now_ms;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct DecisionArgs {
    /// Accept a finding, with the reason, in the project of --project: it no longer counts as open
    ///
    /// Kept for later audits. --fail-on leaves accepted findings out, unless one has become more severe. The scores stay
    /// as they are. JSON: accepted[{code,column,reason,who,accepted_ms,count,unit,severity,title}],
    /// scores_without_accepted{dimension:…}.
    #[arg(long, value_name = "CODE[:COLUMN]=REASON")]
    pub accept: Vec<String>,
    /// Who accepts
    #[arg(long, value_name = "NAME", requires = "accept")]
    pub accepted_by: Option<String>,
    /// Take an acceptance back
    #[arg(long, value_name = "CODE[:COLUMN]")]
    pub reopen: Vec<String>,
    /// Write the rows behind a finding (.csv or .tsv): source_line, then all columns
    #[arg(long, value_name = "CODE[:COLUMN]=FILE")]
    pub rows_of: Vec<String>,
    /// JSON of an earlier audit: what moved since, on the terminal, in the JSON and in the page of --html
    ///
    /// JSON: changes{before,after,scores[{dimension,before,after,delta}],findings[{code,column,state (new, more, fewer,
    /// gone or same),before,after}],columns[{name,state,null_share_before,null_share_after,figures_before,figures_after}],
    /// rules[{title,severity,state (broken, new, mended, gone or same),before,after}]}.
    #[arg(long, value_name = "AUDIT.json")]
    pub against: Option<PathBuf>,
}

impl DecisionArgs {
    /// Refuses what cannot be carried out, before any file is read; gives the earlier audit.
    pub fn earlier(&self, out: &OutputArgs) -> anyhow::Result<Option<Earlier>> {
        if out.project.is_none() && !(self.accept.is_empty() && self.reopen.is_empty()) {
            let told = "a decision is kept in a project; name it with --project DIR";
            return Err(UsageError(told.to_owned()).into());
        }
        self.against.as_deref().map(read_audit).transpose()
    }

    /// Carries the decisions out and takes over those of the project.
    pub fn decide(&self, kept: &Kept, report: &mut AuditReport) -> anyhow::Result<()> {
        let mut accepted = kept.accepted()?;
        for spec in &self.reopen {
            let (code, column) = spec
                .split_once(':')
                .map_or((spec.as_str(), None), |(code, column)| (code, Some(column)));
            if !accepted.take_back(code, column) {
                return Err(
                    UsageError(format!("--reopen {spec}: that finding is not accepted in this project")).into(),
                );
            }
        }
        for spec in &self.accept {
            let (finding, reason) = named("--accept", spec, report)?;
            accepted
                .accept(finding, reason, self.accepted_by.as_deref(), now_ms())
                .map_err(|error| UsageError(format!("--accept {spec}: {error}")))?;
        }
        if !(self.accept.is_empty() && self.reopen.is_empty()) {
            kept.keep_accepted(&accepted)?;
        }
        report.take_over(&accepted);
        Ok(())
    }

    /// Writes the rows of the findings named with --rows-of.
    pub fn write_rows(
        &self,
        report: &AuditReport,
        log: &Dataset,
        progress: &Progress,
        out: &OutputArgs,
    ) -> anyhow::Result<()> {
        for spec in &self.rows_of {
            let (finding, path) = named("--rows-of", spec, report)?;
            let path = Path::new(path);
            write_failing_rows(log, &finding.rows, path, progress)
                .with_context(|| format!("cannot write the rows of {} to {}", finding.code, path.display()))?;
            out.say(&format!(
                "{}: {} rows of {} written",
                path.display(),
                thousands(finding.rows.len() as u64),
                finding.code
            ));
        }
        Ok(())
    }
}

/// An audit of an earlier load, and what became of the rules in it.
pub struct Earlier {
    audit: AuditRecord,
    rules: Vec<RuleRecord>,
}

impl Earlier {
    /// What moved from then to now.
    pub fn changes(&self, report: &AuditReport, rules: Option<&[RuleOutcome]>) -> ChangesWithRules {
        let now: Vec<RuleRecord> = rules.unwrap_or_default().iter().map(RuleRecord::of).collect();
        ChangesWithRules {
            audit: audit_changes(&self.audit, &AuditRecord::of(report)),
            rules: rule_changes(&self.rules, &now),
        }
    }
}

/// What stands beside the report in the JSON of an audit with rules.
#[derive(serde::Deserialize)]
struct RulesOfAudit {
    #[serde(default)]
    rules: Vec<RuleRecord>,
}

fn read_audit(path: &Path) -> anyhow::Result<Earlier> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let not_ours = || {
        format!(
            "{} is not the JSON of an audit of this version; write it with `touchstone audit FILE --json AUDIT.json`",
            path.display()
        )
    };
    let report: AuditReport = serde_json::from_str(&text).with_context(not_ours)?;
    let beside: RulesOfAudit = serde_json::from_str(&text).with_context(not_ours)?;
    Ok(Earlier {
        audit: AuditRecord::of(&report),
        rules: beside.rules,
    })
}

/// The finding of `CODE[:COLUMN]=VALUE`, and the value. Without a column it is the only finding of that check.
fn named<'r, 's>(option: &str, spec: &'s str, report: &'r AuditReport) -> anyhow::Result<(&'r Finding, &'s str)> {
    let end = spec.find([':', '=']).unwrap_or(spec.len());
    let (code, rest) = spec.split_at(end);
    let of_code: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.code.eq_ignore_ascii_case(code))
        .collect();
    let found = match rest.split_at_checked(1) {
        Some((":", rest)) => of_code
            .iter()
            .filter_map(|finding| {
                // A column may have any name; the longest that fits is meant.
                let column = finding.column.as_deref()?;
                Some((*finding, column.len(), rest.strip_prefix(column)?.strip_prefix('=')?))
            })
            .max_by_key(|(_, length, _)| *length)
            .map(|(finding, _, value)| (finding, value)),
        Some(("=", value)) if of_code.len() == 1 => Some((of_code[0], value)),
        _ => None,
    };
    found.ok_or_else(|| UsageError(not_named(option, spec, code, &of_code)).into())
}

fn not_named(option: &str, spec: &str, code: &str, of_code: &[&Finding]) -> String {
    if of_code.is_empty() {
        return format!("{option} {spec}: this log has no finding {code}");
    }
    let names: Vec<String> = of_code
        .iter()
        .map(|finding| match &finding.column {
            Some(column) => format!("{}:{column}=…", finding.code),
            None => format!("{}=…", finding.code),
        })
        .collect();
    format!("{option} {spec}: write {}", names.join(" or "))
}

/// What moved since an earlier audit, for people.
pub(super) fn say_changes(changes: &ChangesWithRules, out: &OutputArgs) {
    say_findings(&changes.audit, out);
    say_columns(&changes.audit, out);
    for change in changes.rules.iter().filter(|change| change.state != RuleState::Same) {
        let word = match change.state {
            RuleState::Broken => "broken",
            RuleState::New => "new",
            RuleState::Mended => "mended",
            RuleState::Gone | RuleState::Same => "gone",
        };
        let told = |extent: Option<RuleExtent>| match extent.map(|extent| (extent.status, extent.share)) {
            None => "–".to_owned(),
            Some((RuleStatus::Undefined, _)) => "not judged".to_owned(),
            Some((_, Some(share))) => percent(share),
            Some((RuleStatus::Passed, None)) => "passed".to_owned(),
            Some((RuleStatus::Failed, None)) => "failed".to_owned(),
        };
        out.say(&format!(
            "{} rule {word:<6} {:>10} → {:<10} {}",
            mark(Some(change.severity)),
            told(change.before),
            told(change.after),
            change.title.en
        ));
    }
}

/// Columns that came, went or changed their type, and those whose figures moved.
fn say_columns(changes: &AuditChanges, out: &OutputArgs) {
    for column in &changes.columns {
        let told = match column.state {
            ColumnState::New => "is new".to_owned(),
            ColumnState::Gone => "is gone".to_owned(),
            ColumnState::Retyped | ColumnState::Same => column.moved().join(", "),
        };
        if !told.is_empty() {
            out.say(&format!("■ column {}: {told}", column.name));
        }
    }
}

fn say_findings(changes: &AuditChanges, out: &OutputArgs) {
    let scores: Vec<String> = changes
        .scores
        .iter()
        .filter_map(|change| {
            let delta = change.delta.filter(|delta| delta.abs() >= 0.05)?;
            Some(format!("{} {delta:+.1}", change.dimension.name()))
        })
        .collect();
    let scores = if scores.is_empty() {
        "none moved".to_owned()
    } else {
        scores.join(", ")
    };
    out.say(&format!("since {}: scores: {scores}", changes.before.name));
    for change in changes
        .findings
        .iter()
        .filter(|change| change.state != FindingState::Same)
    {
        let word = match change.state {
            FindingState::New => "new",
            FindingState::More => "more",
            FindingState::Fewer => "fewer",
            FindingState::Gone | FindingState::Same => "gone",
        };
        let count = |extent: Option<crate::engine::audit::changes::FindingExtent>| {
            extent.map_or_else(|| "–".to_owned(), |extent| thousands(extent.count))
        };
        out.say(&format!(
            "{} {:<5} {} {:>12} → {:<12} {}",
            mark(change.severity()),
            word,
            change.code,
            count(change.before),
            count(change.after),
            change.title.en
        ));
    }
}

fn mark(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Error) => "●",
        Some(Severity::Warning) => "▲",
        Some(Severity::Info) | None => "■",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, audited, finding, table};

    fn report(findings: Vec<Finding>) -> AuditReport {
        let mut report = audited(&table(vec![("user", Col::I(vec![Some(1)]))]));
        report.findings = findings;
        report
    }

    #[test]
    fn a_finding_is_named_by_code_and_column_whatever_the_column_is_called() {
        let found = |column| finding("C01", column, Severity::Warning, 1);
        let report = report(vec![
            found(Some("a")),
            found(Some("a=b")),
            finding("U01", None, Severity::Error, 2),
        ]);
        let name = |spec| named("--accept", spec, &report).map(|(found, value)| (found.column.clone(), value));
        assert_eq!(
            name("C01:a=why = so").expect("known"),
            (Some("a".to_owned()), "why = so")
        );
        assert_eq!(name("c01:a=b=why").expect("known"), (Some("a=b".to_owned()), "why"));
        assert_eq!(name("U01=pairs").expect("known"), (None, "pairs"));
        let error = name("C01=why").expect_err("two of them").to_string();
        assert!(error.contains("C01:a=… or C01:a=b=…"), "{error}");
        assert!(
            name("V01=why")
                .expect_err("none")
                .to_string()
                .contains("no finding V01")
        );
        assert!(name("U01").is_err() && name("").is_err());
    }
}
