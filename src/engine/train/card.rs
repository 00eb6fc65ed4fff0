//! `touchstone.json` of an exported model: what Hugging Face's `config.json` cannot say.
//!
//! Invariant: with the weights beside it, this is all that scoring needs; a folder without it is read as a plain
//! `…ForSequenceClassification` of Transformers.

use super::categories::CategoryColumn;
use super::data::NumericColumn;
use crate::engine::run::task::Task;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of cards that say nothing an older program must know; the others are of [`CARD_VERSION`].
const FIRST_VERSION: u32 = 1;
pub const CARD_VERSION: u32 = 2;
pub const CARD_FILE: &str = "touchstone.json";

/// How a row's token vectors become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// A dense layer over the first token, as the family's `…ForSequenceClassification` has it
    Cls,
    /// Mean over all tokens; for encoders without pooler weights
    Mean,
}

/// What a model was trained on and how to feed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub version: u32,
    pub tool_version: String,
    #[serde(default, skip_serializing_if = "Task::is_usual")]
    pub task: Task,
    /// Of a multi-class model, in the order of its logits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    pub pooling: Pooling,
    pub max_length: usize,
    /// Names of the one or two text columns it was trained on.
    #[serde(default)]
    pub text: Vec<String>,
    #[serde(default)]
    pub numeric: Vec<NumericColumn>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categorical: Vec<CategoryColumn>,
    /// Width of the branch of numbers and categories; 0 without either.
    #[serde(default)]
    pub fusion_size: usize,
    #[serde(default)]
    pub label: String,
    pub base_model: String,
    #[serde(default)]
    pub best_step: u64,
    /// Metrics of the exported step on the validation rows.
    #[serde(default)]
    pub valid_metrics: BTreeMap<String, f64>,
}

impl ModelCard {
    /// True if Transformers' own class for the family gives the same logits.
    pub fn is_plain(&self) -> bool {
        self.pooling == Pooling::Cls && !self.is_fused()
    }

    /// True if numbers or categories are joined to the text.
    pub fn is_fused(&self) -> bool {
        !self.numeric.is_empty() || !self.categorical.is_empty()
    }

    /// The lowest version of the format that tells all of this card.
    pub fn version_for(task: Task, has_categories: bool) -> u32 {
        if task.is_usual() && !has_categories {
            FIRST_VERSION
        } else {
            CARD_VERSION
        }
    }
}
