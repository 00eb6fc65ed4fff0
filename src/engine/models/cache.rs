//! The cache folder: which base models are there, and where a name points to.
//!
//! `TOUCHSTONE_CACHE`, else the user's cache folder + `touchstone` (`$XDG_CACHE_HOME` or `~/.cache` on Linux).

use super::card_facts::CardFacts;
use super::hub::{self, HubName, KNOWN, KnownModel, Source};
use super::{BertConfig, CATALOGUE, ModelError, PinnedModel, import};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A base model in the cache, or one that could be pulled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaseModel {
    pub name: String,
    pub dir: PathBuf,
    pub cached: bool,
    /// Weights have a SHA-256 written in this program.
    pub pinned: bool,
    pub title: String,
    pub bytes: u64,
    pub layers: usize,
    pub hidden_size: usize,
    pub vocab_size: usize,
    pub parameters: u64,
    /// As its card says; empty where it says nothing.
    pub licence: String,
    /// Codes of its languages, e.g. `en, zh`; empty where the card says nothing.
    pub languages: String,
    /// Repository on the Hugging Face hub; empty where it is not known.
    pub hub: String,
    /// Commit of that repository; empty where it is not known.
    pub revision: String,
    /// Why it cannot be used, if so.
    pub problem: Option<String>,
    #[serde(skip)]
    pub shape: Option<BertConfig>,
}

/// The program's cache folder; it may not exist yet.
pub fn cache_root() -> PathBuf {
    match std::env::var_os("TOUCHSTONE_CACHE") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => dirs::cache_dir()
            .unwrap_or_else(|| PathBuf::from(".cache"))
            .join("touchstone"),
    }
}

/// `models/` below the cache folder.
pub fn models_dir() -> PathBuf {
    cache_root().join("models")
}

/// All cached models and all catalogue models, sorted by name; then what is well known on the hub and not fetched.
pub fn list() -> Result<Vec<BaseModel>, ModelError> {
    list_in(&models_dir())
}

fn list_in(models: &Path) -> Result<Vec<BaseModel>, ModelError> {
    let mut found = Vec::new();
    match std::fs::read_dir(models) {
        Ok(entries) => {
            for entry in entries {
                let dir = entry.map_err(ModelError::io("list", models))?.path();
                let name = dir
                    .file_name()
                    .map(|n| n.to_string_lossy().into_owned())
                    .unwrap_or_default();
                if dir.is_dir() && !name.starts_with('.') {
                    found.push(describe(&name, &dir));
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(ModelError::io("list", models)(error)),
    }
    let is_new = |model: &&PinnedModel| !found.iter().any(|cached| cached.name == model.name);
    let absent: Vec<BaseModel> = CATALOGUE
        .iter()
        .filter(is_new)
        .map(|model| not_cached(model, models))
        .collect();
    found.extend(absent);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let is_absent = |model: &&KnownModel| !found.iter().any(|cached| cached.hub.eq_ignore_ascii_case(model.hub));
    let on_hub: Vec<BaseModel> = KNOWN
        .iter()
        .filter(is_absent)
        .map(|model| on_hub(model, models))
        .collect();
    found.extend(on_hub);
    Ok(found)
}

/// Names that can be pulled.
pub(super) fn known_names() -> Vec<String> {
    let pinned = CATALOGUE.iter().map(|model| model.name.to_owned());
    pinned.chain(KNOWN.iter().map(|model| model.hub.to_owned())).collect()
}

/// A model of the catalogue, or a well-known one of the hub, as it is listed before it is pulled.
pub fn absent(name: &str) -> Option<BaseModel> {
    let models = models_dir();
    let of_hub = || {
        KNOWN
            .iter()
            .find(|model| model.hub == name)
            .map(|model| on_hub(model, &models))
    };
    super::pinned(name)
        .map(|model| not_cached(model, &models))
        .or_else(of_hub)
}

fn on_hub(model: &KnownModel, models: &Path) -> BaseModel {
    let repo = model.hub.rsplit('/').next().unwrap_or_default();
    let base = BaseModel {
        licence: model.licence.to_owned(),
        languages: model.languages.to_owned(),
        hub: model.hub.to_owned(),
        bytes: model.bytes,
        ..blank(model.hub, &models.join(repo))
    };
    match model.shape() {
        Some(shape) => BaseModel {
            layers: shape.num_layers,
            hidden_size: shape.hidden_size,
            vocab_size: shape.vocab_size,
            parameters: shape.encoder_parameters(),
            shape: Some(shape),
            ..base
        },
        None => base,
    }
}

fn not_cached(model: &PinnedModel, models: &Path) -> BaseModel {
    BaseModel {
        title: model.title.to_owned(),
        licence: model.licence.to_owned(),
        languages: model.languages.to_owned(),
        hub: model.hub.to_owned(),
        pinned: true,
        ..blank(model.name, &models.join(model.name))
    }
}

fn blank(name: &str, dir: &Path) -> BaseModel {
    BaseModel {
        name: name.to_owned(),
        dir: dir.to_owned(),
        cached: false,
        pinned: false,
        title: String::new(),
        bytes: 0,
        layers: 0,
        hidden_size: 0,
        vocab_size: 0,
        parameters: 0,
        licence: String::new(),
        languages: String::new(),
        hub: String::new(),
        revision: String::new(),
        problem: None,
        shape: None,
    }
}

fn describe(name: &str, dir: &Path) -> BaseModel {
    let pinned = super::pinned(name);
    let card = CardFacts::of(dir);
    let source = Source::of(dir);
    // The hub's own reading of the card comes before ours.
    let told = |of: fn(&Source) -> &String| source.as_ref().map(of).filter(|told| !told.is_empty()).cloned();
    let about = CardFacts {
        licence: told(|source| &source.licence).unwrap_or(card.licence),
        languages: told(|source| &source.languages).unwrap_or(card.languages),
    };
    let base = BaseModel {
        cached: true,
        pinned: pinned.is_some(),
        title: pinned.map(|model| model.title.to_owned()).unwrap_or_default(),
        licence: pinned.map_or_else(|| about.licence.clone(), |model| model.licence.to_owned()),
        languages: pinned.map_or_else(|| about.languages.clone(), |model| model.languages.to_owned()),
        hub: pinned.map_or_else(
            || told(|source| &source.hub).unwrap_or_default(),
            |model| model.hub.to_owned(),
        ),
        revision: told(|source| &source.revision).unwrap_or_default(),
        ..blank(name, dir)
    };
    match import::inspect(dir) {
        Ok(seen) => BaseModel {
            bytes: seen.bytes,
            layers: seen.config.num_layers,
            hidden_size: seen.config.hidden_size,
            vocab_size: seen.config.vocab_size,
            parameters: seen.parameters,
            shape: Some(seen.config),
            ..base
        },
        Err(error) => BaseModel {
            problem: Some(error.to_string()),
            ..base
        },
    }
}

/// A cached model's name or any model folder → the folder. A path wins over a name.
pub fn resolve(name_or_dir: &str) -> Result<PathBuf, ModelError> {
    resolve_in(name_or_dir, &models_dir())
}

fn resolve_in(name_or_dir: &str, models: &Path) -> Result<PathBuf, ModelError> {
    let direct = PathBuf::from(name_or_dir);
    if direct.join("config.json").is_file() {
        return Ok(direct);
    }
    if !name_or_dir.is_empty() && import::is_model_name(name_or_dir) {
        let cached = models.join(name_or_dir);
        if cached.join("config.json").is_file() {
            return Ok(cached);
        }
        if super::pinned(name_or_dir).is_some() || hub::known(name_or_dir).is_some() {
            return Err(ModelError::NotCached {
                name: name_or_dir.to_owned(),
            });
        }
    }
    if let Some(name) = HubName::parse(name_or_dir) {
        if let Some((dir, _)) = hub::cached(models, &name) {
            return Ok(dir);
        }
        if hub::known(name_or_dir).is_some() {
            return Err(ModelError::NotCached {
                name: name_or_dir.to_owned(),
            });
        }
    }
    if direct.is_dir() {
        return Err(ModelError::MissingFile {
            dir: direct,
            file: "config.json".to_owned(),
        });
    }
    let names: Vec<String> = list_in(models)?.into_iter().map(|model| model.name).collect();
    Err(ModelError::Unknown {
        name: name_or_dir.to_owned(),
        known: names.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_paths_and_unknown_names_are_told_apart() {
        let root = tempfile::tempdir().expect("temp");
        let models = root.path().join("models");
        let mine = models.join("mine");
        std::fs::create_dir_all(&mine).expect("dir");
        std::fs::write(mine.join("config.json"), "{}").expect("file");
        assert_eq!(resolve_in("mine", &models).expect("cached"), mine);
        assert_eq!(resolve_in(mine.to_str().expect("utf-8"), &models).expect("path"), mine);
        assert!(matches!(
            resolve_in("minilm-l6", &models),
            Err(ModelError::NotCached { .. })
        ));
        let unknown = resolve_in("bert-huge", &models).expect_err("unknown").to_string();
        assert!(unknown.contains("mine") && unknown.contains("minilm-l6"), "{unknown}");
        assert!(matches!(
            resolve_in("../mine", &models),
            Err(ModelError::Unknown { .. })
        ));
        let empty = root.path().to_str().expect("utf-8");
        assert!(matches!(
            resolve_in(empty, &models),
            Err(ModelError::MissingFile { .. })
        ));
    }

    #[test]
    fn the_list_names_broken_and_absent_models() {
        let root = tempfile::tempdir().expect("temp");
        std::fs::create_dir_all(root.path().join("broken")).expect("dir");
        let listed = list_in(root.path()).expect("list");
        assert_eq!(
            listed.iter().take(2).map(|m| m.name.as_str()).collect::<Vec<_>>(),
            ["broken", "minilm-l6"]
        );
        assert_eq!(listed.len(), 2 + KNOWN.len());
        assert!(listed[2..].iter().all(|m| !m.cached && !m.pinned && m.shape.is_some()));
        assert!(listed[0].problem.is_some() && listed[0].cached);
        assert!(!listed[1].cached && listed[1].pinned);
        assert!(list_in(&root.path().join("absent")).is_ok());
    }
}
