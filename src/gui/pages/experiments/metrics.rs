//! All metrics of one treatment: both arms, the effect as a forest plot, the reading.

use crate::engine::experiment::report::MetricResult;
use crate::engine::experiment::{ExperimentReport, Method, MetricRole, Reading, TreatmentResult};
use crate::gui::i18n::{experiments as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, Tone, palette};
use crate::gui::widgets::{self, Column, ForestScale, forest_cell};
use egui::Ui;
use egui_extras::TableRow;

#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub treatment: usize,
    pub metric: usize,
    pub absolute: bool,
}

/// An effect and its interval on the scale shown.
pub(super) type Effect = (Option<f64>, Option<[f64; 2]>);

/// Better, worse, or not told; the word stands in the last column.
pub(super) fn tone(reading: Reading) -> Tone {
    match reading {
        Reading::Better => Tone::Success,
        Reading::Worse => Tone::Danger,
        Reading::NotTold => Tone::Info,
    }
}

/// Per cent of the control, or in units of the metric.
pub(super) fn effect(inference: &crate::engine::experiment::Inference, absolute: bool) -> Effect {
    if absolute {
        (inference.delta, inference.interval)
    } else {
        let percent = |value: f64| value * 100.0;
        (
            inference.relative.map(percent),
            inference.relative_interval.map(|ends| ends.map(percent)),
        )
    }
}

/// `+2.9 %`, or `+0.0123`.
pub(super) fn shown(value: Option<f64>, absolute: bool) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if absolute && value > 0.0 => format!("+{}", number::compact(value)),
        Some(value) if absolute => number::compact(value),
        Some(value) => format!("{} %", number::signed(value, if value.abs() < 10.0 { 2 } else { 1 })),
    }
}

/// A scale around effects; `None` marks what is not on it.
pub(super) fn scale_of<'a>(effects: impl Iterator<Item = &'a Effect>) -> ForestScale {
    let ends =
        effects.flat_map(|(delta, interval)| interval.iter().flatten().copied().chain(*delta).collect::<Vec<_>>());
    ForestScale::around(ends, Some(0.0))
}

/// Draws the card; returns what is chosen now.
pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport, choice: Choice) -> Choice {
    let (mut absolute, mut metric) = (choice.absolute, choice.metric);
    let goal = report
        .metrics
        .first()
        .map(|metric| &metric.treatments[choice.treatment]);
    widgets::card_titled(
        ui,
        cx.t(words::METRICS),
        |ui| {
            match goal.and_then(|goal| goal.cuped.as_ref()) {
                Some(cuped) if report.config.method == Method::Cuped => {
                    widgets::chip(ui, &words::cuped_on(cx.lang(), cuped.variance_reduction), Tone::Quiet);
                }
                _ => {
                    widgets::chip(ui, words::method(cx.lang(), report.config.method), Tone::Quiet);
                }
            }
            if widgets::toggle_chip(ui, choice.absolute, cx.t(words::ABSOLUTE)).clicked() {
                absolute = true;
            }
            if widgets::toggle_chip(ui, !choice.absolute, cx.t(words::RELATIVE)).clicked() {
                absolute = false;
            }
        },
        |ui| {
            if let Some(clicked) = table(cx, ui, report, choice) {
                metric = clicked;
            }
        },
    );
    Choice {
        treatment: choice.treatment,
        metric,
        absolute,
    }
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport, choice: Choice) -> Option<usize> {
    let p = palette(ui);
    let effects: Vec<Effect> = report
        .metrics
        .iter()
        .map(|metric| effect(&metric.treatments[choice.treatment].inference, choice.absolute))
        .collect();
    let common = scale_of(effects.iter());
    let heading = if choice.absolute {
        words::EFFECT_ABSOLUTE
    } else {
        words::EFFECT_RELATIVE
    };
    let columns = [
        Column::left(cx.t(words::METRIC), 118.0),
        Column::left(cx.t(words::ROLE), 70.0),
        Column::right("A", 66.0),
        Column::right("B", 66.0),
        Column::rest_above(cx.t(heading), 150.0),
        Column::right(cx.t(words::DELTA), 74.0),
        Column::right(cx.t(words::P), 84.0),
    ];
    let height = 30.0 + 30.0 * report.metrics.len() as f32;
    let size = (report.metrics.len(), height, Some(choice.metric));
    widgets::table(ui, "experiment-metrics", &columns, size, |row, index| {
        // In units of their own, metrics share no scale.
        let scale = if choice.absolute {
            scale_of(std::iter::once(&effects[index]))
        } else {
            common
        };
        draw_row(cx, row, &report.metrics[index], choice, (&effects[index], &scale, &p));
    })
}

fn draw_row(
    cx: &PageContext<'_>,
    row: &mut TableRow<'_, '_>,
    metric: &MetricResult,
    choice: Choice,
    (effect, scale, p): (&Effect, &ForestScale, &Palette),
) {
    let treatment = &metric.treatments[choice.treatment];
    let value = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number::compact);
    let tone = tone(treatment.reading);
    row.col(|ui| widgets::cell(ui, &metric.name, p.text));
    row.col(|ui| widgets::cell(ui, words::role(cx.lang(), metric.role), p.text_2));
    row.col(|ui| widgets::cell_right(ui, &value(metric.control.estimate), p.text));
    row.col(|ui| widgets::cell_right(ui, &value(treatment.arm.estimate), p.text));
    row.col(|ui| match (&treatment.undefined, effect.1) {
        (Some(why), _) => widgets::cell(ui, cx.b(why), p.text_2),
        (None, None) => widgets::cell(ui, cx.t(words::UNBOUNDED), p.text_2),
        (None, Some(interval)) => {
            let spoken = spoken(metric, effect.0, interval, choice.absolute);
            let definition = cx.b(&metric.definition);
            forest_cell(ui, scale, effect.0, Some(interval), (tone, &spoken))
                .on_hover_text(format!("{spoken}\n{definition}"));
        }
    });
    row.col(|ui| widgets::cell_right(ui, &shown(effect.0, choice.absolute), p.text));
    let (word, strong) = reading_word(cx, metric, treatment);
    row.col(|ui| widgets::cell_right(ui, &word, if strong { p.tone(tone) } else { p.text_2 }));
}

fn spoken(metric: &MetricResult, delta: Option<f64>, [low, high]: [f64; 2], absolute: bool) -> String {
    format!(
        "{} {} [{}, {}]",
        metric.name,
        shown(delta, absolute),
        shown(Some(low), absolute),
        shown(Some(high), absolute)
    )
}

/// `held`, `hurt`, the adjusted p-value or the probability; and whether it decides something.
fn reading_word(cx: &PageContext<'_>, metric: &MetricResult, treatment: &TreatmentResult) -> (String, bool) {
    let told = treatment.reading != Reading::NotTold;
    if treatment.undefined.is_some() {
        return (cx.t(words::UNDEFINED).to_owned(), false);
    }
    if metric.role == MetricRole::Guardrail {
        let word = if treatment.reading == Reading::Worse {
            words::HURT
        } else {
            words::HELD
        };
        return (cx.t(word).to_owned(), told);
    }
    match (treatment.p_adjusted, treatment.probability_to_beat) {
        (Some(p), _) => (number::p_value(p), told),
        (None, Some(probability)) => (words::probability(cx.lang(), probability), told),
        (None, None) => ("–".to_owned(), false),
    }
}
