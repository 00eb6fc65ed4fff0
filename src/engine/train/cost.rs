//! What training costs: floating-point operations a token.
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
            TokenCost::of(&base, &config).per_row(128.0)
        };
        let lora = Method::Lora {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            targets: vec!["query".into()],
            rslora: false,
        };
        let (full, adapters, head) = (cost(Method::Full, 0), cost(lora, 0), cost(Method::HeadOnly, 0));
        assert!((adapters / full - 2.0 / 3.0).abs() < 1e-9);
        assert!((head / full - 1.0 / 3.0).abs() < 1e-9);
        assert!(cost(Method::Full, 6) < full);
    }
}
