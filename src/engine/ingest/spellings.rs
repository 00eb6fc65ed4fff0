//! How a log writes what is missing, true and false: the usual words, or those the user chose.

use super::cell;
use super::options::ReadOptions;

/// Spellings of one log. `Default` is what is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spellings {
    /// In place of the usual ones; the empty cell is always null.
    nulls: Option<Vec<Vec<u8>>>,
    /// Words for true and for false in lower case, in place of the usual ones.
    booleans: Option<[Vec<Vec<u8>>; 2]>,
}

impl Spellings {
    pub(super) fn of(options: &ReadOptions) -> Self {
        if options.text_only {
            return Self::default();
        }
        let words = |words: &[String]| -> Vec<Vec<u8>> {
            let lower = words.iter().map(|word| word.trim().to_lowercase().into_bytes());
            lower.collect()
        };
        let nulls = options.nulls.as_ref();
        Self {
            nulls: nulls.map(|nulls| nulls.iter().map(|null| null.trim().as_bytes().to_vec()).collect()),
            booleans: options
                .booleans
                .as_ref()
                .map(|booleans| [words(&booleans.yes), words(&booleans.no)]),
        }
    }

    /// Whether a trimmed cell stands for nothing.
    #[inline]
    pub(super) fn is_null(&self, cell: &[u8]) -> bool {
        match &self.nulls {
            None => cell::is_null(cell),
            Some(nulls) => cell.is_empty() || nulls.iter().any(|null| null == cell),
        }
    }

    /// Whether a cell is null by the user's own list, though it may parse as a value.
    #[inline]
    pub(super) fn hides(&self, cell: &[u8]) -> bool {
        self.nulls.is_some() && self.is_null(cell::trim(cell))
    }

    /// True or false as this log writes them.
    #[inline]
    pub(super) fn parse_bool(&self, cell: &[u8]) -> Option<bool> {
        match &self.booleans {
            None => cell::parse_bool(cell),
            Some(words) => own_bool(cell, words),
        }
    }

    pub(super) fn has_own_booleans(&self) -> bool {
        self.booleans.is_some()
    }

    /// Whether a cell is true or false by the user's own words, whatever else it may be.
    pub(super) fn is_own_bool(&self, cell: &[u8]) -> bool {
        self.booleans
            .as_ref()
            .is_some_and(|words| own_bool(cell, words).is_some())
    }
}

fn own_bool(cell: &[u8], [yes, no]: &[Vec<Vec<u8>>; 2]) -> Option<bool> {
    let lower;
    let cell = if cell.is_ascii() {
        lower = cell.to_ascii_lowercase();
        &lower
    } else {
        lower = String::from_utf8_lossy(cell).to_lowercase().into_bytes();
        &lower
    };
    if yes.contains(cell) {
        return Some(true);
    }
    no.contains(cell).then_some(false)
}
