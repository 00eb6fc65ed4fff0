//! From files to rows ready for the encoder: reading, hold-out, standardising, tokenizing.
//!
//! Invariant: numbers are standardised with the training rows' mean and deviation only; classes and categories are those
//! of the training table and of the training rows.

use super::TrainError;
use super::batch::Prepared;
use super::fit::Sample;
use crate::engine::models::{BertConfig, Family, cache_root};
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::task::Task;
use crate::engine::text::{TextTokenizer, TokenCache};
use crate::engine::train::categories::{self, CategoryColumn};
use crate::engine::train::data::{NumericColumn, Rows, standardise};
use crate::engine::train::host::Host;
use crate::engine::train::inputs::RunInputs;
use crate::engine::train::table::{self, Table};
use crate::engine::train::tasks::{self, TaskRules};
use std::collections::HashMap;
use std::path::Path;

const STREAM_SAMPLES: u64 = 0x7361_6d70;
/// Validation rows shown at each evaluation.
const SAMPLES: usize = 20;
/// All rows of a run.
pub struct Parts {
    pub train: Prepared,
    pub valid: Prepared,
    pub test: Option<Prepared>,
    pub rules: Box<dyn TaskRules>,
    pub columns: Vec<NumericColumn>,
    pub categorical: Vec<CategoryColumn>,
    pub samples: Vec<Sample>,
}

impl Parts {
    /// How the columns are read.
    pub fn inputs(&self) -> RunInputs {
        RunInputs {
            task: self.rules.task(),
            classes: self.rules.classes().to_vec(),
            numeric: self.columns.clone(),
            categorical: self.categorical.clone(),
        }
    }
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
    let columns = columns_of(config);
    let open = |path: &Path, host: &mut dyn Host| -> Result<Table, TrainError> {
        let dataset = table::open(path, columns, &Progress::new())?;
        if let Some(note) = table::rejected_note(&dataset, path) {
            host.warn(0, note)?;
        }
        Ok(Table::from(&dataset))
    };
    let table = open(&data.train, host)?;
    let rules = tasks::of_table(config, &table)?;
    let rows = |table: &Table, path: &Path, host: &mut dyn Host| -> Result<Rows, TrainError> {
        let loaded = table::rows_of(table, path, columns, Some(&*rules))?;
        for note in loaded.notes {
            host.warn(0, note)?;
        }
        Ok(loaded.rows)
    };
    let all = rows(&table, &data.train, host)?;
    drop(table);
    let read = |path: &Path, host: &mut dyn Host| rows(&open(path, host)?, path, host);
    let (train, valid) = match (&data.valid, config.task) {
        (Some(path), _) => (all, read(path, host)?),
        (None, Task::Multiclass) => all.hold_out_of_classes(data.valid_ratio, config.seed)?,
        (None, Task::Graded) if !all.groups.is_empty() => all.hold_out_of_lists(data.valid_ratio, config.seed)?,
        (None, _) => all.hold_out(data.valid_ratio, config.seed)?,
    };
    let test = data.test.as_ref().map(|path| read(path, host)).transpose()?;
    tasks::check_labels(&train.labels, &valid.labels)?;
    host.phase(0, "tokenizing")?;
    let columns = NumericColumn::fit(&data.numeric, &train);
    let categorical = CategoryColumn::fit(&data.categorical, &train.categories);
    let samples = choose_samples(&valid, config.seed);
    let cache = TokenCache::below(&cache_root());
    let mut kept = Vec::new();
    let mut prepared = |part: &'static str, rows: Rows| {
        let (prepared, was_kept) = encode(rows, tokenizer, (&columns, &categorical), &cache)?;
        kept.extend(was_kept.then_some(part));
        Ok::<_, TrainError>(prepared)
    };
    let parts = Parts {
        train: prepared("training", train)?,
        valid: prepared("validation", valid)?,
        test: test.map(|rows| prepared("test", rows)).transpose()?,
        samples,
        columns: columns.clone(),
        categorical: categorical.clone(),
        rules,
    };
    if !kept.is_empty() {
        host.log(
            0,
            format!("tokens of the {} rows were kept from an earlier run", kept.join(", ")),
        )?;
    }
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

/// Tokens, standardised numbers, codes of the categories and labels of rows, and whether the tokens were read from
/// the cache.
pub fn encode(
    rows: Rows,
    tokenizer: &TextTokenizer,
    (columns, categorical): (&[NumericColumn], &[CategoryColumn]),
    cache: &TokenCache,
) -> Result<(Prepared, bool), TrainError> {
    let (tokens, was_kept) = cache.encode_all(tokenizer, &rows.texts, rows.pairs.as_deref(), &Progress::new())?;
    let prepared = Prepared {
        tokens,
        numeric: standardise(columns, &rows.numeric),
        width: columns.len() * 2,
        categories: categories::encode(categorical, &rows.categories),
        category_columns: categorical.len(),
        labels: rows.labels,
        groups: rows.groups,
        lines: rows.lines,
    };
    Ok((prepared, was_kept))
}

fn columns_of(config: &TrainConfig) -> table::Columns<'_> {
    let data = &config.data;
    table::Columns {
        text: &data.text,
        numeric: &data.numeric,
        categorical: &data.categorical,
        label: Some(&data.label),
        // Only grades are judged list by list while the model learns.
        group: data.group.as_deref(),
    }
}

/// Up to twenty validation rows, as many of each label as of the others, chosen by `seed`.
fn choose_samples(valid: &Rows, seed: u64) -> Vec<Sample> {
    let mut order: Vec<usize> = (0..valid.len()).collect();
    Draws::new(seed, &[STREAM_SAMPLES]).shuffle(&mut order);
    let mut taken: HashMap<u32, usize> = HashMap::new();
    // The first row of each label, then the second of each, …
    let mut turns: Vec<(usize, usize)> = order
        .into_iter()
        .map(|row| {
            let turn = taken.entry(valid.labels[row].to_bits()).or_default();
            *turn += 1;
            (*turn, row)
        })
        .collect();
    turns.sort_by_key(|(turn, _)| *turn);
    let mut chosen: Vec<usize> = turns.into_iter().take(SAMPLES).map(|(_, row)| row).collect();
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
