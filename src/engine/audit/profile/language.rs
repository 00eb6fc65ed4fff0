//! The language of a text by its script and, for Latin letters, by stop words.
//!
//! A rule, not a model: Chinese, Japanese, Korean, Thai, Greek and Hebrew are told by their script; languages that
//! share a script by the most frequent short words (G. Grefenstette 1995, Comparing two language identification
//! schemes). A title of three nouns has none of them, so its language is not told rather than guessed.

use super::script::Script;
use crate::engine::artifact::Bilingual;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextLanguage {
    Chinese,
    Japanese,
    Korean,
    English,
    German,
    French,
    Spanish,
    Italian,
    Portuguese,
    Dutch,
    Russian,
    Ukrainian,
    Greek,
    Hebrew,
    Thai,
    /// Latin letters without a stop word, or with those of several languages alike.
    LatinUntold,
    CyrillicUntold,
    ArabicScript,
    Devanagari,
    /// Several writing systems with no majority, or one that is not known here.
    Mixed,
    /// No letter at all.
    NoLetters,
}

impl TextLanguage {
    pub fn label(self) -> Bilingual {
        let (en, zh) = match self {
            Self::Chinese => ("Chinese", "中文"),
            Self::Japanese => ("Japanese", "日文"),
            Self::Korean => ("Korean", "韩文"),
            Self::English => ("English", "英文"),
            Self::German => ("German", "德文"),
            Self::French => ("French", "法文"),
            Self::Spanish => ("Spanish", "西班牙文"),
            Self::Italian => ("Italian", "意大利文"),
            Self::Portuguese => ("Portuguese", "葡萄牙文"),
            Self::Dutch => ("Dutch", "荷兰文"),
            Self::Russian => ("Russian", "俄文"),
            Self::Ukrainian => ("Ukrainian", "乌克兰文"),
            Self::Greek => ("Greek", "希腊文"),
            Self::Hebrew => ("Hebrew", "希伯来文"),
            Self::Thai => ("Thai", "泰文"),
            Self::LatinUntold => ("Latin script, language not told", "拉丁字母，语言未定"),
            Self::CyrillicUntold => ("Cyrillic script, language not told", "西里尔字母，语言未定"),
            Self::ArabicScript => ("Arabic script", "阿拉伯字母"),
            Self::Devanagari => ("Devanagari script", "天城文"),
            Self::Mixed => ("mixed scripts", "多种文字混合"),
            Self::NoLetters => ("no letters", "没有文字"),
        };
        Bilingual::new(en, zh)
    }

    /// How languages are told, for those who read the numbers.
    pub fn method() -> Bilingual {
        Bilingual::new(
            "By writing system, and for Latin letters by stop words (the, und, pas …): a rule, not a model. Short titles hold no stop word, so their language is not told.",
            "按文字系统判断，拉丁字母再看停用词（the、und、pas 等）：这是规则而非模型。短标题不含停用词，因此不判定语言。",
        )
    }
}

/// The most frequent function words of each language, without those that two of them share.
const LATIN_WORDS: [(TextLanguage, &[&str]); 7] = [
    (
        TextLanguage::English,
        &[
            "the", "and", "of", "to", "is", "it", "with", "for", "was", "this", "that", "not", "are", "as", "but",
            "have", "you", "from", "they", "would", "my", "at", "by", "than", "very",
        ],
    ),
    (
        TextLanguage::German,
        &[
            "und", "der", "das", "ist", "nicht", "mit", "für", "ein", "eine", "auf", "sehr", "ich", "auch", "aber",
            "wie", "dem", "den", "zu", "sich", "wird", "vom", "bei",
        ],
    ),
    (
        TextLanguage::French,
        &[
            "le", "les", "et", "est", "pas", "pour", "une", "dans", "avec", "très", "je", "des", "du", "sur", "mais",
            "ce", "qui", "vous", "nous", "aux",
        ],
    ),
    (
        TextLanguage::Spanish,
        &[
            "el", "los", "las", "y", "muy", "con", "pero", "está", "más", "una", "como", "sin", "su", "lo", "esta",
            "es", "del",
        ],
    ),
    (
        TextLanguage::Italian,
        &[
            "il", "gli", "che", "è", "di", "molto", "sono", "della", "anche", "più", "nel", "questo", "ma", "perché",
        ],
    ),
    (
        TextLanguage::Portuguese,
        &[
            "não", "muito", "uma", "em", "os", "mas", "foi", "é", "são", "ao", "dos", "também",
        ],
    ),
    (
        TextLanguage::Dutch,
        &[
            "het", "een", "niet", "voor", "van", "zijn", "maar", "ook", "heel", "wel", "deze", "naar", "ik",
        ],
    ),
];
/// Letters of Ukrainian that Russian lacks, and the reverse.
const UKRAINIAN: [char; 4] = ['і', 'ї', 'є', 'ґ'];
const RUSSIAN: [char; 4] = ['ы', 'э', 'ё', 'ъ'];

/// The language of one text.
pub(super) fn language(text: &str, counts: &[u64; 13]) -> TextLanguage {
    let of = |script: Script| counts[script as usize];
    let letters: u64 = Script::ALL
        .into_iter()
        .filter(|script| script.is_letters())
        .map(of)
        .sum();
    if letters == 0 {
        return TextLanguage::NoLetters;
    }
    // A Chinese sentence names brands in Latin letters, which are more than its own characters: a character of
    // Han, kana or Hangul says about as much as two letters and a half.
    let weight = |script: Script| match script {
        Script::Han | Script::Kana | Script::Hangul => 5 * of(script),
        other => 2 * of(other),
    };
    let east = weight(Script::Han) + weight(Script::Kana) + weight(Script::Hangul);
    let total: u64 = Script::ALL
        .into_iter()
        .filter(|script| script.is_letters())
        .map(weight)
        .sum();
    if 2 * east > total {
        // Japanese mixes kana into nearly every sentence, Korean is written in Hangul.
        return if of(Script::Hangul) > of(Script::Han) {
            TextLanguage::Korean
        } else if 10 * of(Script::Kana) >= of(Script::Han) + of(Script::Kana) && of(Script::Kana) > 0 {
            TextLanguage::Japanese
        } else {
            TextLanguage::Chinese
        };
    }
    let main = Script::ALL
        .into_iter()
        .find(|script| script.is_letters() && 2 * weight(*script) > total);
    match main {
        Some(Script::Latin) => latin(text),
        Some(Script::Cyrillic) => cyrillic(text),
        Some(Script::Greek) => TextLanguage::Greek,
        Some(Script::Hebrew) => TextLanguage::Hebrew,
        Some(Script::Thai) => TextLanguage::Thai,
        Some(Script::Arabic) => TextLanguage::ArabicScript,
        Some(Script::Devanagari) => TextLanguage::Devanagari,
        _ => TextLanguage::Mixed,
    }
}

/// Each stop word with the place of its language.
static STOP_WORDS: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let placed = LATIN_WORDS.iter().enumerate();
    placed
        .flat_map(|(place, (_, words))| words.iter().map(move |word| (*word, place)))
        .collect()
});
/// Bytes of the longest stop word.
const LONGEST_WORD: usize = 8;

/// The language with the most stop words; none if two have equally many.
fn latin(text: &str) -> TextLanguage {
    let words = &*STOP_WORDS;
    let mut hits = [0_u32; LATIN_WORDS.len()];
    let mut lower = String::new();
    for word in text.split(|character: char| !character.is_alphabetic()) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            continue;
        }
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if let Some(&place) = words.get(lower.as_str()) {
            hits[place] += 1;
        }
    }
    let most = hits.iter().copied().max().unwrap_or(0);
    let mut best = (0..hits.len()).filter(|&place| hits[place] == most);
    match (most, best.next(), best.next()) {
        (1.., Some(place), None) => LATIN_WORDS[place].0,
        _ => TextLanguage::LatinUntold,
    }
}

fn cyrillic(text: &str) -> TextLanguage {
    let lower = text.to_lowercase();
    let has = |letters: &[char]| lower.contains(letters);
    match (has(&RUSSIAN), has(&UKRAINIAN)) {
        (true, false) => TextLanguage::Russian,
        (false, true) => TextLanguage::Ukrainian,
        _ => TextLanguage::CyrillicUntold,
    }
}

/// The language of a text on its own.
#[cfg(test)]
fn told(text: &str) -> TextLanguage {
    language(text, &super::script::count(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_known_languages() {
        for (text, expected) in [
            ("Great quality for the price, would buy again", TextLanguage::English),
            ("Sehr gut verarbeitet und schnell geliefert", TextLanguage::German),
            ("La qualité est très bonne pour le prix", TextLanguage::French),
            ("Muy buena calidad, pero el color es distinto", TextLanguage::Spanish),
            ("Il colore è molto bello", TextLanguage::Italian),
            ("Não gostei, foi muito caro", TextLanguage::Portuguese),
            ("Het is een mooie jas, maar niet warm", TextLanguage::Dutch),
            ("性价比很高，会回购", TextLanguage::Chinese),
            ("Northwind 高端真皮短靴 黑色 A113", TextLanguage::Chinese),
            ("色がとてもきれいです", TextLanguage::Japanese),
            ("품질이 아주 좋아요", TextLanguage::Korean),
            (
                "очень хороший товар, быстрая доставка, спасибо вы лучшие",
                TextLanguage::Russian,
            ),
            ("дуже гарна якість, швидка доставка, дякую її", TextLanguage::Ukrainian),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        assert_eq!(told("leather ankle boots black"), TextLanguage::LatinUntold);
        assert_eq!(told("12345 !!"), TextLanguage::NoLetters);
        assert_eq!(told(""), TextLanguage::NoLetters);
    }

    #[test]
    fn stop_words_are_short_and_lower_case() {
        for word in LATIN_WORDS.iter().flat_map(|(_, words)| words.iter()) {
            assert!(word.len() <= LONGEST_WORD && *word == word.to_lowercase(), "{word}");
        }
    }

    #[test]
    fn no_stop_word_belongs_to_two_languages() {
        for (place, (language, words)) in LATIN_WORDS.iter().enumerate() {
            for (other, others) in &LATIN_WORDS[place + 1..] {
                let shared: Vec<_> = words.iter().filter(|word| others.contains(word)).collect();
                assert!(shared.is_empty(), "{language:?} and {other:?} share {shared:?}");
            }
        }
    }
}
