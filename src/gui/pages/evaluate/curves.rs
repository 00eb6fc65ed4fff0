//! ROC, precision and recall, reliability, and the scores of the two classes, side by side.

use crate::engine::eval::{Calibration, Evaluation, ModelEvaluation, ReliabilityBin, ThresholdMetrics};
use crate::gui::i18n::{Text, evaluate as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, palette, space, text};
use crate::gui::widgets::{self, PlotLook, curve, line_plot};
use egui::{Color32, RichText, Ui};
use egui_plot::{Bar, BarChart, LineStyle, MarkerShape, PlotUi, Points, VLine};

const HEIGHT: f32 = 190.0;

/// Four cards of equal width.
pub(super) fn cards(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    models: &[ModelEvaluation],
    selected: usize,
    threshold: Option<ThresholdMetrics>,
) {
    let width = ((ui.available_width() - 3.0 * space::GAP) / 4.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let mut card = |title: Text, add: &dyn Fn(&mut Ui)| {
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.set_max_width(width);
                ui.spacing_mut().item_spacing.x = space::SMALL;
                widgets::card_titled(ui, cx.t(title), |_ui| {}, |ui| add(ui));
            });
        };
        card(words::ROC, &|ui| roc(cx, ui, models, selected, threshold));
        card(words::PR, &|ui| precision_recall(cx, ui, models, selected, threshold));
        let found = &models[selected].evaluation;
        card(words::RELIABILITY, &|ui| reliability(cx, ui, found, selected));
        card(words::SCORES, &|ui| histogram(cx, ui, found, threshold));
    });
}

fn unit_square(id: &str) -> PlotLook<'_> {
    PlotLook {
        include_x: Some((0.0, 1.0)),
        include_y: Some((0.0, 1.0)),
        ..PlotLook::new(id, HEIGHT)
    }
}

fn caption(cx: &PageContext<'_>, ui: &mut Ui, x: Text, y: Text) {
    let line = words::axes(cx.lang(), x, y);
    ui.label(RichText::new(line).font(text::small()).color(palette(ui).text_2));
}

/// All models thin, the chosen one last and thicker, so that it lies on top.
fn model_curves<'a>(
    plot: &mut PlotUi<'_>,
    models: &'a [ModelEvaluation],
    selected: usize,
    p: &Palette,
    points: impl Fn(&'a Evaluation) -> &'a [[f64; 2]],
) {
    let others = (0..models.len()).filter(|&index| index != selected);
    for index in others.chain([selected]) {
        let model = &models[index];
        let width = if index == selected { 2.2 } else { 1.2 };
        let line = curve(&model.model_name, points(&model.evaluation), p.series(index)).width(width);
        plot.line(line.id(egui::Id::unique(("model-curve", index))));
    }
}

fn marker(plot: &mut PlotUi<'_>, cx: &PageContext<'_>, at: [f64; 2], color: Color32) {
    let points = Points::new(cx.t(words::AT_THRESHOLD), vec![at])
        .radius(4.5)
        .shape(MarkerShape::Circle);
    plot.points(points.color(color));
}

fn roc(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    models: &[ModelEvaluation],
    selected: usize,
    threshold: Option<ThresholdMetrics>,
) {
    let p = palette(ui);
    if models[selected].evaluation.curves.roc.is_empty() {
        empty(ui, cx.t(words::NO_CURVE));
        return;
    }
    line_plot(ui, &unit_square("roc"), |plot| {
        let chance = curve(cx.t(words::CHANCE), &[[0.0, 0.0], [1.0, 1.0]], p.text_3);
        plot.line(chance.width(1.0).style(LineStyle::dashed_loose()));
        model_curves(plot, models, selected, &p, |found| &found.curves.roc);
        let at = threshold.and_then(|shown| Some([1.0 - shown.specificity?, shown.recall?]));
        if let Some(at) = at {
            marker(plot, cx, at, p.accent);
        }
    });
    caption(cx, ui, words::FALSE_POSITIVE_RATE, words::TRUE_POSITIVE_RATE);
}

fn precision_recall(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    models: &[ModelEvaluation],
    selected: usize,
    threshold: Option<ThresholdMetrics>,
) {
    let p = palette(ui);
    let found = &models[selected].evaluation;
    if found.curves.precision_recall.is_empty() {
        empty(ui, cx.t(words::NO_CURVE));
        return;
    }
    let rate = found.positive_rate();
    line_plot(ui, &unit_square("precision-recall"), |plot| {
        let chance = curve(cx.t(words::CHANCE), &[[0.0, rate], [1.0, rate]], p.text_3);
        plot.line(chance.width(1.0).style(LineStyle::dashed_loose()));
        model_curves(plot, models, selected, &p, |found| &found.curves.precision_recall);
        let at = threshold.and_then(|shown| Some([shown.recall?, shown.precision?]));
        if let Some(at) = at {
            marker(plot, cx, at, p.accent);
        }
    });
    caption(cx, ui, words::RECALL, words::PRECISION);
}

fn reliability(cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluation, selected: usize) {
    let p = palette(ui);
    let Some(calibration) = &found.calibration else {
        empty(ui, cx.t(words::NO_CALIBRATION));
        return;
    };
    let color = p.series(selected);
    let end = reliability_end(&calibration.equal_mass);
    let look = PlotLook {
        include_x: Some((0.0, end)),
        include_y: Some((0.0, end)),
        ..PlotLook::new("reliability", HEIGHT)
    };
    line_plot(ui, &look, |plot| {
        let perfect = curve(cx.t(words::PERFECT), &[[0.0, 0.0], [end, end]], p.text_3);
        plot.line(perfect.width(1.0).style(LineStyle::dashed_loose()));
        draw_bins(cx, plot, calibration, color);
    });
    caption(cx, ui, words::MEAN_SCORE, words::POSITIVE_RATE);
}

/// Both axes end where the bins do: rare positives would all lie in one corner of the unit square.
fn reliability_end(bins: &[ReliabilityBin]) -> f64 {
    let highest = bins
        .iter()
        .map(|bin| bin.mean_score.max(bin.interval[1]))
        .fold(0.05, f64::max);
    (highest * 1.1).min(1.0)
}

/// Each bin of equal row counts as a point with its Wilson interval; the curve joins them.
fn draw_bins(cx: &PageContext<'_>, plot: &mut PlotUi<'_>, calibration: &Calibration, color: Color32) {
    let bins = &calibration.equal_mass;
    for (index, bin) in bins.iter().enumerate() {
        let [low, high] = bin.interval;
        let bar = curve(
            "",
            &[[bin.mean_score, low], [bin.mean_score, high]],
            Palette::faint(color, 0.5),
        );
        plot.line(bar.id(egui::Id::unique(("reliability-bar", index))).width(2.0));
    }
    let points: Vec<[f64; 2]> = bins.iter().map(|bin| [bin.mean_score, bin.positive_rate]).collect();
    plot.line(curve(cx.t(words::RELIABILITY), &points, color));
    plot.points(Points::new(cx.t(words::POSITIVE_RATE), points).radius(3.0).color(color));
}

/// Shares of each class by score, positives in front.
fn histogram(cx: &PageContext<'_>, ui: &mut Ui, found: &Evaluation, threshold: Option<ThresholdMetrics>) {
    let p = palette(ui);
    let Some(histogram) = &found.curves.histogram else {
        empty(ui, cx.t(words::NO_CURVE));
        return;
    };
    let bars = |counts: &[u64], color: Color32| -> Vec<Bar> {
        let total: u64 = counts.iter().sum();
        let bar = |(index, &count): (usize, &u64)| {
            let center = histogram.start + histogram.bin_width * (index as f64 + 0.5);
            let share = count as f64 / total.max(1) as f64;
            Bar::new(center, share)
                .width(histogram.bin_width)
                .fill(Palette::faint(color, 0.55))
        };
        counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(bar)
            .collect()
    };
    let mut look = PlotLook::new("score-histogram", HEIGHT);
    // Empty bins beyond the highest score would squeeze all others.
    let mut both = histogram.positives.iter().zip(&histogram.negatives);
    let last = both.rposition(|(positives, negatives)| positives + negatives > 0);
    let end = histogram.start + histogram.bin_width * (last.unwrap_or(0) + 2) as f64;
    let shown = threshold.filter(|shown| shown.threshold.is_finite());
    let end = shown.map_or(end, |shown| end.max(shown.threshold));
    look.include_x = Some((histogram.start, end));
    look.legend = true;
    line_plot(ui, &look, |plot| {
        let negatives = BarChart::new(cx.t(words::LABEL_0), bars(&histogram.negatives, p.series[0]));
        plot.bar_chart(negatives.color(p.series[0]));
        let positives = BarChart::new(cx.t(words::LABEL_1), bars(&histogram.positives, p.series[1]));
        plot.bar_chart(positives.color(p.series[1]));
        if let Some(shown) = threshold {
            plot.vline(VLine::new("", shown.threshold).color(p.accent).width(1.5));
        }
    });
    caption(cx, ui, words::SCORE, words::SHARE_OF_CLASS);
}

fn empty(ui: &mut Ui, why: &str) {
    ui.set_min_height(HEIGHT + 20.0);
    ui.label(RichText::new(why).color(palette(ui).text_2));
}
