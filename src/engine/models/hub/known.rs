//! Well-known encoders of the hub: what they are, before anything of them is fetched.
//!
//! Invariant: their weights are not pinned; a pull checks them against the hash that the hub tells at that time.

use super::name::HubName;
use crate::engine::models::BertConfig;

/// A repository that can be pulled.
#[derive(Debug)]
pub struct KnownModel {
    pub hub: &'static str,
    pub licence: &'static str,
    /// As a model card has them, with how many they are behind `multilingual`.
    pub languages: &'static str,
    /// About; of the weights.
    pub bytes: u64,
    /// The keys of its `config.json` that differ from their defaults.
    config: &'static str,
}

impl KnownModel {
    /// Its shape; `None` never, see the test.
    pub fn shape(&self) -> Option<BertConfig> {
        BertConfig::parse(self.config).ok()
    }
}

pub const KNOWN: &[KnownModel] = &[
    KnownModel {
        hub: "google-bert/bert-base-uncased",
        licence: "Apache-2.0",
        languages: "en",
        bytes: 440_000_000,
        config: r#"{"model_type":"bert"}"#,
    },
    KnownModel {
        hub: "google-bert/bert-base-chinese",
        licence: "Apache-2.0",
        languages: "zh",
        bytes: 412_000_000,
        config: r#"{"model_type":"bert","vocab_size":21128}"#,
    },
    KnownModel {
        hub: "google-bert/bert-base-multilingual-cased",
        licence: "Apache-2.0",
        languages: "multilingual (104)",
        bytes: 714_000_000,
        config: r#"{"model_type":"bert","vocab_size":119547}"#,
    },
    KnownModel {
        hub: "FacebookAI/roberta-base",
        licence: "MIT",
        languages: "en",
        bytes: 499_000_000,
        config: r#"{"model_type":"roberta","max_position_embeddings":514,"type_vocab_size":1}"#,
    },
    KnownModel {
        hub: "FacebookAI/xlm-roberta-base",
        licence: "MIT",
        languages: "multilingual (100)",
        bytes: 1_116_000_000,
        config: r#"{"model_type":"xlm-roberta","vocab_size":250002,"max_position_embeddings":514,"type_vocab_size":1}"#,
    },
    KnownModel {
        hub: "distilbert/distilbert-base-uncased",
        licence: "Apache-2.0",
        languages: "en",
        bytes: 268_000_000,
        config: r#"{"model_type":"distilbert"}"#,
    },
    KnownModel {
        hub: "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        licence: "Apache-2.0",
        languages: "multilingual (50)",
        bytes: 471_000_000,
        config: r#"{"model_type":"bert","vocab_size":250037,"hidden_size":384,"intermediate_size":1536}"#,
    },
];

/// The well-known repository of this name, with or without its owner.
pub(in crate::engine::models) fn known(name: &str) -> Option<HubName> {
    let of_name = |model: &&KnownModel| {
        let last = model.hub.rsplit('/').next().unwrap_or_default();
        model.hub.eq_ignore_ascii_case(name) || last.eq_ignore_ascii_case(name)
    };
    KNOWN.iter().find(of_name).and_then(|model| HubName::parse(model.hub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_have_as_many_parameters_as_their_cards_say() {
        // By hand from the sizes of each table and layer; rounded to millions they are what the models' cards say: 110,
        // 102 and 178 (BERT), 125 and 278 (RoBERTa), 66 (DistilBERT), 118 (MiniLM).
        let by_hand = [
            109_482_240,
            102_267_648,
            177_853_440,
            124_645_632,
            278_043_648,
            66_362_880,
            117_653_760,
        ];
        for (model, parameters) in KNOWN.iter().zip(by_hand) {
            let shape = model.shape().expect(model.hub);
            assert_eq!(shape.encoder_parameters(), parameters, "{}", model.hub);
            // 32-bit numbers, and in some files the head of the pre-training beside them.
            let ratio = model.bytes as f64 / (4.0 * parameters as f64);
            assert!((0.99..1.02).contains(&ratio), "{}: {ratio}", model.hub);
        }
        assert_eq!(KNOWN.len(), by_hand.len());
    }

    #[test]
    fn a_known_name_needs_no_owner() {
        let name = known("bert-base-chinese").expect("known");
        assert_eq!(name.to_string(), "google-bert/bert-base-chinese");
        assert!(known("FacebookAI/roberta-base").is_some() && known("bert").is_none());
    }
}
