//! X11: texts that were copied from another row.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;
use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// Repeated texts (X11)
///
/// ## What it checks
/// The first column of running text in which at least 90 % of the texts of 20 or more characters are written once:
/// the rows that repeat an earlier text, upper and lower case, width and white space aside. Exact copies of a whole
/// row are another check's.
///
/// ## Why it matters
/// The same review or description in two rows is a copy, often a paid one, or an item that is listed twice. Copies
/// on both sides of a split let a model recognise its test rows.
///
/// ## Example
/// Row 812 holds the review of row 97, of another buyer.
///
/// ## Proposed fix
/// None in place: look at the pairs, then keep the first of each.
pub struct RepeatedTexts(OddRows);

impl Violation for RepeatedTexts {
    const INFO: RuleInfo = RuleInfo {
        code: "X11",
        name_en: "Repeated texts",
        name_zh: "重复文本",
        dimension: Dimension::Validity,
        source: include_str!("repeated_texts.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with a longer text", "含较长文本的", "行"),
            "repeat the text of an earlier row",
            "重复了前面某行的文本",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A copied review or description; on both sides of a split it lets a model recognise its test rows.",
            "评论或描述被复制；若出现在切分两侧，模型就能“认出”测试行。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "At most 10 % repeats, each of 20 characters or more: short phrases and set texts are repeated by nature.",
            "重复不超过 10 %，且每条至少 20 个字符：短语和固定文本本来就会重复。",
        )
    }
}

const LEAST_TEXTS: u64 = 50;
const LEAST_CHARACTERS: usize = 20;
const MOST_REPEATS: f64 = 0.1;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let columns = context.dataset.info.columns.iter().enumerate();
    let texts = columns.filter(|(_, info)| info.role == Role::Text && info.dtype == ColumnType::Text);
    let mut judged = false;
    for (index, info) in texts {
        judged = true;
        let distinct = context.distinct(index)?;
        let first_of = first_of_form(context, index, &distinct)?;
        let (all, rows) = repeats(&distinct, &first_of);
        if rows.is_empty() || all < LEAST_TEXTS || rows.len() as f64 > MOST_REPEATS * all as f64 {
            continue;
        }
        let duplicates = context.duplicates()?;
        let rows = rows.into_iter().filter(|&row| !duplicates.is_surplus(row)).collect();
        let column = Some(info.name.as_str());
        return Ok(odd_log_rows(
            context,
            (rows, all),
            column,
            Severity::Warning,
            RepeatedTexts,
        ));
    }
    if judged {
        Ok(Outcome::Checked(Vec::new()))
    } else {
        Ok(Outcome::missing_roles("text", "文本"))
    }
}

/// For each distinct text the first one of the same form; `NULL` where it is too short to be a copy.
fn first_of_form(context: &Context<'_>, index: usize, distinct: &Distinct) -> Result<Vec<u32>, Cancelled> {
    let cells = context.columns[index].cells();
    let mut first: HashMap<String, u32> = HashMap::new();
    let mut out = Vec::with_capacity(distinct.num_values());
    for (code, &row) in distinct.first_row.iter().enumerate() {
        if code % (1 << 14) == 0 {
            context.progress.check()?;
        }
        let text = cells.text(row as usize).unwrap_or_default();
        let is_long = text.chars().nth(LEAST_CHARACTERS - 1).is_some();
        out.push(if is_long {
            *first.entry(form(text)).or_insert(code as u32)
        } else {
            NULL
        });
    }
    Ok(out)
}

/// How many rows hold a longer text, and which repeat that of an earlier row.
fn repeats(distinct: &Distinct, first_of: &[u32]) -> (u64, Vec<u32>) {
    let long = first_of
        .iter()
        .zip(&distinct.counts)
        .filter(|(first, _)| **first != NULL);
    let all = long.map(|(_, &count)| u64::from(count)).sum();
    let repeats = |row: &u32| {
        let first = first_of.get(distinct.codes[*row as usize] as usize).copied();
        first.is_some_and(|first| first != NULL && distinct.first_row[first as usize] != *row)
    };
    (all, (0..distinct.codes.len() as u32).filter(repeats).collect())
}

fn form(text: &str) -> String {
    let folded: String = text.nfkc().collect::<String>().to_lowercase();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn copies_but_no_short_phrases_set_texts_or_copied_rows() {
        let own: Vec<String> = (0..100)
            .map(|row| format!("a text that only row {row} holds"))
            .collect();
        let data = |change: &dyn Fn(&mut Vec<Option<&str>>)| {
            let mut texts: Vec<Option<&str>> = own.iter().map(|text| Some(text.as_str())).collect();
            change(&mut texts);
            let rows = Col::I((0..100).map(|row| Some(if row == 80 { 79 } else { row })).collect());
            table(vec![("n", rows), ("text", Col::S(texts))])
        };
        let copied = data(&|texts| {
            texts[7] = Some("A text that  only row 3 holds");
            (texts[20], texts[21]) = (Some("fine"), Some("fine"));
            texts[40] = None;
            texts[41] = None;
            texts[80] = Some("a text that only row 79 holds");
        });
        assert_eq!(findings(&copied, "X11")[0].rows.as_slice(), [7]);
        let set = data(&|texts| texts[..50].fill(Some("thank you for your order")));
        assert!(findings(&set, "X11").is_empty());
    }
}
