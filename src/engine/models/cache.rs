//! The cache folder: which base models are there, and where a name points to.
//!
//! `TOUCHSTONE_CACHE`, else the user's cache folder + `touchstone` (`$XDG_CACHE_HOME` or `~/.cache` on Linux).

use super::card_facts::CardFacts;
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

/// All cached models and all catalogue models, sorted by name.
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
    Ok(found)
}

/// A model of the catalogue as it is listed before it is pulled.
pub fn absent(name: &str) -> Option<BaseModel> {
    super::pinned(name).map(|model| not_cached(model, &models_dir()))
}

fn not_cached(model: &PinnedModel, models: &Path) -> BaseModel {
    BaseModel {
        title: model.title.to_owned(),
        licence: model.licence.to_owned(),
        languages: model.languages.to_owned(),
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
        problem: None,
        shape: None,
    }
}

fn describe(name: &str, dir: &Path) -> BaseModel {
    let pinned = super::pinned(name);
    let about = CardFacts::of(dir);
    let base = BaseModel {
        cached: true,
        pinned: pinned.is_some(),
        title: pinned.map(|model| model.title.to_owned()).unwrap_or_default(),
        licence: pinned.map_or_else(|| about.licence.clone(), |model| model.licence.to_owned()),
        languages: pinned.map_or_else(|| about.languages.clone(), |model| model.languages.to_owned()),
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
        if super::pinned(name_or_dir).is_some() {
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
            listed.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(),
            ["broken", "minilm-l6"]
        );
        assert!(listed[0].problem.is_some() && listed[0].cached);
        assert!(!listed[1].cached && listed[1].pinned);
        assert!(list_in(&root.path().join("absent")).is_ok());
    }
}
