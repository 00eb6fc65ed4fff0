//! Logs larger than memory: once switched on, large blocks of memory lie in files that the system pages in and out.
//!
//! In: the bytes about to be read and how much memory may be used. Invariant: nothing is computed differently;
//! only where the bytes of a column lie changes, so figures stay exact. Linux only; elsewhere nothing is spilled.

#[cfg(target_os = "linux")]
mod allocator;
#[cfg(target_os = "linux")]
mod blocks;
#[cfg(target_os = "linux")]
mod watch;

#[cfg(target_os = "linux")]
pub use allocator::SpillingAllocator;

use std::io;
use std::path::{Path, PathBuf};

/// Bytes of memory that reading and auditing takes for one byte of a plain file; measured at 1.2, with room to spare.
const NEED_PER_BYTE: u64 = 2;
/// The same for a byte of a packed file; CSV packs to a fifth or a tenth.
const NEED_PER_PACKED_BYTE: u64 = 16;
/// Of the memory that is free, the share this program takes before it turns to the disk.
const SHARE_OF_FREE: f64 = 0.7;

/// How a log of some size will be held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// All of it in memory.
    InMemory,
    /// Large columns in files of this folder, so that about `budget` bytes of memory are used.
    Spilling { folder: PathBuf, budget: u64 },
}

/// Switches spilling on if these files will probably not fit, and says what was decided.
///
/// `limit` is the memory to keep to in bytes; without it, most of what is free at the moment.
///
/// # Errors
/// Spilling is needed and the folder cannot be written to.
pub fn prepare(files: &[PathBuf], limit: Option<u64>) -> io::Result<Plan> {
    let budget = limit.unwrap_or_else(|| (free_memory() as f64 * SHARE_OF_FREE) as u64);
    if need(files) <= budget {
        return Ok(Plan::InMemory);
    }
    let folder = dirs::cache_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("touchstone")
        .join("spill");
    match switch_on(&folder, budget)? {
        true => Ok(Plan::Spilling { folder, budget }),
        false => Ok(Plan::InMemory),
    }
}

/// Bytes of memory the files will probably need.
fn need(files: &[PathBuf]) -> u64 {
    files.iter().map(|file| need_of(file)).sum()
}

fn need_of(path: &Path) -> u64 {
    let Ok(about) = path.metadata() else { return 0 };
    if about.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        return entries.map(|entry| need_of(&entry.path())).sum();
    }
    let packed = path
        .extension()
        .is_some_and(|extension| extension == "gz" || extension == "zst" || extension == "parquet");
    about.len() * if packed { NEED_PER_PACKED_BYTE } else { NEED_PER_BYTE }
}

/// Bytes of memory that are free for what only saves time; none while large blocks lie in files.
pub fn to_spare() -> u64 {
    if is_spilling() { 0 } else { free_memory() }
}

#[cfg(target_os = "linux")]
fn is_spilling() -> bool {
    blocks::is_on()
}

#[cfg(not(target_os = "linux"))]
fn is_spilling() -> bool {
    false
}

/// Free memory in bytes, of the machine or of the group of processes this one is held in.
fn free_memory() -> u64 {
    let refresh = sysinfo::MemoryRefreshKind::nothing().with_ram();
    let system = sysinfo::System::new_with_specifics(sysinfo::RefreshKind::nothing().with_memory(refresh));
    let group = system.cgroup_limits().map_or(u64::MAX, |limits| limits.free_memory);
    system.available_memory().min(group)
}

/// Spills from now on; false where the system cannot.
#[cfg(target_os = "linux")]
fn switch_on(folder: &Path, budget: u64) -> io::Result<bool> {
    std::fs::create_dir_all(folder)?;
    blocks::open_folder(folder)?;
    watch::start(budget)?;
    Ok(true)
}

#[cfg(not(target_os = "linux"))]
fn switch_on(_folder: &Path, _budget: u64) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_in_memory() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("log.csv");
        std::fs::write(&file, vec![b'a'; 1000]).expect("written");
        assert_eq!(need(std::slice::from_ref(&file)), 2000);
        assert_eq!(need(&[folder.path().to_owned()]), 2000);
        let packed = folder.path().join("log.csv.gz");
        std::fs::write(&packed, vec![b'a'; 10]).expect("written");
        assert_eq!(need(&[packed]), 160);
        assert_eq!(prepare(&[file], Some(2000)).expect("decided"), Plan::InMemory);
        assert!(free_memory() > 1 << 20);
    }
}
