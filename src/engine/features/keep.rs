//! Fewer examples where the user wants at most so many: whole groups, drawn by the seed.

use super::build::group_of;
use super::config::{FeatureConfig, GroupBy};
use super::events::Events;
use super::label::Examples;
use crate::engine::random::mix64;

/// Keeps whole groups, in an order drawn from the seed, until `max_rows` would be passed (the first group always stays).
pub(super) fn keep_at_most(events: &Events<'_>, found: &mut Examples, group: Option<GroupBy>, config: &FeatureConfig) {
    let Some(most) = config.max_rows.filter(|most| found.rows.len() > *most) else {
        return;
    };
    // A row without group is a group of its own.
    let key = |row: u32| match group_of(events, group, row as usize) {
        Some(code) => u64::from(code),
        None => 1 << 40 | u64::from(row),
    };
    let mut order: Vec<(u64, u64, usize)> = found
        .rows
        .iter()
        .enumerate()
        .map(|(at, &row)| (mix64(config.seed ^ mix64(key(row))), key(row), at))
        .collect();
    order.sort_unstable();
    let mut keep = vec![false; found.rows.len()];
    let mut kept = 0;
    for rows in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if kept > 0 && kept + rows.len() > most {
            break;
        }
        kept += rows.len();
        rows.iter().for_each(|(_, _, at)| keep[*at] = true);
    }
    found.dropped.sampled_out = (found.rows.len() - kept) as u64;
    retain(found, &keep);
}

/// Drops the examples whose flag is not set.
pub(super) fn retain(found: &mut Examples, keep: &[bool]) {
    let mut flags = keep.iter();
    found.rows.retain(|_| flags.next().copied().unwrap_or(false));
    let mut flags = keep.iter();
    found.labels.retain(|_| flags.next().copied().unwrap_or(false));
}
