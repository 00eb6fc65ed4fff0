//! Keeps the process near its budget: blocks in files leave memory before the budget is exceeded.
//!
//! The system would write them out as well, but only once the whole machine is short of memory.

use super::blocks;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The budget in bytes; 0 while nothing is watched.
static BUDGET: AtomicU64 = AtomicU64::new(0);
/// Short against the time it takes to touch a tenth of a budget.
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);
/// Pages are dropped from this share of the budget on …
const HIGH: f64 = 0.85;
/// … until this share is reached.
const LOW: f64 = 0.7;
/// Dropped between two looks at the process's size.
const STEP_BYTES: usize = 256 << 20;
const PAGE: u64 = 4096;

/// Watches from now on; a later budget replaces the first.
pub fn start(budget: u64) -> io::Result<()> {
    if BUDGET.swap(budget.max(1), Ordering::Relaxed) > 0 {
        return Ok(());
    }
    std::thread::Builder::new()
        .name("memory-watch".to_owned())
        .spawn(watch)
        .map(drop)
}

fn watch() {
    let mut place = 0;
    loop {
        std::thread::sleep(BETWEEN_LOOKS);
        let budget = BUDGET.load(Ordering::Relaxed) as f64;
        let Some(mut resident) = resident() else { return };
        if resident as f64 <= HIGH * budget {
            continue;
        }
        while resident as f64 > LOW * budget {
            place = blocks::release(place, STEP_BYTES);
            match self::resident() {
                // What is left is no block of files.
                Some(now) if now >= resident => break,
                Some(now) => resident = now,
                None => return,
            }
        }
    }
}

/// Bytes of the process in memory.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}
