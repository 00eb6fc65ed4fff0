//! Where a cached model came from, kept in its folder: the hub's name, the revision, the hashes of its weights.
//!
//! Invariant: a folder with this file had these weights when it got its name.

use super::name::HubName;
use crate::engine::models::{ModelError, sha256_of_file, weight_files};
use crate::engine::progress::Progress;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

const SOURCE_FILE: &str = "touchstone_source.json";

/// Where a model folder came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `owner/repo`
    pub hub: String,
    /// Commit of the repository; empty where the folder did not tell it.
    #[serde(default)]
    pub revision: String,
    /// SHA-256 of each weight file by its name, lower-case hex.
    pub weights: BTreeMap<String, String>,
    /// The hub told these hashes; otherwise they are those of a folder that was given by hand.
    #[serde(default)]
    pub told_by_hub: bool,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub languages: String,
}

impl Source {
    /// Of a model folder; `None` where it does not tell.
    pub fn of(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(dir.join(SOURCE_FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Of a folder that was given by hand as this repository's.
    pub(super) fn by_hand(name: &HubName, dir: &Path, progress: &Progress) -> Result<Self, ModelError> {
        let mut weights = BTreeMap::new();
        for path in weight_files(dir)? {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            weights.insert(file, sha256_of_file(&path, progress)?);
        }
        Ok(Self {
            hub: name.to_string(),
            revision: String::new(),
            weights,
            told_by_hub: false,
            licence: String::new(),
            languages: String::new(),
        })
    }

    pub(super) fn save(&self, dir: &Path) -> Result<(), ModelError> {
        let path = dir.join(SOURCE_FILE);
        let text = serde_json::to_string_pretty(self).map_err(|error| ModelError::BadFile {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        std::fs::write(&path, text + "\n").map_err(ModelError::io("write", &path))
    }

    /// Checks that the folder's weights are those told here.
    pub(super) fn verify(&self, dir: &Path, progress: &Progress) -> Result<(), ModelError> {
        progress.phase("checking the model", "检查模型");
        for path in weight_files(dir)? {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let expected = self.weights.get(file.as_ref()).cloned().unwrap_or_default();
            let found = sha256_of_file(&path, progress)?;
            if found != expected {
                return Err(ModelError::HashMismatch { path, expected, found });
            }
        }
        Ok(())
    }

    /// The weight file's SHA-256; of several, the SHA-256 of the lines that `sha256sum` prints of them.
    pub fn sha256(&self) -> String {
        if let (1, Some(only)) = (self.weights.len(), self.weights.values().next()) {
            return only.clone();
        }
        let mut hasher = Sha256::new();
        for (file, hash) in &self.weights {
            hasher.update(format!("{hash}  {file}\n"));
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
