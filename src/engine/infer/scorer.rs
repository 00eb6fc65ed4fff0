//! A fine-tuned model held in memory to score with.

use super::ScoreOptions;
use crate::engine::models::{BertConfig, inspect};
use crate::engine::progress::Progress;
use crate::engine::text::TextTokenizer;
use crate::engine::train::TrainError;
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::device;
use crate::engine::train::backend::model::Model;
use crate::engine::train::backend::params::{NUM_LABELS, Shape};
use crate::engine::train::card::{CARD_FILE, CARD_VERSION, ModelCard, Pooling};
use crate::engine::train::data::{Rows, standardise};
use std::path::Path;

/// A model ready to score. Holds tensors, so it stays on one thread at a time.
#[derive(Debug)]
pub struct Scorer {
    model: Model,
    tokenizer: TextTokenizer,
    card: ModelCard,
    batch_size: usize,
}

impl Scorer {
    /// Loads a model folder. Without `touchstone.json` it must be a text-only `BertForSequenceClassification`.
    pub fn open(model_dir: &Path, options: ScoreOptions) -> Result<Self, TrainError> {
        let config = inspect(model_dir)?.config;
        let card = read_card(model_dir, &config)?;
        let tokenizer = TextTokenizer::open(model_dir, card.max_length.min(config.max_positions))?;
        let shape = Shape {
            pooling: card.pooling,
            numeric_inputs: 2 * card.numeric.len() as i64,
            fusion_size: card.fusion_size as i64,
            labels: labels_of(model_dir, &config)?,
        };
        let chosen = device::choose(options.device, options.precision)?;
        if options.threads > 0 {
            tch::set_num_threads(i32::try_from(options.threads).unwrap_or(1));
        }
        let model = Model::for_scoring(model_dir, config, shape, chosen.compute)?;
        Ok(Self {
            model,
            tokenizer,
            card,
            batch_size: options.batch_size,
        })
    }

    /// What the model expects.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Probability of label 1 of each row.
    pub fn score(&self, rows: Rows, progress: &Progress) -> Result<Vec<f32>, TrainError> {
        let prepared = self.prepare(rows, progress)?;
        self.model.score(&prepared, self.batch_size, progress)
    }

    /// What the classifier gives before it becomes a probability: one or two logits a row.
    pub fn logits(&self, rows: Rows, progress: &Progress) -> Result<Vec<Vec<f32>>, TrainError> {
        let prepared = self.prepare(rows, progress)?;
        self.model.logits(&prepared, self.batch_size, progress)
    }

    fn prepare(&self, rows: Rows, progress: &Progress) -> Result<Prepared, TrainError> {
        let width = self.card.numeric.len();
        if rows.numeric.len() != rows.len() * width {
            return Err(TrainError::TooFewRows {
                what: format!(
                    "the model needs {width} numbers a row ({} for {} rows), but {} were given",
                    rows.len() * width,
                    rows.len(),
                    rows.numeric.len()
                ),
            });
        }
        progress.phase("tokenizing", "分词");
        let prepared = Prepared {
            tokens: self
                .tokenizer
                .encode_all(&rows.texts, rows.pairs.as_deref(), progress)?,
            numeric: standardise(&self.card.numeric, &rows.numeric),
            width: 2 * width,
            ..Prepared::default()
        };
        progress.phase("scoring", "打分");
        Ok(prepared)
    }
}

fn labels_of(model_dir: &Path, config: &BertConfig) -> Result<i64, TrainError> {
    // Transformers leaves the key out for two labels.
    match config.num_labels.unwrap_or(2) {
        1 => Ok(1),
        2 => Ok(NUM_LABELS),
        other => Err(TrainError::Weights {
            path: model_dir.to_owned(),
            reason: format!("the model has {other} labels; only binary classifiers can score"),
        }),
    }
}

fn read_card(model_dir: &Path, config: &BertConfig) -> Result<ModelCard, TrainError> {
    let path = model_dir.join(CARD_FILE);
    if !path.is_file() {
        return Ok(ModelCard {
            version: CARD_VERSION,
            tool_version: String::new(),
            pooling: Pooling::Cls,
            max_length: config.max_positions.min(512),
            text: Vec::new(),
            numeric: Vec::new(),
            fusion_size: 0,
            label: String::new(),
            base_model: String::new(),
            best_step: 0,
            valid_metrics: std::collections::BTreeMap::new(),
        });
    }
    let bad = |reason: String| TrainError::Weights {
        path: path.clone(),
        reason,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| bad(error.to_string()))?;
    let card: ModelCard = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    if card.version > CARD_VERSION {
        return Err(bad(format!(
            "format {} is newer than this program reads ({CARD_VERSION})",
            card.version
        )));
    }
    Ok(card)
}
