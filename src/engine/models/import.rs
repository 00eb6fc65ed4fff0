//! Checking a model folder, and copying one into the cache.
//!
//! Invariant: the copy is made aside, checked, then renamed; an interrupted import leaves nothing under its name.

use super::{BertConfig, ModelError, models_dir};
use crate::engine::progress::Progress;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What a model folder holds.
#[derive(Clone, Debug)]
pub struct Inspected {
    pub config: BertConfig,
    /// Bytes of all weight files.
    pub bytes: u64,
    /// Values in all tensors of the weight files.
    pub parameters: u64,
}

/// Checks that the folder holds a BERT this program can use; reads headers only, not the weights.
pub fn inspect(dir: &Path) -> Result<Inspected, ModelError> {
    let path = dir.join("config.json");
    if !path.is_file() {
        return Err(missing(dir, "config.json"));
    }
    let text = std::fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
    let config = BertConfig::parse(&text).map_err(|reason| ModelError::Unsupported {
        dir: dir.to_owned(),
        reason,
    })?;
    if !dir.join("tokenizer.json").is_file() && !dir.join("vocab.txt").is_file() {
        return Err(missing(dir, "tokenizer.json"));
    }
    let (mut bytes, mut parameters) = (0, 0);
    for file in weight_files(dir)? {
        let (size, values) = header_counts(&file)?;
        bytes += size;
        parameters += values;
    }
    Ok(Inspected {
        config,
        bytes,
        parameters,
    })
}

/// The safetensors files of a folder: one, or the shards its index names, sorted.
pub fn weight_files(dir: &Path) -> Result<Vec<PathBuf>, ModelError> {
    let single = dir.join("model.safetensors");
    if single.is_file() {
        return Ok(vec![single]);
    }
    let index = dir.join("model.safetensors.index.json");
    if !index.is_file() {
        return Err(missing(dir, "model.safetensors"));
    }
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let text = std::fs::read_to_string(&index).map_err(ModelError::io("read", &index))?;
    let parsed: Index = serde_json::from_str(&text).map_err(|error| ModelError::BadFile {
        path: index.clone(),
        reason: format!("not a shard index ({error})"),
    })?;
    let shards: BTreeSet<String> = parsed.weight_map.into_values().collect();
    let mut files = Vec::new();
    for shard in shards {
        // A shard name is a plain file name; anything else would leave the folder.
        if shard.contains(['/', '\\']) || !dir.join(&shard).is_file() {
            return Err(missing(dir, &shard));
        }
        files.push(dir.join(shard));
    }
    Ok(files)
}

fn missing(dir: &Path, file: &str) -> ModelError {
    ModelError::MissingFile {
        dir: dir.to_owned(),
        file: file.to_owned(),
    }
}

/// (file bytes, values in all tensors), from the header alone.
fn header_counts(path: &Path) -> Result<(u64, u64), ModelError> {
    let bad = |reason: String| ModelError::BadFile {
        path: path.to_owned(),
        reason,
    };
    let mut file = std::fs::File::open(path).map_err(ModelError::io("open", path))?;
    let bytes = file.metadata().map_err(ModelError::io("read", path))?.len();
    let mut length = [0u8; 8];
    file.read_exact(&mut length).map_err(ModelError::io("read", path))?;
    let length = u64::from_le_bytes(length);
    if length > bytes.saturating_sub(8) {
        return Err(bad("not a safetensors file, or cut off".to_owned()));
    }
    let mut header = Vec::new();
    file.take(length)
        .read_to_end(&mut header)
        .map_err(ModelError::io("read", path))?;
    let json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&header).map_err(|error| bad(format!("its header is not JSON ({error})")))?;
    let mut values = 0u64;
    let mut end = 0u64;
    for (_, tensor) in json.iter().filter(|(name, _)| *name != "__metadata__") {
        let shape = tensor["shape"].as_array().into_iter().flatten();
        values += shape.filter_map(serde_json::Value::as_u64).product::<u64>();
        end = end.max(tensor["data_offsets"][1].as_u64().unwrap_or(0));
    }
    if end != bytes - 8 - length {
        return Err(bad(format!(
            "holds {} bytes of tensors where its header announces {end}; the file is cut off",
            bytes - 8 - length
        )));
    }
    Ok((bytes, values))
}

/// Lower-case hex SHA-256 of a file, read in pieces.
pub fn sha256_of_file(path: &Path, progress: &Progress) -> Result<String, ModelError> {
    let mut file = std::fs::File::open(path).map_err(ModelError::io("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        progress.check()?;
        let read = file.read(&mut buffer).map_err(ModelError::io("read", path))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(super) fn is_model_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Copies a Hugging Face BERT folder into the cache under `name` (default: the folder's name).
pub fn import(dir: &Path, name: Option<&str>, progress: &Progress) -> Result<PathBuf, ModelError> {
    import_into(&models_dir(), dir, name, progress)
}

fn import_into(models: &Path, dir: &Path, name: Option<&str>, progress: &Progress) -> Result<PathBuf, ModelError> {
    progress.phase("checking the model", "检查模型");
    inspect(dir)?;
    let absolute = std::fs::canonicalize(dir).map_err(ModelError::io("open", dir))?;
    let own = absolute
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = name.map_or(own, str::to_owned);
    if !is_model_name(&name) {
        return Err(ModelError::BadName { name });
    }
    let target = models.join(&name);
    if target.exists() {
        return Err(ModelError::NameTaken { name, dir: target });
    }
    progress.phase("copying the model", "复制模型");
    let aside = Aside::new(models, &name)?;
    copy_model_files(&absolute, &aside.dir, progress)?;
    aside.keep_as(&target)?;
    Ok(target)
}

/// Copies what a model folder needs: JSON, vocabularies, weights, licence, card and pooling folders.
pub(super) fn copy_model_files(from: &Path, to: &Path, progress: &Progress) -> Result<(), ModelError> {
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(from).map_err(ModelError::io("list", from))? {
        let path = entry.map_err(ModelError::io("list", from))?.path();
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let wanted = [".json", ".txt", ".safetensors", ".md", ".model"]
            .iter()
            .any(|end| name.ends_with(end))
            || name.starts_with("LICENSE");
        if path.is_file() && wanted {
            names.push(PathBuf::from(&name));
        } else if path.join("config.json").is_file() && name.ends_with("_Pooling") {
            names.push(Path::new(&name).join("config.json"));
        }
    }
    names.sort();
    for (done, name) in names.iter().enumerate() {
        progress.check()?;
        progress.set(done as f64 / names.len() as f64);
        let target = to.join(name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(ModelError::io("create", parent))?;
        }
        std::fs::copy(from.join(name), &target).map_err(ModelError::io("write", &target))?;
    }
    Ok(())
}

/// A folder beside the cached models, removed unless it is kept.
pub(super) struct Aside {
    pub dir: PathBuf,
}

impl Aside {
    pub fn new(models: &Path, name: &str) -> Result<Self, ModelError> {
        let dir = models.join(format!(".{name}.{}", std::process::id()));
        if dir.exists() {
            std::fs::remove_dir_all(&dir).map_err(ModelError::io("remove", &dir))?;
        }
        std::fs::create_dir_all(&dir).map_err(ModelError::io("create", &dir))?;
        Ok(Self { dir })
    }

    pub fn keep_as(self, target: &Path) -> Result<(), ModelError> {
        std::fs::rename(&self.dir, target).map_err(ModelError::io("create", target))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.dir.exists()
            && let Err(error) = std::fs::remove_dir_all(&self.dir)
        {
            tracing::warn!("cannot remove {}: {error}", self.dir.display());
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A folder that passes `inspect`: one tensor of 6 values.
    pub fn tiny_folder(dir: &Path) {
        std::fs::create_dir_all(dir).expect("dir");
        std::fs::write(
            dir.join("config.json"),
            r#"{"model_type":"bert","num_hidden_layers":1}"#,
        )
        .expect("file");
        std::fs::write(dir.join("tokenizer.json"), "{}").expect("file");
        let header = br#"{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(&[0; 24]);
        std::fs::write(dir.join("model.safetensors"), bytes).expect("file");
    }

    #[test]
    fn sha256_matches_the_published_vector() {
        let dir = tempfile::tempdir().expect("temp");
        let path = dir.path().join("abc");
        std::fs::write(&path, "abc").expect("file");
        // FIPS 180-2, appendix B.1
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_of_file(&path, &Progress::new()).expect("hash"), expected);
    }

    #[test]
    fn import_copies_once_and_refuses_bad_names_and_folders() {
        let root = tempfile::tempdir().expect("temp");
        let (models, source) = (root.path().join("models"), root.path().join("Source"));
        tiny_folder(&source);
        let progress = Progress::new();
        let target = import_into(&models, &source, None, &progress).expect("import");
        assert_eq!(target, models.join("Source"));
        assert_eq!(inspect(&target).expect("usable").parameters, 6);
        let again = import_into(&models, &source, None, &progress);
        assert!(matches!(again, Err(ModelError::NameTaken { .. })));
        let bad = import_into(&models, &source, Some("../x"), &progress);
        assert!(matches!(bad, Err(ModelError::BadName { .. })));
        std::fs::remove_file(source.join("model.safetensors")).expect("remove");
        let gone = import_into(&models, &source, Some("b"), &progress)
            .expect_err("no weights")
            .to_string();
        assert!(gone.contains("model.safetensors"), "{gone}");
        assert_eq!(
            std::fs::read_dir(&models).expect("list").count(),
            1,
            "nothing half-made stays"
        );
    }

    #[test]
    fn a_cut_off_weight_file_is_refused() {
        let root = tempfile::tempdir().expect("temp");
        tiny_folder(root.path());
        let path = root.path().join("model.safetensors");
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, &bytes[..bytes.len() - 4]).expect("write");
        let error = inspect(root.path()).expect_err("cut off").to_string();
        assert!(
            error.contains("cut off") && error.contains("model.safetensors"),
            "{error}"
        );
    }
}
