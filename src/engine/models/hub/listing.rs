//! What a repository holds, as the hub's API tells it, and which of it a model folder needs.
//!
//! In: the answer of `/api/models/OWNER/REPO?blobs=true`. Out: `Listing`, or why this repository cannot be used.
//! Invariant: names of files are those asked for here, or plain names of shards; none can leave the folder.

use super::name::HubName;
use super::{Hub, refusal};
use crate::engine::models::import::is_model_name;
use crate::engine::models::{ModelError, TOKENIZER_FILES};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is taken beside tokenizer and weights, where it is there.
const BESIDE: [&str; 6] = [
    "config.json",
    "sentencepiece.bpe.model",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "README.md",
];
pub(super) const WEIGHTS: &str = "model.safetensors";
pub(super) const INDEX: &str = "model.safetensors.index.json";
/// Weights of other kinds, to say what there is instead.
const OTHER_WEIGHTS: [&str; 6] = [
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "tf_model.h5",
    "flax_model.msgpack",
    "model.onnx",
    "onnx/model.onnx",
];

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HubFile {
    pub name: String,
    /// Bytes, where the hub tells them.
    pub size: Option<u64>,
    /// SHA-256, which the hub tells of large files.
    pub sha256: Option<String>,
}

/// A repository at one revision.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// As the hub writes it; a renamed repository answers under its new name.
    pub name: HubName,
    pub revision: String,
    pub licence: String,
    pub languages: String,
    files: BTreeMap<String, HubFile>,
}

#[derive(Deserialize)]
struct Answer {
    id: Option<String>,
    sha: Option<String>,
    #[serde(default)]
    gated: Value,
    #[serde(default, rename = "cardData")]
    card: Value,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    sha256: Option<String>,
    size: Option<u64>,
}

/// Asks the hub what the repository holds.
pub(super) fn ask(hub: &Hub, name: &HubName) -> Result<Listing, ModelError> {
    let url = format!("{}/api/models/{name}?blobs=true", hub.endpoint);
    let cannot = |error: &dyn std::fmt::Display| {
        refusal(
            name,
            format!(
                "the hub at {} cannot be reached ({error}); check the network and the proxy, set HF_ENDPOINT to a mirror, \
                 or fetch the folder on another machine and run `touchstone models pull {name} --from DIR`",
                hub.endpoint
            ),
        )
    };
    let mut response = hub.agent.get(&url).call().map_err(|error| cannot(&error))?;
    match response.status().as_u16() {
        200 => {}
        // The hub answers 401 for what does not exist, so that private names are not told.
        401 | 404 => {
            return Err(refusal(
                name,
                format!(
                    "there is no such model at {}, or it is private; check the name",
                    hub.endpoint
                ),
            ));
        }
        403 => return Err(gated(name)),
        429 => {
            return Err(refusal(
                name,
                "the hub has had too many requests from this address; try again in a few minutes".to_owned(),
            ));
        }
        status => {
            return Err(refusal(
                name,
                format!(
                    "the hub at {} answers {status}; try again later, or set HF_ENDPOINT to a mirror",
                    hub.endpoint
                ),
            ));
        }
    }
    let text = response.body_mut().read_to_string().map_err(|error| cannot(&error))?;
    read(name, &text)
}

fn gated(name: &HubName) -> ModelError {
    refusal(
        name,
        format!(
            "its owner lets only those in who asked for it; accept the terms on its page, download it with your account, \
             and run `touchstone models pull {name} --from DIR`"
        ),
    )
}

fn read(asked: &HubName, text: &str) -> Result<Listing, ModelError> {
    let strange = |what: &str| {
        refusal(
            asked,
            format!("the hub's answer is not understood ({what}); is HF_ENDPOINT a Hugging Face hub?"),
        )
    };
    let answer: Answer = serde_json::from_str(text).map_err(|error| strange(&error.to_string()))?;
    if !matches!(answer.gated, Value::Null | Value::Bool(false)) {
        return Err(gated(asked));
    }
    let revision = answer.sha.unwrap_or_default();
    if revision.len() < 7 || !revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(strange("it tells no revision"));
    }
    let files = answer.siblings.into_iter().map(|file| {
        let lfs = file.lfs.as_ref();
        let told = HubFile {
            size: lfs.and_then(|lfs| lfs.size).or(file.size),
            sha256: lfs.and_then(|lfs| lfs.sha256.clone()).map(|hash| hash.to_lowercase()),
            name: file.rfilename.clone(),
        };
        (file.rfilename, told)
    });
    Ok(Listing {
        name: answer
            .id
            .and_then(|id| HubName::parse(&id))
            .unwrap_or_else(|| asked.clone()),
        revision,
        licence: one_or_more(&answer.card["license"]),
        languages: one_or_more(&answer.card["language"]),
        files: files.collect(),
    })
}

/// A text, or the texts of a list.
fn one_or_more(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

impl Listing {
    pub fn refuse(&self, reason: String) -> ModelError {
        refusal(&self.name, reason)
    }

    /// A file that must be there.
    pub fn file(&self, name: &str) -> Result<HubFile, ModelError> {
        self.files.get(name).cloned().ok_or_else(|| {
            self.refuse(format!(
                "it holds no {name}; only an encoder with one can be fine-tuned here"
            ))
        })
    }

    /// What is taken beside the weights.
    pub fn beside(&self) -> Vec<HubFile> {
        let needless = |name: &str| name == "sentencepiece.bpe.model" && self.files.contains_key("tokenizer.json");
        let wanted = BESIDE.iter().chain(&TOKENIZER_FILES).filter(|name| !needless(name));
        wanted.filter_map(|name| self.files.get(*name).cloned()).collect()
    }

    /// Refuses what can be refused by the names of the files. True if the weights are in shards.
    pub fn check(&self) -> Result<bool, ModelError> {
        let has = |name: &str| self.files.contains_key(name);
        self.file("config.json")?;
        if !has(WEIGHTS) && !has(INDEX) {
            let name = &self.name;
            let other: Vec<&str> = OTHER_WEIGHTS.into_iter().filter(|other| has(other)).collect();
            if other.is_empty() {
                return Err(self.refuse("it holds no weights; check the name".to_owned()));
            }
            return Err(self.refuse(format!(
                "it holds only {}; convert it with Transformers: `AutoModel.from_pretrained(\"{name}\").save_pretrained(DIR)` \
                 and `AutoTokenizer.from_pretrained(\"{name}\").save_pretrained(DIR)`, then run \
                 `touchstone models pull {name} --from DIR`",
                other.join(", ")
            )));
        }
        if !has("tokenizer.json") && !has("vocab.txt") {
            let name = &self.name;
            return Err(self.refuse(format!(
                "it holds neither tokenizer.json nor vocab.txt; download it, add one with Transformers: \
                 `AutoTokenizer.from_pretrained(\"{name}\").save_pretrained(DIR)`, then run \
                 `touchstone models pull {name} --from DIR`"
            )));
        }
        Ok(!has(WEIGHTS))
    }

    /// The weights: one file, or the shards that the index names.
    pub fn weights(&self, index: Option<&str>) -> Result<Vec<HubFile>, ModelError> {
        let names = match index {
            None => BTreeSet::from([WEIGHTS.to_owned()]),
            Some(text) => self.shards(text)?,
        };
        let mut weights = Vec::new();
        for name in names {
            let file = self.file(&name)?;
            if file.sha256.is_none() {
                return Err(self.refuse(format!(
                    "the hub tells no SHA-256 of {name}, so it could not be checked; download it yourself and run \
                     `touchstone models pull {} --from DIR`",
                    self.name
                )));
            }
            weights.push(file);
        }
        Ok(weights)
    }

    fn shards(&self, index: &str) -> Result<BTreeSet<String>, ModelError> {
        #[derive(Deserialize)]
        struct Index {
            weight_map: BTreeMap<String, String>,
        }
        let index: Index =
            serde_json::from_str(index).map_err(|error| self.refuse(format!("its {INDEX} is no index ({error})")))?;
        let shards: BTreeSet<String> = index.weight_map.into_values().collect();
        let is_shard = |name: &String| is_model_name(name) && name.ends_with(".safetensors");
        match shards.iter().find(|name| !is_shard(name)) {
            Some(name) => Err(self.refuse(format!("its {INDEX} names '{name}', which is no shard"))),
            None => Ok(shards),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(files: &[&str]) -> Result<Listing, ModelError> {
        let siblings: Vec<Value> = files
            .iter()
            .map(|name| {
                let lfs = name
                    .ends_with(".safetensors")
                    .then(|| serde_json::json!({"sha256": "AB", "size": 9}));
                serde_json::json!({"rfilename": name, "size": 5, "lfs": lfs})
            })
            .collect();
        let text = serde_json::json!({
            "id": "o/New-name", "sha": "0123456789abcdef", "gated": false, "siblings": siblings,
            "cardData": {"license": "mit", "language": ["en", "zh"]},
        });
        read(&HubName::parse("o/r").expect("a name"), &text.to_string())
    }

    #[test]
    fn the_files_of_a_model_folder_are_chosen() {
        let all = [
            "config.json",
            "tokenizer.json",
            "sentencepiece.bpe.model",
            WEIGHTS,
            "x.bin",
        ];
        let found = listing(&all).expect("readable");
        assert_eq!(found.name.to_string(), "o/New-name");
        assert_eq!((found.licence.as_str(), found.languages.as_str()), ("mit", "en, zh"));
        let names = |files: Vec<HubFile>| files.into_iter().map(|file| file.name).collect::<Vec<_>>();
        assert_eq!(names(found.beside()), ["config.json", "tokenizer.json"]);
        assert!(!found.check().expect("usable"));
        let weights = found.weights(None).expect("weights");
        assert_eq!((weights[0].size, weights[0].sha256.as_deref()), (Some(9), Some("ab")));
        let plain = listing(&["config.json", "vocab.txt", "sentencepiece.bpe.model"]).expect("readable");
        assert_eq!(names(plain.beside()).len(), 3);
    }

    #[test]
    fn shards_are_plain_files_of_the_repository() {
        let found = listing(&["config.json", "vocab.txt", INDEX, "a.safetensors", "b.safetensors"]).expect("readable");
        assert!(found.check().expect("usable"));
        let index = |b: &str| format!(r#"{{"weight_map":{{"x":"a.safetensors","y":"{b}"}}}}"#);
        assert_eq!(found.weights(Some(&index("b.safetensors"))).expect("two").len(), 2);
        for (other, word) in [
            ("../b.safetensors", "no shard"),
            ("b.bin", "no shard"),
            ("c.safetensors", "c.safetensors"),
        ] {
            let error = found.weights(Some(&index(other))).expect_err(other).to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn what_lacks_a_part_is_refused() {
        for (files, words) in [
            (
                vec!["config.json", "vocab.txt", "pytorch_model.bin"],
                ["pytorch_model.bin", "convert"],
            ),
            (vec!["config.json", "vocab.txt"], ["no weights", "name"]),
            (vec!["config.json", WEIGHTS, "vocab.json"], ["tokenizer.json", "--from"]),
            (vec!["vocab.txt", WEIGHTS], ["config.json", "encoder"]),
        ] {
            let error = listing(&files)
                .expect("readable")
                .check()
                .expect_err("refused")
                .to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
        let name = HubName::parse("o/r").expect("a name");
        for (text, word) in [
            ("<html>", "HF_ENDPOINT"),
            (r#"{"sha":"../../etc/passwd"}"#, "revision"),
            (r#"{"sha":"0123456789","gated":"auto"}"#, "terms"),
        ] {
            let error = read(&name, text).expect_err(word).to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
