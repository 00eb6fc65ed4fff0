//! B08: exposures and clicks whose place in the list is missing.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;
use hashbrown::HashSet;

/// Exposure without position (B08)
///
/// ## What it checks
/// Views, exposures and clicks without a position, for event types of which at least 80 % of the rows have one.
///
/// ## Why it matters
/// Position is what corrects for the bias of the list: without it the row cannot be weighted, and leaving it out
/// favours what stands at the top.
///
/// ## Example
/// 96 of 14,800 views have no position.
///
/// ## Proposed fix
/// None: drop the rows where position bias is modelled.
pub struct ExposureWithoutPosition(OddRows);

impl Violation for ExposureWithoutPosition {
    const INFO: RuleInfo = RuleInfo {
        code: "B08",
        name_en: "Exposure without position",
        name_zh: "缺少位置的曝光",
        dimension: Dimension::Behaviour,
        source: include_str!("exposure_without_position.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("views, exposures and clicks", "浏览、曝光和点击", "次"),
            "have no position in the list",
            "没有列表位置",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Without position the row cannot be corrected for the bias of the list.",
            "没有位置就无法校正列表的位置偏差。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Event types of which at least 80 % of the rows have a position are shown in lists.",
            "该类事件至少 80 % 的行有位置，说明来自列表。",
        )
    }
}

const FILLED_SHARE: f64 = 0.8;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(event), Some(cells)) = (&context.log.event, context.cells(Role::Position)) else {
        return Ok(Outcome::missing_roles("event and position", "事件、位置"));
    };
    let in_lists = context.event_codes(&[EventKind::View, EventKind::Click, EventKind::Exposure]);
    let Some(index) = context.dataset.column_with_role(Role::Position) else {
        return Ok(Outcome::missing_roles("position", "位置"));
    };
    // A cell that did not parse is not missing.
    let invalid = context.dataset.invalid.iter().filter(|cell| cell.column == index);
    let invalid: HashSet<u64> = invalid.map(|cell| cell.row).collect();
    let mut empty: Vec<Vec<u32>> = vec![Vec::new(); event.num];
    for (row, &code) in event.codes.iter().enumerate() {
        let is_empty = cells.is_null(row) && !invalid.contains(&(row as u64));
        if is_empty && in_lists.contains(&code) {
            empty[code as usize].push(row as u32);
        }
    }
    context.progress.check()?;
    let counts = event.counts();
    let (mut all, mut rows) = (0_u64, Vec::new());
    for code in in_lists {
        let (total, empty) = (u64::from(counts[code as usize]), &empty[code as usize]);
        if (total - empty.len() as u64) as f64 >= FILLED_SHARE * total as f64 {
            all += total;
            rows.extend_from_slice(empty);
        }
    }
    let column = context.column_name(Role::Position);
    let outcome = odd_log_rows(
        context,
        (rows, all),
        column.as_deref(),
        Severity::Warning,
        ExposureWithoutPosition,
    );
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_events_that_come_from_lists() {
        let mut events = vec![Some("view"); 10];
        events.extend([Some("purchase"); 2]);
        let mut positions: Vec<Option<i64>> = (1..=10).map(Some).collect();
        positions.extend([None; 2]);
        positions[3] = None;
        let data = table(vec![("event", Col::S(events)), ("position", Col::I(positions))]);
        assert_eq!(findings(&data, "B08")[0].rows.as_slice(), [3]);
    }
}
