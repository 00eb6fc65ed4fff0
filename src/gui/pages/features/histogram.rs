//! One feature: what it means, and how its values differ between positives and negatives.

use crate::engine::features::{FeatureKind, FeatureReport, FeatureSet, HistogramBin, ValueCount};
use crate::gui::i18n::{features as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column, PlotLook};
use egui::{RichText, Ui};
use egui_plot::{Bar, BarChart};

const BAR_WIDTH: f32 = 56.0;

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, set: Option<&FeatureSet>, selected: Option<&str>, height: f32) {
    let feature = set.and_then(|set| {
        let named = set
            .features
            .iter()
            .find(|feature| Some(feature.name.as_str()) == selected);
        // Until one is chosen, the first of the table is shown.
        named.or_else(|| set.by_rank().into_iter().next())
    });
    let title = feature.map_or_else(|| cx.t(words::FEATURE).to_owned(), |feature| feature.name.clone());
    widgets::card_titled(
        ui,
        &title,
        |_ui| {},
        |ui| {
            ui.set_min_height(height - 28.0);
            match feature {
                Some(feature) => show(cx, ui, feature, height),
                None => {
                    let color = palette(ui).text_2;
                    ui.label(RichText::new(cx.t(words::NOT_BUILT)).color(color));
                    ui.label(
                        RichText::new(cx.t(words::CHOOSE_FEATURE))
                            .font(text::small())
                            .color(color),
                    );
                }
            }
        },
    );
}

fn show(cx: &PageContext<'_>, ui: &mut Ui, feature: &FeatureReport, height: f32) {
    let p = palette(ui);
    ui.label(
        RichText::new(cx.b(&feature.description))
            .font(text::table())
            .color(p.text_2),
    );
    if let Some(reason) = &feature.scores.leak_reason {
        widgets::tone_text(ui, Tone::Danger, cx.b(reason));
    }
    let missing = format!(
        "{} {}",
        cx.t(words::MISSING),
        number::share(feature.scores.missing_share)
    );
    ui.label(RichText::new(missing).font(text::small()).color(p.text_2));
    ui.add_space(space::TIGHT);
    if feature.kind == FeatureKind::Text {
        ui.label(
            RichText::new(cx.t(words::TEXT_FEATURE))
                .font(text::small())
                .color(p.text_2),
        );
        return;
    }
    if feature.kind == FeatureKind::Categorical {
        return values(cx, ui, &feature.scores.values, height);
    }
    let look = PlotLook {
        legend: true,
        ..PlotLook::new("feature-histogram", (height - 150.0).max(140.0))
    };
    let charts = [(words::NEGATIVES, 0, -0.5), (words::POSITIVES, 1, 0.5)].map(|(name, class, side)| {
        let bars = bars(&feature.scores.histogram, class, side);
        BarChart::new(cx.t(name), bars).color(p.series(class))
    });
    widgets::line_plot(ui, &look, |plot| {
        for chart in charts {
            plot.bar_chart(chart);
        }
    });
    ui.label(
        RichText::new(cx.t(words::SHARE_OF_CLASS))
            .font(text::small())
            .color(p.text_2),
    );
}

/// The most frequent values, each with its rows and the share of positives among them.
fn values(cx: &PageContext<'_>, ui: &mut Ui, values: &[ValueCount], height: f32) {
    let p = palette(ui);
    let rows = |value: &ValueCount| value.negatives + value.positives;
    let share = |value: &ValueCount| value.positives as f64 / rows(value).max(1) as f64;
    let most = values.iter().map(share).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let note = RichText::new(cx.t(words::SHARE_OF_VALUE))
        .font(text::small())
        .color(p.text_2);
    ui.add(egui::Label::new(note).wrap());
    ui.add_space(space::TIGHT);
    let columns = [
        Column::rest(cx.t(words::VALUE)),
        Column::right(cx.t(words::ROWS), 52.0),
        Column::right(cx.t(words::POSITIVE), 60.0),
        Column::left("", BAR_WIDTH + space::TIGHT),
    ];
    let size = (values.len(), (height - 150.0).max(140.0), None);
    widgets::table(ui, "feature-values", &columns, size, |row, place| {
        let value = &values[place];
        row.col(|ui| {
            ui.add(egui::Label::new(RichText::new(&value.value).font(text::table())).truncate())
                .on_hover_text(&value.value);
        });
        row.col(|ui| widgets::cell_right(ui, &number::count(rows(value)), p.text));
        row.col(|ui| widgets::cell_right(ui, &number::share(share(value)), p.text));
        row.col(|ui| {
            widgets::share_bar(ui, (share(value) / most) as f32, Tone::Accent, BAR_WIDTH);
        });
    });
}

/// Bars side by side: the share of the class that falls into each bin.
fn bars(bins: &[HistogramBin], class: usize, side: f64) -> Vec<Bar> {
    let count = |bin: &HistogramBin| [bin.negatives, bin.positives][class] as f64;
    let total = bins.iter().map(count).sum::<f64>().max(1.0);
    bins.iter()
        .map(|bin| {
            let half = (bin.upper - bin.lower) * 0.42;
            let center = (bin.lower + bin.upper) / 2.0 + side * half;
            Bar::new(center, count(bin) / total).width(half)
        })
        .collect()
}
