//! From files to rows ready for the encoder: reading, hold-out, standardising, tokenizing.
//!
//! Invariant: numbers are standardised with the training rows' mean and deviation only.

use super::TrainError;
use super::batch::Prepared;
use super::fit::Sample;
use crate::engine::models::{BertConfig, Family};
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use crate::engine::run::config::{TrainConfig, TrainData};
use crate::engine::text::TextTokenizer;
use crate::engine::train::data::{NumericColumn, Rows, standardise};
use crate::engine::train::host::Host;
use crate::engine::train::table;
use std::path::Path;

const STREAM_SAMPLES: u64 = 0x7361_6d70;
/// Validation rows shown at each evaluation.
const SAMPLES: usize = 20;
/// All rows of a run.
pub struct Parts {
    pub train: Prepared,
    pub valid: Prepared,
    pub test: Option<Prepared>,
    pub columns: Vec<NumericColumn>,
    pub samples: Vec<Sample>,
}

/// The base model's tokenizer, checked against the settings and the model.
pub fn open_tokenizer(config: &TrainConfig, base_dir: &Path, base: &BertConfig) -> Result<TextTokenizer, TrainError> {
    if config.max_length > base.max_positions {
        let reason = format!(
            "is {}, but the base model has positions for {}",
            config.max_length, base.max_positions
        );
        return Err(TrainError::config("max_length", reason));
    }
    let tokenizer = TextTokenizer::open(base_dir, config.max_length)?;
    if tokenizer.vocab_size() > base.vocab_size {
        return Err(TrainError::Weights {
            path: base_dir.to_owned(),
            reason: format!(
                "the tokenizer has {} tokens, the model {}",
                tokenizer.vocab_size(),
                base.vocab_size
            ),
        });
    }
    if config.data.text.len() == 2 && base.family == Family::Bert && base.type_vocab_size < 2 {
        return Err(TrainError::config(
            "data.text",
            "names two columns, but the base model knows one segment only",
        ));
    }
    Ok(tokenizer)
}

/// Reads and encodes all rows of a run.
pub fn prepare(config: &TrainConfig, tokenizer: &TextTokenizer, host: &mut dyn Host) -> Result<Parts, TrainError> {
    host.phase(0, "reading_data")?;
    let data = &config.data;
    let read = |path: &Path, host: &mut dyn Host| -> Result<Rows, TrainError> {
        let loaded = table::load(path, columns_of(data), &Progress::new())?;
        for note in loaded.notes {
            host.warn(0, note)?;
        }
        Ok(loaded.rows)
    };
    let all = read(&data.train, host)?;
    let (train, valid) = match &data.valid {
        Some(path) => (all, read(path, host)?),
        None => all.hold_out(data.valid_ratio, config.seed)?,
    };
    let test = data.test.as_ref().map(|path| read(path, host)).transpose()?;
    check_labels(&train, &valid)?;
    host.phase(0, "tokenizing")?;
    let columns = NumericColumn::fit(&data.numeric, &train);
    let samples = choose_samples(&valid, config.seed);
    let prepared = |rows: Rows| encode(rows, tokenizer, &columns);
    let parts = Parts {
        train: prepared(train)?,
        valid: prepared(valid)?,
        test: test.map(prepared).transpose()?,
        samples,
        columns: columns.clone(),
    };
    let stats = parts.train.tokens.stats;
    host.log(
        0,
        format!(
            "{} training rows: {:.1} tokens a row, longest {}; {} cut to {} tokens, {} without text, {} tokens unknown to the base model",
            stats.rows,
            stats.tokens as f64 / stats.rows.max(1) as f64,
            stats.longest,
            stats.truncated_rows,
            config.max_length,
            stats.empty_rows,
            stats.unknown_tokens
        ),
    )?;
    Ok(parts)
}

/// Tokens, standardised numbers and labels of rows.
pub fn encode(rows: Rows, tokenizer: &TextTokenizer, columns: &[NumericColumn]) -> Result<Prepared, TrainError> {
    Ok(Prepared {
        tokens: tokenizer.encode_all(&rows.texts, rows.pairs.as_deref(), &Progress::new())?,
        numeric: standardise(columns, &rows.numeric),
        width: columns.len() * 2,
        labels: rows.labels,
        lines: rows.lines,
    })
}

fn columns_of(data: &TrainData) -> table::Columns<'_> {
    table::Columns {
        text: &data.text,
        numeric: &data.numeric,
        label: Some(&data.label),
    }
}

fn check_labels(train: &Rows, valid: &Rows) -> Result<(), TrainError> {
    let positives = train.labels.iter().filter(|&&label| label == 1).count();
    if positives == 0 || positives == train.len() {
        return Err(TrainError::TooFewRows {
            what: format!(
                "all {} training rows have the same label, so there is nothing to learn",
                train.len()
            ),
        });
    }
    if valid.is_empty() {
        return Err(TrainError::TooFewRows {
            what: "there are no validation rows".to_owned(),
        });
    }
    Ok(())
}

/// Up to twenty validation rows, half of each label, chosen by `seed`.
fn choose_samples(valid: &Rows, seed: u64) -> Vec<Sample> {
    let mut order: Vec<usize> = (0..valid.len()).collect();
    Draws::new(seed, &[STREAM_SAMPLES]).shuffle(&mut order);
    let of_label = |label: u8| {
        order
            .iter()
            .copied()
            .filter(move |&row| valid.labels[row] == label)
            .take(SAMPLES / 2)
    };
    let mut chosen: Vec<usize> = of_label(1).chain(of_label(0)).collect();
    chosen.sort_unstable();
    let shown = |row: usize| {
        let pair = valid.pairs.as_ref().map(|pairs| pairs[row].as_str());
        let parts = [Some(valid.texts[row].as_str()), pair].into_iter().flatten();
        let filled: Vec<&str> = parts.filter(|part| !part.trim().is_empty()).collect();
        filled.join(" · ").chars().take(160).collect::<String>()
    };
    chosen
        .into_iter()
        .filter_map(|row| Some((u32::try_from(row).ok()?, shown(row))))
        .collect()
}
