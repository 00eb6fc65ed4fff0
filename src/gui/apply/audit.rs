//! Carries out the requests of the audit page.

use super::{ApplyContext, audit_views};
use crate::engine::audit::associations::associate_all;
use crate::engine::audit::{AuditOptions, AuditRecord, AuditReport, SideTables, audit, audit_changes};
use crate::engine::flow::catalogue;
use crate::engine::flow::choices::key;
use crate::engine::flow::rules::{AuditWithRules, ChangesWithRules, RuleCheck};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::models;
use crate::engine::progress::Progress;
use crate::engine::project::Project;
use crate::engine::report::{ReportLanguage, audit_with_rules_html};
use crate::engine::rules::{RuleRecord, rule_changes};
use crate::engine::run::config::TrainConfig;
use crate::engine::text::{TextTokenizer, column_tokens};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::command::rules::RulesCommand;
use crate::gui::dialog;
use crate::gui::i18n::audit as words;
use crate::gui::i18n::audit_profile as profile;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;
use crate::gui::settings::Language;
use crate::gui::state::audit::AuditedLog;
use crate::gui::state::{AppState, Stage};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub fn apply(command: AuditCommand, cx: &mut ApplyContext<'_>) {
    match command {
        AuditCommand::Run => run(cx),
        AuditCommand::Associate => associate(cx),
        AuditCommand::CountTokens {
            column,
            model,
            max_length,
        } => count_tokens(cx, column, model, max_length),
        AuditCommand::AddFixes(findings) => add_fixes(cx, &findings),
        AuditCommand::Export => {
            let name = cx
                .state
                .audit
                .report
                .value()
                .map_or("audit", |report| report.name.as_str());
            let name = format!("{name} audit.html");
            dialog::save_as(cx.jobs, &name, |path| Command::Audit(AuditCommand::WriteReport(path)));
        }
        AuditCommand::WriteReport(path) => write_report(cx, &path),
        AuditCommand::Accept { finding, reason, who } => audit_views::accept(cx, finding, &reason, &who),
        AuditCommand::TakeBack { code, column } => audit_views::take_back(cx, &code, column.as_deref()),
        AuditCommand::ArrangeRows { finding, query } => audit_views::arrange(cx, finding, query),
        AuditCommand::PreviewRepair(finding) => audit_views::preview_repair(cx, finding),
        AuditCommand::ExportRows { name, rows } => audit_views::export_rows(cx, &name, rows),
        AuditCommand::WriteRows { rows, path } => audit_views::write_rows(cx, rows, path),
    }
}

/// What an audit job brings back.
struct Audited {
    report: AuditReport,
    log: AuditedLog,
    secs: f64,
}

fn run(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    let Some(log) = cx.state.data.dataset.ready().cloned() else {
        let why = lang.t(words::NO_LOG).to_owned();
        cx.state.audit.report.finish(Err(JobFailure::Failed(why)));
        return;
    };
    let items = cx.state.data.items.ready().cloned();
    let users = cx.state.project.sources.users.clone();
    let progress = cx.jobs.start(
        Stage::Audit,
        words::TITLE.into(),
        move |progress| audit_log(&log, items.as_deref(), (users.as_deref(), lang), progress),
        finish,
    );
    // What was computed beside the last audit is about another load, and a job that still runs for it is over.
    cx.state.audit.associations = Loadable::Empty;
    cx.state.audit.tokens = Loadable::Empty;
    cx.state.audit.report.start(progress);
}

/// True while a job of this stage runs: another one would take its place.
fn is_busy(cx: &ApplyContext<'_>) -> bool {
    let state = &cx.state.audit;
    state.report.is_loading() || state.associations.is_loading() || state.tokens.is_loading()
}

/// Computes what was too dear for the audit, as a job of its own.
fn associate(cx: &mut ApplyContext<'_>) {
    let (Some(report), Some(log)) = (cx.state.audit.report.ready().cloned(), cx.state.audit.log.clone()) else {
        return;
    };
    if is_busy(cx) {
        return;
    }
    let progress = cx.jobs.start(
        Stage::Audit,
        profile::ASSOCIATIONS.into(),
        move |progress| {
            associate_all(&log.dataset, &report.columns, progress)
                .map_err(|error| JobFailure::from_error(&error, progress))
        },
        |outcome, cx| cx.state.audit.associations.finish(outcome),
    );
    cx.state.audit.associations.start(progress);
}

/// Tokens of one column, beside those counted before.
fn count_tokens(cx: &mut ApplyContext<'_>, column: String, model: String, max_length: usize) {
    let Some(log) = cx.state.audit.log.clone().filter(|_| !is_busy(cx)) else {
        return;
    };
    let mut known = cx
        .state
        .audit
        .tokens
        .value()
        .map_or_else(BTreeMap::new, |known| (**known).clone());
    let batch_rows = TrainConfig::default().batch_size;
    let progress = cx.jobs.start(
        Stage::Audit,
        profile::TOKENS.into(),
        move |progress| {
            let failed = |error: &(dyn std::error::Error + 'static)| JobFailure::from_error(error, progress);
            let dir = models::resolve(&model).map_err(|error| failed(&error))?;
            let tokenizer = TextTokenizer::open(&dir, max_length).map_err(|error| failed(&error))?;
            let tokens = column_tokens(&log.dataset, &column, &tokenizer, batch_rows, progress);
            known.insert(column, (model, tokens.map_err(|error| failed(&error))?));
            Ok(known)
        },
        |outcome, cx| cx.state.audit.tokens.finish(outcome),
    );
    cx.state.audit.tokens.start(progress);
}

/// Shows what the project that was just opened holds of this stage, until its log is read and audited again.
pub fn restore(cx: &mut ApplyContext<'_>) {
    let Some(project) = cx.state.project.project.ready().cloned() else {
        return;
    };
    cx.state.audit.accepted = cx.state.project.setting(key::ACCEPTED);
    read_history(cx);
    let deliver = cx.jobs.deliverer();
    cx.jobs.runtime().spawn_blocking(move || {
        let Some(report) = catalogue::kept_audit(&project) else {
            return;
        };
        deliver(Box::new(move |cx| {
            let is_same = |open: &Arc<Project>| Arc::ptr_eq(open, &project);
            if cx.state.project.project.ready().is_some_and(is_same) {
                cx.state.audit.report.offer(report);
            }
        }));
    });
}

fn audit_log(
    log: &Arc<Dataset>,
    items: Option<&Dataset>,
    (users, lang): (Option<&Path>, Language),
    progress: &Progress,
) -> Result<Audited, JobFailure> {
    let failed = |error: &(dyn std::error::Error + 'static)| JobFailure::from_error(error, progress);
    let users = match users {
        Some(path) => {
            let read = read_log(&[path.to_owned()], &ReadOptions::default(), progress);
            Some(read.map_err(|error| JobFailure::told(&error.explain(), lang, progress))?)
        }
        None => None,
    };
    let started = Instant::now();
    let tables = SideTables {
        items,
        users: users.as_ref(),
    };
    let options = AuditOptions::new(now_ms()).with_tables(tables);
    let report = audit(log, &options, progress).map_err(|error| failed(&error))?;
    let secs = started.elapsed().as_secs_f64();
    let log = AuditedLog::new(Arc::clone(log)).map_err(|error| failed(&error))?;
    Ok(Audited { report, log, secs })
}

fn finish(outcome: Result<Audited, JobFailure>, cx: &mut ApplyContext<'_>) {
    let outcome = outcome.map(|audited| {
        cx.state.audit.rows.clear();
        cx.state.audit.repair.clear();
        cx.state.audit.log = Some(Arc::new(audited.log));
        cx.state.audit.secs = Some(audited.secs);
        cx.state.audit.exported = None;
        audited.report
    });
    let succeeded = outcome.is_ok();
    cx.state.audit.report.finish(outcome);
    if succeeded && let Some(report) = cx.state.audit.report.ready().cloned() {
        audit_views::index_rows(cx);
        record(cx, &report);
        cx.commands.send(Command::Rules(RulesCommand::Check));
    }
}

/// The project's audits as its catalogue has them.
fn read_history(cx: &mut ApplyContext<'_>) {
    cx.state.audit.history = catalogue::audit_history(&cx.state.project.artefacts).into();
}

/// Keeps the whole report with the project, as the command line does. It is written beside the window's work: a report
/// with many plots takes a moment.
fn record(cx: &mut ApplyContext<'_>, report: &Arc<AuditReport>) {
    let Some(project) = cx.state.project.project.ready().cloned() else {
        return;
    };
    if project.is_read_only() {
        return;
    }
    let (report, deliver) = (Arc::clone(report), cx.jobs.deliverer());
    cx.jobs.runtime().spawn_blocking(move || {
        let kept = catalogue::keep_audit(&project, &report);
        deliver(Box::new(move |cx| {
            if let Err(error) = kept {
                cx.state.project.notice = Some(error.to_string());
            }
            cx.state.project.reload_artefacts();
            read_history(cx);
        }));
    });
}

fn add_fixes(cx: &mut ApplyContext<'_>, findings: &[usize]) {
    let Some(report) = cx.state.audit.report.value().cloned() else {
        return;
    };
    let chosen = findings.iter().filter_map(|&index| report.findings.get(index)).cloned();
    cx.commands
        .send(Command::Recipe(RecipeCommand::AddFindings(chosen.collect())));
}

fn write_report(cx: &mut ApplyContext<'_>, path: &Path) {
    let Some(report) = cx.state.audit.report.value().cloned() else {
        return;
    };
    let mut report = (*report).clone();
    report.take_over(&cx.state.audit.accepted);
    let lang = cx.state.settings.language;
    let shown = path.display().to_string();
    // Outcomes of another log say nothing about this one.
    let rules = cx.state.rules.check.value().cloned();
    let rules = rules.filter(|check| report.provenance.inputs.first() == Some(&check.log));
    let changes = changes_since_former(cx.state, &report, rules.as_deref());
    match write(&report, (rules.as_deref(), changes.as_ref()), lang, path.to_owned()) {
        Ok(()) => cx.state.audit.exported = Some(words::exported(lang, &shown)),
        Err(error) => cx.state.project.notice = Some(format!("{shown}: {error}")),
    }
}

/// What moved since the project's audit before this one, as the page tells it.
fn changes_since_former(state: &AppState, report: &AuditReport, rules: Option<&RuleCheck>) -> Option<ChangesWithRules> {
    let former = state.audit.former()?;
    let before = state.rules.history.of_log(&former.log);
    let before = before.map_or(&[][..], |check| &check.rules);
    let now: Vec<RuleRecord> = rules
        .map_or(&[][..], |check| &check.outcomes)
        .iter()
        .map(RuleRecord::of)
        .collect();
    Some(ChangesWithRules {
        audit: audit_changes(former, &AuditRecord::of(report)),
        rules: rule_changes(before, &now),
    })
}

/// A few hundred kilobytes at most: written at once.
fn write(
    report: &AuditReport,
    (rules, changes): (Option<&RuleCheck>, Option<&ChangesWithRules>),
    lang: Language,
    path: PathBuf,
) -> std::io::Result<()> {
    let rules = rules.map(|rules| rules.outcomes.as_slice());
    let is_json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let text = if is_json {
        let whole = AuditWithRules { report, rules, changes };
        serde_json::to_string_pretty(&whole).map_err(std::io::Error::other)?
    } else {
        let language = match lang {
            Language::English => ReportLanguage::English,
            Language::Chinese => ReportLanguage::Chinese,
        };
        audit_with_rules_html(report, rules, changes, language)
    };
    std::fs::write(path, text)
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::Role;
    use crate::engine::recipe::fixture::{dataset, text};

    #[test]
    fn an_exported_report_tells_what_moved_since_the_audit_before() {
        let log = dataset(vec![text("brand", Role::Brand, &[Some("acme"), None, Some("zeta")])]);
        let options = AuditOptions::new(2_000);
        let report = audit(&log, &options, &Progress::new()).expect("audits");
        let mut former = AuditRecord::of(&report);
        former.made_ms = 1_000;
        former.name = "june".to_owned();
        former.log = crate::engine::artifact::ContentHash::of_json(&"another log");
        let mut state = AppState::default();
        state.audit.report = Loadable::Ready(Arc::new(report.clone()));
        assert!(changes_since_former(&state, &report, None).is_none(), "the first audit");
        state.audit.history = Arc::from([AuditRecord::of(&report), former]);
        let changes = changes_since_former(&state, &report, None).expect("an audit before");
        let dir = tempfile::tempdir().expect("temp");
        for (name, wanted) in [("report.html", "june"), ("report.json", "\"changes\"")] {
            let path = dir.path().join(name);
            write(&report, (None, Some(&changes)), Language::English, path.clone()).expect("written");
            assert!(
                std::fs::read_to_string(&path).expect("reads").contains(wanted),
                "{name}"
            );
        }
    }
}
