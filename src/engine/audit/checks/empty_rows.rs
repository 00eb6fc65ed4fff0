//! C05: rows in which most cells are missing at once.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::progress::Cancelled;

/// Rows mostly empty (C05)
///
/// ## What it checks
/// Rows that lack at least half (and at least four) of the columns that are filled in 98 % of all rows.
///
/// ## Why it matters
/// Each column looks nearly complete, yet these rows are shells: a failed join or a broken writer. Filled in, they
/// all become the same average row.
///
/// ## Example
/// 6 of 3,000 orders hold an identifier and nothing else.
///
/// ## Proposed fix
/// None in place: find the writer; drop the rows if they cannot be completed.
pub struct MostlyEmptyRows(OddRows);

impl Violation for MostlyEmptyRows {
    const INFO: RuleInfo = RuleInfo {
        code: "C05",
        name_en: "Rows mostly empty",
        name_zh: "几乎为空的行",
        dimension: Dimension::Completeness,
        source: include_str!("empty_rows.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows", "", "行"),
            "lack half of the columns that are nearly always filled",
            "缺少一半以上通常都有值的列",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "These rows are shells of a failed join or a broken writer; filled in, they all become the same average row.",
            "这些行是关联失败或写入出错留下的空壳；填补后会变成同一种“平均行”。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Half of the columns that are filled in 98 % of the rows: single gaps are what C01 looks at.",
            "缺少在 98 % 的行中有值的列的一半；单个缺失由 C01 负责。",
        )
    }
}

const FILLED_SHARE: f64 = 0.98;
const LEAST_CELLS: u16 = 4;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let num_rows = context.num_rows();
    let columns = context.dataset.info.columns.iter().zip(&context.columns);
    let usual = |info: &ColumnInfo| (info.nulls + info.invalid) as f64 <= (1.0 - FILLED_SHARE) * num_rows as f64;
    let usual: Vec<_> = columns.filter(|(info, _)| usual(info)).collect();
    let mut missing = vec![0_u16; num_rows];
    for (info, column) in &usual {
        context.progress.check()?;
        // Columns without a gap cost nothing.
        if info.nulls + info.invalid > 0 {
            let cells = column.cells();
            for (row, missing) in missing.iter_mut().enumerate() {
                *missing += u16::from(cells.is_null(row));
            }
        }
    }
    let limit = (usual.len() as u16).div_ceil(2).max(LEAST_CELLS);
    let rows = (0..num_rows as u32)
        .filter(|&row| missing[row as usize] >= limit)
        .collect();
    Ok(odd_log_rows(
        context,
        (rows, num_rows as u64),
        None,
        Severity::Warning,
        MostlyEmptyRows,
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn shells_but_not_single_gaps() {
        let column = |gaps: &[usize]| {
            let mut cells: Vec<Option<i64>> = (0..300).map(Some).collect();
            gaps.iter().for_each(|&row| cells[row] = None);
            Col::I(cells)
        };
        let names = ["a", "b", "c", "d", "e"];
        let mut columns: Vec<_> = names.iter().map(|name| (*name, column(&[7]))).collect();
        columns.push(("f", column(&[7, 9])));
        columns.push(("g", column(&[3, 9])));
        columns.push(("rare", Col::I((0..300).map(|row| (row < 9).then_some(row)).collect())));
        assert_eq!(findings(&table(columns), "C05")[0].rows.as_slice(), [7]);
    }
}
