//! How a report writes numbers: four decimals, signs on differences, a dash where there is none.

use super::page::escape;

/// Four decimals, or a dash.
pub(super) fn four(value: Option<f64>) -> String {
    finite(value).map_or_else(dash, |value| format!("{value:.4}"))
}

/// Four significant digits, or a dash; for values of unknown size.
pub(super) fn significant(value: Option<f64>) -> String {
    let Some(value) = finite(value) else { return dash() };
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        format!("{value:.3e}")
    } else {
        let digits = if size >= 1.0 {
            3 - size.log10().floor().min(3.0) as i32
        } else {
            4
        };
        format!("{value:.*}", digits.max(0) as usize)
    }
}

/// A difference with its sign.
pub(super) fn signed(value: Option<f64>) -> String {
    finite(value).map_or_else(dash, |value| format!("{value:+.4}").replace('-', "−"))
}

/// A relative difference: `+2.9 %`.
pub(super) fn signed_percent(value: Option<f64>) -> String {
    finite(value).map_or_else(dash, |value| format!("{:+.2} %", value * 100.0).replace('-', "−"))
}

/// `[0.9012, 0.9210]`, or a dash.
pub(super) fn interval(value: Option<[f64; 2]>) -> String {
    value.map_or_else(dash, |[low, high]| format!("[{low:.4}, {high:.4}]").replace('-', "−"))
}

pub(super) fn percent_interval(value: Option<[f64; 2]>) -> String {
    value.map_or_else(dash, |[low, high]| {
        format!("[{:+.2} %, {:+.2} %]", low * 100.0, high * 100.0).replace('-', "−")
    })
}

/// A p-value as it is printed in journals; already safe markup.
pub(super) fn p_value(value: Option<f64>) -> String {
    match finite(value) {
        None => dash(),
        Some(p) if p < 0.001 => escape("<0.001"),
        Some(p) => format!("{p:.3}"),
    }
}

/// `2026-11-25 13:04 UTC`
pub(super) fn moment(unix_ms: u64) -> String {
    let time = i64::try_from(unix_ms)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis);
    time.map_or_else(dash, |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

fn dash() -> String {
    "–".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_a_paper() {
        assert_eq!(four(Some(0.123_456)), "0.1235");
        assert_eq!(four(Some(f64::NAN)), "–");
        assert_eq!(signed(Some(-0.02)), "−0.0200");
        assert_eq!(signed_percent(Some(0.0293)), "+2.93 %");
        assert_eq!(interval(Some([-0.5, 0.25])), "[−0.5000, 0.2500]");
        assert_eq!(
            (p_value(Some(0.000_2)), p_value(Some(0.04))),
            ("&lt;0.001".into(), "0.040".into())
        );
        assert_eq!(significant(Some(18_234.567)), "18235");
        assert_eq!(significant(Some(3.118_4)), "3.118");
        assert_eq!(significant(Some(0.000_012)), "1.200e-5");
        assert_eq!(significant(Some(0.0842)), "0.0842");
        assert_eq!(moment(0), "1970-01-01 00:00 UTC");
    }
}
