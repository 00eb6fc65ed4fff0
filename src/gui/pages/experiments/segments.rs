//! The goal's effect in parts of the units, as one forest plot, with the test whether the parts differ.

use super::metrics::{Effect, effect, scale_of, shown};
use crate::engine::experiment::ExperimentReport;
use crate::engine::experiment::report::SegmentColumn;
use crate::gui::i18n::{experiments as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, text};
use crate::gui::widgets::{self, Column, forest_cell};
use egui::{RichText, Ui};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport, treatment: usize, absolute: bool) {
    let Some(goal) = report.segments.first() else {
        widgets::card_titled(
            ui,
            cx.t(words::BY_SEGMENT),
            |_ui| {},
            |ui| {
                ui.label(RichText::new(cx.t(words::NO_SEGMENTS)).color(palette(ui).text_2));
            },
        );
        return;
    };
    let Some(metric) = report.metrics.iter().find(|metric| metric.name == goal.metric) else {
        return;
    };
    let Some(whole) = metric.treatments.get(treatment) else {
        return;
    };
    let own: Vec<&SegmentColumn> = report
        .segments
        .iter()
        .filter(|column| column.treatment == whole.arm.name)
        .collect();
    let lowest = own
        .iter()
        .filter_map(|column| column.interaction_p_adjusted)
        .min_by(f64::total_cmp);
    let title = format!("{}: {}", cx.t(words::BY_SEGMENT), goal.metric);
    widgets::card_titled(
        ui,
        &title,
        |ui| {
            if let Some(p) = lowest {
                ui.label(
                    RichText::new(words::interaction(cx.lang(), p))
                        .font(text::small())
                        .color(palette(ui).text_2),
                );
            }
        },
        |ui| {
            let mut rows = vec![Row {
                label: cx.t(words::ALL_UNITS).to_owned(),
                units: metric.control.n + whole.arm.n,
                effect: effect(&whole.inference, absolute),
                whole: true,
            }];
            for column in own {
                rows.extend(column.parts.iter().map(|part| Row {
                    label: format!(
                        "{}: {}",
                        column.column,
                        if part.value.is_empty() {
                            "–"
                        } else {
                            part.value.as_str()
                        }
                    ),
                    units: part.control_units + part.treatment_units,
                    effect: effect(&part.inference, absolute),
                    whole: false,
                }));
            }
            table(cx, ui, &rows, absolute);
        },
    );
}

struct Row {
    label: String,
    units: u64,
    effect: Effect,
    whole: bool,
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, rows: &[Row], absolute: bool) {
    let p = palette(ui);
    let scale = scale_of(rows.iter().map(|row| &row.effect));
    let heading = if absolute { words::DELTA } else { words::EFFECT_RELATIVE };
    let columns = [
        Column::left("", 176.0),
        Column::right(words::units(cx.lang(), 0).replace('0', "").trim(), 70.0),
        Column::rest_above(cx.t(heading), 200.0),
        Column::right(cx.t(words::DELTA), 92.0),
    ];
    let height = (30.0 + 30.0 * rows.len() as f32).min(300.0);
    widgets::table(
        ui,
        "experiment-segments",
        &columns,
        (rows.len(), height, None),
        |row, index| {
            let part = &rows[index];
            let delta = shown(part.effect.0, absolute);
            row.col(|ui| widgets::cell(ui, &part.label, if part.whole { p.accent } else { p.text }));
            row.col(|ui| widgets::cell_right(ui, &number::count(part.units), p.text_2));
            row.col(|ui| {
                if part.effect.1.is_none() {
                    widgets::cell(ui, cx.t(words::UNBOUNDED), p.text_2);
                    return;
                }
                let tone = if part.whole { Tone::Accent } else { Tone::Info };
                let spoken = format!("{} {delta}", part.label);
                forest_cell(ui, &scale, part.effect.0, part.effect.1, (tone, &spoken)).on_hover_text(spoken);
            });
            row.col(|ui| widgets::cell_right(ui, &delta, p.text));
        },
    );
}
