//! The rows behind a finding: any number of them, ordered by a heading, filtered by a text.

use crate::engine::audit::row_view::RowQuery;
use crate::engine::audit::{AuditReport, Finding, Value};
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::number::count;
use crate::gui::i18n::{audit as words, audit_decisions as decisions, common};
use crate::gui::loadable::Loadable;
use crate::gui::pages::PageContext;
use crate::gui::state::audit::AuditedLog;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, BigScroll, BigTable, Column};
use egui::{RichText, Ui};
use std::sync::Arc;
use std::time::Duration;

/// How long rows are sorted and filtered before the page says so.
const QUIETLY: Duration = Duration::from_millis(150);

/// Widget state of the rows of the open finding.
#[derive(Default)]
pub(super) struct RowsTable {
    /// The finding the query is about; another one starts with a plain query.
    finding: Option<usize>,
    query: RowQuery,
    scroll: BigScroll,
}

impl RowsTable {
    pub(super) fn ui(
        &mut self,
        cx: &PageContext<'_>,
        report: &AuditReport,
        (index, finding): (usize, &Finding),
        ui: &mut Ui,
    ) {
        if self.finding != Some(index) {
            *self = Self {
                finding: Some(index),
                ..Self::default()
            };
        }
        let Some(log) = cx.state.audit.log.as_ref() else {
            return quiet(ui, cx.t(decisions::LOG_NEEDED));
        };
        if finding.rows.is_empty() {
            return quiet(ui, cx.t(words::NO_ROWS));
        }
        let rows = self.arranged(cx, (index, finding));
        self.tools_ui(cx, report, (finding, &rows), ui);
        ui.add_space(space::TIGHT);
        if rows.is_empty() {
            return quiet(ui, cx.t(decisions::NO_ROW_MATCHES));
        }
        self.table_ui(cx, report, log, &rows, ui);
    }

    /// The rows as they are asked for; those before while they are worked out.
    fn arranged(&self, cx: &PageContext<'_>, (index, finding): (usize, &Finding)) -> Arc<Vec<u32>> {
        if self.query.is_plain() {
            return Arc::clone(&finding.rows);
        }
        let view = &cx.state.audit.rows;
        let question = (index, self.query.clone());
        if !view.is_asked(&question) {
            let (finding, query) = question;
            cx.send(Command::Audit(AuditCommand::ArrangeRows { finding, query }));
        }
        let is_same_finding = view.question().is_some_and(|(asked, _)| *asked == index);
        let known = view.value().value().filter(|_| is_same_finding);
        known.map_or_else(|| Arc::clone(&finding.rows), Arc::clone)
    }

    fn tools_ui(
        &mut self,
        cx: &PageContext<'_>,
        report: &AuditReport,
        (finding, rows): (&Finding, &Arc<Vec<u32>>),
        ui: &mut Ui,
    ) {
        let before = self.query.clone();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::SMALL;
            let field = egui::TextEdit::singleline(&mut self.query.text)
                .hint_text(cx.t(decisions::FILTER_ROWS))
                .desired_width(170.0);
            ui.add(field).accessible_name(cx.t(decisions::FILTER_ROWS));
            self.column_ui(cx, report, ui);
            let told = decisions::rows_shown(cx.lang(), rows.len(), finding.rows.len());
            widgets::chip(ui, &told, Tone::Quiet);
            let view = cx.state.audit.rows.value();
            if let Loadable::Loading { progress, .. } = view
                && !self.query.is_plain()
            {
                // What is there in a moment says nothing: words that flash by only disturb.
                if progress.snapshot().elapsed >= QUIETLY {
                    quiet(ui, &arranging(cx));
                }
                ui.ctx().request_repaint_after(Duration::from_millis(50));
            } else if let Some(error) = view.error().filter(|_| !self.query.is_plain()) {
                widgets::tone_text(ui, Tone::Danger, error);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::link(ui, cx.t(decisions::EXPORT_ROWS)).clicked() {
                    let name = format!("{} {}", report.name, finding.code);
                    let rows = Arc::clone(rows);
                    cx.send(Command::Audit(AuditCommand::ExportRows { name, rows }));
                }
            });
        });
        if self.query != before {
            self.scroll = BigScroll::default();
        }
    }

    fn column_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
        let name = |column: Option<usize>| {
            let column = column.and_then(|column| report.columns.get(column));
            column.map_or(cx.t(decisions::ANY_COLUMN), |column| column.name.as_str())
        };
        let chosen = egui::ComboBox::from_id_salt("audit-rows-column")
            .selected_text(name(self.query.column))
            .width(110.0)
            .show_ui(ui, |ui| {
                for column in std::iter::once(None).chain((0..report.columns.len()).map(Some)) {
                    ui.selectable_value(&mut self.query.column, column, name(column));
                }
            });
        chosen.response.accessible_name(cx.t(decisions::FILTER_IN));
    }

    fn table_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, log: &AuditedLog, rows: &[u32], ui: &mut Ui) {
        let columns = columns(cx, report, log);
        let fixed = columns.len() - report.columns.len();
        let table = BigTable {
            id: "audit-rows",
            columns: &columns,
            rows: rows.len(),
            height: ui.available_height(),
            sorted: self.query.sort.map(|sort| (fixed + sort.column, sort.descending)),
            sortable_from: fixed,
            bar_name: cx.t(decisions::SCROLL_ROWS),
        };
        let pressed = widgets::big_table(ui, &mut self.scroll, &table, |row, place| {
            let index = rows[place];
            if log.has_files() {
                row.col(|ui| widgets::cell(ui, &log.file(index).unwrap_or_default(), palette(ui).text_2));
            }
            row.col(|ui| widgets::cell_right(ui, &count(u64::from(log.line(index))), palette(ui).text_2));
            for (place, column) in columns[fixed..].iter().enumerate() {
                row.col(|ui| value_ui(cx, log, (index, place), column.right, ui));
            }
        });
        if let Some(heading) = pressed {
            self.query.sort = self.query.sorted_next(heading - fixed);
            self.scroll = BigScroll::default();
        }
    }
}

/// What takes a moment, and why it takes more than one where the log's columns are not prepared yet.
fn arranging(cx: &PageContext<'_>) -> String {
    let audit = &cx.state.audit;
    match audit.log.as_ref().filter(|_| audit.indexing.is_some()) {
        Some(log) => decisions::arranging_unindexed(cx.lang(), log.index().num_ready(), log.columns().len()),
        None => cx.t(decisions::ARRANGING).to_owned(),
    }
}

fn quiet(ui: &mut Ui, told: &str) {
    let color = palette(ui).text_2;
    ui.label(RichText::new(told).font(text::small()).color(color));
}

/// The line, the file where there are several, then the log's own columns.
fn columns(cx: &PageContext<'_>, report: &AuditReport, log: &AuditedLog) -> Vec<Column> {
    let mut columns = vec![Column::right(cx.t(common::LINE), 72.0)];
    if log.has_files() {
        columns.insert(0, Column::left(cx.t(words::LINE_FILE), 110.0));
    }
    columns.extend(report.columns.iter().map(|column| Column {
        right: column.mean.is_some() && column.dtype != crate::engine::artifact::ColumnType::Time,
        ..Column::left(column.name.clone(), column_width(column))
    }));
    columns
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
    // Two more than the heading, for the mark of the order.
    let heading = column.name.chars().count() as u64 + 2;
    (longest.max(heading) as f32 * 7.4 + 18.0).clamp(60.0, 220.0)
}
