//! Every curve of a run at once: metrics, learning rate, gradients, speed, the machine. One zoom moves them all.

use super::super::PageContext;
use super::chart;
use super::curves::{Chart, ChartKind, Curves};
use super::look::CurveLook;
use crate::engine::run::event::ComputeFacts;
use crate::gui::i18n::train::charts as words;
use crate::gui::i18n::{number, train as page};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Palette, palette, space, text};
use crate::gui::widgets::{self, PlotLook};
use egui::{RichText, Ui};

const COLUMNS: usize = 3;

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, curves: &Curves, look: CurveLook) {
    if curves.raw.is_empty() && curves.charts.is_empty() {
        ui.label(RichText::new(cx.t(words::NO_CURVES)).color(palette(ui).text_2));
        return;
    }
    let rows = (curves.charts.len() + 1).div_ceil(COLUMNS).clamp(2, 3) as f32;
    let height = ((ui.available_height() - 24.0) / rows - 66.0).clamp(110.0, 260.0);
    let inside = ui.spacing().item_spacing.x;
    egui::ScrollArea::vertical()
        .id_salt("charts")
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            let all: Vec<Option<&Chart>> = std::iter::once(None).chain(curves.charts.iter().map(Some)).collect();
            for row in all.chunks(COLUMNS) {
                ui.columns_const::<COLUMNS, _>(|columns| {
                    for (ui, chart) in columns.iter_mut().zip(row) {
                        ui.spacing_mut().item_spacing.x = inside;
                        match chart {
                            None => super::plots::loss_card(cx, ui, run, (curves, look), height),
                            Some(chart) => card(cx, ui, (run, curves, look), chart, height),
                        }
                    }
                });
                ui.add_space(space::SMALL);
            }
            if let Some(facts) = &run.view.compute {
                let note = peak_note(cx, facts);
                ui.label(RichText::new(note).font(text::small()).color(palette(ui).text_2));
            }
        });
}

fn card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    (run, curves, look): (&RunSnapshot, &Curves, CurveLook),
    chart: &Chart,
    height: f32,
) {
    let p = palette(ui);
    let title = title(cx, chart);
    let newest = |ui: &mut Ui| {
        let value = chart
            .last
            .map_or_else(String::new, |value| format!("{}{}", shown(value), chart.unit));
        ui.label(RichText::new(value).font(text::small()).color(p.text));
    };
    widgets::card_titled(ui, &title, newest, |ui| {
        let plot_look = PlotLook {
            link: Some("train_steps"),
            include_x: super::plots::steps_range(run, &curves.axis),
            include_y: chart::room_around(&chart.points),
            x_label: cx.t(look.x_label(&run.view)),
            y_unit: chart.unit,
            log_y: look.log,
            ..PlotLook::new(&chart.id, height)
        };
        let plot = widgets::line_plot(ui, &plot_look, |plot| draw(plot, (run, curves), chart, (&title, &p)));
        chart::mark_words(cx, ui, &plot, run, &curves.axis);
        let ends: Vec<_> = chart
            .points
            .first()
            .into_iter()
            .chain(chart.points.last())
            .copied()
            .collect();
        chart::describe(&plot.response, &title, &[&ends]);
    });
}

fn draw(
    plot: &mut egui_plot::PlotUi<'_>,
    (run, curves): (&RunSnapshot, &Curves),
    chart: &Chart,
    (title, p): (&str, &Palette),
) {
    let color = match chart.kind {
        ChartKind::Metric => p.accent,
        ChartKind::Named(_) => p.series(0),
    };
    match &chart.smooth {
        Some(smooth) => {
            let raw = chart::line(plot, "", &chart.points, Palette::faint(color, 0.35)).id("raw");
            plot.line(raw.width(1.0).allow_hover(false));
            let line = chart::line(plot, title, smooth, color);
            plot.line(line);
        }
        None => {
            let line = chart::line(plot, title, &chart.points, color);
            plot.line(line);
        }
    }
    if chart.kind == ChartKind::Metric {
        plot.points(chart::dots("", &chart.points, color, 2.5));
        if chart.id == crate::engine::run::replay::curve::valid(&run.config.metric) {
            chart::best_point(plot, run, &curves.axis, p);
        }
    }
}

fn title(cx: &PageContext<'_>, chart: &Chart) -> String {
    match chart.kind {
        ChartKind::Metric => page::valid_metric(cx.lang(), chart.id.trim_start_matches("valid/")),
        ChartKind::Named(name) => cx.t(name).to_owned(),
    }
}

fn shown(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.1e}").replace("e-", "e−")
    } else {
        number::compact(value)
    }
}

/// What compute use is measured against.
fn peak_note(cx: &PageContext<'_>, facts: &ComputeFacts) -> String {
    match facts.peak_per_sec {
        Some(peak) => words::peak(cx.lang(), peak, &number::moment(facts.measured_ms)),
        None => cx.t(words::NO_PEAK).to_owned(),
    }
}
