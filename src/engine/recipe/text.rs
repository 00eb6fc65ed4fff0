//! Steps on text: normalise, map values, mask.

use super::cells::Cells;
use super::error::StepError;
use super::step::{Case, MaskMethod};
use super::table::{Replacement, Table};
use crate::engine::artifact::ColumnType;
use crate::engine::audit::personal::{self, PersonalKind};
use polars::prelude::{
    Column, Float64Chunked, Int64Chunked, IntoColumn as _, NewChunkedArray as _, PlSmallStr, StringChunked,
};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// What `normalize_text` does to a cell, in this order: NFKC, white space, trim, case.
#[derive(Clone, Copy)]
pub(super) struct Normalization {
    pub trim: bool,
    pub nfkc: bool,
    pub collapse_whitespace: bool,
    pub case: Case,
}

impl Normalization {
    fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        if self.nfkc && !text.is_ascii() && is_nfkc_quick(text.chars()) != IsNormalized::Yes {
            text = Cow::Owned(text.nfkc().collect());
        }
        if self.collapse_whitespace && needs_collapse(&text) {
            text = Cow::Owned(collapsed(&text));
        }
        if self.trim && text.trim().len() != text.len() {
            text = Cow::Owned(text.trim().to_owned());
        }
        match self.case {
            Case::Keep => text,
            Case::Lower if text.chars().any(char::is_uppercase) => Cow::Owned(text.to_lowercase()),
            Case::Upper if text.chars().any(char::is_lowercase) => Cow::Owned(text.to_uppercase()),
            Case::Lower | Case::Upper => text,
        }
    }
}

fn needs_collapse(text: &str) -> bool {
    let mut before_blank = false;
    text.chars().any(|c| {
        let blank = c.is_whitespace();
        let odd = blank && (c != ' ' || before_blank);
        before_blank = blank;
        odd
    })
}

/// Each run of white space becomes one blank (runs at the ends too; `trim` removes those).
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            if !in_blank {
                out.push(' ');
            }
            in_blank = true;
        } else {
            out.push(c);
            in_blank = false;
        }
    }
    out
}

pub(super) fn normalize(table: &Table, columns: &[String], how: Normalization) -> Result<Vec<Replacement>, StepError> {
    let indices: Vec<usize> = if columns.is_empty() {
        (0..table.columns.len())
            .filter(|&index| matches!(table.cells(index), Ok(Cells::Text(_))))
            .collect()
    } else {
        table.indices_of(columns)?
    };
    let mut replaced = Vec::new();
    for index in indices {
        table.progress.check()?;
        let Cells::Text(cells) = table.cells(index)? else {
            let found = table.cells(index)?.dtype();
            return Err(StepError::wrong_type(table.name(index), found, "text"));
        };
        // A cell that becomes empty is missing: an empty text says nothing, and CSV could not tell the two apart.
        let new = map_text(cells, |text| {
            let text = how.apply(text);
            (!text.is_empty()).then_some(text)
        });
        replaced.push(text_replacement(index, Cells::Text(cells), new));
    }
    Ok(replaced)
}

/// Applies `change` to each cell, in parallel; the result has the cells in row order.
fn map_text<'a>(
    cells: &'a StringChunked,
    change: impl Fn(&'a str) -> Option<Cow<'a, str>> + Sync,
) -> Vec<Option<Cow<'a, str>>> {
    let texts: Vec<Option<&str>> = cells.iter().collect();
    texts
        .into_par_iter()
        .with_min_len(4096)
        .map(|text| text.and_then(&change))
        .collect()
}

fn text_replacement(index: usize, before: Cells<'_>, after: Vec<Option<Cow<'_, str>>>) -> Replacement {
    let changed = match before {
        Cells::Text(cells) => cells.iter().zip(&after).map(|(a, b)| a != b.as_deref()).collect(),
        other => other
            .shown()
            .zip(&after)
            .map(|(a, b)| a.as_deref() != b.as_deref())
            .collect(),
    };
    Replacement {
        index,
        values: text_column(after.iter().map(Option::as_deref)),
        dtype: ColumnType::Text,
        changed,
        parsed: None,
    }
}

fn text_column<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> Column {
    StringChunked::from_iter_options(PlSmallStr::EMPTY, cells).into_column()
}

/// Cells shown as a key become its value. A number column stays a number column if every new value is a number.
pub(super) fn map_values(
    table: &Table,
    column: &str,
    map: &BTreeMap<String, Option<String>>,
) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = table.cells(index)?;
    let targets = || map.values().flatten();
    let after: Vec<Option<Cow<'_, str>>> = cells
        .shown()
        .map(|cell| {
            let cell = cell?;
            match map.get(cell.as_ref()) {
                Some(to) => to.as_deref().map(Cow::Borrowed),
                None => Some(cell),
            }
        })
        .collect();
    let mut replacement = text_replacement(index, cells, after);
    let texts = replacement.values.clone();
    let texts = texts.str()?;
    match cells {
        Cells::Integer(_) if targets().all(|to| to.trim().parse::<i64>().is_ok()) => {
            let numbers: Int64Chunked = texts
                .iter()
                .map(|v| v.and_then(|v| v.trim().parse::<i64>().ok()))
                .collect();
            (replacement.values, replacement.dtype) = (numbers.into_column(), ColumnType::Integer);
        }
        Cells::Float(_) if targets().all(|to| to.trim().parse::<f64>().is_ok()) => {
            let numbers: Float64Chunked = texts
                .iter()
                .map(|v| v.and_then(|v| v.trim().parse::<f64>().ok()))
                .collect();
            (replacement.values, replacement.dtype) = (numbers.into_column(), ColumnType::Float);
        }
        _ => {}
    }
    Ok(vec![replacement])
}

pub(super) fn mask(table: &Table, column: &str, method: &MaskMethod) -> Result<Vec<Replacement>, StepError> {
    let index = table.index_of(column)?;
    let cells = table.cells(index)?;
    if let MaskMethod::Hash { salt } = method
        && salt.is_empty()
    {
        return Err(StepError::OutOfRange {
            field: "salt",
            value: "empty".to_owned(),
            needed: "a text nobody can guess, or the hash can be undone by trying",
        });
    }
    let masker = Masker::new(method)?;
    let shown: Vec<Option<Cow<'_, str>>> = cells.shown().collect();
    let after: Vec<Option<Cow<'_, str>>> = shown
        .par_iter()
        .with_min_len(4096)
        .map(|cell| cell.as_deref().map(|cell| Cow::Owned(masker.apply(cell))))
        .collect();
    Ok(vec![text_replacement(index, cells, after)])
}

enum Masker<'a> {
    Hash([u8; 32]),
    Redact(&'a str),
    KeepLast(usize),
    Personal(Vec<PersonalKind>),
}

impl<'a> Masker<'a> {
    fn new(method: &'a MaskMethod) -> Result<Self, StepError> {
        Ok(match method {
            MaskMethod::Hash { salt } => Self::Hash(blake3::derive_key("touchstone recipe mask v1", salt.as_bytes())),
            MaskMethod::Redact { with } => Self::Redact(with),
            MaskMethod::KeepLast { n } => Self::KeepLast(*n),
            MaskMethod::Personal { patterns } => Self::Personal(personal_kinds(patterns)?),
        })
    }

    fn apply(&self, text: &str) -> String {
        match self {
            Self::Hash(key) => {
                let mut hex = blake3::keyed_hash(key, text.as_bytes()).to_hex().to_string();
                hex.truncate(16);
                hex
            }
            Self::Redact(with) => (*with).to_owned(),
            Self::Personal(kinds) => personal::mask(text, kinds),
            Self::KeepLast(n) => {
                let hidden = text.chars().count().saturating_sub(*n);
                // A cell no longer than n would be shown whole; hide all of it instead.
                let hidden = if hidden == 0 { text.chars().count() } else { hidden };
                std::iter::repeat_n('*', hidden)
                    .chain(text.chars().skip(hidden))
                    .collect()
            }
        }
    }
}

fn personal_kinds(patterns: &[String]) -> Result<Vec<PersonalKind>, StepError> {
    let kind = |pattern: &String| {
        PersonalKind::from_name(pattern).ok_or_else(|| StepError::OutOfRange {
            field: "patterns",
            value: pattern.clone(),
            needed: "a detector: email, mobile_cn, resident_id_cn, bank_card, ipv4",
        })
    };
    patterns.iter().map(kind).collect()
}
