//! Writing CSV: quoting where a cell needs it, times as `2025-10-06 08:00:00 UTC`.
//!
//! Invariant: what is written here is read back cell for cell by any RFC 4180 reader.

/// Appends a cell, quoted if it holds a comma, a quote or a line break.
pub(super) fn cell(out: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

pub(super) fn integer(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a sum of money given in hundredths, e.g. 1290 as `12.90`.
pub(super) fn money(out: &mut Vec<u8>, hundredths: i64) {
    if hundredths < 0 {
        out.push(b'-');
    }
    let value = hundredths.unsigned_abs();
    integer(out, value / 100);
    out.push(b'.');
    two_digits(out, value % 100);
}

fn two_digits(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&[b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]);
}

/// Appends Unix seconds as `2025-10-06 08:00:00 UTC`, the form REES46 logs use.
pub(super) fn timestamp(out: &mut Vec<u8>, unix_secs: i64) {
    date(out, unix_secs.div_euclid(86_400));
    let second = unix_secs.rem_euclid(86_400) as u64;
    out.push(b' ');
    two_digits(out, second / 3600);
    out.push(b':');
    two_digits(out, second / 60 % 60);
    out.push(b':');
    two_digits(out, second % 60);
    out.extend_from_slice(b" UTC");
}

/// Appends days since 1970-01-01 as `2025-10-06` (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", civil_from_days).
pub(super) fn date(out: &mut Vec<u8>, unix_days: i64) {
    let shifted = unix_days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    two_digits(out, (year / 100) as u64);
    two_digits(out, (year % 100) as u64);
    out.push(b'-');
    two_digits(out, month as u64);
    out.push(b'-');
    two_digits(out, day as u64);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn times_match_known_dates() {
        // Checked with `date -u -d @N`.
        for (secs, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_759_276_800, "2025-10-01 00:00:00 UTC"),
            (2_147_483_647, "2038-01-19 03:14:07 UTC"),
        ] {
            assert_eq!(written(|out| timestamp(out, secs)), text);
        }
    }

    #[test]
    fn cells_are_quoted_only_when_needed() {
        assert_eq!(written(|out| cell(out, "plain 中文")), "plain 中文");
        assert_eq!(
            written(|out| cell(out, "27\" monitor, black")),
            "\"27\"\" monitor, black\""
        );
    }

    #[test]
    fn money_keeps_two_digits_and_the_sign() {
        assert_eq!(written(|out| money(out, 1205)), "12.05");
        assert_eq!(written(|out| money(out, -7)), "-0.07");
        assert_eq!(written(|out| money(out, 0)), "0.00");
    }
}
