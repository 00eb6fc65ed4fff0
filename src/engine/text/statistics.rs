//! What a tokenizer makes of a column of texts: lengths in tokens, what a limit cuts off, what it does not know, what
//! padding wastes.
//!
//! In: a text column and a tokenizer with its maximum length. Out: `ColumnTokens`.
//! Invariant: every row counts; a distinct text is tokenized once, however many rows hold it. Too dear for every audit
//! of a long log, so it is a step of its own.

use super::tokenize::{TextError, TextTokenizer};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::profile::{Histogram, WeightedValues};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::Progress;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Texts tokenized between two looks at the cancel flag.
const CHUNK_TEXTS: usize = 4_096;

/// Why a column has no token statistics.
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    #[error("the table has no column `{column}`")]
    NoSuchColumn { column: String },
    #[error("column `{column}` holds {found}, not text")]
    NotText { column: String, found: &'static str },
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// Token statistics of one column. Rates are `None` without rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnTokens {
    pub column: String,
    /// Tokens a row may have, special ones included.
    pub max_length: u64,
    /// Rows that hold a text.
    pub rows: u64,
    /// Different texts.
    pub texts: u64,
    /// Tokens of all rows before anything is cut, special ones included.
    pub tokens: u64,
    pub mean_length: Option<f64>,
    /// Length in tokens that this share of the rows does not exceed.
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub longest: u64,
    /// Lengths in tokens over rows.
    pub lengths: Option<Histogram>,
    /// Rows longer than `max_length`, and their share.
    pub truncated_rows: u64,
    pub truncation_rate: Option<f64>,
    /// Tokens that the limit cuts off.
    pub lost_tokens: u64,
    /// Tokens outside the vocabulary, and their share of all but the special tokens.
    pub unknown_tokens: u64,
    pub unknown_rate: Option<f64>,
    pub rows_with_unknown: u64,
    /// Share of the positions that are padding if every row is padded to `max_length`.
    pub padding_waste: Option<f64>,
    /// The same if rows are taken in file order, `batch_rows` at a time, and padded to the longest of their batch.
    pub batch_padding_waste: Option<f64>,
    pub batch_rows: u64,
}

/// Tokens of a text: all, and those outside the vocabulary.
type Lengths = (u32, u32);

/// Tokenizes a column. `batch_rows` is the batch size whose padding is judged.
pub fn column_tokens(
    dataset: &Dataset,
    column: &str,
    tokenizer: &TextTokenizer,
    batch_rows: usize,
    progress: &Progress,
) -> Result<ColumnTokens, StatisticsError> {
    progress.phase("tokenizing texts", "文本分词");
    let name = || column.to_owned();
    let index = dataset
        .column_index(column)
        .ok_or_else(|| StatisticsError::NoSuchColumn { column: name() })?;
    let cells = ColumnCells::new(dataset, index)?;
    if cells.dtype() != crate::engine::artifact::ColumnType::Text {
        let found = cells.dtype().name();
        return Err(StatisticsError::NotText { column: name(), found });
    }
    let distinct = Distinct::of(cells.cells(), progress).map_err(TextError::from)?;
    let special = tokenizer.measure(0, "")?.0;
    let whole = tokenizer.without_limit()?;
    let lengths = lengths_of(&cells, &distinct, &whole, progress)?;
    let limit = u32::try_from(tokenizer.max_length()).unwrap_or(u32::MAX);
    Ok(summary(name(), (&distinct, &lengths), (limit, special), batch_rows))
}

fn lengths_of(
    cells: &ColumnCells,
    distinct: &Distinct,
    tokenizer: &TextTokenizer,
    progress: &Progress,
) -> Result<Vec<Lengths>, TextError> {
    let cells = cells.cells();
    let mut lengths = Vec::with_capacity(distinct.num_values());
    for rows in distinct.first_row.chunks(CHUNK_TEXTS) {
        progress.check()?;
        let measured: Vec<Lengths> = rows
            .par_iter()
            .map(|&row| tokenizer.measure(row as usize, cells.text(row as usize).unwrap_or_default()))
            .collect::<Result<_, _>>()?;
        lengths.extend(measured);
        progress.set(lengths.len() as f64 / distinct.num_values() as f64);
    }
    Ok(lengths)
}

fn summary(
    column: String,
    (distinct, lengths): (&Distinct, &[Lengths]),
    (limit, special): (u32, u32),
    batch_rows: usize,
) -> ColumnTokens {
    let rows = distinct.num_filled();
    let weighted = || {
        lengths
            .iter()
            .zip(&distinct.counts)
            .map(|(of, &rows)| (*of, u64::from(rows)))
    };
    let sum = |value: &dyn Fn(Lengths) -> u64| weighted().map(|(of, rows)| value(of) * rows).sum::<u64>();
    let tokens = sum(&|of| u64::from(of.0));
    let unknown = sum(&|of| u64::from(of.1));
    let truncated = sum(&|of| u64::from(of.0 > limit));
    let kept = sum(&|of| u64::from(of.0.min(limit)));
    let of_rows = |count: u64| (rows > 0).then(|| count as f64 / rows as f64);
    let mut values: Vec<(f64, u64)> = weighted().map(|(of, rows)| (f64::from(of.0), rows)).collect();
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    values.dedup_by(|next, first| {
        let is_same = next.0 == first.0;
        first.1 += if is_same { next.1 } else { 0 };
        is_same
    });
    let values = WeightedValues {
        values,
        total: rows,
        infinite: 0,
    };
    let texts_tokens = tokens.saturating_sub(u64::from(special) * rows);
    ColumnTokens {
        column,
        max_length: u64::from(limit),
        rows,
        texts: distinct.num_values() as u64,
        tokens,
        mean_length: of_rows(tokens),
        p50: nearest_rank(&values, 50),
        p95: nearest_rank(&values, 95),
        p99: nearest_rank(&values, 99),
        longest: nearest_rank(&values, 100),
        lengths: Histogram::of(&values),
        truncated_rows: truncated,
        truncation_rate: of_rows(truncated),
        lost_tokens: tokens - kept,
        unknown_tokens: unknown,
        unknown_rate: (texts_tokens > 0).then(|| unknown as f64 / texts_tokens as f64),
        rows_with_unknown: sum(&|of| u64::from(of.1 > 0)),
        padding_waste: of_rows(kept).map(|mean| 1.0 - mean / f64::from(limit)),
        batch_padding_waste: batch_waste(distinct, lengths, limit, batch_rows),
        batch_rows: batch_rows as u64,
    }
}

/// The smallest length that `percent` of the rows do not exceed.
fn nearest_rank(lengths: &WeightedValues, percent: u64) -> u64 {
    let rank = (lengths.total * percent).div_ceil(100);
    let mut passed = 0;
    for &(length, rows) in &lengths.values {
        passed += rows;
        if passed >= rank {
            return length as u64;
        }
    }
    0
}

fn batch_waste(distinct: &Distinct, lengths: &[Lengths], limit: u32, batch_rows: usize) -> Option<f64> {
    let filled = distinct.codes.iter().filter(|code| **code != NULL);
    let lengths: Vec<u32> = filled.map(|&code| lengths[code as usize].0.min(limit)).collect();
    let (mut kept, mut positions) = (0_u64, 0_u64);
    for batch in lengths.chunks(batch_rows.max(1)) {
        kept += batch.iter().map(|&length| u64::from(length)).sum::<u64>();
        positions += batch.len() as u64 * u64::from(batch.iter().copied().max().unwrap_or(0));
    }
    (positions > 0).then(|| 1.0 - kept as f64 / positions as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, table};

    fn tokenizer(max_length: usize) -> (tempfile::TempDir, TextTokenizer) {
        let dir = tempfile::tempdir().expect("a folder");
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nshoe\n##s\ndress\n";
        std::fs::write(dir.path().join("vocab.txt"), vocabulary).expect("written");
        let tokenizer = TextTokenizer::open(dir.path(), max_length).expect("a tokenizer");
        (dir, tokenizer)
    }

    #[test]
    fn counted_by_hand() {
        // Tokens with [CLS] and [SEP]: 5 (red shoe ##s), 3 (dress), 3 (one unknown), 8, 3, null, 2.
        let texts = vec![
            Some("Red shoes"),
            Some("dress"),
            Some("zebra"),
            Some("red red red red red dress"),
            Some("dress"),
            None,
            Some(""),
        ];
        let data = table(vec![("text", Col::S(texts)), ("price", Col::I(vec![Some(1); 7]))]);
        let (_dir, tokenizer) = tokenizer(6);
        let found = column_tokens(&data, "text", &tokenizer, 2, &Progress::new()).expect("texts");
        assert_eq!((found.rows, found.texts, found.tokens), (6, 5, 24));
        assert_eq!((found.truncated_rows, found.lost_tokens, found.longest), (1, 2, 8));
        assert_eq!((found.p50, found.p95, found.truncation_rate), (3, 8, Some(1.0 / 6.0)));
        // 12 tokens are not special.
        assert_eq!(
            (found.unknown_tokens, found.unknown_rate, found.rows_with_unknown),
            (1, Some(1.0 / 12.0), 1)
        );
        // Kept 5 + 3 + 3 + 6 + 3 + 2 = 22 of 6 × 6; in twos padded to 5, 6 and 3: 22 of 28.
        let near = |found: Option<f64>, expected: f64| assert!((found.expect("rows") - expected).abs() < 1e-12);
        near(found.padding_waste, 1.0 - 22.0 / 36.0);
        near(found.batch_padding_waste, 1.0 - 22.0 / 28.0);
        assert_eq!(found.lengths.expect("lengths").counts.iter().sum::<u64>(), 6);
        let wrong = column_tokens(&data, "price", &tokenizer, 2, &Progress::new());
        assert!(matches!(wrong, Err(StatisticsError::NotText { .. })));
        let absent = column_tokens(&data, "title", &tokenizer, 2, &Progress::new());
        assert!(matches!(absent, Err(StatisticsError::NoSuchColumn { .. })));
    }

    #[test]
    fn a_column_without_texts_has_no_rates() {
        let data = table(vec![("text", Col::S(vec![None, None]))]);
        let (_dir, tokenizer) = tokenizer(6);
        let found = column_tokens(&data, "text", &tokenizer, 2, &Progress::new()).expect("a text column");
        assert_eq!((found.rows, found.longest, found.truncation_rate), (0, 0, None));
        assert_eq!(
            (found.unknown_rate, found.padding_waste, found.lengths),
            (None, None, None)
        );
    }
}
