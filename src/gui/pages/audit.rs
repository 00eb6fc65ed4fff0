//! The audit page: scores, findings with their rows and repairs, columns, the log, and all checks.

mod associations;
mod behaviour;
mod checks;
mod columns;
mod detail;
mod findings;
mod overview;
#[cfg(test)]
mod page_tests;
mod texts;

use super::{Page, PageContext};
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditReport, Dimension};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::audit as words;
use crate::gui::i18n::number::{fixed, signed};
use crate::gui::i18n::{audit_profile, common};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Figure};

/// Which part of the report is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Findings,
    Columns,
    Associations,
    Log,
    Checks,
}

/// Widget state only.
#[derive(Default)]
pub struct AuditPage {
    tab: Tab,
    findings: findings::FindingsList,
    columns: columns::ColumnExplorer,
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
        widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
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
        if let Some(clicked) = scores_ui(cx, report, ui) {
            self.dimension = if self.dimension == Some(clicked) {
                None
            } else {
                Some(clicked)
            };
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
        }
    }

    fn tabs_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut egui::Ui) {
        ui.horizontal(|ui| {
            let tabs = [
                (
                    Tab::Findings,
                    format!("{} {}", cx.t(words::FINDINGS), report.findings.len()),
                ),
                (
                    Tab::Columns,
                    format!("{} {}", cx.t(words::COLUMNS), report.columns.len()),
                ),
                (Tab::Associations, cx.t(audit_profile::ASSOCIATIONS).to_owned()),
                (Tab::Log, cx.t(words::LOG).to_owned()),
                (Tab::Checks, format!("{} {}", cx.t(words::CHECKS), report.checks.len())),
            ];
            for (tab, label) in tabs {
                if widgets::toggle_chip(ui, self.tab == tab, &label).clicked() {
                    self.tab = tab;
                }
            }
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
            .filter(|&index| report.findings[index].severity > Severity::Info && detail::can_add(cx, report, index))
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

/// The seven scores; returns the one that was clicked.
fn scores_ui(cx: &PageContext<'_>, report: &AuditReport, ui: &mut egui::Ui) -> Option<Dimension> {
    let previous = cx.state.audit.previous_scores.as_ref();
    let figures: Vec<Figure> = Dimension::ALL
        .into_iter()
        .map(|dimension| {
            let score = report.scores.get(&dimension).copied().unwrap_or(100.0);
            let change = previous
                .and_then(|scores| scores.get(&dimension))
                .map(|before| score - before);
            Figure {
                label: cx.b(&dimension.label()).to_owned(),
                value: fixed(score, 1),
                note: change.map_or_else(String::new, |change| signed(change, 1)),
                note_tone: change.filter(|change| *change <= -0.05).map(|_| Tone::Danger),
                definition: definition(cx, report, dimension),
                bar: Some(((score / 100.0) as f32, tone_of(score))),
            }
        })
        .collect();
    widgets::figure_card(ui, &figures).map(|index| Dimension::ALL[index])
}

/// 95 and above is good, below 80 needs work.
fn tone_of(score: f64) -> Tone {
    if score >= 95.0 {
        Tone::Success
    } else if score >= 80.0 {
        Tone::Warning
    } else {
        Tone::Danger
    }
}

/// The formula, and the findings that moved the score.
fn definition(cx: &PageContext<'_>, report: &AuditReport, dimension: Dimension) -> String {
    let mut lines = vec![cx.b(&crate::engine::audit::score::formula()).to_owned()];
    for part in report.score_parts.iter().filter(|part| part.dimension == dimension) {
        lines.push(words::score_part(
            cx.lang(),
            &part.code,
            part.column.as_deref(),
            part.points,
        ));
    }
    lines.join("\n")
}
