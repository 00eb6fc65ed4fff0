//! K04: categories that differ only in case, width or white space.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::profile::ColumnKind;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;
use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// Spellings of one value (K04)
///
/// ## What it checks
/// Category columns: values that become equal when case, full width and white space around them are set aside; all
/// but the most frequent spelling are reported. Columns in which more than one value in five has a variant are
/// codes that tell case apart, and are left out.
///
/// ## Why it matters
/// One category counts as two: groups split, one-hot features double, filters miss a part.
///
/// ## Example
/// `Nike` in 5,210 rows and `NIKE` in 37.
///
/// ## Proposed fix
/// Map the rare spellings to the most frequent one.
pub struct SpellingVariants(OddCells);

impl Violation for SpellingVariants {
    const INFO: RuleInfo = RuleInfo {
        code: "K04",
        name_en: "Spellings of one value",
        name_zh: "同一取值的多种写法",
        dimension: Dimension::Consistency,
        source: include_str!("spelling_variants.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are rare spellings of another value", "是另一取值的少数写法")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One category counts as two: groups split, features double, filters miss a part.",
            "一个类别被算成两个：分组分裂，特征翻倍，筛选会漏。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Any spelling but the most frequent.", "除最常见写法外一律报告。")
    }
}

/// Share of the values with a variant above which case means something in this column.
const MOST_VARIANTS: f64 = 0.2;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if column.info.dtype != ColumnType::Text || column.profile.kind != ColumnKind::Category {
        return Ok(Vec::new());
    }
    let mut best: HashMap<String, usize> = HashMap::new();
    let mut forms = Vec::with_capacity(column.distinct.num_values());
    for (code, &row) in column.distinct.first_row.iter().enumerate() {
        let text = column.cells.text(row as usize).unwrap_or_default();
        let form: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let counts = &column.distinct.counts;
        let known = best.entry(form.clone()).or_insert(code);
        // The first of two equally frequent spellings stands for both.
        if counts[code] > counts[*known] {
            *known = code;
        }
        forms.push(form);
    }
    let flagged: Vec<bool> = (0..forms.len()).map(|code| best[&forms[code]] != code).collect();
    let variants = flagged.iter().filter(|variant| **variant).count();
    if variants as f64 > MOST_VARIANTS * forms.len() as f64 && variants > 1 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, SpellingVariants))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn rare_spellings_of_a_frequent_value() {
        let mut brands: Vec<Option<&str>> = ["Nike", "Puma", "Asics", "Fila", "Vans"].map(Some).repeat(20);
        brands[3] = Some("NIKE");
        brands[9] = Some("ｐｕｍａ");
        let found = findings(&table(vec![("brand", Col::S(brands.clone()))]), "K04");
        assert!(found.is_empty(), "two of seven values: case may mean something");
        brands.extend(["Zara", "Mango", "Bata", "Ecco", "Geox", "Keds", "Muji"].map(Some));
        let found = findings(&table(vec![("brand", Col::S(brands))]), "K04");
        assert_eq!(found[0].rows.as_slice(), [3, 9]);
    }
}
