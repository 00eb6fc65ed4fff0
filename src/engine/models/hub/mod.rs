//! Pulling any repository of the Hugging Face hub.
//!
//! What it holds is asked first, so that what cannot be used is refused before its weights are fetched. All files are of
//! one revision. Invariant: a folder gets its name only after the size and the SHA-256 that the hub told of each large
//! file were found in it.

mod known;
mod listing;
mod name;
mod source;

pub(super) use known::known;
pub use known::{KNOWN, KnownModel};
pub(super) use name::HubName;
pub use source::Source;

use super::download::{self, part_of};
use super::import::{Aside, copy_model_files};
use super::pull::replace;
use super::{BertConfig, ModelError, PullOptions, Pulled, inspect, pinned, sha256_of_file};
use crate::engine::doctor::free_disk_bytes;
use crate::engine::progress::Progress;
use listing::{HubFile, INDEX, Listing};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Left free on the disk beside the model.
const ROOM_BYTES: u64 = 64_000_000;

/// Where the hub, or its mirror, is.
pub(super) struct Hub {
    endpoint: String,
    agent: ureq::Agent,
}

impl Hub {
    /// `HF_ENDPOINT`, else the hub itself.
    pub fn from_env() -> Self {
        let endpoint = std::env::var("HF_ENDPOINT")
            .ok()
            .filter(|endpoint| !endpoint.is_empty());
        let endpoint = endpoint.unwrap_or_else(|| "https://huggingface.co".to_owned());
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            agent: download::agent(),
        }
    }
}

fn refusal(name: &HubName, reason: String) -> ModelError {
    ModelError::Hub {
        hub: name.to_string(),
        reason,
    }
}

/// The folder of the cache that came from this repository.
pub(super) fn cached(models: &Path, name: &HubName) -> Option<(PathBuf, Source)> {
    [name.repo.clone(), name.in_one()].into_iter().find_map(|own| {
        let dir = models.join(own);
        let source = Source::of(&dir).filter(|source| name.is(&source.hub))?;
        Some((dir, source))
    })
}

/// The folder the repository gets: its own name, or with its owner where another model has that.
fn free_place(models: &Path, name: &HubName) -> Result<PathBuf, ModelError> {
    let is_free = |own: &String| pinned(own).is_none() && !models.join(own).exists();
    let both = name.in_one();
    match [name.repo.clone(), both.clone()].into_iter().find(is_free) {
        Some(own) => Ok(models.join(own)),
        None => Err(ModelError::NameTaken {
            dir: models.join(&both),
            name: both,
        }),
    }
}

/// Puts a repository into the cache, or confirms that it is there and intact.
pub(super) fn pull(
    models: &Path,
    asked: &HubName,
    options: &PullOptions,
    progress: &Progress,
) -> Result<Pulled, ModelError> {
    let damage = match intact(models, asked, progress) {
        Ok(Some(pulled)) => return Ok(pulled),
        Ok(None) => None,
        Err(error @ ModelError::Cancelled(_)) => return Err(error),
        Err(error) => Some(error),
    };
    if let Some(from) = &options.from {
        return from_folder(models, asked, from, progress);
    }
    if options.offline {
        let why = damage.map_or_else(
            || "it is not in the cache".to_owned(),
            |error| format!("its folder in the cache is damaged ({error})"),
        );
        return Err(refusal(
            asked,
            format!("{why}, and no connection is opened (offline); pull it without --offline, or with --from DIR"),
        ));
    }
    progress.phase("asking the Hugging Face hub", "查询 Hugging Face");
    let listing = listing::ask(&Hub::from_env(), asked)?;
    if listing.name != *asked
        && let Ok(Some(pulled)) = intact(models, &listing.name, progress)
    {
        return Ok(pulled);
    }
    from_hub(models, &listing, &Hub::from_env(), progress)
}

fn intact(models: &Path, name: &HubName, progress: &Progress) -> Result<Option<Pulled>, ModelError> {
    let Some((dir, source)) = cached(models, name) else {
        return Ok(None);
    };
    inspect(&dir)?;
    source.verify(&dir, progress)?;
    Ok(Some(pulled(dir, &source, "cache")))
}

fn pulled(dir: PathBuf, source: &Source, from: &'static str) -> Pulled {
    Pulled {
        name: dir.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        dir,
        source: from,
        sha256: source.sha256(),
        hub: source.hub.clone(),
        revision: source.revision.clone(),
        checked: source.told_by_hub,
    }
}

/// Where the repository's folder goes: over a damaged one of its own, else to a free name.
fn place(models: &Path, name: &HubName) -> Result<PathBuf, ModelError> {
    cached(models, name).map_or_else(|| free_place(models, name), |(dir, _)| Ok(dir))
}

/// A folder that holds the repository: one that was pulled on another machine is checked by what it tells of itself.
fn from_folder(models: &Path, name: &HubName, from: &Path, progress: &Progress) -> Result<Pulled, ModelError> {
    progress.phase("checking the model", "检查模型");
    inspect(from)?;
    let told = Source::of(from);
    if let Some(other) = told.as_ref().filter(|told| !name.is(&told.hub)) {
        let reason = format!(
            "{} holds {}; name that one, or another folder",
            from.display(),
            other.hub
        );
        return Err(refusal(name, reason));
    }
    let target = place(models, name)?;
    let aside = Aside::new(models, &name.in_one())?;
    progress.phase("copying the model", "复制模型");
    copy_model_files(from, &aside.dir, progress)?;
    let source = match told {
        Some(source) => {
            source.verify(&aside.dir, progress)?;
            source
        }
        None => Source::by_hand(name, &aside.dir, progress)?,
    };
    source.save(&aside.dir)?;
    replace(aside, &target)?;
    Ok(pulled(target, &source, "folder"))
}

/// What was fetched stays in `models/.OWNER--REPO.partial/REVISION` until it is whole, so that the next pull goes on.
fn from_hub(models: &Path, listing: &Listing, hub: &Hub, progress: &Progress) -> Result<Pulled, ModelError> {
    let in_shards = listing.check()?;
    let target = place(models, &listing.name)?;
    let partial = models.join(format!(".{}.partial", listing.name.in_one()));
    std::fs::create_dir_all(&partial).map_err(ModelError::io("create", &partial))?;
    let lock = partial.join("lock");
    let lock_file = File::create(&lock).map_err(ModelError::io("create", &lock))?;
    if lock_file.try_lock().is_err() {
        return Err(listing.refuse("another pull of it is under way; wait for that one".to_owned()));
    }
    forget_other_revisions(&partial, &listing.revision)?;
    let fetch = Fetch {
        dir: partial.join(&listing.revision),
        listing,
        hub,
        progress,
    };
    let config = fetch.text(&listing.file("config.json")?)?;
    if let Err(reason) = BertConfig::parse(&config) {
        remove(&partial)?;
        return Err(ModelError::Unsupported {
            dir: listing.name.to_string().into(),
            reason,
        });
    }
    let index = in_shards.then(|| fetch.text(&listing.file(INDEX)?)).transpose()?;
    let weights = listing.weights(index.as_deref())?;
    let source = Source {
        hub: listing.name.to_string(),
        revision: listing.revision.clone(),
        weights: weights
            .iter()
            .map(|file| (file.name.clone(), file.sha256.clone().unwrap_or_default()))
            .collect(),
        told_by_hub: true,
        licence: listing.licence.clone(),
        languages: listing.languages.clone(),
    };
    fetch.all(listing.beside().into_iter().chain(weights).collect(), models)?;
    inspect(&fetch.dir)?;
    source.save(&fetch.dir)?;
    if target.exists() {
        remove(&target)?;
    }
    std::fs::rename(&fetch.dir, &target).map_err(ModelError::io("create", &target))?;
    remove(&partial)?;
    Ok(pulled(target, &source, "hub"))
}

fn remove(dir: &Path) -> Result<(), ModelError> {
    std::fs::remove_dir_all(dir).map_err(ModelError::io("remove", dir))
}

/// The repository went on since: what was fetched of an earlier revision is of no use.
fn forget_other_revisions(partial: &Path, revision: &str) -> Result<(), ModelError> {
    for entry in std::fs::read_dir(partial).map_err(ModelError::io("list", partial))? {
        let path = entry.map_err(ModelError::io("list", partial))?.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != revision) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Files of one revision on their way into one folder.
struct Fetch<'a> {
    dir: PathBuf,
    listing: &'a Listing,
    hub: &'a Hub,
    progress: &'a Progress,
}

impl Fetch<'_> {
    /// A small file that must be read before anything large is fetched.
    fn text(&self, file: &HubFile) -> Result<String, ModelError> {
        self.one(file, (0.0, 0.0))?;
        let path = self.dir.join(&file.name);
        std::fs::read_to_string(&path).map_err(ModelError::io("read", &path))
    }

    fn all(&self, files: Vec<HubFile>, models: &Path) -> Result<(), ModelError> {
        let size = |file: &HubFile| file.size.unwrap_or(0);
        let there = |file: &HubFile| {
            let path = self.dir.join(&file.name);
            let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
            bytes(&path).max(bytes(&part_of(&path))).min(size(file))
        };
        let all: u64 = files.iter().map(size).sum();
        let missing = all - files.iter().map(there).sum::<u64>();
        self.check_room(missing, free_disk_bytes(models))?;
        let mut before = 0;
        for file in &files {
            let share = |bytes: u64| bytes as f64 / all.max(1) as f64;
            self.one(file, (share(before), share(before + size(file))))?;
            before += size(file);
        }
        Ok(())
    }

    fn check_room(&self, missing: u64, free: Option<u64>) -> Result<(), ModelError> {
        let needed = missing + ROOM_BYTES;
        match free.filter(|free| *free < needed) {
            Some(free) => Err(self.listing.refuse(format!(
                "it needs {:.1} GB more on the disk of the cache, where {:.1} GB are free; free some, or set \
                 TOUCHSTONE_CACHE to a folder on another disk",
                needed as f64 / 1e9,
                free as f64 / 1e9
            ))),
            None => Ok(()),
        }
    }

    /// Fetches and checks one file; a wrong one is removed.
    fn one(&self, file: &HubFile, span: (f64, f64)) -> Result<(), ModelError> {
        let (name, progress) = (&self.listing.name, self.progress);
        let path = self.dir.join(&file.name);
        let url = format!(
            "{}/{name}/resolve/{}/{}",
            self.hub.endpoint, self.listing.revision, file.name
        );
        progress.check()?;
        progress.phase(&format!("downloading {name}"), &format!("正在下载 {name}"));
        let fetched = download::fetch(&self.hub.agent, &url, &path, (span, progress));
        progress.check()?;
        fetched.map_err(|error| self.listing.refuse(format!("{}: {error}", file.name)))?;
        let wrong = self.check_file(file, &path)?;
        if let Some(wrong) = wrong {
            std::fs::remove_file(&path).map_err(ModelError::io("remove", &path))?;
            return Err(wrong);
        }
        progress.set(span.1);
        Ok(())
    }

    /// What is wrong with a fetched file.
    fn check_file(&self, file: &HubFile, path: &Path) -> Result<Option<ModelError>, ModelError> {
        let bytes = std::fs::metadata(path).map_err(ModelError::io("read", path))?.len();
        if let Some(told) = file.size.filter(|told| *told != bytes) {
            return Ok(Some(self.listing.refuse(format!(
                "{} has {bytes} bytes where the hub told {told}; it was removed, run it again",
                file.name
            ))));
        }
        let Some(expected) = &file.sha256 else { return Ok(None) };
        self.progress.phase("checking the model", "检查模型");
        let found = sha256_of_file(path, self.progress)?;
        Ok((found != *expected).then(|| ModelError::HashMismatch {
            path: path.to_owned(),
            expected: expected.clone(),
            found,
        }))
    }
}
