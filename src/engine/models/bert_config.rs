//! `config.json` of a BERT folder: what the encoder needs, and a refusal with the reason for what it cannot do.
//!
//! Defaults are those of Transformers' `configuration_bert.py`. Invariant: a `BertConfig` that was
//! returned describes an encoder `train` computes exactly; anything else was refused.

use serde_json::{Map, Value};

/// Non-linearity between the two dense layers of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x·Φ(x) with the error function (`gelu`)
    Gelu,
    /// tanh approximation (`gelu_new`, `gelu_pytorch_tanh`)
    GeluTanh,
    Relu,
}

/// The shape of a BERT encoder, and the untouched rest of its `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct BertConfig {
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub num_layers: usize,
    pub num_heads: usize,
    pub intermediate_size: usize,
    pub activation: Activation,
    pub hidden_dropout: f64,
    pub attention_dropout: f64,
    /// Falls back to `hidden_dropout`.
    pub classifier_dropout: f64,
    pub max_positions: usize,
    pub type_vocab_size: usize,
    pub initializer_range: f64,
    pub layer_norm_eps: f64,
    pub num_labels: Option<usize>,
    /// Every key of the file as it was, for export.
    pub raw: Map<String, Value>,
}

impl BertConfig {
    /// Reads the text of a `config.json`; the error says which key is unsupported and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("not valid JSON ({error})"))?;
        let Value::Object(raw) = value else {
            return Err("not a JSON object".to_owned());
        };
        refuse_unsupported(&raw)?;
        let hidden_dropout = number(&raw, "hidden_dropout_prob", 0.1)?;
        let config = Self {
            vocab_size: count(&raw, "vocab_size", 30_522)?,
            hidden_size: count(&raw, "hidden_size", 768)?,
            num_layers: count(&raw, "num_hidden_layers", 12)?,
            num_heads: count(&raw, "num_attention_heads", 12)?,
            intermediate_size: count(&raw, "intermediate_size", 3072)?,
            activation: activation(&raw)?,
            hidden_dropout,
            attention_dropout: number(&raw, "attention_probs_dropout_prob", 0.1)?,
            classifier_dropout: number(&raw, "classifier_dropout", hidden_dropout)?,
            max_positions: count(&raw, "max_position_embeddings", 512)?,
            type_vocab_size: count(&raw, "type_vocab_size", 2)?,
            initializer_range: number(&raw, "initializer_range", 0.02)?,
            layer_norm_eps: number(&raw, "layer_norm_eps", 1e-12)?,
            num_labels: num_labels(&raw),
            raw,
        };
        config.check_shape()?;
        Ok(config)
    }

    /// Values of one attention head.
    pub fn head_size(&self) -> usize {
        self.hidden_size / self.num_heads
    }

    fn check_shape(&self) -> Result<(), String> {
        if !self.hidden_size.is_multiple_of(self.num_heads) {
            return Err(format!(
                "hidden_size {} is not a multiple of num_attention_heads {}",
                self.hidden_size, self.num_heads
            ));
        }
        for (name, rate) in [
            ("hidden_dropout_prob", self.hidden_dropout),
            ("attention_probs_dropout_prob", self.attention_dropout),
            ("classifier_dropout", self.classifier_dropout),
        ] {
            if !(0.0..1.0).contains(&rate) {
                return Err(format!("{name} is {rate}, expected 0 ≤ rate < 1"));
            }
        }
        Ok(())
    }
}

fn refuse_unsupported(raw: &Map<String, Value>) -> Result<(), String> {
    match raw.get("model_type").and_then(Value::as_str) {
        Some("bert") => {}
        Some(other) => return Err(format!("model_type is '{other}'; only 'bert' encoders are supported")),
        None => return Err("model_type is missing; only 'bert' encoders are supported".to_owned()),
    }
    if let Some(kind) = raw.get("position_embedding_type").and_then(Value::as_str)
        && kind != "absolute"
    {
        return Err(format!(
            "position_embedding_type is '{kind}'; only 'absolute' is supported"
        ));
    }
    for key in ["is_decoder", "add_cross_attention"] {
        if raw.get(key).and_then(Value::as_bool) == Some(true) {
            return Err(format!("{key} is true; only encoders are supported, not decoders"));
        }
    }
    Ok(())
}

fn activation(raw: &Map<String, Value>) -> Result<Activation, String> {
    match raw.get("hidden_act").map(Value::as_str) {
        None | Some(Some("gelu")) => Ok(Activation::Gelu),
        Some(Some("gelu_new" | "gelu_pytorch_tanh")) => Ok(Activation::GeluTanh),
        Some(Some("relu")) => Ok(Activation::Relu),
        Some(other) => Err(format!(
            "hidden_act is '{}'; supported are gelu, gelu_new, gelu_pytorch_tanh and relu",
            other.unwrap_or("not a text")
        )),
    }
}

fn count(raw: &Map<String, Value>, key: &str, default: u64) -> Result<usize, String> {
    let value = match raw.get(key) {
        None | Some(Value::Null) => default,
        Some(value) => value
            .as_u64()
            .filter(|&v| v > 0 && v < 1 << 31)
            .ok_or_else(|| format!("{key} is {value}, expected a positive whole number"))?,
    };
    usize::try_from(value).map_err(|error| format!("{key}: {error}"))
}

fn number(raw: &Map<String, Value>, key: &str, default: f64) -> Result<f64, String> {
    match raw.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_f64()
            .ok_or_else(|| format!("{key} is {value}, expected a number")),
    }
}

fn num_labels(raw: &Map<String, Value>) -> Option<usize> {
    let listed = raw.get("id2label").and_then(Value::as_object).map(Map::len);
    let counted = raw
        .get("num_labels")
        .and_then(Value::as_u64)
        .and_then(|n| usize::try_from(n).ok());
    counted.or(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_almost_empty_config_is_bert_base() {
        let config = BertConfig::parse(r#"{"model_type":"bert","extra":7}"#).expect("valid");
        assert_eq!(
            (config.hidden_size, config.num_layers, config.head_size()),
            (768, 12, 64)
        );
        assert_eq!((config.classifier_dropout, config.layer_norm_eps), (0.1, 1e-12));
        assert_eq!(config.raw["extra"], 7);
    }

    #[test]
    fn what_cannot_be_computed_is_refused_with_the_key_named() {
        for (text, word) in [
            (r#"{"model_type":"roberta"}"#, "roberta"),
            (r#"{"hidden_size":8}"#, "model_type"),
            (
                r#"{"model_type":"bert","position_embedding_type":"relative_key"}"#,
                "relative_key",
            ),
            (r#"{"model_type":"bert","is_decoder":true}"#, "is_decoder"),
            (r#"{"model_type":"bert","hidden_act":"swish"}"#, "swish"),
            (
                r#"{"model_type":"bert","hidden_size":10,"num_attention_heads":3}"#,
                "multiple",
            ),
            (r#"{"model_type":"bert","num_hidden_layers":0}"#, "num_hidden_layers"),
            (
                r#"{"model_type":"bert","hidden_dropout_prob":1.5}"#,
                "hidden_dropout_prob",
            ),
            ("[1]", "object"),
            ("{", "JSON"),
        ] {
            let reason = BertConfig::parse(text).expect_err(text);
            assert!(reason.contains(word), "{text}: {reason}");
        }
    }

    #[test]
    fn classifier_dropout_null_falls_back_to_hidden_dropout() {
        let text = r#"{"model_type":"bert","hidden_dropout_prob":0.3,"classifier_dropout":null,"id2label":{"0":"a","1":"b","2":"c"}}"#;
        let config = BertConfig::parse(text).expect("valid");
        assert_eq!((config.classifier_dropout, config.num_labels), (0.3, Some(3)));
    }
}
