//! V03: cells that are not of their column's type.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::rule::{Extent, RuleInfo, Violation, fact, finding};
use crate::engine::audit::time_slips::slip_of;
use crate::engine::audit::wording::{percent, quoted, shortened, thousands};
use crate::engine::progress::Cancelled;

/// Mixed types (V03)
///
/// ## What it checks
/// Filled cells that do not parse as the type of their column; in a text column, the cells that are not
/// numbers if at least 90 % of the others are. Identifiers are left out of the second part: codes such as
/// `85123A` beside `22423` are normal.
///
/// ## Why it matters
/// One stray letter turns a number column into text for every tool that reads the file next, or the cell
/// silently becomes empty.
///
/// ## Example
/// `position` holds `p3` in 49 of 19,800 filled cells.
///
/// ## Proposed fix
/// Read the column as numbers; what is none becomes empty.
pub struct MixedTypes {
    column: String,
    expected: ColumnType,
    odd: u64,
    filled: u64,
    samples: Vec<String>,
    /// The table holds the column as text, so a step of the recipe is needed.
    is_text: bool,
    minor_share: f64,
    plots: Vec<FindingPlot>,
}

impl Violation for MixedTypes {
    const INFO: RuleInfo = RuleInfo {
        code: "V03",
        name_en: "Mixed types",
        name_zh: "类型混杂",
        dimension: Dimension::Validity,
        source: include_str!("mixed_types.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new(
            format!("{} mixes types", self.column),
            format!("{} 类型混杂", self.column),
        )
    }

    fn message(&self) -> Bilingual {
        let (column, odd, filled) = (&self.column, thousands(self.odd), thousands(self.filled));
        let (samples, share) = (
            quoted(&self.samples, 3),
            percent(self.odd as f64 / self.filled.max(1) as f64),
        );
        let (en, zh) = match self.expected {
            ColumnType::Integer => ("whole numbers", "整数"),
            ColumnType::Float => ("numbers", "数字"),
            ColumnType::Boolean => ("yes and no", "布尔值"),
            ColumnType::Time => ("times", "时间"),
            ColumnType::Text => ("texts", "文本"),
        };
        Bilingual::new(
            format!("{column} holds {en}, but {odd} of {filled} filled cells ({share}) are something else: {samples}."),
            format!("{column} 应为{zh}，但 {filled} 个已填单元格中有 {odd} 个（{share}）不是：{samples}。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One stray letter turns a whole column into text for the next tool, or the cell silently becomes empty.",
            "一个多余的字母就会让下一个工具把整列当成文本，或让该单元格悄悄变空。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let share = percent(self.minor_share);
        Bilingual::new(
            format!(
                "A column of one type up to {share} of strangers: the strangers are mistakes, not a second meaning."
            ),
            format!("当异类不超过 {share} 时，视为录入错误，而不是另一种含义。"),
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        if !self.is_text {
            return None;
        }
        let fix = Fix::ParseNumber {
            column: self.column.clone(),
        };
        Some((fix, Bilingual::new("Read as numbers", "按数字读取")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("odd", "Cells of another type", "异类单元格", self.odd as f64)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let Some((expected, rows, odd, samples)) = unparsed(column).or_else(|| words_among_numbers(column)) else {
        return Ok(Vec::new());
    };
    let violation = MixedTypes {
        column: column.info.name.clone(),
        expected,
        odd,
        filled: column.distinct.num_filled() + column.info.invalid,
        samples,
        is_text: column.info.dtype == ColumnType::Text,
        minor_share: column.thresholds().mixed_minor_share,
        plots: over_time(column.context, &rows).into_iter().collect(),
    };
    let mut extent = Extent::of_rows(Severity::Warning, Some(&column.info.name), rows, column.num_rows());
    // Beyond the kept cells the reader still counts, so the number stays exact when the list is cut.
    extent.count = odd;
    extent.share = Some(odd as f64 / column.num_rows().max(1) as f64);
    Ok(vec![finding(column.context, &violation, extent)])
}

type Odd = (ColumnType, Vec<u32>, u64, Vec<String>);

/// Cells the reader could not parse as the column's type.
fn unparsed(column: &ColumnContext<'_>) -> Option<Odd> {
    let cells = column.invalid_cells();
    // Times that are wrong in a way of their own have their own checks.
    let is_slip = |(_, raw): &&(u32, &str)| slip_of(column, raw).is_some();
    let slips = cells.iter().filter(is_slip).count() as u64;
    let odd = column.info.invalid - slips.min(column.info.invalid);
    if odd == 0 {
        return None;
    }
    let others = cells.iter().filter(|cell| !is_slip(cell));
    let rows: Vec<u32> = others.clone().map(|(row, _)| *row).collect();
    let mut samples: Vec<String> = Vec::new();
    for (_, raw) in others {
        let text = shortened(raw, 24);
        if samples.len() < 4 && !samples.contains(&text) {
            samples.push(text);
        }
    }
    Some((column.info.dtype, rows, odd, samples))
}

/// Cells of a text column that are not numbers although nearly all others are.
fn words_among_numbers(column: &ColumnContext<'_>) -> Option<Odd> {
    let is_name = matches!(
        column.info.role,
        Role::User | Role::Item | Role::Session | Role::Query | Role::Text
    );
    if column.info.dtype != ColumnType::Text || is_name {
        return None;
    }
    let distinct = column.distinct;
    let is_word: Vec<bool> = distinct
        .first_row
        .iter()
        .map(|&row| column.cells.text(row as usize).is_some_and(|text| !is_number(text)))
        .collect();
    // `C536379` among `536379` is a code with a prefix that means something, not a mistyped number.
    let is_code = |code: usize| {
        column
            .cells
            .text(distinct.first_row[code] as usize)
            .is_some_and(looks_like_code)
    };
    let num_words = is_word.iter().filter(|word| **word).count();
    let num_codes = (0..is_word.len())
        .filter(|&code| is_word[code] && is_code(code))
        .count();
    if num_codes * 2 > num_words {
        return None;
    }
    let words: u64 = is_word
        .iter()
        .zip(&distinct.counts)
        .filter(|(word, _)| **word)
        .map(|(_, &n)| u64::from(n))
        .sum();
    let limit = column.thresholds().mixed_minor_share * distinct.num_filled() as f64;
    if words == 0 || words as f64 > limit {
        return None;
    }
    let odd_values = is_word.iter().enumerate().filter(|(_, word)| **word);
    let samples = odd_values
        .take(4)
        .map(|(code, _)| shortened(&column.value_of(code).to_string(), 24))
        .collect();
    Some((ColumnType::Float, distinct.rows_where(&is_word), words, samples))
}

/// Letters and at least four digits, nothing else.
fn looks_like_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use crate::engine::ingest::dataset::InvalidCell;
    use std::sync::Arc;

    #[test]
    fn cells_the_reader_refused_are_found_with_their_text() {
        let mut data = table(vec![("position", Col::I(vec![Some(1), None, Some(2), None]))]);
        let mut info = (*data.info).clone();
        info.columns[0].invalid = 1;
        data.info = Arc::new(info);
        let cell = InvalidCell {
            row: 3,
            column: 0,
            raw: "p3".to_owned(),
        };
        data.invalid = Arc::new(vec![cell]);
        let found = findings(&data, "V03");
        assert_eq!((found[0].rows.as_slice(), found[0].count), (&[3][..], 1));
        assert!(found[0].message.en.contains("“p3”"));
        assert_eq!(
            found[0].examples[0].values["position"].to_string(),
            "p3",
            "the example shows the raw text"
        );
        assert_eq!(
            findings(&data, "C01")[0].rows.as_slice(),
            [1],
            "an unparsed cell is not missing"
        );
    }

    #[test]
    fn words_among_numbers_but_not_in_identifiers_or_true_mixtures() {
        let mut sizes = vec![Some("38"); 95];
        sizes.extend([Some("XL"); 5]);
        let data = table(vec![("size", Col::S(sizes.clone())), ("item", Col::S(sizes))]);
        let found = findings(&data, "V03");
        assert_eq!(
            (found.len(), found[0].count, found[0].column.as_deref()),
            (1, 5, Some("size"))
        );
        let mut invoices = vec![Some("536365"); 95];
        invoices.extend([Some("C536379"); 5]);
        assert!(findings(&table(vec![("invoice", Col::S(invoices))]), "V03").is_empty());
        let half: Vec<Option<&str>> = [Some("1"), Some("a")].into_iter().cycle().take(100).collect();
        assert!(findings(&table(vec![("size", Col::S(half))]), "V03").is_empty());
    }
}
