//! What the texts of a column are made of: writing systems, languages, repeats.
//!
//! In: the dictionary of a text column. Out: `TextProfile`.
//! Invariant: every row counts; a distinct text is looked at once, however many rows hold it.

use super::language::{TextLanguage, language};
use super::script::{Script, count};
use crate::engine::audit::cells::Cells;
use crate::engine::audit::distinct::Distinct;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextProfile {
    /// Characters of all rows, blanks and control characters left out.
    pub characters: u64,
    /// Most frequent first.
    pub scripts: Vec<ScriptShare>,
    /// Most frequent first; by script and stop words (a rule, not a model).
    pub languages: Vec<LanguageShare>,
    /// Different texts that more than one row holds.
    pub repeated_texts: u64,
    /// Rows whose text an earlier row holds already.
    pub surplus_rows: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScriptShare {
    pub script: Script,
    pub characters: u64,
    /// Of all characters.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanguageShare {
    pub language: TextLanguage,
    pub rows: u64,
    /// Of the filled rows.
    pub share: f64,
}

/// Sums over texts.
#[derive(Default)]
struct Sums {
    scripts: [u64; 13],
    languages: BTreeMap<TextLanguage, u64>,
}

impl Sums {
    fn add(mut self, text: &str, rows: u64) -> Self {
        let counts = count(text);
        for (sum, characters) in self.scripts.iter_mut().zip(counts) {
            *sum += characters * rows;
        }
        *self.languages.entry(language(text, &counts)).or_default() += rows;
        self
    }

    fn and(mut self, other: Self) -> Self {
        for (sum, characters) in self.scripts.iter_mut().zip(other.scripts) {
            *sum += characters;
        }
        for (language, rows) in other.languages {
            *self.languages.entry(language).or_default() += rows;
        }
        self
    }
}

impl TextProfile {
    /// `None` without values.
    pub(super) fn of(cells: Cells<'_>, distinct: &Distinct) -> Option<Self> {
        let filled = distinct.num_filled();
        if filled == 0 {
            return None;
        }
        let texts = distinct.first_row.par_iter().zip(&distinct.counts).with_min_len(512);
        let sums = texts
            .fold(Sums::default, |sums, (&row, &rows)| {
                sums.add(cells.text(row as usize).unwrap_or_default(), u64::from(rows))
            })
            .reduce(Sums::default, Sums::and);
        let characters: u64 = sums.scripts.iter().sum();
        let mut scripts: Vec<ScriptShare> = Script::ALL
            .into_iter()
            .zip(sums.scripts)
            .filter(|(_, count)| *count > 0)
            .map(|(script, count)| ScriptShare {
                script,
                characters: count,
                share: count as f64 / characters as f64,
            })
            .collect();
        scripts.sort_by_key(|share| std::cmp::Reverse(share.characters));
        let mut languages: Vec<LanguageShare> = sums
            .languages
            .into_iter()
            .map(|(language, rows)| LanguageShare {
                language,
                rows,
                share: rows as f64 / filled as f64,
            })
            .collect();
        languages.sort_by_key(|share| std::cmp::Reverse(share.rows));
        Some(Self {
            characters,
            scripts,
            languages,
            repeated_texts: distinct.counts.iter().filter(|count| **count > 1).count() as u64,
            surplus_rows: filled - distinct.num_values() as u64,
        })
    }
}
