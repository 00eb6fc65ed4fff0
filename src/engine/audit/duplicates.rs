//! Exact duplicate rows over all columns.
//!
//! In: row hashes of the context. Out: `Duplicates`.
//! Invariant: rows with equal hashes are compared cell by cell, so a hash collision makes no duplicate.

use super::context::Context;
use crate::engine::progress::Cancelled;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Duplicate rows in the three definitions other tools use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Groups of equal rows with at least two members (ydata-profiling counts these).
    pub groups: u64,
    /// Rows in such groups (Deequ counts these).
    pub rows_in_groups: u64,
    /// All rows but the first of each group, ascending (pandas and deepchecks count these).
    pub surplus: Vec<u32>,
    /// How many groups have 2, 3, 4, … members; index 0 is two.
    pub groups_by_size: Vec<u64>,
}

impl Duplicates {
    /// Partitions rows by hash (equal rows have equal hashes), sorts each part, and verifies every candidate.
    pub fn find(context: &Context<'_>, hashes: &[AtomicU64]) -> Result<Self, Cancelled> {
        context.progress.check()?;
        let (rows, starts) = partition(hashes);
        context.progress.check()?;
        let parts: Vec<&[u32]> = starts
            .windows(2)
            .map(|bounds| &rows[bounds[0] as usize..bounds[1] as usize])
            .collect();
        let groups: Vec<Vec<u32>> = parts
            .into_par_iter()
            .flat_map_iter(|part| groups_in(context, hashes, part))
            .collect();
        context.progress.check()?;
        let mut out = Self::default();
        for group in &groups {
            out.groups += 1;
            out.rows_in_groups += group.len() as u64;
            out.surplus.extend_from_slice(&group[1..]);
            let place = group.len() - 2;
            if out.groups_by_size.len() <= place {
                out.groups_by_size.resize(place + 1, 0);
            }
            out.groups_by_size[place] += 1;
        }
        out.surplus.sort_unstable();
        Ok(out)
    }

    pub fn is_surplus(&self, row: u32) -> bool {
        self.surplus.binary_search(&row).is_ok()
    }
}

/// A part's hashes are sorted at a time; few enough parts that writing to all of them at once stays in the cache.
const PART_BITS: u32 = 8;

fn part_of(hash: &AtomicU64) -> usize {
    (hash.load(Ordering::Relaxed) >> (u64::BITS - PART_BITS)) as usize
}

/// Rows by part, ascending within each, and where each part starts.
fn partition(hashes: &[AtomicU64]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; (1 << PART_BITS) + 1];
    for hash in hashes {
        starts[part_of(hash) + 1] += 1;
    }
    for part in 1..starts.len() {
        starts[part] += starts[part - 1];
    }
    let mut next = starts.clone();
    let mut rows = vec![0_u32; hashes.len()];
    for (row, hash) in hashes.iter().enumerate() {
        let place = &mut next[part_of(hash)];
        rows[*place as usize] = row as u32;
        *place += 1;
    }
    (rows, starts)
}

/// Groups of equal rows in one part, members ascending.
fn groups_in(context: &Context<'_>, hashes: &[AtomicU64], rows: &[u32]) -> Vec<Vec<u32>> {
    let hashed = rows
        .iter()
        .map(|&row| (hashes[row as usize].load(Ordering::Relaxed), row));
    let mut part: Vec<(u64, u32)> = hashed.collect();
    part.sort_unstable();
    let mut out = Vec::new();
    for candidates in part
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|candidates| candidates.len() > 1)
    {
        let mut classes: Vec<Vec<u32>> = Vec::new();
        for &(_, row) in candidates {
            match classes
                .iter_mut()
                .find(|class| context.same_rows(class[0] as usize, row as usize))
            {
                Some(class) => class.push(row),
                None => classes.push(vec![row]),
            }
        }
        out.extend(classes.into_iter().filter(|class| class.len() > 1));
    }
    out
}
