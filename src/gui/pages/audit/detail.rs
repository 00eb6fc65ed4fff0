//! One finding: what it means, the plot that convinces, the rows behind it, and the repair.

use super::findings::unit_word;
use crate::engine::audit::{AuditReport, Finding, Value};
use crate::engine::recipe::step_of;
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::number::{count, share};
use crate::gui::i18n::{audit as words, common};
use crate::gui::pages::PageContext;
use crate::gui::state::audit::AuditedLog;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

const PLOT_HEIGHT: f32 = 190.0;

pub(super) fn ui(
    cx: &PageContext<'_>,
    report: &AuditReport,
    (index, finding): (usize, &Finding),
    height: f32,
    ui: &mut Ui,
) {
    let top = ui.cursor().top();
    widgets::card(ui, |ui| {
        title_ui(cx, finding, ui);
        let p = palette(ui);
        ui.label(RichText::new(cx.b(&finding.message)).color(p.text));
        ui.label(RichText::new(cx.b(&finding.why)).color(p.text_2));
        plots_ui(cx, index, finding, ui);
    });
    ui.add_space(space::TIGHT);
    let left = (height - (ui.cursor().top() - top)).max(220.0);
    widgets::card(ui, |ui| {
        ui.set_height(left - 2.0 * f32::from(space::CARD_Y));
        actions_ui(cx, report, (index, finding), ui);
        ui.add_space(space::TIGHT);
        rows_ui(cx, report, finding, ui);
    });
}

fn title_ui(cx: &PageContext<'_>, finding: &Finding, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(cx.b(&finding.title)).size(15.0).color(palette(ui).text));
        widgets::chip(ui, &finding.code, Tone::Quiet);
        let word = match finding.severity {
            crate::engine::artifact::Severity::Error => common::ERROR,
            crate::engine::artifact::Severity::Warning => common::WARNING,
            crate::engine::artifact::Severity::Info => common::INFO,
        };
        widgets::tone_text(ui, finding.severity.into(), cx.t(word));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let mut label = format!("{} {}", count(finding.count), unit_word(cx, finding.unit));
            if let Some(part) = finding.share {
                label += &format!(" • {}", share(part));
            }
            widgets::chip(ui, &label, Tone::Quiet);
        });
    });
}

fn plots_ui(cx: &PageContext<'_>, index: usize, finding: &Finding, ui: &mut Ui) {
    let plots: Vec<_> = finding.plots.iter().take(2).collect();
    if plots.is_empty() {
        return;
    }
    ui.add_space(space::SMALL);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let gaps = space::GAP * (plots.len() - 1) as f32;
        let width = ((ui.available_width() - gaps) / plots.len() as f32).floor();
        for (place, plot) in plots.iter().enumerate() {
            let id = format!("finding {index} {} {place}", finding.code);
            widgets::finding_plot(ui, &id, plot, (width, PLOT_HEIGHT), cx.lang());
        }
    });
    for note in plots.iter().filter_map(|plot| widgets::drawn_note(plot, cx.lang())) {
        ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
    }
}

fn actions_ui(cx: &PageContext<'_>, report: &AuditReport, (index, finding): (usize, &Finding), ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.label(RichText::new(cx.t(words::ROWS_BEHIND)).color(palette(ui).text_2));
        widgets::chip(ui, &count(finding.rows.len() as u64), Tone::Quiet);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if let Some(title) = &finding.fix_title {
                fix_button(cx, report, index, cx.b(title), ui);
            }
            let why = widgets::link(ui, cx.t(words::WHY_THRESHOLD));
            let popup = egui::Popup::from_toggle_button_response(&why).width(360.0);
            popup.show(|ui| {
                ui.label(cx.b(&finding.threshold));
            });
        });
    });
}

/// True if the finding has a fix that is not in the recipe yet.
pub(super) fn can_add(cx: &PageContext<'_>, report: &AuditReport, index: usize) -> bool {
    let Some(step) = report.findings.get(index).and_then(step_of) else {
        return false;
    };
    !cx.state
        .recipe
        .recipe
        .steps
        .iter()
        .any(|known| known.enabled && known.action == step.action)
}

fn fix_button(cx: &PageContext<'_>, report: &AuditReport, index: usize, title: &str, ui: &mut Ui) {
    let p = palette(ui);
    if !can_add(cx, report, index) {
        ui.label(RichText::new(cx.t(words::ADDED)).color(p.success));
        return;
    }
    let label = format!("+ {title}");
    let button = egui::Button::new(RichText::new(label).color(p.accent))
        .fill(p.card)
        .stroke(egui::Stroke::new(1.0, p.accent))
        .corner_radius(space::CONTROL_RADIUS);
    if ui.add(button).on_hover_text(cx.t(words::ADD_FIX)).clicked() {
        cx.send(Command::Audit(AuditCommand::AddFixes(vec![index])));
    }
}

fn rows_ui(cx: &PageContext<'_>, report: &AuditReport, finding: &Finding, ui: &mut Ui) {
    let Some(log) = cx.state.audit.log.as_ref().filter(|_| !finding.rows.is_empty()) else {
        let color = palette(ui).text_2;
        ui.label(RichText::new(cx.t(words::NO_ROWS)).color(color));
        return;
    };
    let mut columns = vec![Column::right(cx.t(common::LINE), 72.0)];
    if log.has_files() {
        columns.insert(0, Column::left(cx.t(words::LINE_FILE), 110.0));
    }
    let fixed = columns.len();
    for column in &report.columns {
        let width = column_width(column);
        columns.push(Column {
            right: column.mean.is_some() && column.dtype != crate::engine::artifact::ColumnType::Time,
            ..Column::left(column.name.clone(), width)
        });
    }
    let height = ui.available_height();
    egui::ScrollArea::horizontal()
        .id_salt("audit rows scroll")
        .show(ui, |ui| {
            widgets::table(
                ui,
                "audit rows",
                &columns,
                (finding.rows.len(), height, None),
                |row, place| {
                    let index = finding.rows[place];
                    if fixed == 2 {
                        row.col(|ui| widgets::cell(ui, &log.file(index).unwrap_or_default(), palette(ui).text_2));
                    }
                    row.col(|ui| widgets::cell_right(ui, &count(u64::from(log.line(index))), palette(ui).text_2));
                    for (place, column) in columns[fixed..].iter().enumerate() {
                        row.col(|ui| value_ui(cx, log, (index, place), column.right, ui));
                    }
                },
            );
        });
}

fn value_ui(cx: &PageContext<'_>, log: &AuditedLog, (row, column): (u32, usize), right: bool, ui: &mut Ui) {
    let p = palette(ui);
    let (shown, color) = match log.value(row, column) {
        Value::Null => (cx.t(words::NULL).to_owned(), p.text_3),
        value => (value.to_string(), p.text),
    };
    if right {
        widgets::cell_right(ui, &shown, color);
    } else {
        widgets::cell(ui, &shown, color);
    }
}

/// Wide enough for the usual value, narrow enough for many columns.
fn column_width(column: &crate::engine::audit::ColumnProfile) -> f32 {
    let longest = column.length.as_ref().map_or_else(
        || {
            column
                .max
                .as_ref()
                .map_or(4, |value| value.to_string().chars().count() as u64)
        },
        |length| length.p95,
    );
    let heading = column.name.chars().count() as u64;
    (longest.max(heading) as f32 * 7.4 + 18.0).clamp(60.0, 220.0)
}
