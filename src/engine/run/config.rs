//! `config.json` of a run: all that is needed to repeat it.

use super::task::Task;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The configuration of one fine-tuning, written before it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Shown in the window; the folder name is the run id.
    pub name: String,
    /// Name of a cached base model (`minilm-l6`) or a Hugging Face folder.
    pub base_model: String,
    /// What the label is. Left out where it is the usual one, so that the hashes of older settings stay.
    #[serde(skip_serializing_if = "Task::is_usual")]
    pub task: Task,
    pub data: TrainData,
    pub method: Method,
    /// Embeddings and so many of the lowest layers stay as they are; 0 = none.
    pub frozen_layers: usize,
    /// Each layer learns at this share of the rate of the one above it, the top layer at this share of
    /// `learning_rate`; 1 = all alike.
    pub layer_decay: f64,
    pub loss: Loss,
    /// Share of each label spread over both classes; 0 = none.
    pub label_smoothing: f64,
    /// How a row's token vectors become one.
    pub pooling: PoolingChoice,
    /// Tokens kept of each text, special tokens included.
    pub max_length: usize,
    pub batch_size: usize,
    /// Rows computed at one time; a step's gradient is their sum over the batch. `None` = as many of the batch as
    /// memory is estimated to hold. Where memory runs out all the same, the worker halves it.
    pub micro_batch_size: Option<usize>,
    pub eval_batch_size: usize,
    pub epochs: f64,
    /// Overrides `epochs` when set.
    pub max_steps: Option<u64>,
    pub learning_rate: f64,
    /// Of pooler, classifier and the branch of numbers, which start from nothing; `None` = `learning_rate` or
    /// [`HEAD_RATE`], whichever is higher.
    pub head_learning_rate: Option<f64>,
    /// Where positives are rare: rows labelled 0 that an epoch takes for each labelled 1, fresh ones each epoch;
    /// `None` = all rows. The loss corrects for it, so that scores stay probabilities.
    pub negatives_per_positive: Option<f64>,
    pub weight_decay: f64,
    /// Share of all steps over which the learning rate climbs from 0.
    pub warmup_ratio: f64,
    pub schedule: Schedule,
    /// Of the polynomial schedule: 1 is a straight line, 2 falls faster at first.
    pub schedule_power: f64,
    /// Global L2 norm the gradient is clipped to; 0 switches clipping off.
    pub max_grad_norm: f64,
    /// Evaluate (and checkpoint) every so many steps; `None` = ten times a run, fewer (at least three) where the
    /// validation rows are so many that scoring them would take over a quarter of the time.
    pub eval_every_steps: Option<u64>,
    /// Stop after so many evaluations without a better metric; `None` = never.
    pub early_stopping_patience: Option<u32>,
    /// Metric that decides "best" and stops early. Binary: see [`super::metric`]: `auc`, `log_loss`, `brier`, `f1`, …,
    /// and `ndcg@10`, `mrr`, `recall@10`, … where `data.group` is set; the other tasks: one of `task.metrics()`.
    pub metric: String,
    /// How many of the latest checkpoints stay on disk beside the best one.
    pub keep_last: usize,
    /// Megabytes (10^6 bytes) that the checkpoints of the run may take; `None` = as many as are kept. While one is
    /// written there may be one more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_budget_mb: Option<u64>,
    pub seed: u64,
    pub device: DeviceChoice,
    pub precision: Precision,
    /// Each layer is computed again for its gradient instead of being kept: about a third more time, much less memory.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gradient_checkpointing: bool,
    /// The run this one was made from; `None` for one that was set up by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<RunOrigin>,
}

/// Where a run comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOrigin {
    pub run_id: String,
    /// Step of the checkpoint it goes on from: its curves begin there. `None` = repeated from the start.
    #[serde(default)]
    pub step: Option<u64>,
}

/// The rate at which a new head learns beside a pretrained encoder: at the encoder's own it would hardly move
/// within the few hundred steps of a fine-tuning.
pub const HEAD_RATE: f64 = 1e-3;

impl Method {
    /// The factor of a low-rank update; 1 for the other methods.
    pub fn adapter_scale(&self) -> f64 {
        match self {
            Self::Lora {
                rank, alpha, rslora, ..
            } if *rslora => alpha / (*rank as f64).sqrt(),
            Self::Lora { rank, alpha, .. } => alpha / *rank as f64,
            Self::Full | Self::HeadOnly => 1.0,
        }
    }
}

impl TrainConfig {
    /// Step of another run's checkpoint that this one goes on from.
    pub fn forked_at(&self) -> Option<u64> {
        self.origin.as_ref().and_then(|origin| origin.step)
    }

    /// The head's learning rate at its highest.
    pub fn head_rate(&self) -> f64 {
        match (self.head_learning_rate, &self.method) {
            (Some(rate), _) => rate,
            (None, Method::HeadOnly) => self.learning_rate,
            (None, _) => self.learning_rate.max(HEAD_RATE),
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            base_model: "minilm-l6".to_owned(),
            task: Task::Binary,
            data: TrainData::default(),
            method: Method::Full,
            frozen_layers: 0,
            layer_decay: 1.0,
            loss: Loss::CrossEntropy,
            label_smoothing: 0.0,
            pooling: PoolingChoice::Auto,
            max_length: 128,
            batch_size: 32,
            micro_batch_size: None,
            eval_batch_size: 64,
            epochs: 1.0,
            max_steps: None,
            learning_rate: 2e-4,
            head_learning_rate: None,
            negatives_per_positive: None,
            weight_decay: 0.01,
            warmup_ratio: 0.1,
            schedule: Schedule::Linear,
            schedule_power: 2.0,
            max_grad_norm: 1.0,
            eval_every_steps: None,
            early_stopping_patience: None,
            metric: "auc".to_owned(),
            keep_last: 1,
            checkpoint_budget_mb: None,
            seed: 42,
            device: DeviceChoice::Auto,
            precision: Precision::Auto,
            gradient_checkpointing: false,
            origin: None,
        }
    }
}

/// Where the rows come from and which columns play which part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainData {
    /// Any table file the program reads (.parquet, .csv, …).
    pub train: PathBuf,
    /// Without it, `valid_ratio` of `train` is held out by `seed`.
    pub valid: Option<PathBuf>,
    pub test: Option<PathBuf>,
    /// Share of `train` held out when `valid` is absent.
    pub valid_ratio: f64,
    /// One column, or two for a text pair (query + title).
    pub text: Vec<String>,
    /// Numeric columns joined to the text's vector; standardised with the training rows' mean and deviation.
    pub numeric: Vec<String>,
    /// Columns of few values joined to the text's vector by an embedding each; values that are rare in the training
    /// rows or absent from them share one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categorical: Vec<String>,
    /// 0/1 or true/false for a binary task, any values for classes, numbers for grades.
    pub label: String,
    /// Column whose values form ranking groups (query, user), for evaluation only.
    pub group: Option<String>,
}

impl Default for TrainData {
    fn default() -> Self {
        Self {
            train: PathBuf::new(),
            valid: None,
            test: None,
            valid_ratio: 0.1,
            text: Vec::new(),
            numeric: Vec::new(),
            categorical: Vec::new(),
            label: String::new(),
            group: None,
        }
    }
}

/// Which weights learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Method {
    Full,
    /// Low-rank adapters (Hu et al. 2021) on the named projections; the head is trained in full.
    Lora {
        rank: usize,
        alpha: f64,
        dropout: f64,
        /// Module suffixes, PEFT names: `query`, `key`, `value`, `output.dense`, …
        targets: Vec<String>,
        /// Scale by alpha / √rank instead of alpha / rank (Kalajdzievski 2023), for high ranks.
        #[serde(default)]
        rslora: bool,
    },
    /// The encoder is frozen.
    HeadOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolingChoice {
    /// The mean where the base model is a sentence encoder that was made with it, else the first token.
    Auto,
    /// tanh(dense(first token)): Transformers' `BertForSequenceClassification`.
    Cls,
    Mean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    Linear,
    Cosine,
    Constant,
    /// (1 − progress) to the power of `schedule_power`.
    Polynomial,
}

/// What a row's error costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Loss {
    /// Of a graded task, which has no classes, the squared error stands in its place.
    CrossEntropy,
    /// Rows labelled 1 count this much; scores then are no probabilities of the data at hand. Binary tasks only.
    Weighted { positive_weight: f64 },
    /// Every class counts alike, however rare: a row weighs rows / (classes · rows of its class).
    Balanced,
    /// Rows that are already right count less, by (1 − p)^gamma.
    Focal { gamma: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// CUDA when it works, else the CPU.
    Auto,
    Cpu,
    Cuda,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// bf16 autocast where the hardware computes it natively, fp16 on CUDA cards that compute only that, else fp32.
    Auto,
    Fp32,
    Bf16,
    /// fp16 autocast with loss scaling, for CUDA cards that do not compute bf16.
    Fp16,
}
