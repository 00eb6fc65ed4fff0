//! Ticks of plots: few, at round numbers, with as many digits as tell them apart.

use crate::gui::i18n::number;
use crate::gui::theme::{palette, text};
use egui::{Rangef, Ui};
use egui_plot::{Axis, AxisHints, GridInput, GridMark};

/// egui_plot hands a spacer the value that 8 points stand for.
const BASE_POINTS: f64 = 8.0;

/// Ticks at 1, 2 or 5 times a power of ten, at least `min_points` apart.
pub fn round_ticks(input: GridInput, min_points: f64) -> Vec<GridMark> {
    let wanted = input.base_step_size * min_points / BASE_POINTS;
    let (low, high) = input.bounds;
    if !(wanted.is_finite() && wanted > 0.0 && low.is_finite() && high.is_finite() && low < high) {
        return Vec::new();
    }
    let power = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= wanted * 0.999)
        .unwrap_or(10.0 * power);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last.min(first.saturating_add(200)))
        .map(|n| GridMark {
            value: n as f64 * step,
            step_size: step,
        })
        .collect()
}

/// `0.05` at steps of 0.05, `1,200` at steps of 200.
pub fn tick_label(mark: GridMark) -> String {
    let digits = (-mark.step_size.log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize;
    if digits == 0 && mark.value >= 1000.0 {
        number::count(mark.value.round() as u64)
    } else {
        number::fixed(mark.value, digits)
    }
}

/// 10 to this power, in as many digits as are read: `0.0123`, `1.2e-5`.
pub fn power(exponent: f64) -> String {
    let value = 10_f64.powf(exponent);
    if (1e-3..1e5).contains(&value) {
        number::compact(value)
    } else {
        format!("{value:.1e}").replace("e-", "e−")
    }
}

/// The axis of values that are powers of ten.
pub fn log_axis(ui: &Ui, which: Axis, unit: &str) -> AxisHints<'static> {
    let unit = unit.to_owned();
    axis(ui, which, "").formatter(move |mark, _range| format!("{}{unit}", power(mark.value)))
}

/// The axis in the quiet ink and the small font, with a unit behind each tick but 0.
pub fn axis(ui: &Ui, axis: Axis, unit: &str) -> AxisHints<'static> {
    let unit = unit.to_owned();
    // Ticks are already far enough apart: no label may fade.
    let spacing = match axis {
        Axis::X => Rangef::new(20.0, 40.0),
        Axis::Y => Rangef::new(10.0, 20.0),
    };
    AxisHints::new(axis)
        .formatter(move |mark, _range| {
            let unit = if mark.value == 0.0 { "" } else { unit.as_str() };
            format!("{}{unit}", tick_label(mark))
        })
        .label_spacing(spacing)
        .tick_label_color(palette(ui).text_2)
        .tick_label_font(text::small())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(bounds: (f64, f64), points: f64, min_points: f64) -> Vec<String> {
        let base_step_size = (bounds.1 - bounds.0) / points * BASE_POINTS;
        let input = GridInput { bounds, base_step_size };
        round_ticks(input, min_points).into_iter().map(tick_label).collect()
    }

    #[test]
    fn ticks_are_round_and_not_crowded() {
        assert_eq!(ticks((0.0, 1200.0), 500.0, 90.0), ["0", "500", "1,000"]);
        assert_eq!(
            ticks((0.0, 1200.0), 600.0, 90.0),
            ["0", "200", "400", "600", "800", "1,000", "1,200"]
        );
        assert_eq!(ticks((0.742, 0.921), 200.0, 36.0), ["0.75", "0.80", "0.85", "0.90"]);
        assert_eq!(ticks((-0.3, 0.3), 200.0, 36.0), ["−0.2", "0.0", "0.2"]);
        assert_eq!(ticks((1.0, 1.0), 200.0, 36.0), [""; 0]);
        assert_eq!(ticks((f64::NAN, 1.0), 200.0, 36.0), [""; 0]);
    }
}
