//! A fine-tuned model held in memory to score with.

use super::ScoreOptions;
use crate::engine::models::{BertConfig, inspect};
use crate::engine::progress::Progress;
use crate::engine::run::task::Task;
use crate::engine::text::TextTokenizer;
use crate::engine::train::TrainError;
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::device;
use crate::engine::train::backend::model::Model;
use crate::engine::train::backend::params::{Shape, embedding_sizes};
use crate::engine::train::card::{CARD_FILE, CARD_VERSION, ModelCard, Pooling};
use crate::engine::train::categories;
use crate::engine::train::data::{Rows, standardise};
use crate::engine::train::tasks::Predictions;
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
            embeddings: embedding_sizes(&card.categorical),
            fusion_size: card.fusion_size as i64,
            // Transformers leaves the key out for two labels.
            labels: config.num_labels.unwrap_or(2) as i64,
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

    /// What the model says of each row: a probability, one a class, or the grade.
    pub fn predict(&self, rows: Rows, progress: &Progress) -> Result<Predictions, TrainError> {
        let prepared = self.prepare(rows, progress)?;
        self.model
            .predict(&prepared, (self.card.task, self.batch_size), progress)
    }

    /// What the classifier gives before it becomes a probability: the logits of each row.
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
        let columns = self.card.categorical.len();
        if rows.categories.len() != columns {
            return Err(TrainError::TooFewRows {
                what: format!(
                    "the model needs {columns} categorical columns, but {} were given",
                    rows.categories.len()
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
            categories: categories::encode(&self.card.categorical, &rows.categories),
            category_columns: columns,
            ..Prepared::default()
        };
        progress.phase("scoring", "打分");
        Ok(prepared)
    }
}

/// Task and classes of a model made elsewhere, by what its `config.json` says of the labels.
fn foreign_task(config: &BertConfig) -> (Task, Vec<String>) {
    let count = config.num_labels.unwrap_or(2);
    let is_regression = config.raw.get("problem_type").is_some_and(|kind| kind == "regression");
    match count {
        1 if is_regression => (Task::Graded, Vec::new()),
        0..=2 => (Task::Binary, Vec::new()),
        _ => {
            let named = config.raw.get("id2label");
            let name = |id: usize| {
                let told = named.and_then(|names| names.get(id.to_string())?.as_str().map(str::to_owned));
                told.unwrap_or_else(|| id.to_string())
            };
            (Task::Multiclass, (0..count).map(name).collect())
        }
    }
}

fn read_card(model_dir: &Path, config: &BertConfig) -> Result<ModelCard, TrainError> {
    let path = model_dir.join(CARD_FILE);
    if !path.is_file() {
        let (task, classes) = foreign_task(config);
        return Ok(ModelCard {
            version: CARD_VERSION,
            tool_version: String::new(),
            task,
            classes,
            pooling: Pooling::Cls,
            max_length: config.max_positions.min(512),
            text: Vec::new(),
            numeric: Vec::new(),
            categorical: Vec::new(),
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
