//! Carries out what the audit page asks about one finding: accepting it, its rows, its repair.

use super::ApplyContext;
use crate::engine::audit::failing_rows::write_failing_rows;
use crate::engine::audit::row_view::RowQuery;
use crate::engine::audit::{Acceptances, Finding};
use crate::engine::flow::choices::key;
use crate::engine::memory;
use crate::engine::progress::Progress;
use crate::engine::recipe::{Recipe, preview, step_of};
use crate::engine::run::now_ms;
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::dialog;
use crate::gui::i18n::audit_decisions as words;
use crate::gui::jobs::JobFailure;
use crate::gui::state::audit::AuditedLog;
use crate::gui::state::audit_views::Indexing;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows before and after a repair that the preview collects.
const PREVIEW_ROWS: usize = 200;
/// Rows from which on a log is worth an index: fewer are ordered and filtered in less than a tenth of a second anyhow.
const LARGE_ROWS: usize = 300_000;
/// The part of the free memory an index may take.
const INDEX_SHARE: f64 = 0.5;

pub(super) fn accept(cx: &mut ApplyContext<'_>, finding: usize, reason: &str, who: &str) {
    let Some(finding) = finding_at(cx, finding) else { return };
    let mut accepted = cx.state.audit.accepted.clone();
    // The page offers no acceptance without a reason.
    if accepted.accept(&finding, reason, Some(who), now_ms()).is_ok() {
        keep(cx, accepted);
    }
}

pub(super) fn take_back(cx: &mut ApplyContext<'_>, code: &str, column: Option<&str>) {
    let mut accepted = cx.state.audit.accepted.clone();
    if accepted.take_back(code, column) {
        keep(cx, accepted);
    }
}

/// What cannot be kept is not shown as decided.
fn keep(cx: &mut ApplyContext<'_>, accepted: Acceptances) {
    let lang = cx.state.settings.language;
    let Some(project) = cx.state.project.project.ready().cloned() else {
        cx.state.project.notice = Some(lang.t(words::NO_PROJECT).to_owned());
        return;
    };
    if project.is_read_only() {
        cx.state.project.notice = Some(lang.t(words::READ_ONLY).to_owned());
        return;
    }
    match project.set_setting(key::ACCEPTED, &accepted) {
        Ok(()) => cx.state.audit.accepted = accepted,
        Err(error) => cx.state.project.notice = Some(lang.b(&error.explain()).to_owned()),
    }
}

fn finding_at(cx: &ApplyContext<'_>, index: usize) -> Option<Finding> {
    cx.state.audit.report.value()?.findings.get(index).cloned()
}

pub(super) fn arrange(cx: &mut ApplyContext<'_>, finding: usize, query: RowQuery) {
    let (Some(found), Some(log)) = (finding_at(cx, finding), cx.state.audit.log.clone()) else {
        return;
    };
    let question = (finding, query);
    let progress = Progress::new();
    cx.state.audit.rows.ask(question.clone(), progress.clone());
    let wanted = question.1.clone();
    cx.jobs.beside(
        move || Ok(log.arrange(&found.rows, &wanted, &progress)?),
        move |outcome, cx| cx.state.audit.rows.answer(&question, outcome),
    );
}

/// Prepares the columns of a large log for questions about its rows, beside other work.
pub(super) fn index_rows(cx: &mut ApplyContext<'_>) {
    // Work on another log ends here.
    cx.state.audit.indexing = None;
    let is_large = |log: &Arc<AuditedLog>| log.num_rows() >= LARGE_ROWS;
    let Some(log) = cx.state.audit.log.clone().filter(is_large) else {
        return;
    };
    let progress = Progress::new();
    cx.state.audit.indexing = Some(Indexing::new(progress.clone()));
    let work = progress.clone();
    cx.jobs.beside(
        move || {
            let room = memory::to_spare() as f64 * INDEX_SHARE;
            log.prepare(room as usize, &work)?;
            let (ready, bytes) = (log.index().num_ready(), log.index().bytes());
            tracing::info!(ready, bytes, "columns prepared for ordering and filtering");
            Ok(())
        },
        move |_, cx| {
            if !progress.is_cancelled() {
                cx.state.audit.indexing = None;
            }
        },
    );
}

pub(super) fn preview_repair(cx: &mut ApplyContext<'_>, finding: usize) {
    let (Some(found), Some(log)) = (finding_at(cx, finding), cx.state.audit.log.clone()) else {
        return;
    };
    let Some(step) = step_of(&found) else { return };
    let progress = Progress::new();
    cx.state.audit.repair.ask(finding, progress.clone());
    cx.jobs.beside(
        move || {
            let recipe = Recipe::new(vec![step]);
            Ok(preview(log.parts().0, &recipe, Some(0), PREVIEW_ROWS, &progress)?)
        },
        move |outcome, cx| cx.state.audit.repair.answer(&finding, outcome),
    );
}

pub(super) fn export_rows(cx: &mut ApplyContext<'_>, name: &str, rows: Arc<Vec<u32>>) {
    dialog::save_as(cx.jobs, &format!("{name}.csv"), |path| {
        Command::Audit(AuditCommand::WriteRows { rows, path })
    });
}

pub(super) fn write_rows(cx: &mut ApplyContext<'_>, rows: Arc<Vec<u32>>, path: PathBuf) {
    let Some(log) = cx.state.audit.log.clone() else { return };
    let (shown, count, lang) = (path.display().to_string(), rows.len(), cx.state.settings.language);
    cx.jobs.beside(
        move || {
            let progress = Progress::new();
            let written = write_failing_rows(log.parts().0, &rows, &path, &progress);
            written.map_err(|error| JobFailure::told(&error.explain(), lang, &progress))
        },
        move |outcome, cx| match outcome {
            Ok(()) => {
                cx.state.audit.exported = Some(words::rows_written(cx.state.settings.language, count, &shown));
            }
            Err(JobFailure::Failed(why)) => cx.state.project.notice = Some(format!("{shown}: {why}")),
            Err(JobFailure::Cancelled) => {}
        },
    );
}
