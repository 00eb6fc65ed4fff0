//! One difference in full: its sentence, uncertainty, wins and losses, and the groups behind it.

use crate::engine::compare::{EffectSize, PairResult, WinTieLoss};
use crate::gui::i18n::{compare as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{CornerRadius, Rect, RichText, Sense, Ui, pos2, vec2};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, pair: &PairResult) {
    let title = format!("{}: {}", cx.t(words::DETAILS), cx.b(&pair.metric.label()));
    widgets::card_titled(
        ui,
        &title,
        |_ui| {},
        |ui| {
            let p = palette(ui);
            ui.label(RichText::new(cx.b(&pair.verdict)).font(text::body()).color(p.text));
            ui.add_space(space::SMALL);
            widgets::key_values(ui, "difference", &facts(cx, pair));
            ui.add_space(space::SMALL);
            match pair.win_tie_loss {
                Some(outcome) => outcome_bar(cx, ui, outcome),
                None => {
                    ui.label(
                        RichText::new(cx.t(words::NO_GROUPS))
                            .font(text::small())
                            .color(p.text_2),
                    );
                }
            }
        },
    );
}

fn facts(cx: &PageContext<'_>, pair: &PairResult) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |word: crate::gui::i18n::Text, value: Option<String>| {
        facts.extend(value.map(|value| (cx.t(word).to_owned(), value)));
    };
    let interval = |[low, high]: [f64; 2]| format!("{} … {}", number::signed(low, 4), number::signed(high, 4));
    add(words::INTERVAL, pair.interval.map(interval));
    add(words::TEST, pair.test.map(|test| cx.b(&test.label()).to_owned()));
    add(words::RAW_P, pair.p_value.map(number::p_value));
    let second = pair
        .cross_check
        .map(|check| format!("{}, p {}", cx.b(&check.test.label()), number::p_value(check.p_value)));
    add(words::CROSS_CHECK, second);
    add(words::STANDARD_ERROR, pair.standard_error.map(number::compact));
    add(words::DETECTABLE, pair.smallest_detectable.map(number::compact));
    add(
        words::EFFECT_SIZE,
        pair.effect_size.as_ref().map(|effect| effect_text(cx, effect)),
    );
    facts
}

fn effect_text(cx: &PageContext<'_>, effect: &EffectSize) -> String {
    let name = if effect.name == "cohen_dz" {
        words::COHEN_DZ
    } else {
        words::DISCORDANT_ODDS
    };
    format!("{} {}", cx.t(name), number::fixed(effect.value, 2))
}

/// One bar split into "B better", "equal", "A better", each with its count in words.
fn outcome_bar(cx: &PageContext<'_>, ui: &mut Ui, outcome: WinTieLoss) {
    let p = palette(ui);
    let counts = [outcome.b_better, outcome.equal, outcome.a_better];
    let total = counts.iter().sum::<u64>().max(1) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 12.0), Sense::hover());
    let mut x = rect.left();
    for (count, color) in counts.into_iter().zip([p.success, p.text_3, p.danger]) {
        let width = rect.width() * count as f32 / total;
        let part = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width, rect.bottom()));
        ui.painter().rect_filled(part, CornerRadius::same(2), color);
        x += width;
    }
    let legend = format!(
        "{} {}  ·  {} {}  ·  {} {}",
        cx.t(words::WIN),
        number::count(counts[0]),
        cx.t(words::TIE),
        number::count(counts[1]),
        cx.t(words::LOSS),
        number::count(counts[2])
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &legend));
    ui.label(RichText::new(legend).font(text::small()).color(p.text_2));
}

/// The groups that differ most, for ranking metrics.
pub(super) fn changes(cx: &PageContext<'_>, ui: &mut Ui, pair: &PairResult) {
    if pair.largest_changes.is_empty() {
        return;
    }
    widgets::card_titled(
        ui,
        cx.t(words::CHANGES),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            let columns = [
                Column::left(cx.t(words::GROUP), 170.0),
                Column::right("A", 60.0),
                Column::right("B", 60.0),
                Column::right(cx.t(words::DIFFERENCE), 70.0),
            ];
            let rows = pair.largest_changes.len();
            widgets::table(ui, "changes", &columns, (rows, 200.0, None), |row, index| {
                let change = &pair.largest_changes[index];
                let color = if (change.delta > 0.0) == pair.higher_is_better {
                    p.success
                } else {
                    p.danger
                };
                row.col(|ui| widgets::cell(ui, &change.group, p.text));
                row.col(|ui| widgets::cell_right(ui, &number::fixed(change.value_a, 3), p.text));
                row.col(|ui| widgets::cell_right(ui, &number::fixed(change.value_b, 3), p.text));
                row.col(|ui| widgets::cell_right(ui, &number::signed(change.delta, 3), color));
            });
        },
    );
}
