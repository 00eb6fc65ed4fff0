//! Is libtorch there, and is it the version the program was made for?

use super::{Check, State};
use crate::engine::artifact::Bilingual;
use crate::engine::torch_program;
use std::path::{Path, PathBuf};

/// The release tch is made for.
pub const EXPECTED: &str = "2.11.0";

const LIBRARY: &str = if cfg!(windows) {
    "torch_cpu.dll"
} else if cfg!(target_os = "macos") {
    "libtorch_cpu.dylib"
} else {
    "libtorch_cpu.so"
};

pub fn check() -> Check {
    let answer = torch_program::report();
    if answer.is_none() {
        let found = Bilingual::new("this build has no libtorch", "此版本不含 libtorch");
        return Check::new("libtorch", title(), State::Missing, found).mend(
            "Take a build with the feature `torch` to fine-tune and score; everything else works.",
            "如需微调和打分，请使用启用了 `torch` 特性的版本；其他功能不受影响。",
        );
    }
    if let Some(Err(why)) = answer {
        let found = Bilingual::new(
            format!("libtorch does not load: {why}"),
            format!("libtorch 无法加载：{why}"),
        );
        return Check::new("libtorch", title(), State::Missing, found).mend(
            "Run `cargo xtask setup`, or put libtorch into the folder `lib` beside the program.",
            "请运行 `cargo xtask setup`，或将 libtorch 放入程序旁边的 `lib` 文件夹。",
        );
    }
    match folder() {
        Some(folder) => judge(&folder, version(&folder).as_deref()),
        None => {
            let found = Bilingual::new(format!("{LIBRARY} was not found"), format!("未找到 {LIBRARY}"));
            Check::new("libtorch", title(), State::Missing, found).mend(
                "Run `cargo xtask setup`, or put libtorch into the folder `lib` beside the program.",
                "请运行 `cargo xtask setup`，或将 libtorch 放入程序旁边的 `lib` 文件夹。",
            )
        }
    }
}

fn title() -> Bilingual {
    Bilingual::new("libtorch", "libtorch")
}

fn judge(folder: &Path, version: Option<&str>) -> Check {
    let place = folder.display();
    let (state, found) = match version {
        Some(EXPECTED) => (
            State::Ok,
            Bilingual::new(format!("{EXPECTED} in {place}"), format!("{EXPECTED}，位于 {place}")),
        ),
        Some(other) => (
            State::Warning,
            Bilingual::new(
                format!("{other} in {place}, the program was made for {EXPECTED}"),
                format!("{place} 中为 {other}，程序需要 {EXPECTED}"),
            ),
        ),
        None => (
            State::Warning,
            Bilingual::new(
                format!("of unknown version in {place}"),
                format!("位于 {place}，版本未知"),
            ),
        ),
    };
    let check = Check::new("libtorch", title(), state, found)
        .fact("folder", place.to_string())
        .fact("version", version)
        .fact("expected_version", EXPECTED);
    if state == State::Ok {
        return check;
    }
    check.mend(
        format!("Run `cargo xtask setup`, which fetches libtorch {EXPECTED}; unset LIBTORCH if it names another one."),
        format!("请运行 `cargo xtask setup` 获取 libtorch {EXPECTED}；如果 LIBTORCH 指向其他版本，请取消设置。"),
    )
}

/// The folder libtorch is loaded from, or else the first where it would be found.
pub fn folder() -> Option<PathBuf> {
    let loaded = torch_program::report()
        .and_then(Result::ok)
        .and_then(|report| report.folder);
    loaded.or_else(|| candidates().into_iter().find(|folder| folder.join(LIBRARY).is_file()))
}

/// The folder libtorch lies in that this process has loaded.
pub fn loaded_folder() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    folder_in_maps(&maps, LIBRARY)
}

/// Beside the program, in `LIBTORCH`, in the cache.
pub fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(beside) = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(Path::to_path_buf))
    {
        folders.push(beside.join("lib"));
        folders.push(beside);
    }
    folders.extend(std::env::var_os("LIBTORCH").map(|folder| PathBuf::from(folder).join("lib")));
    if let Some(cache) = super::storage::cache() {
        folders.push(cache.join(format!("libtorch-{EXPECTED}-cpu")).join("lib"));
    }
    folders
}

/// The folder of `library` in the text of `/proc/self/maps`, whose last column is the file.
fn folder_in_maps(maps: &str, library: &str) -> Option<PathBuf> {
    let file = maps
        .lines()
        .filter_map(|line| line.find('/').map(|start| Path::new(&line[start..])));
    let found = file
        .into_iter()
        .find(|file| file.file_name().is_some_and(|name| name == library))?;
    found.parent().map(Path::to_path_buf)
}

/// What the file `build-version` says, in the folder or the one above it.
fn version(folder: &Path) -> Option<String> {
    let places = [Some(folder), folder.parent()];
    let text = places
        .into_iter()
        .flatten()
        .find_map(|place| std::fs::read_to_string(place.join("build-version")).ok());
    text.map(|text| text.trim().split('+').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaded_library_is_found_in_the_memory_map() {
        let maps = "7f00-7f01 r--p 00000000 08:01 42  /usr/lib/libc.so.6\n7f02-7f03 rw-p 00000000 00:00 0 \n\
                    7f04-7f05 r-xp 00001000 08:01 43  /a folder/lib/libtorch_cpu.so\n";
        assert_eq!(
            folder_in_maps(maps, "libtorch_cpu.so").as_deref(),
            Some(Path::new("/a folder/lib"))
        );
        assert_eq!(folder_in_maps(maps, "libtorch.so"), None);
    }

    #[test]
    fn another_version_is_a_warning_that_names_both() {
        let check = judge(Path::new("/x/lib"), Some("2.9.1"));
        assert_eq!(check.state, State::Warning);
        assert!(check.found.en.contains("2.9.1") && check.found.en.contains(EXPECTED));
        assert_eq!(judge(Path::new("/x/lib"), Some(EXPECTED)).state, State::Ok);
        assert_eq!(judge(Path::new("/x/lib"), None).state, State::Warning);
    }

    #[test]
    fn the_version_is_read_without_its_build_suffix() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("build-version"), "2.11.0+cu130\n").expect("can write");
        let lib = folder.path().join("lib");
        std::fs::create_dir(&lib).expect("can make a folder");
        assert_eq!(version(&lib).as_deref(), Some("2.11.0"));
    }
}
