//! Layers over a complete parameter map, sharing its tensors by their Hugging Face names.

use super::encoder::{Block, Embeddings, Encoder, Norm};
use super::head::{Fusion, Head};
use super::linear::{Adapter, Linear};
use super::params::{self, Shape};
use super::weights::Named;
use crate::engine::models::BertConfig;
use crate::engine::train::card::Pooling;
use tch::Tensor;

/// Builds layers over a complete parameter map.
pub struct Layers<'a> {
    pub params: &'a Named,
    pub config: &'a BertConfig,
    pub fused: bool,
    /// (scale, dropout)
    pub lora: Option<(f64, f64)>,
}

impl Layers<'_> {
    fn tensor(&self, name: &str) -> Tensor {
        self.params[name].shallow_clone()
    }

    fn linear(&self, name: &str) -> Linear {
        let adapter = self.lora.and_then(|(scale, dropout)| {
            Some(Adapter {
                a: self.params.get(&format!("{name}.lora_A.weight"))?.shallow_clone(),
                b: self.params.get(&format!("{name}.lora_B.weight"))?.shallow_clone(),
                scale,
                dropout,
            })
        });
        Linear {
            weight: self.tensor(&format!("{name}.weight")),
            bias: self.tensor(&format!("{name}.bias")),
            adapter,
        }
    }

    fn norm(&self, name: &str) -> Norm {
        Norm {
            weight: self.tensor(&format!("{name}.weight")),
            bias: self.tensor(&format!("{name}.bias")),
            eps: self.config.layer_norm_eps,
        }
    }

    pub fn encoder(&self) -> Encoder {
        let table = |name: &str| self.tensor(&format!("bert.embeddings.{name}.weight"));
        let embeddings = Embeddings {
            words: table("word_embeddings"),
            positions: table("position_embeddings"),
            kinds: (self.config.type_vocab_size > 0).then(|| table("token_type_embeddings")),
            first_position: self.config.first_position as i64,
            norm: self.norm("bert.embeddings.LayerNorm"),
        };
        let blocks = (0..self.config.num_layers)
            .map(|n| {
                let at = |part: &str| format!("bert.encoder.layer.{n}.{part}");
                Block {
                    query: self.linear(&at("attention.self.query")),
                    key: self.linear(&at("attention.self.key")),
                    value: self.linear(&at("attention.self.value")),
                    attention_output: self.linear(&at("attention.output.dense")),
                    attention_norm: self.norm(&at("attention.output.LayerNorm")),
                    intermediate: self.linear(&at("intermediate.dense")),
                    output: self.linear(&at("output.dense")),
                    output_norm: self.norm(&at("output.LayerNorm")),
                }
            })
            .collect();
        Encoder::new(self.config, embeddings, blocks, self.fused)
    }

    pub fn head(&self, shape: &Shape) -> Head {
        Head {
            pooler: (shape.pooling == Pooling::Cls).then(|| self.linear("bert.pooler.dense")),
            fusion: (shape.fusion_size > 0).then(|| Fusion {
                embeddings: (0..shape.embeddings.len())
                    .map(|column| self.tensor(&params::embedding_name(column)))
                    .collect(),
                dense: self.linear("numeric.dense"),
                gate: self.linear("numeric.gate"),
            }),
            classifier: self.linear("classifier"),
            dropout: self.config.classifier_dropout,
            family: self.config.family,
        }
    }
}
