//! Round values along an axis and how they are written.

use super::svg;

/// Distance of neighbouring ticks.
pub(super) fn step_of(ticks: &[f64]) -> f64 {
    match ticks {
        [first, second, ..] => second - first,
        _ => 1.0,
    }
}

/// As many decimals as tell neighbouring ticks apart; powers of ten for the very small.
pub(super) fn tick_text(value: f64, step: f64) -> String {
    if value == 0.0 || step >= 1.0 {
        return svg::short(value);
    }
    let decimals = (-step.log10() - 1e-9).ceil() as usize;
    if decimals > 3 {
        format!("{value:.1e}")
    } else {
        format!("{value:.decimals$}")
    }
}

/// About `count` round values (steps of 1, 2 or 5 times a power of ten) inside a range.
pub(super) fn ticks((low, high): (f64, f64), count: usize) -> Vec<f64> {
    let raw = (high - low) / count as f64;
    if !(raw.is_finite() && raw > 0.0) {
        return vec![low];
    }
    let power = 10_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw)
        .unwrap_or(10.0 * power);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    // `+ 0.0` turns -0 into 0.
    (first..=last).take(12).map(|place| place as f64 * step + 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks((0.0, 1.0), 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks((-7.0, 12.0), 5), [-5.0, 0.0, 5.0, 10.0]);
        assert_eq!(ticks((3.0, 3.0), 5), [3.0]);
    }

    #[test]
    fn tick_texts_tell_neighbours_apart() {
        assert_eq!(
            (tick_text(0.7, 0.02), tick_text(0.72, 0.02)),
            ("0.70".into(), "0.72".into())
        );
        assert_eq!(
            (tick_text(2e-5, 1e-5), tick_text(0.0, 1e-5)),
            ("2.0e-5".into(), "0".into())
        );
        assert_eq!(
            (tick_text(0.5, 0.1), tick_text(45_600.0, 100.0)),
            ("0.5".into(), "45.6 k".into())
        );
    }
}
