//! Detectors of personal data in text: e-mail, mainland mobile, resident identity number, bank card, IPv4.
//!
//! In: one text. Out: which kinds it holds and where; `mask` hides them.
//! Invariant: linear time on any text, and precision first: a run of digits counts only with clean
//! boundaries and, where the number has one, a valid checksum.

use regex::Regex;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalKind {
    Email,
    MobileCn,
    ResidentIdCn,
    BankCard,
    Ipv4,
}

impl PersonalKind {
    pub const ALL: [Self; 5] = [
        Self::Email,
        Self::MobileCn,
        Self::ResidentIdCn,
        Self::BankCard,
        Self::Ipv4,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::MobileCn => "phone_cn",
            Self::ResidentIdCn => "resident_id_cn",
            Self::BankCard => "bank_card",
            Self::Ipv4 => "ipv4",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// English and Chinese, as in "12 e-mail addresses".
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Email => ("e-mail addresses", "电子邮箱"),
            Self::MobileCn => ("mobile numbers", "手机号"),
            Self::ResidentIdCn => ("resident identity numbers", "身份证号"),
            Self::BankCard => ("bank card numbers", "银行卡号"),
            Self::Ipv4 => ("IP addresses", "IP 地址"),
        }
    }
}

/// One match in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub kind: PersonalKind,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Everything personal in a text, in order, without overlaps.
pub fn find(text: &str) -> Vec<Match> {
    let mut out = Vec::new();
    if text.contains('@') {
        out.extend(EMAIL.find_iter(text).map(|found| Match {
            kind: PersonalKind::Email,
            range: found.range(),
        }));
    }
    if text.bytes().filter(u8::is_ascii_digit).take(4).count() == 4 {
        number_runs(text, |run| {
            if out.iter().any(|other: &Match| overlaps(&other.range, &run)) {
                return;
            }
            match kind_of_number(text, run.clone()) {
                Some(kind) => out.push(Match { kind, range: run }),
                None => out.extend(parts_between_spaces(text, run)),
            }
        });
    }
    out.sort_by_key(|found| found.range.start);
    out
}

/// The text with matches of the given kinds (all if empty) hidden; what stays shows that something was there.
pub fn mask(text: &str, kinds: &[PersonalKind]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for found in find(text) {
        if !kinds.is_empty() && !kinds.contains(&found.kind) {
            continue;
        }
        out.push_str(&text[copied..found.range.start]);
        mask_one(&mut out, &text[found.range.clone()], found.kind);
        copied = found.range.end;
    }
    out.push_str(&text[copied..]);
    out
}

fn mask_one(out: &mut String, secret: &str, kind: PersonalKind) {
    let (head, tail) = match kind {
        PersonalKind::Email => (1, secret.len() - secret.rfind('@').unwrap_or(0)),
        PersonalKind::MobileCn => (3, 4),
        PersonalKind::ResidentIdCn => (6, 0),
        PersonalKind::BankCard => (4, 4),
        PersonalKind::Ipv4 => (secret.find('.').unwrap_or(0) + 1, 0),
    };
    let total = secret.len();
    for (place, character) in secret.char_indices() {
        let shown = place < head || place >= total.saturating_sub(tail);
        out.push(if shown || !character.is_ascii_alphanumeric() {
            character
        } else {
            '*'
        });
    }
}

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?-u:\b)[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.)+[A-Za-z]{2,24}(?-u:\b)",
    )
    .expect("the pattern is fixed and tested")
});

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Calls `visit` with each maximal run of digits that may be joined by single spaces, hyphens or dots and may
/// end in X, if neither side touches a letter, a digit or a joining mark.
fn number_runs(text: &str, mut visit: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() {
            let joins = matches!(bytes[at], b' ' | b'-' | b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if bytes[at].is_ascii_digit() || joins {
                at += 1;
            } else {
                break;
            }
        }
        if at - start == 17 && matches!(bytes.get(at), Some(b'X' | b'x')) {
            at += 1;
        }
        if is_clean_start(bytes, start) && !bytes.get(at).is_some_and(|&byte| is_part_of_code(byte)) {
            visit(start..at);
        }
    }
}

fn is_clean_start(bytes: &[u8], start: usize) -> bool {
    start == 0 || !(is_part_of_code(bytes[start - 1]) || matches!(bytes[start - 1], b'-' | b'.' | b'/'))
}

fn is_part_of_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'%')
}

fn kind_of_number(text: &str, run: Range<usize>) -> Option<PersonalKind> {
    let raw = &text[run];
    if is_ipv4(raw) {
        return Some(PersonalKind::Ipv4);
    }
    if raw.contains('.') {
        return None;
    }
    let digits: String = raw.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = digits.len() == raw.len();
    let local = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(&digits);
    if is_mobile_cn(local)
        && (plain || groups_are(raw, &[3, 4, 4]) || groups_are(raw, &[2, 3, 4, 4]) || groups_are(raw, &[2, 11]))
    {
        Some(PersonalKind::MobileCn)
    } else if plain && is_resident_id_cn(&digits) {
        Some(PersonalKind::ResidentIdCn)
    } else if is_bank_card(&digits) && (plain || groups_of_four(raw)) {
        Some(PersonalKind::BankCard)
    } else {
        None
    }
}

/// Numbers that stand side by side: `13812345678 20`.
fn parts_between_spaces(text: &str, run: Range<usize>) -> Vec<Match> {
    let mut out = Vec::new();
    let mut start = run.start;
    for part in text[run].split(' ') {
        let range = start..start + part.len();
        start = range.end + 1;
        if let Some(kind) = kind_of_number(text, range.clone()) {
            out.push(Match { kind, range });
        }
    }
    out
}

fn groups_are(raw: &str, lengths: &[usize]) -> bool {
    raw.split([' ', '-']).map(str::len).eq(lengths.iter().copied())
}

fn groups_of_four(raw: &str) -> bool {
    let groups: Vec<usize> = raw.split([' ', '-']).map(str::len).collect();
    groups.iter().rev().skip(1).all(|&length| length == 4) && groups.last().is_some_and(|&last| (1..=4).contains(&last))
}

/// 11 digits from 13x to 19x, the blocks of mainland carriers.
pub fn is_mobile_cn(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && bytes.iter().all(u8::is_ascii_digit)
}

/// GB 11643-1999: district, birth date, sequence, and the ISO 7064 MOD 11-2 check character. District codes are
/// not looked up: date and check character leave one in 10,000 random numbers.
pub fn is_resident_id_cn(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |range: Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(6..10), number(10..12), number(12..14));
    let born = chrono::NaiveDate::from_ymd_opt(year as i32, month, day).is_some() && (1900..=2099).contains(&year);
    let sum: u32 = WEIGHTS
        .iter()
        .zip(bytes)
        .map(|(weight, byte)| weight * u32::from(byte - b'0'))
        .sum();
    born && CHECK[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}

/// An issuer range of UnionPay, Visa, Mastercard, American Express or JCB, its length, and the Luhn check (ISO/IEC 7812-1).
pub fn is_bank_card(digits: &str) -> bool {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    has_card_issuer(digits) && passes_luhn(digits)
}

/// Right first digits and length for a card number, checksum not looked at.
pub fn has_card_issuer(digits: &str) -> bool {
    let first = |count: usize| {
        digits
            .get(..count)
            .and_then(|head| head.parse::<u32>().ok())
            .unwrap_or(0)
    };
    match digits.len() {
        16 => {
            first(2) == 62
                || first(1) == 4
                || (51..=55).contains(&first(2))
                || (2221..=2720).contains(&first(4))
                || (3528..=3589).contains(&first(4))
        }
        15 => matches!(first(2), 34 | 37),
        17..=19 => first(2) == 62,
        _ => false,
    }
}

pub fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10) && !digits.bytes().all(|byte| byte == b'0')
}

fn is_ipv4(raw: &str) -> bool {
    let mut parts = 0;
    for part in raw.split('.') {
        let canonical = part == "0" || !part.starts_with('0');
        if !canonical || part.len() > 3 || !part.parse::<u16>().is_ok_and(|value| value <= 255) {
            return false;
        }
        parts += 1;
    }
    parts == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(PersonalKind, &str)]) {
        let found: Vec<(PersonalKind, &str)> = find(text).iter().map(|m| (m.kind, &text[m.range.clone()])).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn positives() {
        use PersonalKind::*;
        check(
            "li.wei+shop@mail.example.com",
            &[(Email, "li.wei+shop@mail.example.com")],
        );
        check("请联系a@b.cn谢谢", &[(Email, "a@b.cn")]);
        check("13812345678", &[(MobileCn, "13812345678")]);
        check("电话13812345678，晚上打", &[(MobileCn, "13812345678")]);
        check("tel 138-1234-5678", &[(MobileCn, "138-1234-5678")]);
        check("13812345678 20点后", &[(MobileCn, "13812345678")]);
        check("+86 19912345678", &[(MobileCn, "86 19912345678")]);
        // The example of GB 11643-1999, and one ending in X.
        check("11010519491231002X", &[(ResidentIdCn, "11010519491231002X")]);
        check("id: 440524188001010014?", &[]);
        check("id: 440524198001010013.", &[(ResidentIdCn, "440524198001010013")]);
        // Issuers' published test numbers.
        check("4111 1111 1111 1111", &[(BankCard, "4111 1111 1111 1111")]);
        check("卡号6250941006528599", &[(BankCard, "6250941006528599")]);
        check("378282246310005", &[(BankCard, "378282246310005")]);
        check(
            "from 192.168.0.17, 10.0.0.1",
            &[(Ipv4, "192.168.0.17"), (Ipv4, "10.0.0.1")],
        );
    }

    #[test]
    fn negatives() {
        for text in [
            "",
            "a@b",
            "@home",
            "12345678901",         // 12x is no mobile block
            "138123456789",        // 12 digits
            "SKU13812345678",      // part of a code
            "13812345678-01",      // part of a longer code
            "440524198013010013",  // month 13
            "440524198001010014",  // wrong checksum
            "4111111111111112",    // Luhn fails
            "2053013555069845885", // category id
            "9f1c04ab-1381-2345-678f-13812345678a",
            "1.2.3",
            "256.1.1.1",
            "01.02.03.04",
            "2019-10-01 00:00:00",
            "iphone 13 128gb",
            "8f3e13812345678",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn masks_keep_the_shape_and_hide_the_secret() {
        assert_eq!(mask("电话13812345678 谢谢", &[]), "电话138****5678 谢谢");
        assert_eq!(mask("li.wei@example.com", &[]), "l*.***@example.com");
        assert_eq!(mask("11010519491231002X", &[]), "110105************");
        assert_eq!(mask("4111 1111 1111 1111", &[]), "4111 **** **** 1111");
        assert_eq!(mask("192.168.0.17", &[PersonalKind::Email]), "192.168.0.17");
        assert_eq!(mask("192.168.0.17", &[PersonalKind::Ipv4]), "192.***.*.**");
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        let text = "1.".repeat(200_000) + &"a@".repeat(200_000);
        let start = std::time::Instant::now();
        assert!(find(&text).is_empty());
        assert!(start.elapsed().as_secs() < 2);
    }
}
