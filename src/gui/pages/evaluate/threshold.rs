//! The threshold: a slider over the exact table, the confusion matrix and what follows from it.

use super::models::CARD_HEIGHT;
use crate::engine::eval::{Confusion, Evaluation, ModelEvaluation, ThresholdMetrics, ThresholdRule};
use crate::gui::i18n::{evaluate as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, palette, space, text};
use crate::gui::widgets;
use egui::{CornerRadius, Rect, RichText, Sense, Ui, pos2, vec2};

/// A threshold chosen by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// Position in the model's threshold table.
    Entry(usize),
    /// 0.5 itself, which may lie above every score.
    Half,
}

/// The metrics at the chosen threshold, or at the evaluation's own.
pub(super) fn current(found: &Evaluation, at: Option<Chosen>) -> Option<ThresholdMetrics> {
    match at {
        Some(Chosen::Entry(at)) => found.thresholds.entry(at),
        Some(Chosen::Half) => found.at_half,
        None => found.threshold.map(|threshold| found.thresholds.at(threshold)),
    }
}

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, model: &ModelEvaluation, at: &mut Option<Chosen>) {
    let found = &model.evaluation;
    let actions = |ui: &mut Ui, pressed: &mut Option<Chosen>| {
        if found.at_half.is_some() && widgets::link(ui, cx.t(words::HALF)).clicked() {
            *pressed = Some(Chosen::Half);
        }
        if widgets::link(ui, cx.t(words::BEST_F1)).clicked() {
            *pressed = found
                .thresholds
                .best_f1()
                .map(|best| Chosen::Entry(position(found, best)));
        }
    };
    let mut pressed = None;
    widgets::card_titled(
        ui,
        cx.t(words::THRESHOLD),
        |ui| actions(ui, &mut pressed),
        |ui| {
            ui.set_min_height(CARD_HEIGHT - 60.0);
            let Some(shown) = current(found, *at) else {
                let why = found.undefined.get("threshold").map_or("", |why| cx.b(why));
                ui.label(RichText::new(why).color(palette(ui).text_2));
                return;
            };
            slider(cx, ui, found, &shown, at);
            ui.add_space(space::SMALL);
            ui.horizontal_top(|ui| {
                confusion(cx, ui, shown.confusion);
                ui.add_space(space::GAP);
                readings(cx, ui, &shown);
            });
            ui.add_space(space::SMALL);
            let predicted = shown.confusion.true_positives + shown.confusion.false_positives;
            let optimistic = at.is_none() && found.threshold_rule == ThresholdRule::BestF1;
            let sentence = words::at_threshold(cx.lang(), predicted, found.n, optimistic);
            ui.label(RichText::new(sentence).font(text::small()).color(palette(ui).text_2));
        },
    );
    *at = pressed.or(*at);
}

/// Entry of the table at or above a threshold.
fn position(found: &Evaluation, threshold: f64) -> usize {
    let entries = found.thresholds.thresholds.partition_point(|&score| score >= threshold);
    entries.saturating_sub(1)
}

/// How far an arrow key moves the threshold, and with Shift.
const KEY_STEP: f64 = 0.01;
const FINE_KEY_STEP: f64 = 0.001;

/// Steps asked for by the arrow keys of the focused slider, in units of the score.
fn key_steps(ui: &Ui) -> f64 {
    ui.input(|input| {
        let step = if input.modifiers.shift { FINE_KEY_STEP } else { KEY_STEP };
        let presses = |key| input.num_presses(key) as f64;
        (presses(egui::Key::ArrowRight) - presses(egui::Key::ArrowLeft)) * step
    })
}

/// Entry of the table at most `by` away from the shown threshold, the next one at least: where scores are far apart, an
/// arrow key still moves.
fn moved(found: &Evaluation, now: usize, shown: f64, by: f64) -> usize {
    let last = found.thresholds.len().saturating_sub(1);
    if by > 0.0 {
        let above = found.thresholds.thresholds.partition_point(|&score| score > shown + by);
        above.min(now.saturating_sub(1))
    } else {
        position(found, shown + by).max(now + 1).min(last)
    }
}

/// The slider moves over the table's entries, so every position is an exact count.
fn slider(cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluation, shown: &ThresholdMetrics, at: &mut Option<Chosen>) {
    let last = found.thresholds.len().saturating_sub(1);
    let now = match *at {
        Some(Chosen::Entry(at)) => at,
        Some(Chosen::Half) | None => position(found, shown.threshold),
    };
    // The table descends, the slider ascends from left to right.
    let mut place = last - now.min(last);
    let thresholds = &found.thresholds.thresholds;
    let shown_value = shown.threshold;
    let parse = |typed: &str| {
        let typed: f64 = typed.trim().parse().ok()?;
        let entries = thresholds.partition_point(|&score| score >= typed);
        Some((last - entries.saturating_sub(1).min(last)) as f64)
    };
    let response = widgets::labelled(ui, cx.t(words::PREDICT_FROM), |ui| {
        ui.spacing_mut().slider_width = (ui.available_width() - 90.0).max(80.0);
        let slider = egui::Slider::new(&mut place, 0..=last)
            .custom_formatter(move |_, _| number::fixed(shown_value, 4))
            .custom_parser(parse);
        ui.add(slider)
    });
    let by = if response.has_focus() { key_steps(ui) } else { 0.0 };
    if by != 0.0 {
        *at = Some(Chosen::Entry(moved(found, now, shown.threshold, by)));
    } else if response.changed() {
        *at = Some(Chosen::Entry(last - place));
    }
}

/// Two by two cells, shaded by their share of the row's label.
fn confusion(cx: &PageContext<'_>, ui: &mut Ui, counts: Confusion) {
    let p = palette(ui);
    let (cell, head) = (vec2(84.0, 40.0), vec2(52.0, 18.0));
    let size = vec2(head.x + 2.0 * cell.x, head.y + 2.0 * cell.y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let origin = rect.min;
    let center = |column: usize| origin.x + head.x + cell.x * (column as f32 + 0.5);
    for (column, word) in [words::PREDICTED_YES, words::PREDICTED_NO].into_iter().enumerate() {
        label_at(ui, pos2(center(column), origin.y + head.y / 2.0), cx.t(word), &p);
    }
    let rows = [
        (words::ACTUAL_YES, [counts.true_positives, counts.false_negatives]),
        (words::ACTUAL_NO, [counts.false_positives, counts.true_negatives]),
    ];
    for (row, (word, values)) in rows.into_iter().enumerate() {
        let top = origin.y + head.y + cell.y * row as f32;
        label_at(ui, pos2(origin.x + head.x / 2.0, top + cell.y / 2.0), cx.t(word), &p);
        let total: u64 = values.iter().sum();
        for (column, value) in values.into_iter().enumerate() {
            let area = Rect::from_min_size(pos2(origin.x + head.x + cell.x * column as f32, top), cell).shrink(1.5);
            let share = value as f32 / total.max(1) as f32;
            let color = if row == column { p.success } else { p.danger };
            let radius = CornerRadius::same(space::CONTROL_RADIUS);
            ui.painter().rect_filled(area, radius, p.raised);
            ui.painter()
                .rect_filled(area, radius, Palette::faint(color, 0.10 + 0.30 * share));
            let count = number::count(value);
            let shown = ui.painter().layout_no_wrap(count, text::body(), p.text);
            ui.painter()
                .galley(area.center() - shown.size() / 2.0 - vec2(0.0, 7.0), shown, p.text);
            let percent = ui
                .painter()
                .layout_no_wrap(number::share(f64::from(share)), text::small(), p.text_2);
            ui.painter()
                .galley(area.center() - percent.size() / 2.0 + vec2(0.0, 9.0), percent, p.text_2);
        }
    }
    let spoken = format!(
        "{} {}: {} / {}; {}: {} / {}",
        cx.t(words::THRESHOLD),
        cx.t(words::ACTUAL_YES),
        counts.true_positives,
        counts.false_negatives,
        cx.t(words::ACTUAL_NO),
        counts.false_positives,
        counts.true_negatives
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &spoken));
}

fn label_at(ui: &Ui, center: egui::Pos2, word: &str, p: &Palette) {
    let galley = ui.painter().layout_no_wrap(word.to_owned(), text::small(), p.text_2);
    ui.painter().galley(center - galley.size() / 2.0, galley, p.text_2);
}

fn readings(cx: &PageContext<'_>, ui: &mut Ui, shown: &ThresholdMetrics) {
    let value = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 4));
    let pairs = [
        (words::PRECISION, shown.precision),
        (words::RECALL, shown.recall),
        (words::F1, shown.f1),
        (words::SPECIFICITY, shown.specificity),
        (words::MCC, shown.mcc),
    ];
    let pairs: Vec<(String, String)> = pairs
        .into_iter()
        .map(|(word, number)| (cx.t(word).to_owned(), value(number)))
        .collect();
    widgets::key_values(ui, "readings", &pairs);
}
