//! Numbers as people read them: grouped digits, shares, times.

use crate::gui::settings::Language;

/// `5012338` → `5,012,338`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share 0..=1 as per cent with sensible digits: `4.2 %`, `0.03 %`, `< 0.01 %`.
pub fn share(value: f64) -> String {
    let pct = value * 100.0;
    if pct == 0.0 {
        "0 %".to_owned()
    } else if pct.abs() < 0.01 {
        "< 0.01 %".to_owned()
    } else if pct.abs() < 1.0 {
        format!("{pct:.2} %")
    } else {
        format!("{pct:.1} %")
    }
}

/// Fixed digits with a real minus sign.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().any(|c| c != '0' && c != '.') => format!("−{rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Fixed digits with an explicit sign: `+0.012`, `−0.4`.
pub fn signed(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    if value > 0.0 && !text.starts_with('−') {
        format!("+{text}")
    } else {
        text
    }
}

/// A number at about four significant digits, without noise: `0.1234`, `12.35`, `1,234`, `1.2e-7`.
pub fn compact(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if size >= 1000.0 {
        let grouped = count(size.round() as u64);
        if value < 0.0 { format!("−{grouped}") } else { grouped }
    } else if size < 1e-4 {
        format!("{value:.1e}").replace('-', "−")
    } else {
        let digits = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
        let text = fixed(value, digits);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }
}

/// A learning rate as the field writes it, to three digits: `2e-4`, `2.5e-4`, `1.25e-5`.
pub fn rate(value: f64) -> String {
    let text = format!("{value:.2e}");
    match text.split_once('e') {
        Some((digits, power)) => format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.')),
        None => text,
    }
}

/// `p` as the field writes it: `0.094`, `< 0.001`.
pub fn p_value(p: f64) -> String {
    if !p.is_finite() {
        "–".to_owned()
    } else if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// Seconds as a short span: `0.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min`.
pub fn span_secs(secs: f64, lang: Language) -> String {
    let (s, min, h) = match lang {
        Language::English => ("s", "min", "h"),
        Language::Chinese => ("秒", "分", "小时"),
    };
    if secs < 10.0 {
        format!("{secs:.1} {s}")
    } else if secs < 60.0 {
        format!("{secs:.0} {s}")
    } else if secs < 3600.0 {
        format!("{:.0} {min} {:.0} {s}", (secs / 60.0).floor(), secs % 60.0)
    } else {
        format!("{:.0} {h} {:.0} {min}", (secs / 3600.0).floor(), (secs % 3600.0) / 60.0)
    }
}

/// Bytes in decimal units: `430 MB`.
pub fn bytes(n: u64) -> String {
    let value = n as f64;
    for (limit, unit) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] {
        if value >= limit {
            let scaled = value / limit;
            return if scaled < 10.0 {
                format!("{scaled:.1} {unit}")
            } else {
                format!("{scaled:.0} {unit}")
            };
        }
    }
    format!("{n} B")
}

/// Date and time of day where the window is, of Unix milliseconds: `2026-11-25 14:02`.
pub fn moment(wall_ms: u64) -> String {
    let utc = i64::try_from(wall_ms)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis);
    utc.map_or_else(String::new, |utc| {
        utc.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_like_numbers() {
        assert_eq!(count(5_012_338), "5,012,338");
        assert_eq!(count(999), "999");
        assert_eq!(
            [2e-4, 2.5e-4, 1.25e-5, 1.0, 0.0].map(rate),
            ["2e-4", "2.5e-4", "1.25e-5", "1e0", "0e0"]
        );
        assert_eq!(share(0.0421), "4.2 %");
        assert_eq!(share(0.000_3), "0.03 %");
        assert_eq!(fixed(-0.000_04, 3), "0.000");
        assert_eq!(fixed(-1.5, 1), "−1.5");
        assert_eq!(signed(0.5, 2), "+0.50");
        assert_eq!(compact(1234.6), "1,235");
        assert_eq!(compact(0.5), "0.5");
        assert_eq!(p_value(0.0001), "< 0.001");
        assert_eq!(bytes(430_000_000), "430 MB");
        assert_eq!(span_secs(200.0, Language::English), "3 min 20 s");
    }
}
