//! The audit page: scores, findings with their rows and repairs, columns, the log, and all checks.

mod associations;
mod behaviour;
mod changed_columns;
mod changed_rules;
mod changes;
mod checks;
mod columns;
mod decision;
mod detail;
mod findings;
mod history;
mod overview;
#[cfg(test)]
mod page_tests;
mod repair;
mod rows;
mod scores;
mod texts;

use super::{Page, PageContext};
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditReport, Dimension};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::audit as words;
use crate::gui::i18n::audit_history as history_words;
use crate::gui::i18n::{audit_profile, common};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;

/// Which part of the report is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Findings,
    Columns,
    Associations,
    Log,
    Checks,
    History,
}

/// Widget state only.
#[derive(Default)]
pub struct AuditPage {
    tab: Tab,
    findings: findings::FindingsList,
    columns: columns::ColumnExplorer,
    history: history::HistoryView,
    /// Dimension the list is narrowed to by a click on its score.
    dimension: Option<Dimension>,
}

impl AuditPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut egui::Ui) {
        let state = &cx.state.audit;
        if let Some(report) = state.report.value().cloned() {
            self.ready_ui(cx, &report, ui);
            return;
        }
        let log = cx.state.data.dataset.value();
        let facts = log.map_or_else(String::new, |log| {
            words::audited(cx.lang(), &log.info.name, log.num_rows() as u64)
        });
        widgets::page_header(ui, cx.t(words::TITLE), &facts, |_ui| {});
        match &state.report {
            Loadable::Loading { progress, .. } => {
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Audit));
                }
                ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
            }
            Loadable::Failed { error, .. } => failed_ui(cx, error, ui),
            Loadable::Empty | Loadable::Ready(_) => empty_ui(cx, ui),
        }
    }

    fn ready_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut egui::Ui) {
        header_ui(cx, report, ui);
        if let Some(clicked) = scores::cards(cx, report, ui) {
            self.dimension = if self.dimension == Some(clicked) {
                None
            } else {
                Some(clicked)
            };
            self.tab = Tab::Findings;
            self.findings.show_all();
        }
        if let Some(dimension) = self.dimension
            && let Some(finding) = scores::explained(cx, report, dimension, ui)
        {
            self.findings.open(finding);
            self.tab = Tab::Findings;
        }
        ui.add_space(space::SMALL);
        self.tabs_ui(cx, report, ui);
        ui.add_space(space::TIGHT);
        match self.tab {
            Tab::Findings => self.findings.ui(cx, report, self.dimension, ui),
            Tab::Columns => self.columns.ui(cx, report, ui),
            Tab::Associations => associations::ui(cx, report, ui),
            Tab::Log => overview::ui(cx, report, ui),
            Tab::Checks => checks::ui(cx, report, ui),
            Tab::History => self.history.ui(cx, ui),
        }
    }

    fn tabs_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut egui::Ui) {
        ui.horizontal(|ui| {
            let tabs = [
                (
                    Tab::Findings,
                    format!("{} {}", cx.t(words::FINDINGS), cx.state.audit.num_open(report)),
                ),
                (
                    Tab::Columns,
                    format!("{} {}", cx.t(words::COLUMNS), report.columns.len()),
                ),
                (Tab::Associations, cx.t(audit_profile::ASSOCIATIONS).to_owned()),
                (Tab::Log, cx.t(words::LOG).to_owned()),
                (Tab::Checks, format!("{} {}", cx.t(words::CHECKS), report.checks.len())),
                (
                    Tab::History,
                    format!("{} {}", cx.t(history_words::HISTORY), cx.state.audit.history.len()),
                ),
            ];
            for (tab, label) in tabs {
                if widgets::toggle_chip(ui, self.tab == tab, &label).clicked() {
                    self.tab = tab;
                }
            }
            rules_ui(cx, ui);
            if let Some(dimension) = self.dimension {
                let label = format!("{} ×", cx.b(&dimension.label()));
                if widgets::toggle_chip(ui, true, &label).clicked() {
                    self.dimension = None;
                }
            }
            notes_ui(cx, ui);
        });
    }
}

/// What the analyst expects of the log has a page of its own.
fn rules_ui(cx: &PageContext<'_>, ui: &mut egui::Ui) {
    let label = crate::gui::i18n::rules::beside_the_audit(cx.lang(), cx.state.rules.passed());
    if widgets::toggle_chip(ui, false, &label).clicked() {
        cx.send(Command::Go(Page::Rules));
    }
}

fn notes_ui(cx: &PageContext<'_>, ui: &mut egui::Ui) {
    let state = &cx.state.audit;
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if state.is_stale(cx.state) {
            if widgets::link(ui, cx.t(words::RUN_AGAIN)).clicked() {
                cx.send(Command::Audit(AuditCommand::Run));
            }
            widgets::stale_note(ui, cx.lang());
        }
        if let Loadable::Loading { progress, .. } = &state.report {
            let seen = progress.snapshot();
            let label = format!("{} {:.0} %", cx.b(&seen.phase), seen.fraction * 100.0);
            ui.label(egui::RichText::new(label).font(text::small()).color(palette(ui).text_2));
        } else if let Some(error) = state.report.error() {
            if widgets::link(ui, cx.t(common::RETRY)).clicked() {
                cx.send(Command::Audit(AuditCommand::Run));
            }
            widgets::tone_text(ui, Tone::Danger, error);
        } else if let Some(exported) = &state.exported {
            widgets::tone_text(ui, Tone::Success, exported);
        }
    });
}

fn empty_ui(cx: &PageContext<'_>, ui: &mut egui::Ui) {
    if cx.state.data.dataset.ready().is_some() {
        let action = Some(cx.t(words::RUN));
        if widgets::empty_page(ui, cx.t(words::EMPTY), cx.t(words::EMPTY_WHY), action) {
            cx.send(Command::Audit(AuditCommand::Run));
        }
    } else if widgets::empty_page(
        ui,
        cx.t(words::NO_LOG),
        cx.t(words::NO_LOG_WHY),
        Some(cx.t(words::GO_DATA)),
    ) {
        cx.send(Command::Go(Page::Data));
    }
}

fn failed_ui(cx: &PageContext<'_>, error: &str, ui: &mut egui::Ui) {
    if cx.state.data.dataset.ready().is_some() {
        if widgets::failed_page(ui, cx.lang(), error, cx.t(common::RETRY)) {
            cx.send(Command::Audit(AuditCommand::Run));
        }
    } else if widgets::failed_page(ui, cx.lang(), error, cx.t(words::GO_DATA)) {
        cx.send(Command::Go(Page::Data));
    }
}

fn header_ui(cx: &PageContext<'_>, report: &AuditReport, ui: &mut egui::Ui) {
    let facts = words::facts(cx.lang(), report.rows, cx.state.audit.secs);
    widgets::page_header(ui, cx.t(words::TITLE), &facts, |ui| {
        let fixes: Vec<usize> = (0..report.findings.len())
            .filter(|&index| {
                let finding = &report.findings[index];
                finding.severity > Severity::Info
                    && cx.state.audit.accepted.is_open(finding)
                    && repair::can_add(cx, report, index)
            })
            .collect();
        let label = words::add_all(cx.lang(), fixes.len());
        if widgets::primary_button(ui, &label, !fixes.is_empty()).clicked() {
            cx.send(Command::Audit(AuditCommand::AddFixes(fixes)));
        }
        if widgets::secondary_button(ui, cx.t(words::EXPORT)).clicked() {
            cx.send(Command::Audit(AuditCommand::Export));
        }
    });
}
