//! The evaluation where the label is a class or a grade: figures, models, the matrix of confusions, each class.

use super::models::CARD_HEIGHT;
use crate::engine::eval::tasks::{GradeEvaluation, TaskEvaluation, TaskModel, metric_definition, metric_label};
use crate::engine::run::metric::higher_is_better;
use crate::engine::run::task::Task;
use crate::gui::i18n::evaluate::of_task as o;
use crate::gui::i18n::{evaluate as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column, Columns, Figure, ForestScale, HeatCell, HeatLook, forest_cell};
use egui::{RichText, Ui};

/// Classes of the drawn matrix; the most frequent ones.
const MOST_DRAWN: usize = 14;

/// Everything below the header; returns the position of a clicked model.
pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, models: &[TaskModel], selected: usize) -> Option<usize> {
    let model = models.get(selected).or_else(|| models.first())?;
    let found = &model.evaluation;
    widgets::figure_card(ui, &figures(cx, found));
    ui.add_space(space::GAP);
    let columns = Columns::of(ui.available_width(), 0.6);
    let mut clicked = None;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        columns.left(ui, |ui| clicked = table(cx, ui, models, selected));
        columns.right(ui, |ui| notes(cx, ui, model));
    });
    ui.add_space(space::GAP);
    match found.task {
        Task::Multiclass => {
            let columns = Columns::of(ui.available_width(), 0.46);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP;
                columns.left(ui, |ui| matrix(cx, ui, found));
                columns.right(ui, |ui| classes(cx, ui, found));
            });
        }
        Task::Graded | Task::Binary => grades(cx, ui, &found.grades),
    }
    clicked
}

fn figures(cx: &PageContext<'_>, found: &TaskEvaluation) -> Vec<Figure> {
    let level = found.interval_method.as_ref().map_or(0.95, |method| method.level) * 100.0;
    let figure = |metric: &crate::engine::eval::tasks::TaskMetric| {
        let interval = metric
            .interval
            .map(|[low, high]| format!("{level:.0} %: {} – {}", number::fixed(low, 3), number::fixed(high, 3)));
        let why = metric.undefined.as_ref().map(|why| cx.b(why).to_owned());
        Figure {
            label: cx.b(&metric_label(&metric.name)).to_owned(),
            value: metric
                .value
                .map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4)),
            note: interval.or(why).unwrap_or_default(),
            definition: cx.b(&metric_definition(&metric.name)).to_owned(),
            ..Figure::default()
        }
    };
    found.metrics.iter().map(figure).collect()
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, models: &[TaskModel], selected: usize) -> Option<usize> {
    let mut clicked = None;
    let add = |ui: &mut Ui| {
        ui.set_min_height(CARD_HEIGHT / 2.0);
        let p = palette(ui);
        let names: Vec<&str> = models[0]
            .evaluation
            .metrics
            .iter()
            .map(|metric| metric.name.as_str())
            .collect();
        let best: Vec<Option<f64>> = names.iter().map(|name| best_value(models, name)).collect();
        let mut columns = vec![Column::rest_above(cx.t(words::MODEL), 120.0)];
        columns.extend(names.iter().map(|name| Column::right(cx.b(&metric_label(name)), 96.0)));
        let rows = (models.len(), CARD_HEIGHT / 2.0, Some(selected));
        clicked = widgets::table(ui, "task models", &columns, rows, |row, index| {
            let model = &models[index];
            row.col(|ui| {
                let name = words::shown_name(cx.lang(), &model.model_name);
                let baseline = format!("{name} ({})", cx.t(words::BASELINE));
                widgets::cell(ui, if model.is_baseline { &baseline } else { name }, p.text);
            });
            for (name, best) in names.iter().zip(&best) {
                let value = model.evaluation.value(name);
                let color = if value.is_some() && value == *best {
                    p.accent
                } else {
                    p.text
                };
                let shown = value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4));
                row.col(|ui| widgets::cell_right(ui, &shown, color));
            }
        });
    };
    widgets::card_titled(ui, cx.t(words::MODELS), |_ui| {}, add);
    clicked
}

fn best_value(models: &[TaskModel], name: &str) -> Option<f64> {
    let values = models.iter().filter_map(|model| model.evaluation.value(name));
    if higher_is_better(name) {
        values.reduce(f64::max)
    } else {
        values.reduce(f64::min)
    }
}

fn notes(cx: &PageContext<'_>, ui: &mut Ui, model: &TaskModel) {
    let add = |ui: &mut Ui| {
        ui.set_min_height(CARD_HEIGHT / 2.0);
        let p = palette(ui);
        let line = |ui: &mut Ui, sentence: &str| {
            ui.label(RichText::new(sentence).font(text::table()).color(p.text_2));
            ui.add_space(space::TIGHT);
        };
        line(ui, cx.b(&model.description));
        for warning in &model.evaluation.warnings {
            line(ui, cx.b(warning));
        }
    };
    widgets::card_titled(ui, cx.t(words::NOTES), |_ui| {}, add);
}

/// Rows: what it is; columns: what it was taken for. A tint is the share of the class.
fn matrix(cx: &PageContext<'_>, ui: &mut Ui, found: &TaskEvaluation) {
    let Some(confusion) = &found.confusion else { return };
    let mut drawn: Vec<usize> = (0..found.classes.len()).collect();
    drawn.sort_by_key(|&class| std::cmp::Reverse(found.classes[class].support));
    drawn.truncate(MOST_DRAWN);
    drawn.sort_unstable();
    let legend = |ui: &mut Ui| {
        let entries = [(1.0, cx.t(o::RIGHT).to_owned()), (-1.0, cx.t(o::WRONG).to_owned())];
        widgets::heat_legend(ui, &entries);
    };
    widgets::card_titled(ui, cx.t(o::MATRIX), legend, |ui| {
        let p = palette(ui);
        let told = o::matrix(cx.lang(), drawn.len(), found.classes.len());
        ui.label(RichText::new(told).font(text::small()).color(p.text_2));
        let name = |class: usize, most: usize| shortened(&found.classes[class].name, most);
        let rows: Vec<String> = drawn.iter().map(|&class| name(class, 16)).collect();
        let label_width = 112.0;
        let cell = ((ui.available_width() - label_width) / drawn.len() as f32).clamp(26.0, 84.0);
        let columns: Vec<String> = drawn.iter().map(|&class| name(class, (cell / 7.0) as usize)).collect();
        let cells = |truth: usize| {
            let support = found.classes[truth].support.max(1) as f64;
            let of = |&answer: &usize| {
                let count = confusion.at(truth, answer);
                let share = count / support;
                let (is, taken) = (&found.classes[truth].name, &found.classes[answer].name);
                HeatCell {
                    strength: (count > 0.0).then_some(share as f32 * if truth == answer { 1.0 } else { -1.0 }),
                    text: number::count(count as u64),
                    hint: o::confused(cx.lang(), is, taken, count as u64, share),
                }
            };
            drawn.iter().map(of).collect::<Vec<HeatCell>>()
        };
        let cells: Vec<Vec<HeatCell>> = drawn.iter().map(|&truth| cells(truth)).collect();
        let look = HeatLook {
            cell: egui::vec2(cell, 24.0),
            label_width,
        };
        widgets::heat_map(ui, cx.t(o::MATRIX), (&rows, &columns), &cells, look);
    });
}

fn shortened(name: &str, most: usize) -> String {
    let most = most.max(2);
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(most - 1).collect();
    short.push('…');
    short
}

fn classes(cx: &PageContext<'_>, ui: &mut Ui, found: &TaskEvaluation) {
    let ends = found.classes.iter().filter_map(|class| class.f1_interval).flatten();
    let scale = ForestScale::around(ends, found.value("macro_f1"));
    let columns = [
        Column::left(cx.t(o::CLASS), 128.0),
        Column::right(cx.t(words::ROWS), 56.0),
        Column::right(cx.t(words::PRECISION), 64.0),
        Column::right(cx.t(words::RECALL), 60.0),
        Column::right(cx.t(words::F1), 54.0),
        Column::rest_above(cx.t(o::F1_INTERVAL), 120.0),
        Column::right(cx.t(words::AUC), 54.0),
    ];
    widgets::card_titled(
        ui,
        cx.t(o::CLASSES),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            let rows = (found.classes.len(), 330.0, None);
            widgets::table(ui, "classes", &columns, rows, |row, index| {
                let class = &found.classes[index];
                row.col(|ui| widgets::cell(ui, &class.name, p.text));
                row.col(|ui| widgets::cell_right(ui, &number::count(class.support), p.text));
                for (value, interval) in [
                    (class.precision, class.precision_interval),
                    (class.recall, class.recall_interval),
                    (class.f1, class.f1_interval),
                ] {
                    row.col(|ui| {
                        let told = ui.scope(|ui| widgets::cell_right(ui, &shown(value), p.text)).response;
                        if let Some([low, high]) = interval {
                            told.on_hover_text(format!("{} – {}", number::fixed(low, 3), number::fixed(high, 3)));
                        }
                    });
                }
                row.col(|ui| {
                    let spoken = format!("{} {}", class.name, shown(class.f1));
                    forest_cell(ui, &scale, class.f1, class.f1_interval, (Tone::Info, &spoken));
                });
                row.col(|ui| widgets::cell_right(ui, &shown(class.auc), p.text));
            });
        },
    );
}

/// What the model says of the rows of each grade.
fn grades(cx: &PageContext<'_>, ui: &mut Ui, grades: &[GradeEvaluation]) {
    let highest = grades
        .iter()
        .map(|grade| grade.quantiles[2].max(grade.grade))
        .fold(1e-9, f64::max);
    let columns = [
        Column::right(cx.t(o::GRADE), 64.0),
        Column::right(cx.t(words::ROWS), 72.0),
        Column::right(cx.t(words::MEAN_SCORE), 96.0),
        Column::left("", 180.0),
        Column::right(cx.t(o::TENTH), 80.0),
        Column::right(cx.t(o::MEDIAN), 80.0),
        Column::right(cx.t(o::NINETIETH), 80.0),
    ];
    widgets::card_titled(
        ui,
        cx.t(o::GRADES),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            if grades.is_empty() {
                ui.label(RichText::new(cx.t(o::NO_GRADES)).color(p.text_2));
                return;
            }
            let rows = (grades.len(), 300.0, None);
            widgets::table(ui, "grades", &columns, rows, |row, index| {
                let grade = &grades[index];
                row.col(|ui| widgets::cell_right(ui, &number::compact(grade.grade), p.text));
                row.col(|ui| widgets::cell_right(ui, &number::count(grade.rows), p.text));
                row.col(|ui| widgets::cell_right(ui, &number::fixed(grade.mean_score, 3), p.text));
                row.col(|ui| {
                    let share = (grade.mean_score / highest).clamp(0.0, 1.0) as f32;
                    widgets::share_bar(ui, share, Tone::Info, 160.0);
                });
                for value in grade.quantiles {
                    row.col(|ui| widgets::cell_right(ui, &number::fixed(value, 2), p.text_2));
                }
            });
        },
    );
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 3))
}

#[cfg(test)]
#[path = "of_task_tests.rs"]
mod tests;
