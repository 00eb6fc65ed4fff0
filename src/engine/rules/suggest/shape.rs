//! The common form of texts as a regular expression: runs of digits and letters between fixed signs.
//!
//! `U00017`, `U00018` give `U\d{5}`; UUIDs are recognised as such. Invariant: the pattern matches every text it was
//! drawn from.

/// What a run of characters is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Digit,
    Lower,
    Upper,
    Sign,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digit,
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            _ => Self::Sign,
        }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Digit => "[0-9]",
            Self::Lower => "[a-z]",
            Self::Upper => "[A-Z]",
            Self::Sign => "",
        }
    }
}

/// One run over all texts.
struct Run<'a> {
    class: Class,
    text: &'a str,
    is_constant: bool,
    shortest: usize,
    longest: usize,
}

/// More runs than this describe sentences, not codes.
const MOST_RUNS: usize = 12;
/// A text longer than this is no code.
const LONGEST: usize = 80;

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/// The pattern that all texts share; `None` where they have no common form or it says nothing.
pub(super) fn shape<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    texts.clone().next()?;
    if texts.clone().all(is_uuid) {
        return Some(UUID.to_owned());
    }
    let mut shape: Option<Vec<Run<'a>>> = None;
    for text in texts {
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let found = runs(text)?;
        match &mut shape {
            None => shape = Some(found),
            Some(shape) => widen(shape, &found)?,
        }
    }
    let shape = shape?;
    // Letters alone, of any length, would allow nearly any word.
    let says_something = shape.len() > 1
        || shape
            .iter()
            .all(|run| run.class == Class::Digit || run.shortest == run.longest);
    says_something.then(|| shape.iter().map(pattern).collect())
}

fn is_uuid(text: &str) -> bool {
    let is_dash = |place| matches!(place, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| {
            if is_dash(place) {
                byte == b'-'
            } else {
                byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
            }
        })
}

fn runs(text: &str) -> Option<Vec<Run<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let class = Class::of(first);
        let end = rest.find(|c| Class::of(c) != class).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let length = run.chars().count();
        found.push(Run {
            class,
            text: run,
            is_constant: true,
            shortest: length,
            longest: length,
        });
        rest = after;
    }
    (found.len() <= MOST_RUNS).then_some(found)
}

/// Widens the shape to hold another text as well; `None` if it has another form.
fn widen(shape: &mut [Run<'_>], other: &[Run<'_>]) -> Option<()> {
    if shape.len() != other.len() {
        return None;
    }
    for (run, other) in shape.iter_mut().zip(other) {
        if run.class != other.class || (run.class == Class::Sign && run.text != other.text) {
            return None;
        }
        run.is_constant &= run.text == other.text;
        run.shortest = run.shortest.min(other.shortest);
        run.longest = run.longest.max(other.longest);
    }
    Some(())
}

fn pattern(run: &Run<'_>) -> String {
    let class = run.class.pattern();
    if run.is_constant && run.class != Class::Digit {
        regex::escape(run.text)
    } else if run.shortest == run.longest {
        format!("{class}{{{}}}", run.shortest)
    } else {
        // The lengths seen are no limit: numbers grow.
        format!("{class}+")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(texts: &[&str]) -> Option<String> {
        shape(texts.iter().copied())
    }

    #[test]
    fn codes_have_a_form_and_words_have_none() {
        assert_eq!(of(&["U00017", "U00018"]), Some("U[0-9]{5}".to_owned()));
        assert_eq!(of(&["9", "10"]), Some("[0-9]+".to_owned()));
        assert_eq!(of(&["a.b-1", "x.y-20"]), Some(r"[a-z]{1}\.[a-z]{1}\-[0-9]+".to_owned()));
        let uuids = [
            "26dd6e6e-4dac-4778-8d2c-92e149dab885",
            "00000000-0000-0000-0000-000000000000",
        ];
        assert_eq!(of(&uuids), Some(UUID.to_owned()));
        for texts in [&["sony", "huawei"][..], &["a1", "1a"], &[""], &[], &["一二", "三四"]] {
            assert_eq!(of(texts), None, "{texts:?}");
        }
    }

    proptest! {
        #[test]
        fn the_pattern_matches_what_it_was_drawn_from(texts in prop::collection::vec("[A-C]{1,2}[0-9]{1,3}[-.+*(]", 1..20)) {
            let pattern = shape(texts.iter().map(String::as_str));
            if let Some(pattern) = pattern {
                let whole = regex::Regex::new(&format!(r"\A(?:{pattern})\z")).expect("a pattern");
                prop_assert!(texts.iter().all(|text| whole.is_match(text)), "{pattern}");
            }
        }
    }
}
