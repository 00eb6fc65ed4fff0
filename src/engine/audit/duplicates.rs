//! Exact duplicate rows over all columns.
//!
//! In: row hashes of the context. Out: `Duplicates`.
//! Invariant: rows with equal hashes are compared cell by cell, so a hash collision makes no duplicate.

use super::context::Context;
use crate::engine::progress::Cancelled;
use rayon::prelude::*;

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
    /// Partitions rows by hash, sorts each part, and verifies every candidate.
    pub fn find(context: &Context<'_>) -> Result<Self, Cancelled> {
        context.progress.check()?;
        let parts = partition(context);
        context.progress.check()?;
        let groups: Vec<Vec<u32>> = parts
            .into_par_iter()
            .flat_map_iter(|part| groups_in(context, part))
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

const PART_BITS: u32 = 8;

fn partition(context: &Context<'_>) -> Vec<Vec<(u64, u32)>> {
    let rows = context.num_rows();
    let mut parts: Vec<Vec<(u64, u32)>> = (0..1usize << PART_BITS)
        .map(|_| Vec::with_capacity(rows >> PART_BITS))
        .collect();
    for row in 0..rows {
        let hash = context.row_hash(row);
        parts[(hash >> (u64::BITS - PART_BITS)) as usize].push((hash, row as u32));
    }
    parts
}

/// Groups of equal rows in one part, members ascending.
fn groups_in(context: &Context<'_>, mut part: Vec<(u64, u32)>) -> Vec<Vec<u32>> {
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
