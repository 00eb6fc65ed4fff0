//! Plots in the one look: quiet grid, thin axes, no interaction surprises.

use super::plot_axes;
use crate::gui::theme::{palette, space, text};
use egui::{Color32, Ui};
use egui_plot::{Axis, GridInput, GridMark, HoverPosition, Legend, Line, Plot, PlotPoints, PlotUi};

/// How a line plot is drawn.
#[derive(Clone, Debug)]
pub struct PlotLook<'a> {
    pub id: &'a str,
    pub height: f32,
    pub legend: bool,
    /// x axes of plots with the same group move together.
    pub link: Option<&'a str>,
    pub include_y: Option<(f64, f64)>,
    pub include_x: Option<(f64, f64)>,
    /// The x axis counts from 1 to this: ticks are whole numbers and none stands beyond.
    pub x_counts_to: Option<usize>,
    /// What the x axis counts, below it; empty = nothing.
    pub x_label: &'a str,
    /// Unit behind each tick of the y axis, e.g. ` %`.
    pub y_unit: &'a str,
    /// The values drawn are powers of ten; ticks and hover labels show the numbers themselves.
    pub log_y: bool,
}

impl<'a> PlotLook<'a> {
    pub fn new(id: &'a str, height: f32) -> Self {
        Self {
            id,
            height,
            legend: false,
            link: None,
            include_y: None,
            include_x: None,
            x_counts_to: None,
            x_label: "",
            y_unit: "",
            log_y: false,
        }
    }
}

/// A plot with the product's look; scrolling the page never zooms it, Ctrl+scroll and drag do.
pub fn line_plot<R>(
    ui: &mut Ui,
    look: &PlotLook<'_>,
    add: impl FnOnce(&mut PlotUi<'_>) -> R,
) -> egui_plot::PlotResponse<R> {
    let p = palette(ui);
    let label = egui::RichText::new(look.x_label).font(text::small()).color(p.text_2);
    let counts_to = look.x_counts_to;
    let mut plot = Plot::new(look.id)
        .height(look.height)
        .width(ui.available_width())
        .show_background(false)
        .allow_scroll(false)
        .allow_boxed_zoom(true)
        .grid_color(p.line)
        .grid_fade(0.0)
        .x_grid_spacer(move |input| x_ticks(input, counts_to))
        .y_grid_spacer(|input| plot_axes::round_ticks(input, 36.0))
        .custom_x_axes(vec![plot_axes::axis(ui, Axis::X, "").label(label)])
        .custom_y_axes(vec![if look.log_y {
            plot_axes::log_axis(ui, Axis::Y, look.y_unit)
        } else {
            plot_axes::axis(ui, Axis::Y, look.y_unit)
        }])
        .set_margin_fraction(egui::vec2(0.02, 0.08));
    if look.log_y {
        plot = plot.label_formatter(|hovered| match hovered {
            HoverPosition::NearDataPoint {
                plot_name, position, ..
            } => Some(format!(
                "{plot_name}\n{:.0}: {}",
                position.x,
                plot_axes::power(position.y)
            )),
            HoverPosition::Elsewhere { .. } => None,
        });
    }
    if look.legend {
        plot = plot.legend(Legend::default().follow_insertion_order(true).background_alpha(0.0));
    }
    if let Some((lo, hi)) = look.include_y {
        plot = plot.include_y(lo).include_y(hi);
    }
    if let Some((lo, hi)) = look.include_x {
        plot = plot.include_x(lo).include_x(hi);
    }
    if let Some(group) = look.link {
        let id = egui::Id::unique(("plot-link", group));
        plot = plot.link_axis(id, [true, false]).link_cursor(id, [true, false]);
    }
    ui.scope(|ui| {
        // The ink of hover labels comes from here.
        ui.visuals_mut().override_text_color = Some(p.text_2);
        plot.show(ui, add)
    })
    .inner
}

fn x_ticks(input: GridInput, counts_to: Option<usize>) -> Vec<GridMark> {
    let mut ticks = plot_axes::round_ticks(input, 90.0);
    if let Some(last) = counts_to {
        ticks.retain(|tick| tick.value.fract() == 0.0 && (1.0..=last as f64).contains(&tick.value));
        // Whole numbers have no digits behind the point, however close the ticks are.
        ticks
            .iter_mut()
            .for_each(|tick| tick.step_size = tick.step_size.max(1.0));
    }
    ticks
}

/// A curve over finite points only; NaN and infinities are dropped, since the plot cannot place them.
pub fn curve<'a>(name: impl Into<String>, points: &[[f64; 2]], color: Color32) -> Line<'a> {
    let finite: Vec<[f64; 2]> = points
        .iter()
        .copied()
        .filter(|[x, y]| x.is_finite() && y.is_finite())
        .collect();
    Line::new(name, PlotPoints::from(finite))
        .color(color)
        .width(space::CURVE)
}
