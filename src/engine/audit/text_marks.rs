//! What is odd about a text, found in one look: a set of marks for each distinct text of a column.
//!
//! In: a text. Out: `Marks`. Every check of texts reads these, so a column is scanned once however many checks
//! there are. Invariant: linear time in the length of the text.

use regex::Regex;
use std::sync::LazyLock;

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u16);

impl Marks {
    /// UTF-8 that was once read as Latin-1, or characters that were lost for good.
    pub const MOJIBAKE: Self = Self(1);
    /// Control characters and invisible ones.
    pub const CONTROL: Self = Self(1 << 1);
    pub const HTML: Self = Self(1 << 2);
    pub const URL: Self = Self(1 << 3);
    /// White space at either end.
    pub const EDGES: Self = Self(1 << 4);
    /// Full-width letters or digits.
    pub const FULL_WIDTH: Self = Self(1 << 5);
    /// Neither a letter nor a digit nor a pictograph.
    pub const WORDLESS: Self = Self(1 << 6);
    /// `\u4e2d` or `%E4%B8%AD` where a character should be.
    pub const ESCAPED: Self = Self(1 << 7);
    /// A word people write for "nothing".
    pub const PLACEHOLDER: Self = Self(1 << 8);
    /// Longer than a BERT-type model reads.
    pub const LONG: Self = Self(1 << 9);
    /// Mainly Chinese, Japanese or Korean: a character counts as two and a half letters, about what each says.
    pub const CJK: Self = Self(1 << 10);
    /// Holds at least three Latin letters and no CJK character.
    pub const LATIN: Self = Self(1 << 11);
    /// Letters of other scripts (Cyrillic, Arabic, …) and no CJK character.
    pub const OTHER_SCRIPT: Self = Self(1 << 12);

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add_if(&mut self, holds: bool, mark: Self) {
        if holds {
            self.0 |= mark.0;
        }
    }
}

/// Word pieces a BERT-type model reads at most.
pub const MOST_TOKENS: usize = 512;
/// English words are about 1.3 word pieces, five letters and a blank; so a piece is about four letters.
const LATIN_PER_TOKEN: usize = 4;

/// pandas' list is taken care of by the reader; these are the words it must leave alone.
const PLACEHOLDERS: [&str; 26] = [
    "unknown",
    "undefined",
    "not available",
    "not set",
    "(not set)",
    "n.a.",
    "n.a",
    "tbd",
    "to be defined",
    "missing",
    "nil",
    "?",
    "??",
    "???",
    "--",
    "---",
    "#ref!",
    "#value!",
    "[object object]",
    "未知",
    "暂无",
    "无数据",
    "待定",
    "未填写",
    "不详",
    "缺失",
];

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)</?(?:br|p|div|span|b|i|u|a|img|script|style|li|ul|ol|font|strong|em|table|tr|td|th|h[1-6])(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|apos|#[0-9]{2,5}|#x[0-9a-f]{2,5});",
    )
    .expect("the pattern is fixed and tested")
});
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:https?://|www\.)[a-z0-9-]+\.[a-z0-9]").expect("the pattern is fixed and tested")
});
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[C-Ec-e][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]")
        .expect("the pattern is fixed and tested")
});

/// What a first look over the characters finds.
#[derive(Default)]
struct Look {
    characters: usize,
    cjk: usize,
    latin: usize,
    other_letters: usize,
    digits: usize,
    pictographs: usize,
    control: bool,
    full_width: bool,
    replacement: bool,
    /// Characters of the second half of Latin-1 and those Windows-1252 adds.
    high_latin: bool,
    angle_or_ampersand: bool,
    colon_or_www: bool,
    backslash_or_percent: bool,
}

/// All marks of one text.
pub fn marks(text: &str) -> Marks {
    let look = look(text);
    let mut marks = Marks::default();
    marks.add_if(
        look.replacement || (look.high_latin && is_misread_utf8(text)),
        Marks::MOJIBAKE,
    );
    marks.add_if(look.control, Marks::CONTROL);
    marks.add_if(look.angle_or_ampersand && TAG.is_match(text), Marks::HTML);
    marks.add_if(look.colon_or_www && LINK.is_match(text), Marks::URL);
    marks.add_if(text.trim().len() != text.len(), Marks::EDGES);
    marks.add_if(look.full_width, Marks::FULL_WIDTH);
    let words = look.cjk + look.latin + look.other_letters + look.digits + look.pictographs;
    marks.add_if(words == 0 && !text.trim().is_empty(), Marks::WORDLESS);
    marks.add_if(look.backslash_or_percent && ESCAPE.is_match(text), Marks::ESCAPED);
    marks.add_if(is_placeholder(text), Marks::PLACEHOLDER);
    let others = look.characters.saturating_sub(look.cjk);
    marks.add_if(look.cjk + others / LATIN_PER_TOKEN > MOST_TOKENS, Marks::LONG);
    let letters = look.latin + look.other_letters;
    marks.add_if(look.cjk > 0 && 5 * look.cjk >= 2 * letters, Marks::CJK);
    marks.add_if(
        look.cjk == 0 && look.latin >= 3 && look.other_letters == 0,
        Marks::LATIN,
    );
    marks.add_if(look.cjk == 0 && look.other_letters > look.latin, Marks::OTHER_SCRIPT);
    marks
}

fn look(text: &str) -> Look {
    let mut look = Look::default();
    for character in text.chars() {
        look.characters += 1;
        match character {
            'a'..='z' | 'A'..='Z' => look.latin += 1,
            '0'..='9' => look.digits += 1,
            '<' | '&' => look.angle_or_ampersand = true,
            ':' | '.' => look.colon_or_www = true,
            '\\' | '%' => look.backslash_or_percent = true,
            '\t' | '\n' | '\r' | ' '..='~' => {}
            _ => look_beyond_ascii(character, &mut look),
        }
    }
    look
}

fn look_beyond_ascii(character: char, look: &mut Look) {
    match character {
        // Joiners between parts of an emoji or of Persian words are left alone.
        '\0'..='\x1f'
        | '\x7f'..='\u{9f}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{feff}' => {
            look.control = true;
            look.high_latin |= ('\u{80}'..='\u{9f}').contains(&character);
        }
        '\u{fffd}' => look.replacement = true,
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            look.full_width = true;
            look.latin += 1;
        }
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => look.cjk += 1,
        '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => look.pictographs += 1,
        '\u{a0}'..='\u{24f}' => {
            look.high_latin = true;
            look.latin += usize::from(character.is_alphabetic());
        }
        _ if character.is_alphabetic() => look.other_letters += 1,
        _ if character.is_numeric() => look.digits += 1,
        _ => look.high_latin |= matches!(character, '\u{2013}'..='\u{203a}' | '\u{20ac}' | '\u{2122}' | '\u{2c6}'),
    }
}

/// True if the text is what Windows-1252 or Latin-1 makes of UTF-8: its bytes read back as UTF-8 with characters
/// of several bytes. Text that was meant as it stands does not do that but by rare accident.
fn is_misread_utf8(text: &str) -> bool {
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0_u8; 4];
    for character in text.chars() {
        match character {
            '\0'..='\u{ff}' => bytes.push(character as u8),
            _ => {
                let (encoded, _, failed) = encoding_rs::WINDOWS_1252.encode(character.encode_utf8(&mut buffer));
                if failed {
                    return false;
                }
                bytes.extend_from_slice(&encoded);
            }
        }
    }
    std::str::from_utf8(&bytes).is_ok_and(|meant| !meant.is_ascii())
}

fn is_placeholder(text: &str) -> bool {
    let trimmed = text.trim();
    // The longest placeholder has 15 letters; longer texts are not looked at.
    trimmed.len() <= 24 && PLACEHOLDERS.contains(&trimmed.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mark: Marks, positive: &[&str], negative: &[&str]) {
        for text in positive {
            assert!(marks(text).contains(mark), "{text:?} should be marked");
        }
        for text in negative {
            assert!(!marks(text).contains(mark), "{text:?} should not be marked");
        }
    }

    #[test]
    fn misread_text() {
        let positive = ["CafÃ© noir", "ä¸\u{ad}æ–‡", "It â€™s fine", "lost \u{fffd} character"];
        let negative = [
            "Café noir",
            "中文",
            "naïve façade",
            "È vero",
            "“quoted” – dashed",
            "Ã",
            "12 €",
            "São Paulo",
        ];
        check(Marks::MOJIBAKE, &positive, &negative);
    }

    #[test]
    fn characters_nobody_sees() {
        let positive = [
            "a\u{0}b",
            "bell\u{7}",
            "zero\u{200b}width",
            "\u{feff}start",
            "left\u{202e}right",
        ];
        check(
            Marks::CONTROL,
            &positive,
            &["tab\there", "line\nbreak", "👨\u{200d}👩", "中文", "é"],
        );
    }

    #[test]
    fn markup_links_and_escapes() {
        let positive = [
            "good<br>bad",
            "<p class='x'>text</p>",
            "Tom &amp; Jerry",
            "5 &#8364;",
            "a&nbsp;b",
        ];
        check(
            Marks::HTML,
            &positive,
            &["a < b", "<3 it", "AT&T", "R&D; done", "x<y and y>z", "<unknown>"],
        );
        let positive = ["see https://example.com/a", "www.example.org", "HTTP://Example.com"];
        check(
            Marks::URL,
            &positive,
            &["http error", "www", "12:30", "example.com", "v1.2"],
        );
        let positive = ["\\u4e2d\\u6587", "%E4%B8%AD%E6%96%87", "caf\\xe9"];
        check(
            Marks::ESCAPED,
            &positive,
            &["C:\\new", "100%", "50% off, 20% more", "a\\b"],
        );
    }

    #[test]
    fn space_width_words_and_placeholders() {
        check(Marks::EDGES, &[" a", "a ", "\u{3000}中"], &["a b", "a  b"]);
        check(Marks::FULL_WIDTH, &["ｉＰｈｏｎｅ１３"], &["iPhone13", "你好！，"]);
        check(
            Marks::WORDLESS,
            &["!!!", "。。。", "- -"],
            &["ok", "5", "好", "👍", "❤", " "],
        );
        check(
            Marks::PLACEHOLDER,
            &["Unknown", "未知", "?", "N.A."],
            &["unknown pleasures", "none", "无线耳机"],
        );
    }

    #[test]
    fn scripts_and_length() {
        let negative = ["red shoes", "обувь", "parked beside the car 沪A12345"];
        check(Marks::CJK, &["红色 shoes", "すし", "Lumio 无线耳机"], &negative);
        check(
            Marks::LATIN,
            &["red shoes", "Größe"],
            &["红色 shoes", "42", "обувь", "car 沪A1"],
        );
        check(Marks::OTHER_SCRIPT, &["обувь"], &["red shoes", "红色"]);
        check(
            Marks::LONG,
            &[&"word ".repeat(420), &"字".repeat(513)],
            &[&"word ".repeat(400), &"字".repeat(512)],
        );
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        let text = "<a <a &# \\u %E4 www.".repeat(50_000);
        let start = std::time::Instant::now();
        let _ = marks(&text);
        assert!(start.elapsed().as_secs() < 5);
    }
}
