//! Encoder and head over one parameter map, for training or for scoring.
//!
//! In: a model folder (and a `Method`). Out: logits, row losses, probabilities. Invariant: `params` holds every
//! tensor once under its Hugging Face name; layers share them, so an update through the map is seen by the layers.

use super::adapters::add_adapters;
use super::batch::Batch;
use super::dropout::DropoutDraws;
use super::encoder::Encoder;
use super::head::{Head, Side};
use super::layers::Layers;
use super::params::{self, Shape};
use super::shim::Autocast;
use super::weights::Named;
use super::{During as _, TrainError};
use crate::engine::models::{BertConfig, Family};
use crate::engine::run::config::{Method, PoolingChoice};
use crate::engine::train::card::{CARD_FILE, Pooling};
use crate::engine::train::categories::CategoryColumn;
use crate::engine::train::memory::Place;
use std::path::Path;
use tch::{Device, Kind, TchError, Tensor};

/// Width of the branch of numbers and categories of a new model.
pub const FUSION_SIZE: i64 = 64;

/// How tensors are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compute {
    pub device: Device,
    /// bf16 autocast over fp32 weights.
    pub bf16: bool,
    /// fp16 autocast over fp32 weights; needs loss scaling to train.
    pub fp16: bool,
    /// The encoder's fused operations where they fit; on the CPU only, in fp32 or bf16.
    pub fused: bool,
}

impl Compute {
    #[cfg(test)]
    pub fn cpu() -> Self {
        Self {
            device: Device::Cpu,
            bf16: false,
            fp16: false,
            fused: true,
        }
    }

    /// Autocast for as long as the guard lives, if asked for.
    pub fn autocast(self) -> Result<Option<Autocast>, TrainError> {
        match (self.bf16, self.fp16) {
            (true, _) => Autocast::begin(self.device, Kind::BFloat16).map(Some),
            (_, true) => Autocast::begin(self.device, Kind::Half).map(Some),
            _ => Ok(None),
        }
    }
}

/// How a base model is made ready to learn.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    pub pooling: PoolingChoice,
    pub numeric_columns: usize,
    pub categorical: &'a [CategoryColumn],
    /// Logits a row.
    pub outputs: usize,
    /// What the bias of a new classifier begins with; `None` = 0.
    pub first_bias: Option<f32>,
    pub method: &'a Method,
    /// Embeddings and so many of the lowest layers do not learn.
    pub frozen_layers: usize,
    pub seed: u64,
}

/// A model on a device.
#[derive(Debug)]
pub struct Model {
    pub config: BertConfig,
    pub shape: Shape,
    pub params: Named,
    /// Names of the tensors that learn, in order of name.
    pub trainable: Vec<String>,
    pub compute: Compute,
    encoder: Encoder,
    head: Head,
    /// Nothing below the head learns.
    encoder_frozen: bool,
}

impl Model {
    /// A base model made ready to learn: new head and adapters drawn by `seed`.
    pub fn for_training(
        dir: &Path,
        config: BertConfig,
        start: &Start<'_>,
        compute: Compute,
    ) -> Result<Self, TrainError> {
        let Start {
            pooling,
            numeric_columns,
            categorical,
            outputs,
            first_bias,
            method,
            frozen_layers,
            seed,
        } = *start;
        let found = params::read_folder(dir, config.family, Device::Cpu)?;
        let pooling = choose_pooling(dir, pooling, (params::has_pooler(&found), config.family))?;
        let shape = Shape {
            pooling,
            numeric_inputs: 2 * numeric_columns as i64,
            embeddings: params::embedding_sizes(categorical),
            fusion_size: if numeric_columns + categorical.len() > 0 {
                FUSION_SIZE
            } else {
                0
            },
            labels: outputs as i64,
        };
        let has_bias = found
            .get("classifier.bias")
            .is_some_and(|bias| bias.size() == [shape.labels]);
        let mut named = params::assemble(dir, found, &config, &shape, Some(seed))?;
        if let (Some(bias), false) = (first_bias, has_bias) {
            let values = vec![bias; outputs];
            let tensor = Tensor::f_from_slice(&values).during("drawing initial weights")?;
            named.insert("classifier.bias".to_owned(), tensor);
        }
        if let Method::Lora { rank, targets, .. } = method {
            add_adapters(&mut named, *rank, targets, seed)?;
        }
        let mut model = Self::build(config, shape, named, Some(method), compute)?;
        model.choose_trainable(method, frozen_layers)?;
        Ok(model)
    }

    /// A fine-tuned model to score with.
    pub fn for_scoring(dir: &Path, config: BertConfig, shape: Shape, compute: Compute) -> Result<Self, TrainError> {
        let found = params::read_folder(dir, config.family, Device::Cpu)?;
        let named = params::assemble(dir, found, &config, &shape, None)?;
        Self::build(config, shape, named, None, compute)
    }

    fn build(
        config: BertConfig,
        shape: Shape,
        named: Named,
        method: Option<&Method>,
        compute: Compute,
    ) -> Result<Self, TrainError> {
        let mut moved = Named::new();
        for (name, tensor) in named {
            // A copy even on the CPU: parameters must own their storage.
            let tensor = tensor
                .f_to_device_(compute.device, Kind::Float, false, true)
                .during("placing the weights")?;
            moved.insert(name, tensor);
        }
        let layers = Layers {
            params: &moved,
            config: &config,
            fused: compute.fused,
            lora: match method {
                Some(method @ Method::Lora { dropout, .. }) => Some((method.adapter_scale(), *dropout)),
                _ => None,
            },
        };
        let (encoder, head) = (layers.encoder(), layers.head(&shape));
        Ok(Self {
            encoder_frozen: false,
            trainable: Vec::new(),
            config,
            shape,
            params: moved,
            compute,
            encoder,
            head,
        })
    }

    fn choose_trainable(&mut self, method: &Method, frozen_layers: usize) -> Result<(), TrainError> {
        if frozen_layers > self.config.num_layers {
            let layers = self.config.num_layers;
            return Err(TrainError::config(
                "frozen_layers",
                format!("is {frozen_layers}, but the base model has {layers} layers"),
            ));
        }
        for (name, tensor) in &self.params {
            let frozen =
                !is_head(name) && frozen_layers > 0 && layer_of(name).is_none_or(|layer| layer < frozen_layers);
            let learns = !frozen
                && match method {
                    Method::Full => true,
                    Method::Lora { .. } => is_head(name) || name.contains(".lora_"),
                    Method::HeadOnly => is_head(name),
                };
            if learns {
                let _same = tensor
                    .f_set_requires_grad(true)
                    .during("choosing the weights that learn")?;
                self.trainable.push(name.clone());
            }
        }
        self.encoder_frozen = matches!(method, Method::HeadOnly);
        Ok(())
    }

    /// The tensors that learn, in the order of `trainable`.
    pub fn trainable_tensors(&self) -> Vec<Tensor> {
        self.trainable
            .iter()
            .map(|name| self.params[name].shallow_clone())
            .collect()
    }

    /// (all parameters, those that learn).
    pub fn parameter_counts(&self) -> (u64, u64) {
        let sum = |tensors: &mut dyn Iterator<Item = &Tensor>| tensors.map(|t| t.numel() as u64).sum();
        let learning = sum(&mut self.trainable.iter().map(|name| &self.params[name]));
        (sum(&mut self.params.values()), learning)
    }

    /// Logits [rows, labels]. `draws` only while training.
    pub fn forward(&self, batch: &Batch, mut draws: Option<DropoutDraws>) -> Result<Tensor, TchError> {
        let pooled = if self.encoder_frozen {
            // Dropout below weights that do not learn would only add noise.
            let _no_grad = tch::no_grad_guard();
            self.encoder.forward(batch, self.shape.pooling, &mut None)?
        } else {
            self.encoder.forward(batch, self.shape.pooling, &mut draws)?
        };
        let side = Side {
            numeric: batch.numeric.as_ref(),
            categories: &batch.categories,
        };
        self.head.forward(&pooled, side, &mut draws)
    }

    /// Where it computes, for the estimate of its memory.
    pub fn place(&self) -> Place {
        match self.compute.device {
            Device::Cpu => Place::Cpu {
                fused: self.encoder.is_fused(),
            },
            _ => Place::Gpu,
        }
    }

    /// Nothing below the head learns.
    pub fn encoder_is_frozen(&self) -> bool {
        self.encoder_frozen
    }

    /// True if the embeddings or one of the lowest `layers` layers hold weights that learn.
    pub fn learns_below(&self, layers: usize) -> bool {
        let below = |name: &String| !is_head(name) && layer_of(name).is_none_or(|layer| layer < layers);
        self.trainable.iter().any(below)
    }

    /// What enters the first layer: [tokens, hidden].
    pub fn embed(&self, batch: &Batch, draws: &mut Option<DropoutDraws>) -> Result<Tensor, TchError> {
        self.encoder.embed(batch, draws)
    }

    /// Layer n alone.
    pub fn layer(
        &self,
        n: usize,
        x: &Tensor,
        batch: &Batch,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        self.encoder.layer(n, x, batch, self.shape.pooling, draws)
    }

    /// Logits from what the last layer gives.
    pub fn head_forward(
        &self,
        top: Tensor,
        batch: &Batch,
        draws: &mut Option<DropoutDraws>,
    ) -> Result<Tensor, TchError> {
        let pooled = self.encoder.pool(top, batch, self.shape.pooling)?;
        let side = Side {
            numeric: batch.numeric.as_ref(),
            categories: &batch.categories,
        };
        self.head.forward(&pooled, side, draws)
    }

    /// Copies values into the tensors of the same names (shapes must agree); the others stay.
    pub fn load_values(&self, values: &Named) -> Result<(), TrainError> {
        let _no_grad = tch::no_grad_guard();
        for (name, value) in values {
            if let Some(param) = self.params.get(name) {
                param.shallow_clone().f_copy_(value).during("restoring the weights")?;
            }
        }
        Ok(())
    }

    /// All tensors with adapters added into the weights beside them, ready for export.
    pub fn merged(&self) -> Result<Named, TrainError> {
        let _no_grad = tch::no_grad_guard();
        let mut merged: Named = self
            .params
            .iter()
            .filter(|(name, _)| !name.contains(".lora_"))
            .map(|(name, tensor)| (name.clone(), tensor.shallow_clone()))
            .collect();
        for (name, linear) in self.encoder.adapted() {
            if let Some(adapter) = &linear.adapter {
                let weight = adapter
                    .delta()
                    .and_then(|delta| linear.weight.f_add(&delta))
                    .during("merging adapters")?;
                merged.insert(format!("{name}.weight"), weight);
            }
        }
        Ok(merged)
    }
}

/// What was asked for; else what the folder was made with; else the first token if there are pooler weights.
fn choose_pooling(
    dir: &Path,
    choice: PoolingChoice,
    (has_pooler, family): (bool, Family),
) -> Result<Pooling, TrainError> {
    let json = |name: &str| {
        let text = std::fs::read_to_string(dir.join(name)).ok()?;
        serde_json::from_str::<serde_json::Value>(&text).ok()
    };
    match choice {
        PoolingChoice::Mean => Ok(Pooling::Mean),
        PoolingChoice::Cls if !has_pooler && family.has_trained_pooler() => Err(TrainError::config(
            "pooling",
            "is cls, but the base model has no pooler weights; use mean",
        )),
        PoolingChoice::Cls => Ok(Pooling::Cls),
        PoolingChoice::Auto => {
            let earlier = json(CARD_FILE).is_some_and(|card| card["pooling"] == "mean");
            let sentence =
                json("1_Pooling/config.json").is_some_and(|pooling| pooling["pooling_mode_mean_tokens"] == true);
            Ok(if earlier || sentence || !has_pooler {
                Pooling::Mean
            } else {
                Pooling::Cls
            })
        }
    }
}

/// Number of the encoder layer a tensor belongs to; `None` for embeddings and head.
pub fn layer_of(name: &str) -> Option<usize> {
    name.strip_prefix("bert.encoder.layer.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Pooler, classifier and the branch of numbers and categories.
pub fn is_head(name: &str) -> bool {
    ["bert.pooler.", "classifier.", "numeric."]
        .iter()
        .any(|part| name.starts_with(part))
}
