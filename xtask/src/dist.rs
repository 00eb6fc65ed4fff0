//! `dist`: a folder that runs on a machine without Rust.
//!
//! Invariant: the program in it is started with an empty environment before the folder is called done,
//! and libtorch came from the folder itself.

use crate::failure::{Context as _, Failure, Result};
use crate::places::{BASE_MODEL, Places};
use crate::process::succeeds;
use crate::run;
use crate::setup::{self, Needs};
use std::env::consts::{ARCH, EXE_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Files and folders of the repository that go along as they are.
const FROM_REPOSITORY: [&str; 4] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "sample_data"];

pub fn run(places: &Places) -> Result<ExitCode> {
    setup::ensure(places, Needs::Run)?;
    setup::ensure_licenses(places)?;
    run::build(places)?;
    let version = version(&places.repository)?;
    let folder = places
        .repository
        .join("dist")
        .join(format!("touchstone-{version}-{OS}-{ARCH}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).context(|| format!("cannot remove {}", folder.display()))?;
    }
    let program = fill(places, &folder)?;
    for program in [program, torch_program(&folder)] {
        starts_alone(&program, &folder)?;
    }
    println!("{} ({} MB)", folder.display(), bytes_in(&folder)? / 1_000_000);
    Ok(ExitCode::SUCCESS)
}

fn fill(places: &Places, folder: &Path) -> Result<PathBuf> {
    let program = folder.join(format!("touchstone{EXE_SUFFIX}"));
    copy(&places.program(), &program)?;
    copy(&places.torch_program(), &torch_program(folder))?;
    // Windows looks for libraries beside the program, the others where the program says: in `lib`.
    let libraries = if cfg!(windows) {
        folder.to_path_buf()
    } else {
        folder.join("lib")
    };
    copy(&places.libtorch().join("lib"), &libraries)?;
    copy(
        &places.libtorch().join("build-version"),
        &libraries.join("build-version"),
    )?;
    copy(&places.base_model(), &folder.join("models").join(BASE_MODEL))?;
    copy(&places.libtorch_licenses(), &folder.join("licenses"))?;
    for name in FROM_REPOSITORY {
        copy(&places.repository.join(name), &folder.join(name))?;
    }
    Ok(program)
}

fn torch_program(folder: &Path) -> PathBuf {
    folder.join(format!("touchstone-torch{EXE_SUFFIX}"))
}

/// Copies a file or a whole folder; symbolic links become what they point to.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let context = || format!("cannot copy {} to {}", from.display(), to.display());
    if !from.is_dir() {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).context(context)?;
        }
        fs::copy(from, to).context(context)?;
        return Ok(());
    }
    fs::create_dir_all(to).context(context)?;
    for entry in fs::read_dir(from).context(context)? {
        let entry = entry.context(context)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Starts the program with nothing in its environment and looks where its libraries come from.
fn starts_alone(program: &Path, folder: &Path) -> Result<()> {
    if !succeeds(Command::new(program).env_clear().arg("--version")) {
        return Err(Failure::new(format!(
            "{} does not start with an empty environment",
            program.display()
        )));
    }
    if cfg!(target_os = "linux") {
        let output = Command::new("ldd").env("LD_LIBRARY_PATH", "").arg(program).output();
        let output = output.context(|| "cannot start ldd".to_owned())?;
        let listed = String::from_utf8_lossy(&output.stdout);
        if let Some(line) = loaded_from_elsewhere(&listed, folder) {
            return Err(Failure::new(format!(
                "the distribution takes a library from this machine: {line}"
            )));
        }
    }
    Ok(())
}

/// The first line of `ldd` by which a library of libtorch is not the one in the folder.
fn loaded_from_elsewhere<'a>(listed: &'a str, folder: &Path) -> Option<&'a str> {
    let ours = ["libtorch", "libc10", "libgomp", "libcudart", "libcupti"];
    listed.lines().map(str::trim).find(|line| {
        let (name, path) = line.split_once(" => ").unwrap_or((line, ""));
        ours.iter().any(|our| name.starts_with(our)) && !Path::new(path).starts_with(folder)
    })
}

fn bytes_in(folder: &Path) -> Result<u64> {
    let context = || format!("cannot read {}", folder.display());
    let mut bytes = 0;
    for entry in fs::read_dir(folder).context(context)? {
        let path = entry.context(context)?.path();
        bytes += if path.is_dir() {
            bytes_in(&path)?
        } else {
            fs::metadata(&path).context(context)?.len()
        };
    }
    Ok(bytes)
}

/// `version` of the package `touchstone`.
fn version(repository: &Path) -> Result<String> {
    let file = repository.join("Cargo.toml");
    let manifest = fs::read_to_string(&file).context(|| format!("cannot read {}", file.display()))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = "));
    let version = line.map(|value| value.trim_matches('"').to_owned());
    version.ok_or_else(|| Failure::new(format!("{} has no line `version = …`", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_of_this_machine_are_noticed() {
        let folder = Path::new("/dist/touchstone");
        let good =
            "\tlibtorch_cpu.so => /dist/touchstone/lib/libtorch_cpu.so (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n";
        assert_eq!(loaded_from_elsewhere(good, folder), None);
        let cached = "\tlibc10.so => /opt/torch/lib/libc10.so (0x1)\n";
        assert_eq!(loaded_from_elsewhere(cached, folder), Some(cached.trim()));
        assert!(loaded_from_elsewhere("\tlibgomp.so.1 => not found\n", folder).is_some());
    }
}
