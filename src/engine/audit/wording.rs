//! How numbers are written in messages, the same in both languages.

/// `1604002` → `1,604,002`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share as a percentage with as many digits as it needs: `4.2 %`, `0.03 %`, `<0.01 %`, `100 %`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 || value == 100.0 {
        format!("{value:.0} %")
    } else if value < 0.01 {
        "<0.01 %".to_owned()
    } else if value < 1.0 {
        format!("{value:.2} %")
    } else if value > 99.99 {
        ">99.99 %".to_owned()
    } else if value > 99.0 {
        format!("{value:.2} %")
    } else {
        format!("{value:.1} %")
    }
}

/// At most three significant decimals, without trailing zeros: `0.1`, `30`, `1.25`.
pub fn plain(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Seconds as people say them, English and Chinese.
pub fn duration(secs: f64) -> (String, String) {
    let (value, en, zh) = match secs {
        s if s < 120.0 => (s, "s", "秒"),
        s if s < 7_200.0 => (s / 60.0, "min", "分钟"),
        s if s < 172_800.0 => (s / 3_600.0, "h", "小时"),
        s => (s / 86_400.0, "days", "天"),
    };
    let number = if value >= 10.0 {
        plain(value.round())
    } else {
        plain((value * 10.0).round() / 10.0)
    };
    (format!("{number} {en}"), format!("{number} {zh}"))
}

/// Quotes at most `limit` values for a sentence: `"a", "b", …`.
pub fn quoted(values: &[String], limit: usize) -> String {
    let mut out = values
        .iter()
        .take(limit)
        .map(|value| format!("“{value}”"))
        .collect::<Vec<_>>()
        .join(", ");
    if values.len() > limit {
        out.push_str(", …");
    }
    out
}

/// Cuts a long text at a character boundary.
pub fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_604_002), "1,604,002");
        for (share, text) in [
            (0.0, "0 %"),
            (0.042, "4.2 %"),
            (0.0003, "0.03 %"),
            (0.00001, "<0.01 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(percent(0.99999), ">99.99 %");
        assert_eq!(percent(0.9987), "99.87 %");
        assert_eq!(
            (plain(0.1), plain(30.0), plain(1.25)),
            ("0.1".into(), "30".into(), "1.25".into())
        );
        assert_eq!(duration(90_000.0).0, "25 h");
        assert_eq!(duration(1.0).1, "1 秒");
        assert_eq!(shortened("数据质量", 2), "数据…");
    }
}
