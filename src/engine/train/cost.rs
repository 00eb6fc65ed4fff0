//! What training costs: floating-point operations a token, and memory.
//!
//! A matrix product of m×k by k×n counts 2·m·k·n operations. With hidden size H, inner size I, L layers and S tokens a
//! row, a token's forward pass costs 2·(4H² + 2HI)·L for the projections and 4·S·H·L for the attention; the backward
//! pass costs twice that where weights learn, once where gradients only pass through (Kaplan et al. 2020, section 2.1,
//! with the attention counted). Embeddings, norms and the head are left out: under 1 %.

use crate::engine::models::BertConfig;
use crate::engine::run::config::{Method, TrainConfig};

/// Operations of training a token: `fixed + by_length · S`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenCost {
    pub fixed: f64,
    pub by_length: f64,
}

impl TokenCost {
    /// Of training with these settings.
    pub fn of(shape: &BertConfig, config: &TrainConfig) -> Self {
        let layers = shape.num_layers as f64;
        let frozen = (config.frozen_layers as f64).min(layers);
        // Below the lowest layer that learns there is no backward pass.
        let passes = match config.method {
            Method::Full => frozen + 3.0 * (layers - frozen),
            Method::Lora { .. } => frozen + 2.0 * (layers - frozen),
            Method::HeadOnly => layers,
        };
        let (hidden, inner) = (shape.hidden_size as f64, shape.intermediate_size as f64);
        Self {
            fixed: 2.0 * (4.0 * hidden * hidden + 2.0 * hidden * inner) * passes,
            by_length: 4.0 * hidden * passes,
        }
    }

    /// Operations of a row of `tokens` tokens.
    pub fn per_row(self, tokens: f64) -> f64 {
        tokens * (self.fixed + self.by_length * tokens)
    }
}

/// Bytes that training holds at its fullest, estimated: weights, gradients and moments of what learns, and what a
/// batch leaves behind for the backward pass.
///
/// Weights, gradients and AdamW's two moments take 4 bytes each a weight. A layer keeps about 34·H bytes a token in
/// 16-bit numbers and 5·heads·S bytes for the attention (Korthikanti et al. 2022, equation 1), twice that in 32-bit.
pub fn memory_bytes(shape: &BertConfig, parameters: u64, config: &TrainConfig, sixteen_bit: bool) -> u64 {
    let layers = shape.num_layers as f64;
    let learning_layers = (layers - config.frozen_layers as f64).max(0.0);
    let hidden = shape.hidden_size as f64;
    let (learning, active_layers) = match &config.method {
        Method::Full => {
            let frozen = config.frozen_layers as f64 * layer_weights(shape)
                + if config.frozen_layers > 0 {
                    shape.vocab_size as f64 * hidden
                } else {
                    0.0
                };
            ((parameters as f64 - frozen).max(0.0), learning_layers)
        }
        Method::Lora { rank, targets, .. } => {
            let adapters = 2.0 * hidden * *rank as f64 * targets.len() as f64 * learning_layers;
            (adapters, learning_layers)
        }
        Method::HeadOnly => (hidden * hidden, 0.0),
    };
    let rows = config
        .micro_batch_size
        .unwrap_or(config.batch_size)
        .min(config.batch_size) as f64;
    let (length, heads) = (config.max_length as f64, shape.num_heads as f64);
    let scale = if sixteen_bit { 1.0 } else { 2.0 };
    let kept = rows * length * (34.0 * hidden + 5.0 * heads * length) * scale * active_layers.max(1.0);
    (4.0 * parameters as f64 + 12.0 * learning + kept) as u64
}

fn layer_weights(shape: &BertConfig) -> f64 {
    let (hidden, inner) = (shape.hidden_size as f64, shape.intermediate_size as f64);
    4.0 * hidden * hidden + 2.0 * hidden * inner
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(layers: u64, hidden: u64, inner: u64) -> BertConfig {
        let text = format!(
            r#"{{"model_type":"bert","hidden_size":{hidden},"num_hidden_layers":{layers},"num_attention_heads":12,"intermediate_size":{inner}}}"#
        );
        BertConfig::parse(&text).expect("a shape")
    }

    #[test]
    fn operations_are_those_of_the_published_table() {
        // GFLOP of a row of 128 tokens: BERT-base 67.0, MiniLM-L6 8.61 (three passes), computed by hand from the formula.
        let full = TrainConfig::default();
        for (shape, length, gflop) in [
            (shape(12, 768, 3072), 128.0, 67.0),
            (shape(12, 768, 3072), 512.0, 289.9),
            (shape(6, 384, 1536), 128.0, 8.61),
        ] {
            let found = TokenCost::of(&shape, &full).per_row(length) / 1e9;
            assert!((found / gflop - 1.0).abs() < 2e-3, "{found} against {gflop}");
        }
    }

    #[test]
    fn fewer_weights_that_learn_cost_less() {
        let base = shape(12, 768, 3072);
        let cost = |method: Method, frozen_layers: usize| {
            let config = TrainConfig {
                method,
                frozen_layers,
                ..TrainConfig::default()
            };
            (
                TokenCost::of(&base, &config).per_row(128.0),
                memory_bytes(&base, 110_000_000, &config, true),
            )
        };
        let lora = Method::Lora {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            targets: vec!["query".into()],
            rslora: false,
        };
        let (full, adapters, head) = (cost(Method::Full, 0), cost(lora, 0), cost(Method::HeadOnly, 0));
        assert!((adapters.0 / full.0 - 2.0 / 3.0).abs() < 1e-9);
        assert!((head.0 / full.0 - 1.0 / 3.0).abs() < 1e-9);
        assert!(head.1 < adapters.1 && adapters.1 < full.1);
        assert!(cost(Method::Full, 6).0 < full.0 && cost(Method::Full, 6).1 < full.1);
        // Four times four bytes a weight, and about 2 GB for 32 rows of 128 tokens.
        assert!((full.1 as f64 - 1.76e9 - 1.6e9).abs() < 0.6e9, "{}", full.1);
    }
}
