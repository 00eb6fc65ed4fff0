//! The repair a finding proposes: what it does in one sentence, and the rows it touches before and after.

use crate::engine::audit::{AuditReport, Finding};
use crate::engine::recipe::{DiffRow, Preview, StepDiff, step_of};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::number::count;
use crate::gui::i18n::{audit as words, audit_decisions as decisions, common, recipe};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

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

/// What the repair is and does, and the button that adds it to the recipe.
pub(super) fn line_ui(cx: &PageContext<'_>, report: &AuditReport, (index, finding): (usize, &Finding), ui: &mut Ui) {
    let Some(title) = &finding.fix_title else {
        let color = palette(ui).text_2;
        ui.label(
            RichText::new(cx.t(decisions::NO_REPAIR))
                .font(text::small())
                .color(color),
        );
        return;
    };
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            add_button(cx, report, index, cx.b(title), ui);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let color = palette(ui).text_2;
                let told = common::named(cx.lang(), cx.t(decisions::REPAIR), &effect(cx, index));
                let label = egui::Label::new(RichText::new(told).color(color)).truncate();
                ui.add(label).on_hover_text(cx.t(decisions::REPAIR_WHAT));
            });
        });
    });
}

fn add_button(cx: &PageContext<'_>, report: &AuditReport, index: usize, title: &str, ui: &mut Ui) {
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

/// The preview of this finding's repair; asks for it where there is none.
fn shown_preview<'a>(cx: &PageContext<'a>, index: usize) -> Option<&'a Preview> {
    let view = &cx.state.audit.repair;
    if !view.is_asked(&index) {
        if cx.state.audit.log.is_some() {
            cx.send(Command::Audit(AuditCommand::PreviewRepair(index)));
        }
        return None;
    }
    view.value().ready().map(|preview| &**preview)
}

fn effect(cx: &PageContext<'_>, index: usize) -> String {
    let view = &cx.state.audit.repair;
    let Some(preview) = shown_preview(cx, index) else {
        let error = view.value().error().filter(|_| view.is_asked(&index));
        let waits = if cx.state.audit.log.is_some() {
            decisions::WORKING_OUT
        } else {
            decisions::LOG_NEEDED
        };
        return error.map_or_else(|| cx.t(waits).to_owned(), str::to_owned);
    };
    if let Some((_, why)) = &preview.error {
        return cx.b(why).to_owned();
    }
    let columns = preview.steps.iter().map(|step| step.columns_removed).sum();
    let touched = preview.diff.as_ref().map_or(0, |diff| diff.rows_affected);
    let told = decisions::effect(
        cx.lang(),
        (preview.rows_in, preview.rows_out),
        preview.cells_changed,
        (touched, columns),
    );
    if told.is_empty() {
        cx.t(decisions::REPAIR_CHANGES_NOTHING).to_owned()
    } else {
        told
    }
}

/// The rows the repair touches, before and after.
pub(super) fn rows_ui(cx: &PageContext<'_>, index: usize, ui: &mut Ui) {
    let color = palette(ui).text_2;
    let Some(preview) = shown_preview(cx, index) else {
        ui.label(RichText::new(effect(cx, index)).color(color));
        return;
    };
    let Some(diff) = preview.diff.as_ref().filter(|diff| !diff.rows.is_empty()) else {
        ui.label(RichText::new(effect(cx, index)).color(color));
        return;
    };
    let told = decisions::first_rows(cx.lang(), diff.rows.len(), diff.rows_affected);
    ui.label(RichText::new(told).font(text::small()).color(color));
    table_ui(cx, diff, ui);
}

/// What a column of the table shows.
#[derive(Clone, Copy)]
enum Shown {
    Cell(usize),
    Before(usize),
    After(usize),
}

fn table_ui(cx: &PageContext<'_>, diff: &StepDiff, ui: &mut Ui) {
    let mut columns = vec![
        Column::right(cx.t(common::LINE), 72.0),
        Column::left(cx.t(recipe::WHAT), 72.0),
    ];
    let mut shown = Vec::new();
    let (touched, others): (Vec<usize>, Vec<usize>) = (0..diff.columns.len()).partition(|&index| diff.touched[index]);
    for index in touched {
        let name = &diff.columns[index];
        columns.push(Column::left(format!("{name} · {}", cx.t(recipe::BEFORE)), 150.0));
        columns.push(Column::left(format!("{name} · {}", cx.t(recipe::AFTER)), 150.0));
        shown.extend([Shown::Before(index), Shown::After(index)]);
    }
    for index in others {
        columns.push(Column::left(&diff.columns[index], 110.0));
        shown.push(Shown::Cell(index));
    }
    let height = ui.available_height();
    egui::ScrollArea::horizontal().id_salt("audit-repair").show(ui, |ui| {
        let size = (diff.rows.len(), height, None);
        widgets::table(ui, "audit-repair-rows", &columns, size, |table_row, place| {
            let row = &diff.rows[place];
            table_row.col(|ui| widgets::cell_right(ui, &count(u64::from(row.line)), palette(ui).text_2));
            table_row.col(|ui| {
                let p = palette(ui);
                let (word, color) = if row.dropped {
                    (recipe::ROW_DROPPED, p.danger)
                } else {
                    (recipe::ROW_CHANGED, p.accent)
                };
                widgets::cell(ui, cx.t(word), color);
            });
            for shown in &shown {
                table_row.col(|ui| cell(cx, ui, row, *shown));
            }
        });
    });
}

fn cell(cx: &PageContext<'_>, ui: &mut Ui, row: &DiffRow, shown: Shown) {
    let p = palette(ui);
    let (value, is_changed) = match shown {
        Shown::Cell(index) | Shown::Before(index) => (&row.before[index], false),
        Shown::After(index) => (&row.after[index], row.before[index] != row.after[index]),
    };
    let ink = if is_changed {
        p.accent
    } else if row.dropped || value.is_none() {
        p.text_2
    } else {
        p.text
    };
    widgets::cell(ui, value.as_deref().unwrap_or(cx.t(common::NOTHING)), ink);
}
