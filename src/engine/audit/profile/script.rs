//! Which writing systems a text is made of.
//!
//! Source: the main blocks of each script in the Unicode Standard (Blocks.txt); rare extensions count as `Other`.

use crate::engine::artifact::Bilingual;
use serde::{Deserialize, Serialize};

/// A class of characters; letters by script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    Latin,
    Han,
    Kana,
    Hangul,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
    /// Letters of any other script.
    Other,
    Digits,
    /// Punctuation, symbols and pictographs.
    Symbols,
}

impl Script {
    pub const ALL: [Self; 13] = [
        Self::Latin,
        Self::Han,
        Self::Kana,
        Self::Hangul,
        Self::Cyrillic,
        Self::Greek,
        Self::Arabic,
        Self::Hebrew,
        Self::Devanagari,
        Self::Thai,
        Self::Other,
        Self::Digits,
        Self::Symbols,
    ];

    pub fn label(self) -> Bilingual {
        let (en, zh) = match self {
            Self::Latin => ("Latin", "拉丁字母"),
            Self::Han => ("Han", "汉字"),
            Self::Kana => ("kana", "假名"),
            Self::Hangul => ("Hangul", "谚文"),
            Self::Cyrillic => ("Cyrillic", "西里尔字母"),
            Self::Greek => ("Greek", "希腊字母"),
            Self::Arabic => ("Arabic", "阿拉伯字母"),
            Self::Hebrew => ("Hebrew", "希伯来字母"),
            Self::Devanagari => ("Devanagari", "天城文"),
            Self::Thai => ("Thai", "泰文"),
            Self::Other => ("other letters", "其他文字"),
            Self::Digits => ("digits", "数字"),
            Self::Symbols => ("symbols", "符号"),
        };
        Bilingual::new(en, zh)
    }

    /// Class of a character; `None` for blanks and control characters.
    pub fn of(character: char) -> Option<Self> {
        match character {
            'a'..='z' | 'A'..='Z' => Some(Self::Latin),
            '0'..='9' => Some(Self::Digits),
            '!'..='~' => Some(Self::Symbols),
            _ if character.is_whitespace() || character.is_control() => None,
            _ => Some(Self::beyond_ascii(character)),
        }
    }

    fn beyond_ascii(character: char) -> Self {
        match character {
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' => Self::Han,
            // The middle dot and the prolonged sound mark stand beside Chinese names, too.
            '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fd}'..='\u{30ff}' => Self::Kana,
            '\u{ac00}'..='\u{d7af}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => Self::Hangul,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            '\u{370}'..='\u{3ff}' if character.is_alphabetic() => Self::Greek,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' if character.is_alphabetic() => Self::Arabic,
            '\u{5d0}'..='\u{5ea}' => Self::Hebrew,
            '\u{900}'..='\u{97f}' => Self::Devanagari,
            '\u{e00}'..='\u{e7f}' => Self::Thai,
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}'
                if character.is_alphabetic() =>
            {
                Self::Latin
            }
            _ if character.is_numeric() => Self::Digits,
            _ if character.is_alphabetic() => Self::Other,
            _ => Self::Symbols,
        }
    }

    /// Whether it is a writing system rather than digits or symbols.
    pub fn is_letters(self) -> bool {
        !matches!(self, Self::Digits | Self::Symbols)
    }
}

/// Characters of each class in a text, in the order of `Script::ALL`.
pub(super) fn count(text: &str) -> [u64; 13] {
    let mut counts = [0_u64; 13];
    for character in text.chars() {
        if let Some(script) = Script::of(character) {
            counts[script as usize] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_by_class() {
        let counted = count("Größe 42, красный 红色 すし 한국 ไทย !");
        let of = |script: Script| counted[script as usize];
        assert_eq!((of(Script::Latin), of(Script::Digits)), (5, 2));
        assert_eq!((of(Script::Cyrillic), of(Script::Han), of(Script::Kana)), (7, 2, 2));
        assert_eq!((of(Script::Hangul), of(Script::Thai), of(Script::Symbols)), (2, 3, 2));
        for (place, script) in Script::ALL.into_iter().enumerate() {
            assert_eq!(script as usize, place);
        }
    }
}
