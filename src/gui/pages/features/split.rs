//! The split: strategy, shares, a timeline of the parts, and what crosses between them.

use super::change;
use crate::engine::artifact::Severity;
use crate::engine::features::Part;
use crate::engine::features::{FeatureSet, PartReport, SplitReport, Strategy};
use crate::gui::i18n::features as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, Tone, palette, space, text};
use crate::gui::widgets;
use egui::{Align2, CornerRadius, Rect, RichText, Sense, Ui, pos2, vec2};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    widgets::card_titled(
        ui,
        cx.t(words::SPLIT),
        |_ui| {},
        |ui| {
            ui.set_min_height(super::CHOICES_HEIGHT);
            controls(cx, ui, set);
            ui.add_space(space::SMALL);
            if let Some(set) = set {
                timeline(cx, ui, &set.split);
                ui.add_space(space::SMALL);
                leaks(cx, ui, &set.split);
            }
        },
    );
}

fn controls(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>) {
    let split = &cx.state.features.config.split;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let mut strategy = split.strategy.or_else(|| set.map(|set| set.split.strategy));
        let mut entries: Vec<(Option<Strategy>, String)> = Strategy::ALL
            .into_iter()
            .map(|strategy| (Some(strategy), words::strategy(cx.lang(), strategy).to_owned()))
            .collect();
        if strategy.is_none() {
            entries.insert(0, (None, cx.t(words::AUTOMATIC).to_owned()));
        }
        if widgets::choice(ui, cx.t(words::STRATEGY), &mut strategy, &entries) {
            change(cx, |config| config.split.strategy = strategy);
        }
        let [mut train, mut valid, test] = split.ratios.map(|share| (share * 100.0).round() as i64);
        let changed = widgets::number_field(ui, cx.t(words::TRAIN_SHARE), &mut train, 1..=98)
            | widgets::number_field(ui, cx.t(words::VALID_SHARE), &mut valid, 0..=98);
        widgets::labelled(ui, cx.t(words::TEST_SHARE), |ui| {
            ui.label(
                RichText::new(test.to_string())
                    .font(text::body())
                    .color(palette(ui).text),
            );
        });
        if changed {
            let train = train.clamp(1, 98);
            let valid = valid.clamp(0, 99 - train);
            let share = |percent: i64| percent as f64 / 100.0;
            change(cx, |config| {
                config.split.ratios = [share(train), share(valid), share(100 - train - valid)]
            });
        }
        let mut minutes = split.embargo_secs / 60.0;
        if widgets::number_field(ui, cx.t(words::EMBARGO), &mut minutes, 0.0..=1_000_000.0) {
            change(cx, |config| config.split.embargo_secs = minutes * 60.0);
        }
    });
}

/// One bar over time where the parts follow each other, else over rows.
fn timeline(cx: &PageContext<'_>, ui: &mut Ui, split: &SplitReport) {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 58.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, spoken(cx, split)));
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), 14.0));
    let edges = edges(split);
    for (index, _) in split.parts.iter().enumerate() {
        let [from, to] = edges[index];
        if to <= from {
            continue;
        }
        let at = |share: f64| bar.left() + bar.width() * share as f32;
        let piece = Rect::from_min_max(
            pos2(at(from), bar.top()),
            pos2((at(to) - 2.0).max(at(from) + 1.0), bar.bottom()),
        );
        ui.painter().rect_filled(piece, CornerRadius::same(3), p.series(index));
    }
    legend(
        cx,
        ui,
        split,
        Rect::from_min_max(pos2(rect.left(), bar.bottom() + 6.0), rect.max),
        &p,
    );
}

/// The drawing in words, for screen readers.
fn spoken(cx: &PageContext<'_>, split: &SplitReport) -> String {
    let parts = split.parts.iter().zip(Part::ALL).map(|(report, part)| {
        let facts = words::part_facts(cx.lang(), report.rows, report.positive_rate);
        format!("{} {facts}", words::part(cx.lang(), part))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Start and end of each part as shares of the whole.
fn edges(split: &SplitReport) -> Vec<[f64; 2]> {
    let first = split.parts.iter().filter_map(|part| part.first_time).min();
    let last = split.parts.iter().filter_map(|part| part.last_time).max();
    if let (Strategy::Time, Some(first), Some(last)) = (split.strategy, first, last)
        && last > first
    {
        let share = |time: Option<i64>| time.map_or(0.0, |time| (time - first) as f64 / (last - first) as f64);
        return split
            .parts
            .iter()
            .map(|part| [share(part.first_time), share(part.last_time)])
            .collect();
    }
    let total = split.parts.iter().map(|part| part.rows).sum::<u64>().max(1) as f64;
    let mut before = 0.0;
    let step = |part: &PartReport| {
        let from = before;
        before += part.rows as f64 / total;
        [from, before]
    };
    split.parts.iter().map(step).collect()
}

fn legend(cx: &PageContext<'_>, ui: &Ui, split: &SplitReport, rect: Rect, p: &Palette) {
    let width = rect.width() / split.parts.len().max(1) as f32;
    for (index, (report, part)) in split.parts.iter().zip(Part::ALL).enumerate() {
        let left = rect.left() + width * index as f32;
        let mark = Rect::from_min_size(pos2(left, rect.top() + 3.0), vec2(8.0, 8.0));
        ui.painter().rect_filled(mark, CornerRadius::same(2), p.series(index));
        let name = words::part(cx.lang(), part);
        let dates = match (report.first_time, report.last_time) {
            (Some(first), Some(last)) => format!("  {} – {}", day(first), day(last)),
            _ => String::new(),
        };
        let painter = ui.painter().with_clip_rect(Rect::from_min_max(
            pos2(left, rect.top()),
            pos2(left + width - 6.0, rect.bottom()),
        ));
        painter.text(
            pos2(left + 13.0, rect.top()),
            Align2::LEFT_TOP,
            format!("{name}{dates}"),
            text::small(),
            p.text,
        );
        let facts = words::part_facts(cx.lang(), report.rows, report.positive_rate);
        painter.text(
            pos2(left + 13.0, rect.top() + 16.0),
            Align2::LEFT_TOP,
            facts,
            text::small(),
            p.text_2,
        );
    }
}

/// `10-03` of a moment in microseconds.
fn day(micros: i64) -> String {
    let moment = chrono::DateTime::from_timestamp_micros(micros);
    moment.map_or_else(|| "–".to_owned(), |moment| moment.format("%m-%d").to_string())
}

/// What a careful reader should know, worst first; checks that found nothing are one line.
fn leaks(cx: &PageContext<'_>, ui: &mut Ui, split: &SplitReport) {
    let mut found: Vec<_> = split.leaks.iter().filter(|leak| leak.count > 0).collect();
    found.sort_by_key(|leak| std::cmp::Reverse(leak.severity));
    ui.spacing_mut().item_spacing.y = 1.0;
    for leak in found.iter().take(3) {
        let tone = match leak.severity {
            Severity::Info => Tone::Quiet,
            other => other.into(),
        };
        widgets::tone_text(ui, tone, cx.b(&leak.message));
    }
}
