//! A small BERT made by formula, so that other programs can make the same one; and the tests that use it.

mod checkpoints;
mod families;
mod fit;
mod fused;
mod memory;
mod model;
mod parts;
mod worker;

use super::TrainError;
use super::batch::Prepared;
use super::model::{Compute, Model, Start};
use super::optimizer::Rates;
use super::params::{self, Shape};
use super::weights::{self, Named};
use crate::engine::models::{BertConfig, inspect};
use crate::engine::run::config::{Method, PoolingChoice};
use crate::engine::text::TokenTable;
use crate::engine::train::card::Pooling;
use std::path::Path;
use tch::Tensor;

pub const CONFIG: &str = r#"{"model_type":"bert","vocab_size":40,"hidden_size":32,"num_hidden_layers":2,
"num_attention_heads":4,"intermediate_size":64,"max_position_embeddings":16,"type_vocab_size":2,"architectures":["BertModel"]}"#;

pub const SHAPE: Shape = Shape {
    pooling: Pooling::Cls,
    numeric_inputs: 0,
    embeddings: Vec::new(),
    fusion_size: 0,
    labels: 2,
};

/// Tensor t (in order of name) holds ((7919·i + 104729·t) mod 1009)/1009 − ½, times 0.6, or 1 + 0.2·that for scales.
pub fn formula_weights(config: &BertConfig) -> Named {
    let mut shapes: Vec<(String, Vec<i64>)> = params::encoder_shapes(config, Pooling::Cls);
    shapes.push(("classifier.weight".to_owned(), vec![2, config.hidden_size as i64]));
    shapes.push(("classifier.bias".to_owned(), vec![2]));
    shapes.sort();
    let tensors = shapes.into_iter().enumerate().map(|(t, (name, size))| {
        let is_scale = name.ends_with("LayerNorm.weight");
        let values: Vec<f32> = (0..size.iter().product())
            .map(|i| formula_value(t, i, is_scale))
            .collect();
        (name, Tensor::from_slice(&values).reshape(size))
    });
    tensors.collect()
}

/// Value i of tensor t.
pub fn formula_value(t: usize, i: i64, is_scale: bool) -> f32 {
    let v = ((i * 7919 + t as i64 * 104_729) % 1009) as f64 / 1009.0 - 0.5;
    (if is_scale { 1.0 + 0.2 * v } else { 0.6 * v }) as f32
}

/// A model folder with the formula's weights and a vocabulary of 40 words.
pub fn tiny_folder(dir: &Path) {
    std::fs::create_dir_all(dir).expect("dir");
    std::fs::write(dir.join("config.json"), CONFIG).expect("config");
    let mut vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngood\nbad\n".to_owned();
    for word in 7..40 {
        vocab.push_str(&format!("w{word}\n"));
    }
    std::fs::write(dir.join("vocab.txt"), vocab).expect("vocab");
    let weights = formula_weights(&BertConfig::parse(CONFIG).expect("config"));
    let named = weights.iter().map(|(name, tensor)| (name.clone(), tensor));
    weights::write(&dir.join("model.safetensors"), named).expect("weights");
}

/// The tiny model, ready to learn, with the given dropout rate everywhere.
pub fn tiny_model(dir: &Path, method: &Method, dropout: f64) -> Result<Model, TrainError> {
    let mut config = inspect(dir)?.config;
    (
        config.hidden_dropout,
        config.attention_dropout,
        config.classifier_dropout,
    ) = (dropout, dropout, dropout);
    Model::for_training(dir, config, &start(method, 0), Compute::cpu())
}

pub fn start(method: &Method, numeric_columns: usize) -> Start<'_> {
    Start {
        pooling: PoolingChoice::Auto,
        numeric_columns,
        categorical: &[],
        outputs: 2,
        first_bias: None,
        method,
        frozen_layers: 0,
        seed: 1,
    }
}

/// All weights learn alike.
pub fn rates(weight_decay: f64) -> Rates {
    Rates {
        weight_decay,
        head_factor: 1.0,
        layer_decay: 1.0,
    }
}

/// The three rows of the reference values, labels 1 0 1.
pub fn three_rows() -> Prepared {
    let mut prepared = Prepared {
        tokens: TokenTable::from_rows(&[vec![2, 5, 6, 7, 3], vec![2, 8, 3], vec![2, 9, 9, 3, 10, 11, 3]]),
        labels: vec![1.0, 0.0, 1.0],
        ..Prepared::default()
    };
    prepared.tokens.set_second_start(2, 4);
    prepared
}

/// Random rows of 3 to 14 tokens; the label says whether word 5 or word 6 stands in them.
pub fn learnable_rows(count: usize, seed: u64) -> Prepared {
    let mut draws = crate::engine::random::Draws::new(seed, &[77]);
    let mut labels = Vec::new();
    let rows: Vec<Vec<u32>> = (0..count)
        .map(|_| {
            let label = draws.below(2);
            let words = 1 + draws.below(12) as usize;
            let mut ids: Vec<u32> = (0..words).map(|_| 7 + draws.below(33) as u32).collect();
            ids[draws.below(words as u64) as usize] = if label == 1 { 5 } else { 6 };
            labels.push(label as f32);
            [vec![2], ids, vec![3]].concat()
        })
        .collect();
    Prepared {
        tokens: TokenTable::from_rows(&rows),
        labels,
        ..Prepared::default()
    }
}

pub fn lora() -> Method {
    Method::Lora {
        rank: 4,
        alpha: 8.0,
        dropout: 0.1,
        targets: vec!["query".to_owned(), "output.dense".to_owned()],
        rslora: false,
    }
}
