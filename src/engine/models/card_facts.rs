//! What a model's card (`README.md`) says in its head: licence and languages.
//!
//! The head is YAML between two lines of dashes (Hugging Face's model cards); only `license` and `language` are read, as
//! one value or a list.

use std::path::Path;

/// Empty where the card says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CardFacts {
    pub licence: String,
    pub languages: String,
}

impl CardFacts {
    pub(super) fn of(dir: &Path) -> Self {
        Self::read(&std::fs::read_to_string(dir.join("README.md")).unwrap_or_default())
    }

    fn read(card: &str) -> Self {
        let mut facts = Self::default();
        let mut lines = card.lines();
        if lines.next().map(str::trim) != Some("---") {
            return facts;
        }
        let mut key = "";
        for line in lines.take_while(|line| line.trim() != "---") {
            let item = line.trim().strip_prefix("- ");
            let value = match (item, line.split_once(':')) {
                (Some(item), _) => item,
                (None, Some((name, value))) if !line.starts_with(' ') => {
                    key = name.trim();
                    value
                }
                _ => continue,
            };
            let values = value
                .trim()
                .trim_matches(['[', ']'])
                .split(',')
                .map(|one| one.trim().trim_matches(['"', '\'']));
            for value in values.filter(|value| !value.is_empty()) {
                let place = match key {
                    "license" => &mut facts.licence,
                    "language" => &mut facts.languages,
                    _ => continue,
                };
                if !place.is_empty() {
                    place.push_str(", ");
                }
                place.push_str(value);
            }
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_and_languages_are_read_in_each_form() {
        let card = "---\nlanguage:\n- en\n- zh\nlicense: apache-2.0\ntags:\n- bert\n---\n# Model\nlicense: mit\n";
        let facts = CardFacts::read(card);
        assert_eq!(
            (facts.licence.as_str(), facts.languages.as_str()),
            ("apache-2.0", "en, zh")
        );
        assert_eq!(CardFacts::read("---\nlanguage: [en, 'de']\n---").languages, "en, de");
        assert_eq!(CardFacts::read("# No head\nlicense: mit"), CardFacts::default());
    }
}
