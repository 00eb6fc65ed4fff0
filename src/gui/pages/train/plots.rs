//! The loss plot and the metric plot of the shown run, the other runs' metric beside it.

use super::super::PageContext;
use super::chart::{self, describe, dots, extent};
use super::curves::Curves;
use super::look::{AxisOf, CurveLook};
use super::runs_table::run_color;
use crate::engine::run::replay::curve;
use crate::engine::run::series::Point;
use crate::gui::i18n::train as words;
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Palette, palette, text};
use crate::gui::widgets::{self, PlotLook};
use egui::{Color32, RichText, Sense, Stroke, Ui, vec2};

/// Train loss raw and smoothed, validation loss as points, marks of what happened.
pub(super) fn loss_card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    run: &RunSnapshot,
    (curves, look): (&Curves, CurveLook),
    height: f32,
) {
    let p = palette(ui);
    let (train_color, valid_color) = (p.series(0), p.series(1));
    let legend = |ui: &mut Ui| {
        legend_item(ui, valid_color, cx.t(words::VALID_CURVE), true);
        legend_item(ui, train_color, cx.t(words::TRAIN_CURVE), false);
    };
    widgets::card_titled(ui, cx.t(words::LOSS), legend, |ui| {
        if curves.raw.is_empty() && curves.valid.is_empty() {
            return nothing_yet(ui, cx.t(words::charts::NO_STEPS), height);
        }
        let plot_look = PlotLook {
            link: Some("train_steps"),
            include_x: steps_range(run, &curves.axis),
            x_label: cx.t(look.x_label(&run.view)),
            log_y: look.log,
            ..PlotLook::new("loss", height)
        };
        let plot = widgets::line_plot(ui, &plot_look, |plot| {
            let faint = Palette::faint(train_color, 0.35);
            let raw = chart::line(plot, "", &curves.raw, faint).id("raw");
            plot.line(raw.width(1.0).allow_hover(false));
            let smooth = chart::line(plot, cx.t(words::TRAIN_CURVE), &curves.smooth, train_color);
            plot.line(smooth);
            plot.points(dots(cx.t(words::VALID_CURVE), &curves.valid, valid_color, 4.0));
            let extent = extent(&[&curves.raw, &curves.valid]);
            chart::marks(cx, plot, (run, &curves.axis), extent, &p);
        });
        chart::mark_words(cx, ui, &plot, run, &curves.axis);
        describe(&plot.response, cx.t(words::LOSS), &[&curves.ends]);
    });
}

/// A metric of the validation rows: the shown run in the accent, up to six others in their colours, the best marked.
pub(super) fn metric_card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    run: &RunSnapshot,
    (curves, look): (&Curves, CurveLook),
    (chosen, height): (&mut Option<String>, f32),
) {
    const OTHERS: usize = 6;
    let p = palette(ui);
    let lang = cx.lang();
    let metric = chosen.clone().unwrap_or_else(|| run.config.metric.clone());
    let name = curve::valid(&metric);
    let runs = &cx.state.train.runs.runs;
    let others: Vec<(Color32, &RunSnapshot, Vec<Point>)> = runs
        .iter()
        .enumerate()
        .filter(|(_, other)| other.run_id != run.run_id && !other.about.archived)
        .filter_map(|(at, other)| {
            let series = other.view.series.get(&name)?;
            let axis = look.axis_of(&other.view);
            Some((
                run_color(&p, at, false),
                other,
                axis.place(series.decimated(400).into_iter()),
            ))
        })
        .take(OTHERS)
        .collect();
    let steps: Vec<Point> = run
        .view
        .series
        .get(&name)
        .map(|s| s.iter().collect())
        .unwrap_or_default();
    let own = curves.axis.place(steps.iter().copied());
    let actions = |ui: &mut Ui| {
        metric_choice(cx, ui, run, &metric, chosen);
        for (color, other, _) in others.iter().take(3).rev() {
            legend_item(ui, *color, &words::run_name(lang, &other.short_name()), false);
        }
        legend_item(ui, p.accent, &words::run_name(lang, &run.short_name()), false);
    };
    widgets::card_titled(ui, &words::valid_metric(lang, &metric), actions, |ui| {
        if own.is_empty() && others.is_empty() {
            return nothing_yet(ui, cx.t(words::charts::NO_EVALUATION), height);
        }
        let plot_look = PlotLook {
            link: Some("train_steps"),
            include_x: steps_range(run, &curves.axis),
            include_y: chart::room_around(&own).filter(|_| others.is_empty()),
            x_label: cx.t(look.x_label(&run.view)),
            log_y: look.log,
            ..PlotLook::new("metric", height)
        };
        let plot = widgets::line_plot(ui, &plot_look, |plot| {
            for (color, other, points) in &others {
                let label = words::run_name(lang, &other.short_name());
                plot.line(widgets::curve(label, points, *color).id(&other.run_id).width(1.2));
            }
            plot.line(widgets::curve(words::run_name(lang, &run.short_name()), &own, p.accent).id("own"));
            plot.points(dots("", &own, p.accent, 3.0));
            if metric == run.config.metric {
                chart::best_point(plot, run, &curves.axis, &p);
            }
        });
        chart::mark_words(cx, ui, &plot, run, &curves.axis);
        describe(&plot.response, &words::valid_metric(lang, &metric), &[&steps]);
    });
}

/// The place of a plot that has no value to draw yet; axes around nothing would make figures up.
fn nothing_yet(ui: &mut Ui, told: &str, height: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let color = palette(ui).text_2;
    ui.painter()
        .text(rect.center(), egui::Align2::CENTER_CENTER, told, text::body(), color);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, told));
}

/// Which metric is shown, where the run tells more than one.
fn metric_choice(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, shown: &str, chosen: &mut Option<String>) {
    let known = run.view.series.keys().filter_map(|name| name.strip_prefix("valid/"));
    let names: Vec<&str> = known.filter(|name| *name != "loss").collect();
    if names.len() < 2 {
        return;
    }
    let combo = egui::ComboBox::from_id_salt("metric")
        .width(64.0)
        .selected_text(words::metric(cx.lang(), shown));
    let combo = combo.show_ui(ui, |ui| {
        for name in names {
            if ui
                .selectable_label(name == shown, words::metric(cx.lang(), name))
                .clicked()
            {
                *chosen = Some(name.to_owned());
            }
        }
    });
    let label = cx.t(words::METRIC_SHOWN);
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label));
}

/// A colour and what it stands for.
pub(super) fn legend_item(ui: &mut Ui, color: Color32, label: &str, is_dot: bool) {
    ui.label(RichText::new(label).font(text::small()).color(color));
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 12.0), Sense::hover());
    if is_dot {
        ui.painter().circle_filled(rect.center(), 4.0, color);
    } else {
        ui.painter()
            .hline(rect.x_range(), rect.center().y, Stroke::new(2.0, color));
    }
}

/// From the first step to the last planned one, so that a young run does not fill the plot.
pub(super) fn steps_range(run: &RunSnapshot, axis: &AxisOf) -> Option<(f64, f64)> {
    let total = run.view.total_steps()?;
    let from = run.config.forked_at().unwrap_or(0);
    let end = if run.status.is_live() && axis.counts_steps() {
        total
    } else {
        run.view.step
    };
    Some((axis.x(from as f64), axis.x(end as f64)))
}
