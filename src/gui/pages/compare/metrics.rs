//! The metrics of one pair: values, difference, interval as a forest plot, adjusted p-value.

use crate::engine::compare::PairResult;
use crate::gui::i18n::{compare as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, Tone, palette, text};
use crate::gui::widgets::{self, Column, ForestScale, forest_cell};
use egui::{RichText, Ui};
use egui_extras::TableRow;

/// Draws the card; returns the position of a clicked metric.
pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, pairs: &[&PairResult], selected: usize) -> Option<usize> {
    let mut clicked = None;
    widgets::card_titled(
        ui,
        cx.t(words::METRICS),
        |ui| {
            if let Some(pair) = pairs.first() {
                ui.label(
                    RichText::new(words::pair(cx.lang(), pair))
                        .font(text::small())
                        .color(palette(ui).text_2),
                );
            }
        },
        |ui| clicked = table(cx, ui, pairs, selected),
    );
    clicked
}

/// Difference and interval in per cent of model a, so that all metrics share one scale.
fn relative(pair: &PairResult) -> Option<(f64, Option<[f64; 2]>)> {
    let base = pair.value_a.filter(|value| *value != 0.0)?.abs();
    let percent = |value: f64| value / base * 100.0;
    Some((percent(pair.delta?), pair.interval.map(|ends| ends.map(percent))))
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, pairs: &[&PairResult], selected: usize) -> Option<usize> {
    let p = palette(ui);
    let shown: Vec<_> = pairs.iter().map(|pair| relative(pair)).collect();
    let ends = shown
        .iter()
        .flatten()
        .flat_map(|(delta, interval)| interval.iter().flatten().copied().chain([*delta]).collect::<Vec<_>>());
    let scale = ForestScale::around(ends, Some(0.0));
    let columns = [
        Column::left(cx.t(words::METRIC), 122.0),
        Column::left(cx.t(words::BETTER_IS), 62.0),
        Column::right("A", 62.0),
        Column::right("B", 62.0),
        Column::rest_above(cx.t(words::EFFECT), 160.0),
        Column::right(cx.t(words::DIFFERENCE), 74.0),
        Column::right(cx.t(words::P), 76.0),
    ];
    let height = 30.0 + 30.0 * pairs.len() as f32;
    widgets::table(
        ui,
        "differences",
        &columns,
        (pairs.len(), height, Some(selected)),
        |row, index| {
            draw_row(cx, row, pairs[index], (&shown[index], &scale), &p);
        },
    )
}

type Relative = Option<(f64, Option<[f64; 2]>)>;

fn draw_row(
    cx: &PageContext<'_>,
    row: &mut TableRow<'_, '_>,
    pair: &PairResult,
    (relative, scale): (&Relative, &ForestScale),
    p: &Palette,
) {
    let value = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4));
    let direction = if pair.higher_is_better {
        words::HIGHER
    } else {
        words::LOWER
    };
    let tone = tone(pair);
    row.col(|ui| widgets::cell(ui, cx.b(&pair.metric.label()), p.text));
    row.col(|ui| widgets::cell(ui, cx.t(direction), p.text_2));
    row.col(|ui| widgets::cell_right(ui, &value(pair.value_a), p.text));
    row.col(|ui| widgets::cell_right(ui, &value(pair.value_b), p.text));
    row.col(|ui| match relative {
        Some((delta, interval)) => {
            let spoken = cx.b(&pair.verdict);
            forest_cell(ui, scale, Some(*delta), *interval, (tone, spoken)).on_hover_text(spoken);
        }
        None => {
            let why = pair.undefined.as_ref().map_or(cx.t(words::UNDEFINED), |why| cx.b(why));
            widgets::cell(ui, why, p.text_2);
        }
    });
    let delta = pair
        .delta
        .map_or_else(|| "–".to_owned(), |delta| number::signed(delta, 4));
    row.col(|ui| widgets::cell_right(ui, &delta, p.text));
    let adjusted = pair.p_adjusted.map_or_else(|| "–".to_owned(), number::p_value);
    let color = if tone == Tone::Info { p.text_2 } else { p.tone(tone) };
    row.col(|ui| widgets::cell_right(ui, &adjusted, color));
}

/// B better, A better, or nothing shown; the same word stands in the verdict.
pub(super) fn tone(pair: &PairResult) -> Tone {
    match &pair.better {
        Some(better) if *better == pair.b => Tone::Success,
        Some(_) => Tone::Danger,
        None => Tone::Info,
    }
}
