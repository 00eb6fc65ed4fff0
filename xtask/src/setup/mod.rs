//! `setup`: everything a bare machine lacks, fetched once into the user's cache folder.
//!
//! Invariant: a second run only looks at files and does nothing, in well under a second.

mod cargo_config;
mod libtorch;
mod libtorch_wheels;
mod model;
#[cfg(test)]
mod scratch;
mod system;
mod wheel;

use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the set-up is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Run,
    /// A virtual screen and the tools that drive a window, on top of what running needs.
    Test,
}

/// The command `setup [--tests]`.
pub fn run(places: &Places, words: &[String]) -> Result<ExitCode> {
    let needs = match words {
        [] => Needs::Run,
        [word] if word == "--tests" => Needs::Test,
        _ => return Err(Failure::new("usage: cargo xtask setup [--tests]")),
    };
    ensure(places, needs)?;
    println!("Everything is set up. libtorch: {}", places.libtorch().display());
    Ok(ExitCode::SUCCESS)
}

/// Fetches what is missing. Two set-ups at once: the second waits and then finds all in place.
pub fn ensure(places: &Places, needs: Needs) -> Result<()> {
    fs::create_dir_all(&places.cache).context(|| format!("cannot make {}", places.cache.display()))?;
    let _lock = lock(&places.cache.join("setup.lock"))?;
    let to_fetch = !libtorch::is_complete(places) || !model::is_complete(places);
    system::ensure(needs, to_fetch)?;
    libtorch::ensure(places)?;
    model::ensure(places)?;
    cargo_config::write(places)
}

/// libtorch's licence texts, which a distribution must carry.
pub fn ensure_licenses(places: &Places) -> Result<()> {
    let _lock = lock(&places.cache.join("setup.lock"))?;
    libtorch::ensure_licenses(places)
}

/// Held until dropped; the system lets go of it when the process ends in whatever way.
fn lock(path: &Path) -> Result<File> {
    let context = || format!("cannot lock {}", path.display());
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .context(context)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            println!("Another set-up is at work; waiting for it.");
            file.lock().context(context)?;
        }
        Err(TryLockError::Error(error)) => return Err(Failure::new(format!("{}: {error}", context()))),
    }
    Ok(file)
}

/// A folder that is filled under another name and appears under its own only when it is complete.
pub struct Unfinished {
    temporary: PathBuf,
    finished: PathBuf,
}

impl Unfinished {
    /// Starts anew; what an interrupted set-up left is removed. The caller holds the lock.
    pub fn begin(finished: &Path) -> Result<Self> {
        let mut name = finished.file_name().unwrap_or_default().to_os_string();
        name.push(".partial");
        let temporary = finished.with_file_name(name);
        remove_folder(&temporary)?;
        fs::create_dir_all(&temporary).context(|| format!("cannot make {}", temporary.display()))?;
        Ok(Self {
            temporary,
            finished: finished.to_path_buf(),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.temporary
    }

    /// Gives the folder its name, in place of a damaged one if there is one.
    pub fn finish(self) -> Result<()> {
        remove_folder(&self.finished)?;
        fs::rename(&self.temporary, &self.finished).context(|| {
            format!(
                "cannot rename {} to {}",
                self.temporary.display(),
                self.finished.display()
            )
        })
    }
}

fn remove_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use scratch::Scratch;

    #[test]
    fn a_folder_appears_complete_and_replaces_a_damaged_one() {
        let scratch = Scratch::new("unfinished");
        let finished = scratch.path().join("libtorch");
        fs::create_dir(&finished).expect("can make a folder");
        fs::write(finished.join("damaged"), "").expect("can write");
        let interrupted = Unfinished::begin(&finished).expect("can begin");
        fs::write(interrupted.folder().join("half"), "").expect("can write");
        drop(interrupted);

        let second = Unfinished::begin(&finished).expect("can begin again");
        assert!(!second.folder().join("half").exists(), "what was interrupted is gone");
        fs::write(second.folder().join("whole"), "").expect("can write");
        assert!(
            finished.join("damaged").exists(),
            "untouched until the new one is complete"
        );
        second.finish().expect("can finish");
        let names: Vec<_> = fs::read_dir(&finished)
            .expect("it is there")
            .flatten()
            .map(|file| file.file_name())
            .collect();
        assert_eq!(names, ["whole"]);
    }

    #[test]
    fn a_second_set_up_waits_for_the_first() {
        let scratch = Scratch::new("lock");
        let path = scratch.path().join("setup.lock");
        let first = lock(&path).expect("nobody else has it");
        let other = File::open(&path).expect("the file is there");
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(first);
        assert!(other.try_lock().is_ok());
    }
}
