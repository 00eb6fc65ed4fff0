//! The parameter map of a model: Hugging Face names → tensors, read from a folder and completed with new ones.
//!
//! Names are those of `BertForSequenceClassification` (`bert.…`, `classifier.…`) whatever the family, plus `numeric.…` for the branch
//! of numbers and `….lora_A.weight`, `….lora_B.weight` for adapters. Invariant: every tensor the configuration
//! asks for is there with its shape, and nothing else is.

use super::weights::{self, Named};
use super::{During as _, TrainError};
use crate::engine::models::{BertConfig, Family, weight_files};
use crate::engine::random::Draws;
use crate::engine::train::card::Pooling;
use crate::engine::train::categories::CategoryColumn;
use std::path::Path;
use tch::{Device, Tensor};

const STREAM_INIT: u64 = 0x696e_6974;

/// The parts of a model beside its encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub pooling: Pooling,
    /// Inputs of the numeric branch (two a column); 0 = no branch.
    pub numeric_inputs: i64,
    /// (codes, width) of each categorical column's embedding.
    pub embeddings: Vec<(i64, i64)>,
    /// Width of the branch of numbers and categories; 0 = no branch.
    pub fusion_size: i64,
    /// Outputs of the classifier: what the task asks for, or 1 for a binary model trained elsewhere with one logit.
    pub labels: i64,
}

impl Shape {
    /// Columns of what goes into the branch of numbers and categories.
    fn fusion_inputs(&self) -> i64 {
        self.numeric_inputs + self.embeddings.iter().map(|(_, width)| width).sum::<i64>()
    }
}

/// (codes, width) of the columns' embeddings.
pub fn embedding_sizes(columns: &[CategoryColumn]) -> Vec<(i64, i64)> {
    let size = |column: &CategoryColumn| (column.codes() as i64, column.width() as i64);
    columns.iter().map(size).collect()
}

/// Name of a categorical column's embedding. It lies in the branch's module, which PEFT saves whole.
pub fn embedding_name(column: usize) -> String {
    format!("numeric.embeddings.{column}.weight")
}

/// Reads all weights of a folder under BERT's names.
pub fn read_folder(dir: &Path, family: Family, device: Device) -> Result<Named, TrainError> {
    let mut named = Named::new();
    for file in weight_files(dir)? {
        for (name, tensor) in weights::read(&file, device)? {
            if let Some(name) = family.own_name(&name) {
                named.insert(name, tensor);
            }
        }
    }
    Ok(named)
}

/// True if the folder's weights hold the dense layer that the first token's vector goes through.
pub fn has_pooler(named: &Named) -> bool {
    named.contains_key("bert.pooler.dense.weight") && named.contains_key("bert.pooler.dense.bias")
}

/// Name and shape of each encoder tensor, in order of use.
pub fn encoder_shapes(config: &BertConfig, pooling: Pooling) -> Vec<(String, Vec<i64>)> {
    let (h, i) = (config.hidden_size as i64, config.intermediate_size as i64);
    let mut shapes = Vec::new();
    let mut put = |name: String, shape: &[i64]| shapes.push((name, shape.to_vec()));
    put(
        "bert.embeddings.word_embeddings.weight".to_owned(),
        &[config.vocab_size as i64, h],
    );
    put(
        "bert.embeddings.position_embeddings.weight".to_owned(),
        &[(config.first_position + config.max_positions) as i64, h],
    );
    if config.type_vocab_size > 0 {
        put(
            "bert.embeddings.token_type_embeddings.weight".to_owned(),
            &[config.type_vocab_size as i64, h],
        );
    }
    let mut norms = vec!["bert.embeddings.LayerNorm".to_owned()];
    let mut dense = Vec::new();
    for n in 0..config.num_layers {
        let layer = format!("bert.encoder.layer.{n}");
        for part in ["query", "key", "value"] {
            dense.push((format!("{layer}.attention.self.{part}"), h, h));
        }
        dense.push((format!("{layer}.attention.output.dense"), h, h));
        dense.push((format!("{layer}.intermediate.dense"), i, h));
        dense.push((format!("{layer}.output.dense"), h, i));
        norms.push(format!("{layer}.attention.output.LayerNorm"));
        norms.push(format!("{layer}.output.LayerNorm"));
    }
    if pooling == Pooling::Cls && config.family.has_trained_pooler() {
        dense.push(("bert.pooler.dense".to_owned(), h, h));
    }
    for (name, outputs, inputs) in dense {
        put(format!("{name}.weight"), &[outputs, inputs]);
        put(format!("{name}.bias"), &[outputs]);
    }
    for name in norms {
        put(format!("{name}.weight"), &[h]);
        put(format!("{name}.bias"), &[h]);
    }
    shapes
}

/// Name and shape of each tensor above the encoder.
fn head_shapes(config: &BertConfig, shape: &Shape) -> Vec<(String, Vec<i64>)> {
    let h = config.hidden_size as i64;
    let mut shapes = Vec::new();
    let mut put = |name: &str, outputs: i64, inputs: i64| {
        shapes.push((format!("{name}.weight"), vec![outputs, inputs]));
        shapes.push((format!("{name}.bias"), vec![outputs]));
    };
    if shape.pooling == Pooling::Cls && !config.family.has_trained_pooler() {
        put("bert.pooler.dense", h, h);
    }
    if shape.fusion_size > 0 {
        put("numeric.dense", shape.fusion_size, shape.fusion_inputs());
        put("numeric.gate", shape.fusion_size, h + shape.fusion_size);
    }
    put("classifier", shape.labels, h + shape.fusion_size);
    for (column, &(codes, width)) in shape.embeddings.iter().enumerate() {
        shapes.push((embedding_name(column), vec![codes, width]));
    }
    shapes
}

/// Takes the model's tensors out of `found`: encoder tensors must be there; head tensors are drawn by `seed` where
/// they are absent or have another shape, unless `complete` asks for all of them.
pub fn assemble(
    dir: &Path,
    mut found: Named,
    config: &BertConfig,
    shape: &Shape,
    init: Option<u64>,
) -> Result<Named, TrainError> {
    let mut params = Named::new();
    let bad = |reason: String| TrainError::Weights {
        path: dir.to_owned(),
        reason,
    };
    for (name, size) in encoder_shapes(config, shape.pooling) {
        let tensor = found
            .remove(&name)
            .ok_or_else(|| bad(format!("the tensor '{name}' is missing")))?;
        if tensor.size() != size {
            return Err(bad(format!(
                "'{name}' has shape {:?}, config.json asks for {size:?}",
                tensor.size()
            )));
        }
        params.insert(name, tensor);
    }
    for (name, size) in head_shapes(config, shape) {
        let tensor = match (found.remove(&name), init) {
            (Some(tensor), _) if tensor.size() == size => tensor,
            (_, Some(seed)) => draw_initial(&name, &size, config.initializer_range, seed)?,
            (Some(tensor), None) => {
                return Err(bad(format!(
                    "'{name}' has shape {:?}, expected {size:?}",
                    tensor.size()
                )));
            }
            (None, None) => return Err(bad(format!("the tensor '{name}' is missing"))),
        };
        params.insert(name, tensor);
    }
    Ok(params)
}

/// Draws of a tensor named `name`, a pure function of seed and name.
fn draws(name: &str, seed: u64) -> Draws {
    let digest = blake3::hash(name.as_bytes());
    let mut key = [0u8; 8];
    key.copy_from_slice(&digest.as_bytes()[..8]);
    Draws::new(seed, &[STREAM_INIT, u64::from_le_bytes(key)])
}

/// Biases 0; the classifier N(0, range²) as in Transformers; the branch of numbers and categories as
/// `torch.nn.Linear`; an embedding N(0, range²), 0 for the code that rare and new values share, so that a value never
/// seen adds nothing that was not learnt.
fn draw_initial(name: &str, size: &[i64], range: f64, seed: u64) -> Result<Tensor, TrainError> {
    let count = size.iter().product::<i64>();
    let mut draws = draws(name, seed);
    let bound = size.get(1).map_or(0.0, |&inputs| 1.0 / (inputs as f64).sqrt());
    let is_embedding = name.starts_with("numeric.embeddings.");
    let shared = if is_embedding {
        size.get(1).copied().unwrap_or(0)
    } else {
        0
    };
    let values: Vec<f32> = (0..count)
        .map(|at| {
            if size.len() == 1 || at < shared {
                0.0
            } else if is_embedding {
                (draws.normal() * range) as f32
            } else if name.starts_with("numeric.") {
                ((2.0 * draws.uniform() - 1.0) * bound) as f32
            } else {
                (draws.normal() * range) as f32
            }
        })
        .collect();
    Tensor::f_from_slice(&values)
        .and_then(|tensor| tensor.f_reshape(size))
        .during("drawing initial weights")
}

/// A and B of a new adapter: A uniform in ±1/√in (Kaiming with a = √5, PEFT's choice), B zero.
pub fn draw_adapter(
    name: &str,
    outputs: i64,
    inputs: i64,
    rank: i64,
    seed: u64,
) -> Result<(Tensor, Tensor), TrainError> {
    let mut draws = draws(&format!("{name}.lora_A"), seed);
    let bound = 1.0 / (inputs as f64).sqrt();
    let values: Vec<f32> = (0..rank * inputs)
        .map(|_| ((2.0 * draws.uniform() - 1.0) * bound) as f32)
        .collect();
    let a = Tensor::f_from_slice(&values)
        .and_then(|tensor| tensor.f_reshape([rank, inputs]))
        .during("drawing initial weights")?;
    let b = Tensor::f_zeros([outputs, rank], (tch::Kind::Float, Device::Cpu)).during("drawing initial weights")?;
    Ok((a, b))
}
