//! How curves are shown: smoothed or not, on a log scale or not, over steps, epochs or time.

use super::super::PageContext;
use crate::engine::run::replay::RunView;
use crate::engine::run::series::{Point, Series, smoothed};
use crate::gui::i18n::train::charts as words;
use crate::gui::theme::{palette, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// What the x axis counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum XAxis {
    #[default]
    Steps,
    Epochs,
    Time,
}

/// Widget state of all curves of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CurveLook {
    /// Weight of the moving average, 0 for none.
    pub smoothing: f64,
    pub log: bool,
    pub x: XAxis,
}

impl Default for CurveLook {
    fn default() -> Self {
        Self {
            smoothing: 0.9,
            log: false,
            x: XAxis::Steps,
        }
    }
}

impl CurveLook {
    /// The controls, drawn right to left.
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let p = palette(ui);
        for (axis, label) in [
            (XAxis::Time, words::TIME),
            (XAxis::Epochs, words::EPOCHS),
            (XAxis::Steps, words::STEPS),
        ] {
            if widgets::toggle_chip(ui, self.x == axis, cx.t(label)).clicked() {
                self.x = axis;
            }
        }
        if widgets::toggle_chip(ui, self.log, cx.t(words::LOG)).clicked() {
            self.log = !self.log;
        }
        ui.spacing_mut().slider_width = 90.0;
        let slider = egui::Slider::new(&mut self.smoothing, 0.0..=0.99).fixed_decimals(2);
        let response = ui.add(slider);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, cx.t(words::SMOOTHING)));
        ui.label(
            RichText::new(cx.t(words::SMOOTHING))
                .font(text::small())
                .color(p.text_2),
        );
    }

    pub(super) fn axis_of(self, view: &RunView) -> AxisOf {
        let along = match self.x {
            XAxis::Steps => None,
            XAxis::Epochs => Some(view.epochs.iter().collect()),
            XAxis::Time => Some(view.seconds.iter().collect()),
        };
        let longest = along
            .as_ref()
            .and_then(|points: &Vec<Point>| points.last())
            .map_or(0.0, |[_, x]| *x);
        let unit = if self.x == XAxis::Time {
            TimeUnit::of(longest)
        } else {
            TimeUnit::Plain
        };
        AxisOf {
            along,
            unit,
            log: self.log,
        }
    }

    /// What stands below the x axis.
    pub(super) fn x_label(self, view: &RunView) -> crate::gui::i18n::Text {
        match (self.x, self.axis_of(view).unit) {
            (XAxis::Steps, _) => crate::gui::i18n::train::STEP_AXIS,
            (XAxis::Epochs, _) => words::EPOCH_AXIS,
            (XAxis::Time, TimeUnit::Hours) => words::HOURS,
            (XAxis::Time, TimeUnit::Minutes) => words::MINUTES,
            (XAxis::Time, _) => words::SECONDS,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimeUnit {
    Plain,
    Minutes,
    Hours,
}

impl TimeUnit {
    fn of(secs: f64) -> Self {
        match secs {
            s if s > 3.0 * 3600.0 => Self::Hours,
            s if s > 300.0 => Self::Minutes,
            _ => Self::Plain,
        }
    }

    fn seconds(self) -> f64 {
        match self {
            Self::Plain => 1.0,
            Self::Minutes => 60.0,
            Self::Hours => 3600.0,
        }
    }
}

/// Where the points of a run lie: x of each step, y as it is drawn.
#[derive(Clone, Debug)]
pub(super) struct AxisOf {
    /// (step, x), by step; `None` = the step itself.
    along: Option<Vec<Point>>,
    unit: TimeUnit,
    log: bool,
}

impl AxisOf {
    /// x of a step, between the steps that were told in a straight line.
    pub(super) fn x(&self, step: f64) -> f64 {
        let Some(along) = &self.along else { return step };
        let after = along.partition_point(|[at, _]| *at < step);
        let value = match (
            after.checked_sub(1).and_then(|before| along.get(before)),
            along.get(after),
        ) {
            (Some([s0, x0]), Some([s1, x1])) if s1 > s0 => x0 + (x1 - x0) * (step - s0) / (s1 - s0),
            (_, Some([at, x])) if *at > 0.0 => x * step / at,
            (Some([_, x]), _) | (_, Some([_, x])) => *x,
            (None, None) => step,
        };
        value / self.unit.seconds()
    }

    pub(super) fn counts_steps(&self) -> bool {
        self.along.is_none()
    }

    pub(super) fn y(&self, value: f64) -> Option<f64> {
        match self.log {
            false => value.is_finite().then_some(value),
            true => (value > 0.0 && value.is_finite()).then(|| value.log10()),
        }
    }

    /// Points as they are drawn; what a log scale cannot show is left out.
    pub(super) fn place(&self, points: impl Iterator<Item = Point>) -> Vec<Point> {
        points
            .filter_map(|[step, value]| Some([self.x(step), self.y(value)?]))
            .collect()
    }

    pub(super) fn series(&self, series: &Series, smoothing: f64) -> Vec<Point> {
        if smoothing > 0.0 {
            self.place(smoothed(series.iter(), smoothing).into_iter())
        } else {
            self.place(series.iter())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_placed_over_time_and_values_on_a_log_scale() {
        let mut view = RunView::default();
        for (step, secs) in [(10, 600.0), (20, 1200.0)] {
            view.seconds.push(step, secs);
        }
        let look = CurveLook {
            smoothing: 0.0,
            log: true,
            x: XAxis::Time,
        };
        let axis = look.axis_of(&view);
        assert_eq!(
            [0.0, 5.0, 10.0, 15.0, 20.0, 30.0].map(|step| axis.x(step)),
            [0.0, 5.0, 10.0, 15.0, 20.0, 20.0]
        );
        assert_eq!(
            axis.place([[10.0, 100.0], [15.0, 0.0], [20.0, f64::NAN]].into_iter()),
            [[10.0, 2.0]]
        );
        let plain = CurveLook {
            x: XAxis::Steps,
            log: false,
            ..look
        }
        .axis_of(&view);
        assert_eq!(plain.place([[7.0, -1.0]].into_iter()), [[7.0, -1.0]]);
    }
}
