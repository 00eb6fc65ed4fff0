//! `config.json` of an encoder's folder: what is needed of it, and a refusal with the reason for what it cannot do.
//!
//! Defaults are those of Transformers' `configuration_bert.py`, `…_roberta.py` and `…_distilbert.py`. Invariant: a `BertConfig` that was
//! returned describes an encoder `train` computes exactly; anything else was refused.

use super::family::Family;
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

/// The shape of an encoder of BERT's kind, and the untouched rest of its `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct BertConfig {
    pub family: Family,
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
    /// Most tokens of a text.
    pub max_positions: usize,
    /// Row of the position table that the first token takes; RoBERTa's table starts with two rows nobody uses.
    pub first_position: usize,
    /// 0 for an encoder that knows no segments.
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
        let family = supported_family(&raw)?;
        let config = match family {
            Family::DistilBert => Self::distilbert(raw)?,
            _ => Self::bert(family, raw)?,
        };
        config.check_shape()?;
        Ok(config)
    }

    /// BERT's keys, which RoBERTa shares.
    fn bert(family: Family, raw: Map<String, Value>) -> Result<Self, String> {
        let is_bert = family == Family::Bert;
        let hidden_dropout = number(&raw, "hidden_dropout_prob", 0.1)?;
        let positions = count(&raw, "max_position_embeddings", 512)?;
        let first_position = if is_bert {
            0
        } else {
            count(&raw, "pad_token_id", 1)? + 1
        };
        if positions <= first_position {
            return Err(format!(
                "max_position_embeddings is {positions}: no token has a position"
            ));
        }
        Ok(Self {
            family,
            vocab_size: count(&raw, "vocab_size", if is_bert { 30_522 } else { 50_265 })?,
            hidden_size: count(&raw, "hidden_size", 768)?,
            num_layers: count(&raw, "num_hidden_layers", 12)?,
            num_heads: count(&raw, "num_attention_heads", 12)?,
            intermediate_size: count(&raw, "intermediate_size", 3072)?,
            activation: activation(&raw, "hidden_act")?,
            hidden_dropout,
            attention_dropout: number(&raw, "attention_probs_dropout_prob", 0.1)?,
            classifier_dropout: number(&raw, "classifier_dropout", hidden_dropout)?,
            max_positions: positions - first_position,
            first_position,
            type_vocab_size: count(&raw, "type_vocab_size", 2)?,
            initializer_range: number(&raw, "initializer_range", 0.02)?,
            layer_norm_eps: number(&raw, "layer_norm_eps", 1e-12)?,
            num_labels: num_labels(&raw),
            raw,
        })
    }

    /// DistilBERT has keys of its own.
    fn distilbert(raw: Map<String, Value>) -> Result<Self, String> {
        Ok(Self {
            family: Family::DistilBert,
            vocab_size: count(&raw, "vocab_size", 30_522)?,
            hidden_size: count(&raw, "dim", 768)?,
            num_layers: count(&raw, "n_layers", 6)?,
            num_heads: count(&raw, "n_heads", 12)?,
            intermediate_size: count(&raw, "hidden_dim", 3072)?,
            activation: activation(&raw, "activation")?,
            hidden_dropout: number(&raw, "dropout", 0.1)?,
            attention_dropout: number(&raw, "attention_dropout", 0.1)?,
            classifier_dropout: number(&raw, "seq_classif_dropout", 0.2)?,
            max_positions: count(&raw, "max_position_embeddings", 512)?,
            first_position: 0,
            type_vocab_size: 0,
            initializer_range: number(&raw, "initializer_range", 0.02)?,
            // Fixed in Transformers' DistilBERT.
            layer_norm_eps: 1e-12,
            num_labels: num_labels(&raw),
            raw,
        })
    }

    /// Values of one attention head.
    pub fn head_size(&self) -> usize {
        self.hidden_size / self.num_heads
    }

    /// Values of the encoder's weights, computed from its shape: embeddings, layers, and the pooler where the family's
    /// class has one.
    pub fn encoder_parameters(&self) -> u64 {
        let (hidden, inner) = (self.hidden_size as u64, self.intermediate_size as u64);
        let rows = self.vocab_size + self.max_positions + self.first_position + self.type_vocab_size;
        // Two vectors a layer norm; four dense layers of the attention, two of the feed-forward part.
        let embeddings = (rows as u64 + 2) * hidden;
        let layer = 4 * (hidden * hidden + hidden) + 2 * hidden * inner + inner + hidden + 4 * hidden;
        let pooler = match self.family {
            Family::DistilBert => 0,
            _ => hidden * hidden + hidden,
        };
        embeddings + layer * self.num_layers as u64 + pooler
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

fn supported_family(raw: &Map<String, Value>) -> Result<Family, String> {
    let known = Family::ALL.map(Family::model_type).join(", ");
    let family = match raw.get("model_type").and_then(Value::as_str) {
        Some(name) => Family::of(name).ok_or_else(|| format!("model_type is '{name}'; supported are {known}"))?,
        None => return Err(format!("model_type is missing; supported are {known}")),
    };
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
    Ok(family)
}

fn activation(raw: &Map<String, Value>, key: &str) -> Result<Activation, String> {
    match raw.get(key).map(Value::as_str) {
        None | Some(Some("gelu")) => Ok(Activation::Gelu),
        Some(Some("gelu_new" | "gelu_pytorch_tanh")) => Ok(Activation::GeluTanh),
        Some(Some("relu")) => Ok(Activation::Relu),
        Some(other) => Err(format!(
            "{key} is '{}'; supported are gelu, gelu_new, gelu_pytorch_tanh and relu",
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
            (r#"{"model_type":"electra"}"#, "electra"),
            (r#"{"model_type":"roberta","max_position_embeddings":2}"#, "no token"),
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
    fn each_family_has_its_own_keys_and_defaults() {
        let text = r#"{"model_type":"xlm-roberta","vocab_size":250002,"max_position_embeddings":514,"pad_token_id":1,"type_vocab_size":1,"layer_norm_eps":1e-5}"#;
        let config = BertConfig::parse(text).expect("valid");
        assert_eq!((config.max_positions, config.first_position), (512, 2));
        assert_eq!((config.family, config.type_vocab_size), (Family::XlmRoberta, 1));
        let text = r#"{"model_type":"distilbert","dim":24,"n_layers":2,"n_heads":3,"hidden_dim":50,"activation":"gelu","seq_classif_dropout":0.3}"#;
        let config = BertConfig::parse(text).expect("valid");
        assert_eq!((config.hidden_size, config.num_layers, config.head_size()), (24, 2, 8));
        assert_eq!((config.intermediate_size, config.type_vocab_size), (50, 0));
        assert_eq!((config.hidden_dropout, config.classifier_dropout), (0.1, 0.3));
    }

    #[test]
    fn classifier_dropout_null_falls_back_to_hidden_dropout() {
        let text = r#"{"model_type":"bert","hidden_dropout_prob":0.3,"classifier_dropout":null,"id2label":{"0":"a","1":"b","2":"c"}}"#;
        let config = BertConfig::parse(text).expect("valid");
        assert_eq!((config.classifier_dropout, config.num_labels), (0.3, Some(3)));
    }
}
