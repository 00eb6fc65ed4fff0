//! The cache folder shared by all projects, the room left on its disk, and the base models in it.

use super::{Check, State, gigabytes, native};
use crate::engine::artifact::Bilingual;
use std::path::{Path, PathBuf};

/// A base model, a run with its checkpoints and a table of a few million rows fit into this.
const ENOUGH_FREE_BYTES: u64 = 5_000_000_000;

/// `touchstone` in the user's cache folder; it need not exist.
pub fn cache() -> Option<PathBuf> {
    dirs::cache_dir().map(|folder| folder.join("touchstone"))
}

pub fn cache_folder() -> Check {
    let title = Bilingual::new("Cache folder", "缓存文件夹");
    let Some(folder) = cache() else {
        let found = Bilingual::new("the user has no cache folder", "当前用户没有缓存文件夹");
        return Check::new("cache", title, State::Missing, found).mend(
            "Set HOME, or XDG_CACHE_HOME, to a folder that can be written.",
            "请将 HOME 或 XDG_CACHE_HOME 设置为可写的文件夹。",
        );
    };
    // The folder is made when it is first needed; until then the disk of the one above it counts.
    let existing = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(&folder);
    let free = native::free_bytes(existing);
    let writable = std::fs::metadata(existing).is_ok_and(|folder| !folder.permissions().readonly());
    judge_cache(&folder, free, writable)
}

fn judge_cache(folder: &Path, free: Option<u64>, writable: bool) -> Check {
    let title = Bilingual::new("Cache folder", "缓存文件夹");
    let place = folder.display().to_string();
    let room = free.map_or_else(|| "?".to_owned(), gigabytes);
    let found = Bilingual::new(format!("{place}, {room} free"), format!("{place}，剩余空间 {room}"));
    let check = |state| {
        Check::new("cache", title, state, found)
            .fact("folder", place.clone())
            .fact("free_bytes", free)
    };
    if !writable {
        return check(State::Missing).mend(
            format!("Make {place} writable, or set XDG_CACHE_HOME to another folder."),
            format!("请使 {place} 可写，或将 XDG_CACHE_HOME 设置为其他文件夹。"),
        );
    }
    if free.is_some_and(|free| free < ENOUGH_FREE_BYTES) {
        return check(State::Warning).mend(
            format!(
                "Free some disk: models and runs need about {}.",
                gigabytes(ENOUGH_FREE_BYTES)
            ),
            format!("请清理磁盘：模型和训练任务约需 {}。", gigabytes(ENOUGH_FREE_BYTES)),
        );
    }
    check(State::Ok)
}

pub fn base_models() -> Check {
    let mut folders: Vec<PathBuf> = cache().map(|folder| folder.join("models")).into_iter().collect();
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(|folder| folder.join("models")));
    folders.extend(beside);
    let mut names: Vec<String> = folders.iter().flat_map(|folder| models_in(folder)).collect();
    names.sort();
    names.dedup();
    judge_models(names)
}

fn judge_models(names: Vec<String>) -> Check {
    let title = Bilingual::new("Base models", "基础模型");
    if names.is_empty() {
        let found = Bilingual::new("none in the cache", "缓存中没有基础模型");
        return Check::new("base_models", title, State::Missing, found).mend(
            "Run `touchstone models pull minilm-l6`, or import a folder: `touchstone models import DIR`.",
            "请运行 `touchstone models pull minilm-l6`，或导入本地文件夹：`touchstone models import DIR`。",
        );
    }
    let listed = names.join(", ");
    Check::new("base_models", title, State::Ok, Bilingual::new(listed.clone(), listed)).fact("models", names)
}

/// Folders with a configuration and weights.
fn models_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let complete = |path: &Path| path.join("config.json").is_file() && path.join("model.safetensors").is_file();
    entries
        .filter(|entry| complete(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_warns_and_a_closed_folder_fails() {
        let folder = Path::new("/c");
        assert_eq!(judge_cache(folder, Some(50_000_000_000), true).state, State::Ok);
        assert_eq!(judge_cache(folder, Some(1_000_000_000), true).state, State::Warning);
        assert_eq!(judge_cache(folder, Some(50_000_000_000), false).state, State::Missing);
        assert_eq!(judge_cache(folder, None, true).state, State::Ok);
    }

    #[test]
    fn only_complete_models_count() {
        let cache = tempfile::tempdir().expect("a temporary folder");
        let model = cache.path().join("minilm-l6");
        std::fs::create_dir(&model).expect("can make a folder");
        std::fs::write(model.join("config.json"), "{}").expect("can write");
        assert!(models_in(cache.path()).is_empty());
        std::fs::write(model.join("model.safetensors"), "").expect("can write");
        assert_eq!(models_in(cache.path()), ["minilm-l6"]);
        assert_eq!(judge_models(Vec::new()).state, State::Missing);
    }
}
