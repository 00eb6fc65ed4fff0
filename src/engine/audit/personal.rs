//! Detectors of personal data in text: e-mail, mainland mobile, resident identity number, bank card, IPv4 here, and
//! what `personal_codes` knows.
//!
//! In: one text. Out: which kinds it holds and where; `mask` hides them.
//! Invariant: linear time on any text, and precision first: a run of digits counts only with clean
//! boundaries and, where the number has one, a valid checksum.

use super::personal_codes::find_codes;
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
    LandlineCn,
    PhoneE164,
    CreditCodeCn,
    Ipv6,
    MacAddress,
    Passport,
    PlateCn,
}

impl PersonalKind {
    pub const ALL: [Self; 12] = [
        Self::Email,
        Self::MobileCn,
        Self::ResidentIdCn,
        Self::BankCard,
        Self::Ipv4,
        Self::LandlineCn,
        Self::PhoneE164,
        Self::CreditCodeCn,
        Self::Ipv6,
        Self::MacAddress,
        Self::Passport,
        Self::PlateCn,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::MobileCn => "phone_cn",
            Self::ResidentIdCn => "resident_id_cn",
            Self::BankCard => "bank_card",
            Self::Ipv4 => "ipv4",
            Self::LandlineCn => "landline_cn",
            Self::PhoneE164 => "phone_e164",
            Self::CreditCodeCn => "credit_code_cn",
            Self::Ipv6 => "ipv6",
            Self::MacAddress => "mac_address",
            Self::Passport => "passport",
            Self::PlateCn => "plate_cn",
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
            Self::LandlineCn => ("landline numbers", "固定电话"),
            Self::PhoneE164 => ("international telephone numbers", "国际电话号码"),
            Self::CreditCodeCn => ("unified social credit codes", "统一社会信用代码"),
            Self::Ipv6 => ("IPv6 addresses", "IPv6 地址"),
            Self::MacAddress => ("hardware addresses", "MAC 地址"),
            Self::Passport => ("passport numbers", "护照号"),
            Self::PlateCn => ("number plates", "车牌号"),
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
    for found in find_codes(text) {
        if !out.iter().any(|other: &Match| overlaps(&other.range, &found.range)) {
            out.push(found);
        }
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
        PersonalKind::Ipv6 => (secret.find(':').unwrap_or(0) + 1, 0),
        PersonalKind::LandlineCn => (4, 2),
        PersonalKind::PhoneE164 => (3, 2),
        PersonalKind::CreditCodeCn => (2, 4),
        PersonalKind::MacAddress => (2, 0),
        PersonalKind::Passport => (1, 2),
        PersonalKind::PlateCn => (4, 1),
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
mod tests;
