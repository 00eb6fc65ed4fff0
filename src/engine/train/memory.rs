//! How much memory a training needs, by a formula, and how many rows at one time fit.
//!
//! With P weights of which T learn, in bytes:
//!
//!   weights   4·P, gradients 4·T, moments 2·4·T; in half precision 2·P more for the weights' copies
//!   a token   of a layer with hidden size H, inner size I, A heads and rows of S tokens keeps
//!             F·(14·H + 2·I) for the backward pass: the inputs and outputs of six dense layers, two layer norms, two
//!             dropout masks and sums, the non-linearity's input and output; and, where attention is not a fused
//!             kernel (CPU with dropout), 12·A·S: shares, mask, product. F is 4, in half precision 3 (norms, sums and
//!             masks stay fp32). The CPU's fused operations keep F·(8·H + 2·I) and no shares: the block's input,
//!             query, key and value, what attention gives, the input of each norm and the first one's output, and the
//!             non-linearity's input and output
//!   a batch   tokens · (L·a token + its own transients, half a layer's), L being the layers that keep anything
//!
//! Method: with adapters the dense layers need not keep their inputs (10·H + I instead of 14·H + 2·I, fused 7·H + I); with the head
//! alone or below frozen layers nothing is kept but one layer's values while it is computed; with gradient
//! checkpointing each layer keeps 4·H, and one layer all. The program itself and libtorch take [`BASE_BYTES`].
//! The formula leaves out the allocator's slack; it is compared with measured peaks in a test.

use super::hardware;
use crate::engine::models::{Activation, BertConfig};
use crate::engine::run::config::{DeviceChoice, Method, Precision, TrainConfig};

/// Resident memory of the program with libtorch loaded, before any tensor.
pub const BASE_BYTES: u64 = 300 << 20;
/// Share of the free memory that a training may plan with.
const SHARE: f64 = 0.8;

/// Where a training computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Gpu,
    Cpu {
        /// By the encoder's fused operations.
        fused: bool,
    },
}

impl Place {
    /// Where a training will compute, before libtorch is asked.
    pub fn expected(device: DeviceChoice, model: &BertConfig) -> Self {
        if device != DeviceChoice::Cpu && hardware::gpu_seen() {
            return Self::Gpu;
        }
        Self::Cpu {
            fused: hardware::vector_lanes().is_some_and(|lanes| fuses(model, lanes)),
        }
    }
}

/// The widest row that the CPU's fused operations take.
const MOST_FUSED: usize = 8192;

/// Whether a model's layers can be computed by the CPU's fused operations, which take `lanes` values at a time.
pub fn fuses(model: &BertConfig, lanes: usize) -> bool {
    let sizes = [model.hidden_size, model.intermediate_size];
    let fit = sizes.iter().all(|size| size.is_multiple_of(lanes)) && model.hidden_size <= MOST_FUSED;
    fit && model.activation == Activation::Gelu
}

/// What computes a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// libtorch's operations one by one, with attention that keeps its shares.
    Plain,
    /// The same, but attention is one kernel that keeps no shares.
    FusedAttention,
    /// The CPU's own operations, which keep least.
    Fused,
}

/// What the need depends on beside the rows.
#[derive(Clone, Debug)]
pub struct Load<'a> {
    pub model: &'a BertConfig,
    pub method: &'a Method,
    pub frozen_layers: usize,
    pub gradient_checkpointing: bool,
    /// bf16 or fp16 autocast.
    pub half: bool,
    pub kernels: Kernels,
    /// Weights in all, and those that learn.
    pub params: (u64, u64),
}

impl<'a> Load<'a> {
    pub fn of(config: &'a TrainConfig, model: &'a BertConfig, params: (u64, u64), half: bool, at: Place) -> Self {
        let kernels = match at {
            Place::Cpu { fused: true } => Kernels::Fused,
            Place::Cpu { fused: false } if model.attention_dropout > 0.0 => Kernels::Plain,
            Place::Cpu { .. } | Place::Gpu => Kernels::FusedAttention,
        };
        Self {
            model,
            method: &config.method,
            frozen_layers: config.frozen_layers,
            gradient_checkpointing: config.gradient_checkpointing,
            half,
            kernels,
            params,
        }
    }

    /// Bytes of weights, gradients and moments.
    pub fn fixed_bytes(&self) -> u64 {
        let (all, learning) = self.params;
        all * if self.half { 6 } else { 4 } + learning * 12
    }

    /// Bytes that one token of a row of `length` tokens takes while a step is computed.
    pub fn token_bytes(&self, length: u64) -> f64 {
        let model = self.model;
        let (hidden, inner, heads) = (
            model.hidden_size as f64,
            model.intermediate_size as f64,
            model.num_heads as f64,
        );
        let width = if self.half { 3.0 } else { 4.0 };
        let shares = match self.kernels {
            Kernels::Plain => 12.0 * heads * length as f64,
            Kernels::FusedAttention | Kernels::Fused => 0.0,
        };
        let (whole, adapted) = match self.kernels {
            Kernels::Fused => (8.0, 7.0),
            Kernels::Plain | Kernels::FusedAttention => (14.0, 10.0),
        };
        let whole_layer = width * (whole * hidden + 2.0 * inner) + shares;
        let kept_layer = match self.method {
            Method::Full => whole_layer,
            Method::Lora { .. } => width * (adapted * hidden + inner) + shares,
            Method::HeadOnly => 0.0,
        };
        let layers = model.num_layers.saturating_sub(self.frozen_layers) as f64;
        if self.gradient_checkpointing && kept_layer > 0.0 {
            return layers * 4.0 * hidden + 1.5 * whole_layer;
        }
        layers * kept_layer + 0.5 * whole_layer
    }

    /// Bytes that a step takes which computes `rows` rows of `length` tokens at one time.
    pub fn step_bytes(&self, rows: u64, length: u64) -> u64 {
        BASE_BYTES + self.fixed_bytes() + (rows as f64 * length as f64 * self.token_bytes(length)) as u64
    }

    /// The largest of `batch`, batch/2, batch/4, … rows of `length` tokens that fit into `free` bytes; at least 1.
    pub fn rows_that_fit(&self, batch: usize, length: u64, free: u64) -> usize {
        let planned = (free as f64 * SHARE) as u64;
        let mut rows = batch.max(1);
        while rows > 1 && self.step_bytes(rows as u64, length) > planned {
            rows = rows.div_ceil(2);
        }
        rows
    }
}

/// Bytes that a training will take on this machine at its fullest: whole batches of rows of the greatest length, with a
/// model of `parameters` weights that is not read yet.
pub fn expected_bytes(config: &TrainConfig, model: &BertConfig, parameters: u64) -> u64 {
    let place = Place::expected(config.device, model);
    let half = match (config.precision, place) {
        (Precision::Fp32, _) => false,
        (Precision::Bf16, _) | (_, Place::Gpu) => true,
        (Precision::Auto | Precision::Fp16, Place::Cpu { .. }) => hardware::cpu_has_bf16(),
    };
    let learning = learning_weights(config, model, parameters);
    let load = Load::of(config, model, (parameters, learning), half, place);
    let rows = config.micro_batch_size.unwrap_or(config.batch_size);
    load.step_bytes(rows.min(config.batch_size) as u64, config.max_length as u64)
}

/// Weights that learn, of about `parameters` in all; the head counts as one square of the hidden size.
fn learning_weights(config: &TrainConfig, model: &BertConfig, parameters: u64) -> u64 {
    let (hidden, inner) = (model.hidden_size as u64, model.intermediate_size as u64);
    let frozen = config.frozen_layers.min(model.num_layers) as u64;
    let head = hidden * hidden;
    match &config.method {
        Method::Full if frozen > 0 => {
            let layers = frozen * (4 * hidden * hidden + 2 * hidden * inner);
            parameters.saturating_sub(layers + model.vocab_size as u64 * hidden)
        }
        Method::Full => parameters,
        Method::Lora { rank, targets, .. } => {
            let layers = model.num_layers as u64 - frozen;
            head + 2 * hidden * *rank as u64 * targets.len() as u64 * layers
        }
        Method::HeadOnly => head,
    }
}

/// Free memory of the machine, or of the group of processes this one is held in, in bytes.
pub fn free_bytes() -> u64 {
    let refresh = sysinfo::MemoryRefreshKind::nothing().with_ram();
    let system = sysinfo::System::new_with_specifics(sysinfo::RefreshKind::nothing().with_memory(refresh));
    // What a group caches of files is given up when it is needed; only what its processes hold is taken.
    let group = system
        .cgroup_limits()
        .map_or(u64::MAX, |limits| limits.total_memory.saturating_sub(limits.rss));
    system.available_memory().min(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"{"model_type":"bert","vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,
"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2}"#;

    fn load<'a>(model: &'a BertConfig, method: &'a Method) -> Load<'a> {
        Load {
            model,
            method,
            frozen_layers: 0,
            gradient_checkpointing: false,
            half: false,
            kernels: Kernels::FusedAttention,
            params: (109_482_240, if *method == Method::Full { 109_482_240 } else { 300_000 }),
        }
    }

    #[test]
    fn each_way_to_save_memory_saves_it() {
        let model = BertConfig::parse(BASE).expect("config");
        let lora = Method::Lora {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            targets: vec!["query".to_owned()],
            rslora: false,
        };
        let full = load(&model, &Method::Full);
        // 16 bytes a weight: 1.75 GB; by hand 32·128 tokens · (12.5 layers · 4·(14·768 + 2·3072) B) = 3.47 GB.
        assert_eq!(full.fixed_bytes(), 1_751_715_840);
        let batch = full.step_bytes(32, 128) - full.fixed_bytes() - BASE_BYTES;
        assert!((batch as f64 - 4096.0 * 12.5 * 4.0 * 16_896.0).abs() < 1e4, "{batch}");
        let needs = [
            full.step_bytes(32, 128),
            Load {
                half: true,
                ..full.clone()
            }
            .step_bytes(32, 128),
            load(&model, &lora).step_bytes(32, 128),
            Load {
                gradient_checkpointing: true,
                ..load(&model, &lora)
            }
            .step_bytes(32, 128),
            load(&model, &Method::HeadOnly).step_bytes(32, 128),
        ];
        assert!(needs.windows(2).all(|pair| pair[0] > pair[1]), "{needs:?}");
        let frozen = Load {
            frozen_layers: 6,
            ..full.clone()
        };
        assert!(frozen.step_bytes(32, 128) < full.step_bytes(32, 128));
        let kept = Load {
            kernels: Kernels::Plain,
            ..full.clone()
        };
        let own = |method| Load {
            kernels: Kernels::Fused,
            ..load(&model, method)
        };
        // By hand: 12.5 layers · 4·(8·768 + 2·3072) B, with adapters 12 · 4·(7·768 + 3072) and half a whole layer.
        assert_eq!(own(&Method::Full).token_bytes(128), 614_400.0);
        assert_eq!(own(&lora).token_bytes(128), 430_080.0);
        assert!(kept.token_bytes(512) > 2.0 * full.token_bytes(512) - full.token_bytes(128));
    }

    #[test]
    fn before_a_model_is_read_the_same_is_expected() {
        let model = BertConfig::parse(BASE).expect("config");
        let config = |method: &Method, frozen_layers| TrainConfig {
            method: method.clone(),
            frozen_layers,
            precision: Precision::Fp32,
            device: DeviceChoice::Cpu,
            micro_batch_size: Some(8),
            ..TrainConfig::default()
        };
        let lora = Method::Lora {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            targets: vec!["query".to_owned(), "value".to_owned()],
            rslora: false,
        };
        let full = config(&Method::Full, 0);
        let place = Place::expected(DeviceChoice::Cpu, &model);
        let known = Load::of(&full, &model, (109_482_240, 109_482_240), false, place);
        assert_eq!(expected_bytes(&full, &model, 109_482_240), known.step_bytes(8, 128));
        // By hand: six layers of 7,077,888 weights and 30,522 words of 768 values do not learn; two adapters of rank
        // 8 in each of twelve layers, and the head.
        let learning = |method: &Method, frozen| learning_weights(&config(method, frozen), &model, 109_482_240);
        assert_eq!(learning(&Method::Full, 6), 109_482_240 - 6 * 7_077_888 - 23_440_896);
        assert_eq!(learning(&lora, 0), 294_912 + 589_824);
        let needs = [(Method::Full, 0), (Method::Full, 6), (lora, 0), (Method::HeadOnly, 0)]
            .map(|(method, frozen)| expected_bytes(&config(&method, frozen), &model, 109_482_240));
        assert!(needs.windows(2).all(|pair| pair[0] > pair[1]), "{needs:?}");
    }

    #[test]
    fn a_batch_is_halved_until_it_fits() {
        let model = BertConfig::parse(BASE).expect("config");
        let full = load(&model, &Method::Full);
        for rows in [64usize, 33, 17, 9, 5, 3, 2, 1] {
            let free = (full.step_bytes(rows as u64, 256) as f64 / SHARE) as u64 + 10;
            let found = full.rows_that_fit(64, 256, free);
            assert!(found <= rows && 2 * found >= rows, "{found} of {rows}");
        }
        assert_eq!(full.rows_that_fit(64, 256, 0), 1);
        assert_eq!(full.rows_that_fit(64, 16, 1 << 40), 64);
        assert!(free_bytes() > 1 << 20);
    }
}
