//! Texts or text pairs → token ids, in parallel, kept in one flat table.
//!
//! In: a model folder's `tokenizer.json` (or a BERT `vocab.txt`). Out: `TokenTable`.
//! Invariant: row i of the table is row i of the input; no row is longer than `max_length` nor empty.

use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::{EncodeInput, Encoding, Model as _, Tokenizer, TruncationParams};

/// Rows encoded between two looks at the cancel flag.
const CHUNK_ROWS: usize = 1024;

/// Why texts could not be turned into tokens.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    #[error("{} holds neither tokenizer.json nor vocab.txt", dir.display())]
    NoTokenizer { dir: PathBuf },
    #[error("the tokenizer {} cannot be used: {reason}", path.display())]
    BadTokenizer { path: PathBuf, reason: String },
    #[error("max_length is {max_length}, but the special tokens alone need {special} and one must be left for text")]
    LengthTooShort { max_length: usize, special: usize },
    #[error("{texts} texts but {pairs} second texts; each row needs both")]
    UnequalPairs { texts: usize, pairs: usize },
    #[error("row {row} cannot be tokenized: {reason}")]
    Row { row: usize, reason: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A tokenizer bound to a maximum length.
#[derive(Clone, Debug)]
pub struct TextTokenizer {
    inner: Tokenizer,
    max_length: usize,
    unknown_id: Option<u32>,
}

/// Token ids of many rows: one flat array and where each row starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenTable {
    ids: Vec<u32>,
    /// `rows + 1` entries.
    starts: Vec<usize>,
    /// Token at which the second text (type 1) begins; the row's length if there is none.
    second: Vec<u32>,
    pub stats: TokenStats,
}

/// What tokenizing did to the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenStats {
    pub rows: u64,
    /// Tokens kept, special tokens included.
    pub tokens: u64,
    /// Longest row in tokens.
    pub longest: u32,
    /// Rows that lost tokens to `max_length`.
    pub truncated_rows: u64,
    /// Tokens that are not in the vocabulary.
    pub unknown_tokens: u64,
    /// Rows with special tokens only.
    pub empty_rows: u64,
}

struct EncodedRow {
    ids: Vec<u32>,
    second: u32,
    truncated: bool,
}

impl TextTokenizer {
    /// Reads the tokenizer of a model folder; rows will be cut to `max_length` tokens, special ones included
    /// (longest text of a pair first, as Transformers does).
    pub fn open(model_dir: &Path, max_length: usize) -> Result<Self, TextError> {
        let (path, mut inner) = load(model_dir)?;
        let bad = |error: tokenizers::Error| TextError::BadTokenizer {
            path: path.clone(),
            reason: error.to_string(),
        };
        inner.with_padding(None);
        let special = inner
            .encode(EncodeInput::from(("", "")), true)
            .map_err(bad)?
            .get_ids()
            .len();
        if max_length <= special {
            return Err(TextError::LengthTooShort { max_length, special });
        }
        let truncation = TruncationParams {
            max_length,
            ..TruncationParams::default()
        };
        inner.with_truncation(Some(truncation)).map_err(bad)?;
        let unknown_id = inner.token_to_id("[UNK]").or_else(|| inner.token_to_id("<unk>"));
        Ok(Self {
            inner,
            max_length,
            unknown_id,
        })
    }

    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// Number of ids the tokenizer can produce; the model's embedding table must not be smaller.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// The whole tokenizer as JSON: two that give the same text encode alike.
    pub(super) fn serialised(&self) -> Result<String, TextError> {
        self.inner.to_string(false).map_err(|error| TextError::Row {
            row: 0,
            reason: error.to_string(),
        })
    }

    /// A copy that cuts nothing.
    pub(super) fn without_limit(&self) -> Result<Self, TextError> {
        let mut copy = self.clone();
        copy.inner.with_truncation(None).map_err(|error| TextError::Row {
            row: 0,
            reason: error.to_string(),
        })?;
        Ok(copy)
    }

    /// Tokens of a text, special ones included, and how many of them are not in the vocabulary.
    pub(super) fn measure(&self, row: usize, text: &str) -> Result<(u32, u32), TextError> {
        let encoded = self.encode_row(row, text, None)?;
        let unknown = encoded.ids.iter().filter(|id| Some(**id) == self.unknown_id).count();
        Ok((encoded.ids.len() as u32, unknown as u32))
    }

    /// Encodes all rows; `pairs`, if given, holds the second text of each row.
    pub fn encode_all(
        &self,
        texts: &[String],
        pairs: Option<&[String]>,
        progress: &Progress,
    ) -> Result<TokenTable, TextError> {
        if let Some(pairs) = pairs
            && pairs.len() != texts.len()
        {
            return Err(TextError::UnequalPairs {
                texts: texts.len(),
                pairs: pairs.len(),
            });
        }
        let mut table = TokenTable::with_capacity(texts.len());
        for first in (0..texts.len()).step_by(CHUNK_ROWS) {
            progress.check()?;
            let last = (first + CHUNK_ROWS).min(texts.len());
            let encoded: Vec<EncodedRow> = (first..last)
                .into_par_iter()
                .map(|row| self.encode_row(row, &texts[row], pairs.map(|p| p[row].as_str())))
                .collect::<Result<_, _>>()?;
            for row in encoded {
                table.push(&row, self.unknown_id);
            }
            progress.set(last as f64 / texts.len() as f64);
            progress.set_rows(last as u64);
        }
        Ok(table)
    }

    fn encode_row(&self, row: usize, text: &str, pair: Option<&str>) -> Result<EncodedRow, TextError> {
        let input = match pair {
            Some(pair) => EncodeInput::from((text, pair)),
            None => EncodeInput::from(text),
        };
        let encoding: Encoding = self.inner.encode_fast(input, true).map_err(|error| TextError::Row {
            row,
            reason: error.to_string(),
        })?;
        let ids = encoding.get_ids().to_vec();
        let second = encoding
            .get_type_ids()
            .iter()
            .position(|&kind| kind == 1)
            .unwrap_or(ids.len());
        Ok(EncodedRow {
            second: u32::try_from(second).unwrap_or(u32::MAX),
            truncated: !encoding.get_overflowing().is_empty(),
            ids,
        })
    }
}

fn load(dir: &Path) -> Result<(PathBuf, Tokenizer), TextError> {
    let json = dir.join("tokenizer.json");
    let bad = |path: &Path, error: tokenizers::Error| TextError::BadTokenizer {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    if json.is_file() {
        let inner = Tokenizer::from_file(&json).map_err(|error| bad(&json, error))?;
        return Ok((json, inner));
    }
    let vocab = dir.join("vocab.txt");
    if !vocab.is_file() {
        return Err(TextError::NoTokenizer { dir: dir.to_owned() });
    }
    let inner = word_piece(&vocab, lowercases(dir)).map_err(|error| bad(&vocab, error))?;
    Ok((vocab, inner))
}

/// `do_lower_case` of `tokenizer_config.json`; true without it, as in Transformers' `BertTokenizer`.
fn lowercases(dir: &Path) -> bool {
    std::fs::read_to_string(dir.join("tokenizer_config.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .and_then(|json| json.get("do_lower_case").and_then(serde_json::Value::as_bool))
        .unwrap_or(true)
}

/// The classic BERT tokenizer of a plain vocabulary file.
fn word_piece(vocab: &Path, lowercase: bool) -> tokenizers::Result<Tokenizer> {
    let model = WordPiece::from_file(&vocab.to_string_lossy())
        .unk_token("[UNK]".to_owned())
        .build()?;
    let id = |token: &str| -> tokenizers::Result<(String, u32)> {
        let id = model
            .token_to_id(token)
            .ok_or_else(|| format!("{token} is not in the vocabulary"))?;
        Ok((token.to_owned(), id))
    };
    let (sep, cls) = (id("[SEP]")?, id("[CLS]")?);
    id("[UNK]")?;
    let mut inner = Tokenizer::new(model);
    inner.with_normalizer(Some(BertNormalizer::new(true, true, None, lowercase)));
    inner.with_pre_tokenizer(Some(BertPreTokenizer));
    inner.with_post_processor(Some(BertProcessing::new(sep, cls)));
    Ok(inner)
}

impl TokenTable {
    fn with_capacity(rows: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            starts,
            second: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    fn push(&mut self, row: &EncodedRow, unknown_id: Option<u32>) {
        self.ids.extend_from_slice(&row.ids);
        self.starts.push(self.ids.len());
        self.second.push(row.second);
        let stats = &mut self.stats;
        stats.rows += 1;
        stats.tokens += row.ids.len() as u64;
        stats.longest = stats.longest.max(u32::try_from(row.ids.len()).unwrap_or(u32::MAX));
        stats.truncated_rows += u64::from(row.truncated);
        if let Some(unknown) = unknown_id {
            stats.unknown_tokens += row.ids.iter().filter(|&&id| id == unknown).count() as u64;
        }
        // [CLS] [SEP], or [CLS] [SEP] [SEP] for a pair
        stats.empty_rows +=
            u64::from(row.ids.len() <= 3 && row.ids.len() == 2 + usize::from((row.second as usize) < row.ids.len()));
    }

    pub fn num_rows(&self) -> usize {
        self.second.len()
    }

    /// Token ids of a row.
    pub fn ids(&self, row: usize) -> &[u32] {
        &self.ids[self.starts[row]..self.starts[row + 1]]
    }

    /// Tokens of a row.
    pub fn len(&self, row: usize) -> usize {
        self.starts[row + 1] - self.starts[row]
    }

    pub fn is_empty(&self) -> bool {
        self.second.is_empty()
    }

    /// Token of the row at which the second text begins.
    pub fn second_start(&self, row: usize) -> usize {
        (self.second[row] as usize).min(self.len(row))
    }

    /// Says where a row's second text begins.
    pub fn set_second_start(&mut self, row: usize, start: usize) {
        self.second[row] = u32::try_from(start).unwrap_or(u32::MAX);
    }

    /// Ids of all rows end to end, length of each row, and where its second text begins.
    pub(super) fn parts(&self) -> (&[u32], Vec<u32>, &[u32]) {
        let length = |pair: &[usize]| u32::try_from(pair[1] - pair[0]).unwrap_or(u32::MAX);
        (&self.ids, self.starts.windows(2).map(length).collect(), &self.second)
    }

    /// The reverse of `parts`; `None` if they do not fit together.
    pub(super) fn from_parts(ids: Vec<u32>, lengths: &[u32], second: Vec<u32>, stats: TokenStats) -> Option<Self> {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        starts.push(0);
        let mut end = 0usize;
        for &length in lengths {
            end = end.checked_add(length as usize)?;
            starts.push(end);
        }
        (end == ids.len() && lengths.len() == second.len()).then_some(Self {
            ids,
            starts,
            second,
            stats,
        })
    }

    /// A table of given ids, for tests and for callers with their own tokenizer; no row may be empty.
    pub fn from_rows(rows: &[Vec<u32>]) -> Self {
        let mut table = Self::with_capacity(rows.len());
        for ids in rows {
            let row = EncodedRow {
                ids: ids.clone(),
                second: u32::try_from(ids.len()).unwrap_or(u32::MAX),
                truncated: false,
            };
            table.push(&row, None);
        }
        table
    }
}

#[cfg(test)]
#[path = "tokenize_tests.rs"]
mod tests;
