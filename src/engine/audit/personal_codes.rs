//! Detectors of personal data with letters, signs or separators in them: telephone, organisation, network, passport, plate.
//!
//! In: one text. Out: matches by kind.
//! Invariant: linear time, and precision first: check characters are verified, country and area codes must exist, and
//! what looks like an ordinary code (a passport number) counts only beside a word that says what it is.

use super::personal::{Match, PersonalKind};
use regex::Regex;
use std::net::Ipv6Addr;
use std::ops::Range;
use std::sync::LazyLock;

static LANDLINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(?(0\d{2,3})\)?[- ]([2-9]\d{6,7})"));
static INTERNATIONAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+([1-9]\d{0,2}(?:[ -]?\d{1,4}){2,5})"));
static ORGANISATION: LazyLock<Regex> = LazyLock::new(|| pattern(r"[159ANY][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}"));
static NETWORK: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Fa-f:]{6,39}"));
static HARDWARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}"));
static PASSPORT: LazyLock<Regex> = LazyLock::new(|| pattern(r"[EGDSPegdsp][A-Za-z0-9]\d{7}"));
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?(?:[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is fixed and tested")
}

/// Everything of these kinds in a text, in no particular order, possibly overlapping.
pub fn find_codes(text: &str) -> Vec<Match> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let has = |byte: u8| bytes.contains(&byte);
    let mut add = |kind: PersonalKind, regex: &Regex, test: &dyn Fn(&str) -> bool| {
        let found = regex.find_iter(text).map(|found| found.range());
        let good = found.filter(|range| stands_alone(text, range) && test(&text[range.clone()]));
        out.extend(good.map(|range| Match { kind, range }));
    };
    if has(b'0') && (has(b'-') || has(b' ') || has(b')')) {
        add(PersonalKind::LandlineCn, &LANDLINE, &is_landline);
    }
    if has(b'+') {
        add(PersonalKind::PhoneE164, &INTERNATIONAL, &is_international);
    }
    if bytes.len() >= 18 {
        add(PersonalKind::CreditCodeCn, &ORGANISATION, &is_credit_code);
    }
    if bytes.iter().filter(|byte| **byte == b':').count() >= 3 {
        add(PersonalKind::Ipv6, &NETWORK, &is_ipv6);
    }
    if bytes.len() >= 17 && (has(b':') || has(b'-')) {
        add(PersonalKind::MacAddress, &HARDWARE, &|text| is_mac(text));
    }
    let says_passport = |word: &&str| text.contains(*word);
    if ["passport", "Passport", "PASSPORT", "护照"].iter().any(says_passport) {
        add(PersonalKind::Passport, &PASSPORT, &|_| true);
    }
    if !text.is_ascii() {
        add(PersonalKind::PlateCn, &PLATE, &|plate| {
            plate.bytes().any(|byte| byte.is_ascii_digit())
        });
    }
    out
}

/// Neither side touches a letter or digit of a longer code. Chinese characters are no part of a code.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '%');
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let joined = |c: char| is_part(c) || matches!(c, '-' | '+' | '.' | ':' | '/');
    !before.is_some_and(joined) && !after.is_some_and(|c| is_part(c) || matches!(c, '-' | ':'))
}

/// Area codes of three digits are 010 and 020 to 029; those of four run from 0310 to 0999.
fn is_landline(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let area = text
        .trim_start_matches('(')
        .chars()
        .take_while(char::is_ascii_digit)
        .collect::<String>();
    let local = digits.len() - area.len();
    match area.len() {
        3 => (area == "010" || area.starts_with("02")) && local == 8,
        4 => area.as_bytes()[1] >= b'3' && (7..=8).contains(&local),
        _ => false,
    }
}

/// Country codes of ITU-T E.164; those of one and two digits, and the first two of those of three.
fn is_international(text: &str) -> bool {
    const TWO: [&str; 46] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98", "77", "79",
    ];
    const THREE: [&str; 17] = [
        "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "85", "97",
    ];
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let head = digits.get(..2).unwrap_or_default();
    let exists =
        head.starts_with('1') || TWO.contains(&head) || THREE.contains(&head) || matches!(head, "88" | "96" | "99");
    exists && (8..=15).contains(&digits.len()) && !is_mobile_in(&digits)
}

/// Mainland mobile numbers are a kind of their own.
fn is_mobile_in(digits: &str) -> bool {
    digits.strip_prefix("86").is_some_and(super::personal::is_mobile_cn)
}

/// GB 32100-2015: registering office, administrative region, organisation, and a check character modulo 31.
pub fn is_credit_code(text: &str) -> bool {
    const DIGITS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || bytes[..17].iter().all(u8::is_ascii_digit) && super::personal::is_resident_id_cn(text) {
        return false;
    }
    let Some(values) = bytes
        .iter()
        .map(|byte| DIGITS.iter().position(|digit| digit == byte).map(|value| value as u32))
        .collect::<Option<Vec<u32>>>()
    else {
        return false;
    };
    let region = values[2] * 10 + values[3];
    let region_exists = matches!(region, 10..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82);
    let (sum, _) = values[..17]
        .iter()
        .fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    region_exists && (31 - sum % 31) % 31 == values[17]
}

/// A full or shortened address with at least three groups, so that clocks and `a::b` are none.
fn is_ipv6(text: &str) -> bool {
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    groups >= 3 && text.parse::<Ipv6Addr>().is_ok()
}

/// One separator throughout, and not all the same digits.
fn is_mac(text: &str) -> bool {
    let separator = text.as_bytes()[2];
    let uniform = text.bytes().skip(2).step_by(3).all(|byte| byte == separator);
    let first = text.as_bytes()[0];
    uniform && text.bytes().any(|byte| byte != first && byte != separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(PersonalKind, &str)]) {
        let found: Vec<(PersonalKind, &str)> = find_codes(text)
            .iter()
            .map(|m| (m.kind, &text[m.range.clone()]))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn positives() {
        use PersonalKind::*;
        check("tel 010-62345678.", &[(LandlineCn, "010-62345678")]);
        check("(0571) 87654321", &[(LandlineCn, "(0571) 87654321")]);
        check("请打021-50123456找我", &[(LandlineCn, "021-50123456")]);
        check("+1 212 555 0123", &[(PhoneE164, "+1 212 555 0123")]);
        check("call +442071838750 now", &[(PhoneE164, "+442071838750")]);
        // Printed on the public pages of listed companies.
        check("税号91110108551385082Q", &[(CreditCodeCn, "91110108551385082Q")]);
        check("9144030071526726XG", &[(CreditCodeCn, "9144030071526726XG")]);
        check("from 2001:db8::ff00:42:8329", &[(Ipv6, "2001:db8::ff00:42:8329")]);
        check("00:1B:44:11:3A:B7", &[(MacAddress, "00:1B:44:11:3A:B7")]);
        check("passport E12345678", &[(Passport, "E12345678")]);
        check("护照号EA1234567", &[(Passport, "EA1234567")]);
        check("车牌京A12345，黑色", &[(PlateCn, "京A12345")]);
        check("沪A·D12345", &[(PlateCn, "沪A·D12345")]);
    }

    #[test]
    fn negatives() {
        for text in [
            "",
            "0123-4567",            // no area code
            "010-12345678",         // exchanges start with 2 to 9
            "order 010-62345678-9", // part of a longer code
            "2019-10-01 08:00:00",
            "+20% off",
            "+999 123",
            "C++ 11",
            "91110108551385082A", // wrong check character
            "11010519491231002X", // a resident identity number
            "12:30:45",
            "a::b",
            "std::vector::iterator",
            "00:00:00:00:00:00",
            "E12345678", // nothing says what it is
            "passport control",
            "京ABCDE",
            "京东A12345",
            "新A款",
            "SKU-12-34-56-78-9A",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        let text = "+1 0100 12:34:".repeat(30_000);
        let start = std::time::Instant::now();
        let _ = find_codes(&text);
        assert!(start.elapsed().as_secs() < 5);
    }
}
