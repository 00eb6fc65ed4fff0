//! The column that says which rows are for training and which for testing.
//!
//! In: the dataset. Out: `Parts`. Invariant: a column counts only if every one of its values names a part.

use super::column_words::name_has;
use super::context::Context;
use crate::engine::artifact::ColumnType;
use crate::engine::progress::Cancelled;

const PART_WORDS: [&str; 6] = ["split", "fold", "subset", "partition", "part", "切分"];
const TRAIN: [&str; 3] = ["train", "training", "训练"];
const TEST: [&str; 9] = [
    "test",
    "testing",
    "valid",
    "validation",
    "val",
    "dev",
    "eval",
    "holdout",
    "测试",
];

pub struct Parts {
    pub column: String,
    /// Whether each row is a test row; `None` where its part is unknown.
    pub is_test: Vec<Option<bool>>,
}

/// The first column of parts.
pub fn parts(context: &Context<'_>) -> Result<Option<Parts>, Cancelled> {
    for (index, info) in context.dataset.info.columns.iter().enumerate() {
        if info.dtype != ColumnType::Text || !name_has(&info.name, &PART_WORDS) {
            continue;
        }
        let values = context.distinct(index)?;
        let cells = context.columns[index].cells();
        let part = |row: &u32| part_of(cells.text(*row as usize)?);
        let parts: Vec<Option<bool>> = values.first_row.iter().map(part).collect();
        let all_known = parts.iter().all(Option::is_some);
        if all_known && parts.contains(&Some(false)) && parts.contains(&Some(true)) {
            let of = |code: &u32| parts.get(*code as usize).copied().flatten();
            return Ok(Some(Parts {
                column: info.name.clone(),
                is_test: values.codes.iter().map(of).collect(),
            }));
        }
    }
    Ok(None)
}

fn part_of(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    if TRAIN.contains(&text.as_str()) {
        Some(false)
    } else {
        TEST.contains(&text.as_str()).then_some(true)
    }
}
