//! The table itself.

use super::AllRuns;
use super::columns::{COLUMNS, Col, best, tags};
use crate::engine::run::replay::curve;
use crate::gui::i18n::train::{self as page, runs as words};
use crate::gui::i18n::{number, train::form};
use crate::gui::pages::PageContext;
use crate::gui::pages::train::runs_table::{name_mark, run_color, state_cell};
use crate::gui::runs::{RunList, RunSnapshot};
use crate::gui::theme::{palette, text};
use crate::gui::widgets::{self, BigTable, Column};
use egui::{RichText, Ui};

impl AllRuns {
    /// Draws the rows; the id of a run whose name was pressed.
    pub(super) fn table(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        (list, shown): (&RunList, &RunSnapshot),
        height: f32,
    ) -> Option<String> {
        let columns = COLUMNS.map(|column| heading(cx, column, &shown.config.metric));
        let sorted = self.sort.by.and_then(|(by, falls)| {
            let at = COLUMNS.iter().position(|column| *column == by)?;
            Some((at, falls))
        });
        let table = BigTable {
            id: "all_runs",
            columns: &columns,
            rows: self.rows.len(),
            height,
            sorted,
            sortable_from: 2,
            bar_name: cx.t(words::SCROLL),
        };
        let mut opened = None;
        let (rows, chosen) = (&self.rows, &mut self.chosen);
        let pressed = widgets::big_table(ui, &mut self.scroll, &table, |row, index| {
            let Some(run) = rows.get(index).and_then(|&at| list.runs.get(at)) else {
                return;
            };
            let at = rows[index];
            for column in COLUMNS {
                row.col(|ui| match column {
                    Col::Chosen => {
                        let mut on = chosen.contains(&run.run_id);
                        let response = widgets::check_box(ui, &mut on, "");
                        let name = words::compare_run(cx.lang(), &run.short_name());
                        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, on, &name));
                        if response.changed() {
                            if on {
                                chosen.insert(run.run_id.clone());
                            } else {
                                chosen.remove(&run.run_id);
                            }
                        }
                    }
                    Col::Run => {
                        if name_cell(ui, run, (at, run.run_id == shown.run_id)) {
                            opened = Some(run.run_id.clone());
                        }
                    }
                    Col::State => match list.queue.place(&run.run_id) {
                        Some(place) => widgets::cell(ui, &words::queued(cx.lang(), place), palette(ui).info),
                        None => state_cell(cx, ui, &run.status),
                    },
                    Col::Spark => {
                        let color = run_color(&palette(ui), at, run.run_id == shown.run_id);
                        let width = (ui.available_width() - 6.0).max(20.0);
                        widgets::sparkline(ui, &run.spark, color, width);
                    }
                    _ => text_cell(cx, ui, run, (column, &shown.config.metric)),
                });
            }
        });
        if let Some(column) = pressed.and_then(|at| COLUMNS.get(at)) {
            self.sort.press(*column);
        }
        opened
    }
}

fn heading(cx: &PageContext<'_>, column: Col, metric: &str) -> Column {
    let t = |text| cx.t(text).to_owned();
    match column {
        Col::Chosen => Column::left("", 36.0),
        Col::Run => Column::left(t(page::RUN), 70.0),
        Col::Name => Column::left(t(words::NAME), 120.0),
        Col::State => Column::left(t(page::STATE), 92.0),
        Col::Tags => Column::left(t(words::TAGS), 140.0),
        Col::Method => Column::left(t(page::METHOD), 80.0),
        Col::Base => Column::left(t(form::BASE), 100.0),
        Col::Rate => Column::right(t(page::RATE), 64.0),
        Col::Batch => Column::right(t(words::BATCH), 60.0),
        Col::Epochs => Column::right(t(words::EPOCHS), 62.0),
        Col::Step => Column::right(t(page::STEP), 64.0),
        Col::Best => Column::right(page::metric(cx.lang(), metric), 76.0),
        Col::Loss => Column::right(t(page::TRAIN_LOSS), 80.0),
        Col::Speed => Column::right(t(page::SPEED), 82.0),
        Col::Time => Column::right(t(words::WORKED), 82.0),
        Col::Started => Column::left(t(words::STARTED), 124.0),
        Col::Spark => Column::left(t(page::LOSS), 92.0),
    }
}

fn text_cell(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, (column, metric): (Col, &str)) {
    let p = palette(ui);
    let (config, view) = (&run.config, &run.view);
    let optional =
        |value: Option<f64>, digits| value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, digits));
    let right = |ui: &mut Ui, value: &str| widgets::cell_right(ui, value, p.text);
    match column {
        Col::Name => widgets::cell(ui, &config.name, p.text_2),
        Col::Tags => widgets::cell(ui, &tags(run), p.text_2),
        Col::Method => widgets::cell(ui, &page::method(cx.lang(), &config.method), p.text),
        Col::Base => widgets::cell(ui, page::base_name(&config.base_model), p.text),
        Col::Rate => right(ui, &number::rate(config.learning_rate)),
        Col::Batch => right(ui, &number::count(config.batch_size as u64)),
        Col::Epochs => right(ui, &number::compact(config.epochs)),
        Col::Step => right(ui, &number::count(view.step)),
        Col::Best => right(ui, &optional(best(run, metric), 4)),
        Col::Loss => right(ui, &optional(view.last(curve::TRAIN_LOSS), 4)),
        Col::Speed => right(ui, &optional(view.last(curve::SAMPLES_PER_SEC), 1)),
        Col::Time => {
            let worked = Some(view.active_secs()).filter(|secs| *secs > 0.0);
            let told = worked.map_or_else(|| "–".to_owned(), |secs| number::span_secs(secs, cx.lang()));
            right(ui, &told);
        }
        Col::Started => {
            let started = view.started_ms.map_or_else(|| "–".to_owned(), number::moment);
            widgets::cell(ui, &started, p.text_2);
        }
        Col::Chosen | Col::Run | Col::State | Col::Spark => {}
    }
}

/// The run's colour and short name, a way to its page.
fn name_cell(ui: &mut Ui, run: &RunSnapshot, (at, is_shown): (usize, bool)) -> bool {
    let p = palette(ui);
    name_mark(ui, run_color(&p, at, is_shown));
    let color = if is_shown { p.accent } else { p.text };
    let label = RichText::new(run.short_name()).font(text::table()).color(color);
    let response = ui.add(egui::Button::new(label).frame(false).truncate());
    response.on_hover_text(&run.run_id).clicked()
}
