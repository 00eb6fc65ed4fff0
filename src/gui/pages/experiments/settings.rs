//! Which column says what, which metrics count, what the verdict rests on.

use crate::engine::artifact::ColumnType;
use crate::engine::experiment::{ExperimentConfig, Method, MetricKind, MetricRole, MetricSpec};
use crate::gui::command::Command;
use crate::gui::command::experiments::ExperimentsCommand;
use crate::gui::i18n::{Text, experiments as words};
use crate::gui::pages::PageContext;
use crate::gui::state::experiments::{ExperimentLog, LogColumn};
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// A draft until it is sent.
#[derive(Default)]
pub(super) struct SettingsForm {
    draft: Option<ExperimentConfig>,
    /// The settings the draft was started from; when they change, so does the draft.
    origin: Option<ExperimentConfig>,
}

impl SettingsForm {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let state = &cx.state.experiments;
        if self.origin != state.choice.config {
            self.origin.clone_from(&state.choice.config);
            self.draft.clone_from(&state.choice.config);
        }
        file_row(cx, ui);
        ui.add_space(space::GAP);
        let Some(log) = &state.log else {
            widgets::card(ui, |ui| {
                ui.label(RichText::new(cx.t(words::NO_LOG)).color(palette(ui).text_2));
            });
            return;
        };
        let draft = self.draft.get_or_insert_with(ExperimentConfig::default);
        columns_card(cx, ui, log, draft);
        ui.add_space(space::GAP);
        metrics_card(cx, ui, log, draft);
        ui.add_space(space::GAP);
        let complete = !draft.variant.is_empty() && !draft.control.is_empty() && !draft.metrics.is_empty();
        let idle = !state.report.is_loading();
        if widgets::primary_button(ui, cx.t(words::ANALYSE), complete && idle).clicked() {
            cx.send(Command::Experiments(ExperimentsCommand::RunWith(Box::new(
                draft.clone(),
            ))));
        }
    }
}

fn file_row(cx: &PageContext<'_>, ui: &mut Ui) {
    let state = &cx.state.experiments;
    let own = state
        .choice
        .files
        .first()
        .or(cx.state.project.sources.experiment.as_ref());
    let path = own.map_or_else(|| cx.t(words::NONE).to_owned(), |path| path.display().to_string());
    widgets::card_titled(
        ui,
        cx.t(words::FILE),
        |ui| {
            if widgets::secondary_button(ui, cx.t(words::PICK)).clicked() {
                cx.send(Command::Experiments(ExperimentsCommand::PickFiles));
            }
            if state.log.is_none() && own.is_some() && widgets::secondary_button(ui, cx.t(words::RUN)).clicked() {
                cx.send(Command::Experiments(ExperimentsCommand::Run));
            }
        },
        |ui| {
            ui.label(RichText::new(path).font(text::mono()).color(palette(ui).text));
        },
    );
}

/// Column names with a "none" entry first.
fn optional(cx: &PageContext<'_>, none: Text, names: Vec<String>) -> Vec<(Option<String>, String)> {
    let first = (None, cx.t(none).to_owned());
    std::iter::once(first)
        .chain(names.into_iter().map(|name| (Some(name.clone()), name)))
        .collect()
}

fn names(log: &ExperimentLog, keep: impl Fn(&LogColumn) -> bool) -> Vec<String> {
    log.columns
        .iter()
        .filter(|column| keep(column))
        .map(|column| column.name.clone())
        .collect()
}

fn is_number(column: &LogColumn) -> bool {
    matches!(
        column.dtype,
        ColumnType::Integer | ColumnType::Float | ColumnType::Boolean
    )
}

fn is_time(column: &LogColumn) -> bool {
    matches!(column.dtype, ColumnType::Time | ColumnType::Integer)
}

fn columns_card(cx: &PageContext<'_>, ui: &mut Ui, log: &ExperimentLog, draft: &mut ExperimentConfig) {
    widgets::card_titled(
        ui,
        cx.t(words::COLUMNS),
        |_ui| {},
        |ui| {
            let same = |names: Vec<String>| names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP;
                slot(ui, |ui| {
                    widgets::choice(
                        ui,
                        cx.t(words::UNIT),
                        &mut draft.unit,
                        &optional(cx, words::EACH_ROW, names(log, |_| true)),
                    )
                });
                let variants = same(names(log, |column| column.values.len() >= 2));
                if slot(ui, |ui| {
                    widgets::choice(ui, cx.t(words::VARIANT), &mut draft.variant, &variants)
                }) {
                    draft.control.clear();
                }
                let values = log.columns.iter().find(|column| column.name == draft.variant);
                let values = same(values.map(|column| column.values.clone()).unwrap_or_default());
                slot(ui, |ui| {
                    widgets::choice(ui, cx.t(words::CONTROL), &mut draft.control, &values)
                });
                slot(ui, |ui| {
                    widgets::choice(
                        ui,
                        cx.t(words::TIME),
                        &mut draft.time,
                        &optional(cx, words::NONE, names(log, is_time)),
                    )
                });
                slot(ui, |ui| {
                    let entries = optional(cx, words::NONE, names(log, is_number));
                    widgets::choice(ui, cx.t(words::COVARIATE), &mut draft.covariate, &entries)
                });
            });
            ui.add_space(space::SMALL);
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::GAP;
                let methods = Method::ALL.map(|method| (method, words::method(cx.lang(), method).to_owned()));
                slot(ui, |ui| {
                    widgets::choice(ui, cx.t(words::INFERENCE), &mut draft.method, &methods)
                });
                let levels = [0.01, 0.05, 0.1].map(|level| (level, format!("{level}")));
                slot(ui, |ui| {
                    widgets::choice(ui, cx.t(words::ALPHA), &mut draft.alpha, &levels)
                });
            });
            ui.add_space(space::SMALL);
            segment_chips(cx, ui, log, draft);
        },
    );
}

/// A form field of a fixed width, so that a row of them keeps its columns.
fn slot<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui(egui::vec2(206.0, 44.0), |ui| {
        ui.set_min_width(206.0);
        add(ui)
    })
    .inner
}

fn segment_chips(cx: &PageContext<'_>, ui: &mut Ui, log: &ExperimentLog, draft: &mut ExperimentConfig) {
    let fit = |column: &LogColumn| {
        (2..=12).contains(&column.values.len())
            && column.name != draft.variant
            && Some(&column.name) != draft.unit.as_ref()
    };
    let candidates = names(log, fit);
    ui.horizontal_wrapped(|ui| {
        ui.label(
            RichText::new(cx.t(words::SEGMENTS))
                .font(text::small())
                .color(palette(ui).text_2),
        );
        for name in candidates {
            let on = draft.segments.contains(&name);
            if widgets::toggle_chip(ui, on, &name).clicked() {
                if on {
                    draft.segments.retain(|segment| *segment != name);
                } else {
                    draft.segments.push(name);
                }
            }
        }
    });
}

fn metrics_card(cx: &PageContext<'_>, ui: &mut Ui, log: &ExperimentLog, draft: &mut ExperimentConfig) {
    let numbers = names(log, is_number);
    let mut add = false;
    widgets::card_titled(
        ui,
        cx.t(words::METRICS),
        |ui| add = widgets::secondary_button(ui, cx.t(words::ADD)).clicked(),
        |ui| {
            let mut removed = None;
            for (index, metric) in draft.metrics.iter_mut().enumerate() {
                ui.push_id(index, |ui| {
                    if metric_row(cx, ui, metric, &numbers) {
                        removed = Some(index);
                    }
                });
                ui.add_space(space::TIGHT);
            }
            if let Some(index) = removed {
                draft.metrics.remove(index);
            }
        },
    );
    if add && let Some(column) = numbers.first() {
        let name = (1..)
            .map(|n| format!("{column} {n}"))
            .find(|name| draft.metrics.iter().all(|metric| metric.name != *name));
        draft
            .metrics
            .push(MetricSpec::new(MetricKind::Mean, &name.unwrap_or_default(), column));
    }
}

/// One metric; true when it shall go.
fn metric_row(cx: &PageContext<'_>, ui: &mut Ui, metric: &mut MetricSpec, numbers: &[String]) -> bool {
    let lang = cx.lang();
    let entries: Vec<(String, String)> = numbers.iter().map(|name| (name.clone(), name.clone())).collect();
    let mut remove = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::SMALL;
        narrow(ui, 170.0, |ui| {
            widgets::field(ui, cx.t(words::NAME), &mut metric.name, "");
        });
        narrow(ui, 116.0, |ui| {
            let kinds = [
                MetricKind::Proportion,
                MetricKind::Mean,
                MetricKind::Ratio,
                MetricKind::Quantile,
            ];
            let kinds = kinds.map(|kind| (kind, words::kind(lang, kind).to_owned()));
            if widgets::choice(ui, cx.t(words::KIND), &mut metric.kind, &kinds) {
                metric.quantile = (metric.kind == MetricKind::Quantile).then_some(0.95);
                metric.denominator = if metric.kind == MetricKind::Ratio {
                    numbers.last().cloned()
                } else {
                    None
                };
            }
        });
        narrow(ui, 170.0, |ui| {
            widgets::choice(ui, cx.t(words::COLUMN), &mut metric.column, &entries);
        });
        narrow(ui, 170.0, |ui| {
            if let Some(denominator) = &mut metric.denominator {
                widgets::choice(ui, cx.t(words::DENOMINATOR), denominator, &entries);
            } else if let Some(p) = &mut metric.quantile {
                widgets::labelled(ui, cx.t(words::QUANTILE), |ui| {
                    ui.add(egui::DragValue::new(p).range(0.01..=0.999).speed(0.005));
                });
            }
        });
        narrow(ui, 116.0, |ui| {
            let roles = [MetricRole::Goal, MetricRole::Secondary, MetricRole::Guardrail];
            let roles = roles.map(|role| (role, words::role(lang, role).to_owned()));
            widgets::choice(ui, cx.t(words::ROLE), &mut metric.role, &roles);
        });
        widgets::check_box(ui, &mut metric.lower_is_better, cx.t(words::LOWER));
        remove = widgets::link(ui, cx.t(words::REMOVE)).clicked();
    });
    remove
}

/// A field of a metric's row, of a fixed width whether or not it is filled.
fn narrow(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui(egui::vec2(width, 44.0), |ui| {
        ui.set_min_width(width);
        add(ui);
    });
}
