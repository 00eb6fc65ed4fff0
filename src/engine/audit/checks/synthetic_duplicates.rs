//! U04: events that share their identifier but not their content.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::column_words::name_has;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::repeated_ids::repeated_ids;
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Event told twice under one identifier (U04)
///
/// ## What it checks
/// In a log of events with a column of event identifiers (named like `event_id` or `insert_id`, at least 95 %
/// different): later rows that repeat an identifier with other content. Exact copies belong to U01.
///
/// ## Why it matters
/// A retry or a second pipeline told the event again, changed on its way. Copies that differ survive every exact
/// deduplication and double the event.
///
/// ## Example
/// Event `e7f3` at 10:00:00, and again at 10:00:41.
///
/// ## Proposed fix
/// Keep the first row of each identifier.
pub struct SyntheticDuplicates(OddRows);

impl Violation for SyntheticDuplicates {
    const INFO: RuleInfo = RuleInfo {
        code: "U04",
        name_en: "Event told twice under one identifier",
        name_zh: "同一事件标识的重复上报",
        dimension: Dimension::Uniqueness,
        source: include_str!("synthetic_duplicates.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with an event identifier", "带事件标识的", "行"),
            "repeat the identifier of an earlier row with other content",
            "重复了之前某行的标识但内容不同",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Copies that differ survive every exact deduplication and double the event.",
            "内容略有不同的重复能躲过精确去重，使事件翻倍。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any repeat, where at least 95 % of the identifiers are different.",
            "标识 95 % 以上互不相同时，出现即报告。",
        )
    }
}

const ID_NAMES: [&str; 5] = ["event", "insert", "message", "log", "request"];

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    if context.log.event.is_none() {
        return Ok(Outcome::missing_roles("event", "事件"));
    }
    let is_event_id = |name: &str| name_has(name, &["id", "uuid"]) && name_has(name, &ID_NAMES);
    let Some(repeats) = repeated_ids(context, is_event_id)? else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column of event identifiers",
            "需要事件标识列",
        )));
    };
    let rows = (repeats.rows, repeats.filled);
    Ok(odd_log_rows(
        context,
        rows,
        Some(&repeats.column),
        Severity::Warning,
        SyntheticDuplicates,
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn repeats_with_other_content_but_no_exact_copies() {
        let ids: Vec<String> = (0..100).map(|row| format!("e{row}")).collect();
        let mut cells: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
        let mut items: Vec<Option<i64>> = (0..100).map(Some).collect();
        cells[40] = Some("e39");
        cells[60] = Some("e59");
        items[60] = Some(59);
        let event = Col::S(vec![Some("view"); 100]);
        let data = table(vec![
            ("event_id", Col::S(cells)),
            ("event", event),
            ("item", Col::I(items)),
        ]);
        assert_eq!(
            findings(&data, "U04")[0].rows.as_slice(),
            [40],
            "row 60 is an exact copy"
        );
        assert_eq!(findings(&data, "U05").len(), 0);
    }
}
