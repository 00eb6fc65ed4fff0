//! What the columns of a table could be for a training: text, number, category, ranked list, and label of which task.
//!
//! In: a table. Out: `TableEvidence`. Invariant: a guess is told with what it rests on, and
//! nothing is decided that cannot be changed.

use super::tasks::{MOST_CLASSES, plain_label};
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use crate::engine::ingest::{Codes, ColumnInfo, Dataset};
use crate::engine::run::task::Task;
use serde::{Deserialize, Serialize};

/// Mean length in characters from which a text is one to read and no name of something.
const READ_LENGTH: f64 = 25.0;
/// Different values up to which a column can be a category, if each stands in a few rows.
const MOST_CATEGORIES: usize = 1000;
const ROWS_OF_A_CATEGORY: f64 = 3.0;
/// Whole numbers up to this are grades: stars, relevance.
const HIGHEST_GRADE: f64 = 10.0;
/// Classes that one may look at; more are possible, but the column is likely something else.
const USUAL_CLASSES: usize = 100;

/// A column that could be the label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelEvidence {
    pub column: String,
    /// The task its values speak for.
    pub task: Task,
    /// What it holds and why that task, in one sentence.
    pub why: Bilingual,
    /// Rows that have one.
    pub rows: u64,
    pub distinct: u64,
    /// Rows of the rarest value.
    pub rarest: u64,
    /// Of a label of 0 and 1.
    pub positive_share: Option<f64>,
    /// All values are numbers, so that the graded task is possible.
    pub are_numbers: bool,
}

impl LabelEvidence {
    /// Whether the values can be read for a task at all.
    pub fn allows(&self, task: Task) -> bool {
        match task {
            Task::Binary => self.positive_share.is_some(),
            Task::Multiclass => self.distinct >= 2 && self.distinct <= MOST_CLASSES as u64 && self.rarest >= 2,
            Task::Graded => self.are_numbers && self.distinct > 2,
        }
    }
}

/// What a table offers. A column may be in several lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableEvidence {
    pub rows: u64,
    /// Longest texts first.
    pub text: Vec<String>,
    pub numeric: Vec<String>,
    pub categorical: Vec<String>,
    /// Columns whose values form lists to rank: queries, users, sessions.
    pub group: Vec<String>,
    /// Likeliest first.
    pub labels: Vec<LabelEvidence>,
}

impl TableEvidence {
    pub fn of(dataset: &Dataset) -> Self {
        let mut found = Self {
            rows: dataset.num_rows() as u64,
            ..Self::default()
        };
        let mut texts: Vec<(f64, String)> = Vec::new();
        let mut labels: Vec<(u32, LabelEvidence)> = Vec::new();
        for (info, column) in dataset.info.columns.iter().zip(dataset.frame.stored()) {
            let values = Values::of(info, &column.codes(), found.rows);
            let name = || info.name.clone();
            if values.distinct < 2 {
                continue;
            }
            if info.dtype == ColumnType::Text && values.is_read() {
                texts.push((values.mean_length, name()));
            }
            if values.are_numbers()
                && info.dtype != ColumnType::Time
                && !is_key(info)
                && !values.is_counter()
                && values.distinct > 2
            {
                found.numeric.push(name());
            }
            if values.is_category() && info.dtype != ColumnType::Time {
                found.categorical.push(name());
            }
            if matches!(info.role, Role::Query | Role::Session | Role::User) {
                found.group.push(name());
            }
            labels.extend(values.label(info));
        }
        texts.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.text = texts.into_iter().map(|(_, name)| name).collect();
        labels.sort_by_key(|(rank, _)| *rank);
        found.labels = labels.into_iter().map(|(_, label)| label).collect();
        found
    }

    pub fn label(&self, column: &str) -> Option<&LabelEvidence> {
        self.labels.iter().find(|label| label.column == column)
    }
}

/// Names of users, items and the like are numbers that mean nothing.
fn is_key(info: &ColumnInfo) -> bool {
    matches!(info.role, Role::User | Role::Item | Role::Session)
}

/// The different values of a column, with their rows.
struct Values {
    rows: u64,
    distinct: usize,
    rarest: u64,
    /// In characters, over all rows: a text that is mostly missing is short.
    mean_length: f64,
    /// Every value as a number, ascending; empty where one is none, or where they are too many to look at.
    numbers: Vec<f64>,
    /// The values as written, of few.
    names: Vec<String>,
    counts: Vec<u64>,
}

impl Values {
    fn of(info: &ColumnInfo, codes: &Codes, all_rows: u64) -> Self {
        let counts: Vec<u64> = codes.counts().into_iter().map(u64::from).collect();
        let names: Vec<String> = (0..codes.num as u32)
            .map(|code| codes.name(code).into_owned())
            .collect();
        let rows: u64 = counts.iter().sum();
        let length = |(name, count): (&String, &u64)| name.chars().count() as f64 * *count as f64;
        let all_length: f64 = names.iter().zip(&counts).map(length).sum();
        let parsed: Option<Vec<f64>> = match info.dtype {
            ColumnType::Time => None,
            _ => names
                .iter()
                .map(|name| name.trim().parse().ok().filter(|number: &f64| number.is_finite()))
                .collect(),
        };
        let mut numbers = parsed.unwrap_or_default();
        numbers.sort_by(f64::total_cmp);
        Self {
            rows,
            distinct: names.len(),
            rarest: counts.iter().copied().min().unwrap_or(0),
            mean_length: all_length / all_rows.max(1) as f64,
            numbers,
            names,
            counts,
        }
    }

    fn are_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// A whole number of its own in every row: a number of the row.
    fn is_counter(&self) -> bool {
        self.distinct as u64 == self.rows
            && self.are_numbers()
            && self.numbers.iter().all(|number| number.fract() == 0.0)
    }

    fn is_read(&self) -> bool {
        let has_words =
            self.names.iter().take(200).any(|name| name.trim().contains(' ')) || self.mean_length > READ_LENGTH;
        has_words && !self.are_numbers()
    }

    fn is_category(&self) -> bool {
        let each = self.rows as f64 / self.distinct as f64;
        self.distinct <= MOST_CATEGORIES && each >= ROWS_OF_A_CATEGORY && self.mean_length < 2.0 * READ_LENGTH
    }

    /// Share of 1 where all values are 0 and 1, or false and true.
    fn positive_share(&self) -> Option<f64> {
        let is = |name: &str, words: [&str; 3]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
        let mut positives = 0;
        for (name, count) in self.names.iter().zip(&self.counts) {
            match plain_label(name) {
                name if is(name, ["1", "true", "1"]) => positives += count,
                name if is(name, ["0", "false", "0"]) => {}
                _ => return None,
            }
        }
        Some(positives as f64 / self.rows.max(1) as f64)
    }

    fn are_grades(&self) -> bool {
        let whole = self
            .numbers
            .iter()
            .all(|number| number.fract() == 0.0 && (0.0..=HIGHEST_GRADE).contains(number));
        self.are_numbers() && whole && self.distinct > 2
    }

    /// How the column would serve as a label, and its place among the others.
    fn label(&self, info: &ColumnInfo) -> Option<(u32, LabelEvidence)> {
        let share = self.positive_share();
        let count = self.distinct;
        let (task, rank, why) = if let Some(share) = share {
            let percent = share * 100.0;
            let why = Bilingual::new(
                format!("two values, 1 in {percent:.1} % of the rows: did it happen or not"),
                format!("只有两个值，其中 1 占 {percent:.1}%：是否发生"),
            );
            (Task::Binary, 2, why)
        } else if self.are_grades() {
            let (low, high) = (self.numbers.first()?, self.numbers.last()?);
            let why = Bilingual::new(
                format!("{count} whole numbers from {low} to {high}: an order, the higher the more"),
                format!("{low} 到 {high} 的 {count} 个整数：有序，越大越多"),
            );
            (Task::Graded, 1, why)
        } else if self.are_numbers() && info.dtype != ColumnType::Text {
            let why = Bilingual::new(
                format!("{count} different numbers: an amount, the higher the more"),
                format!("{count} 个不同的数值：数量，越大越多"),
            );
            (Task::Graded, 5, why)
        } else if count <= MOST_CLASSES && self.rarest >= 2 && self.is_category() {
            let why = Bilingual::new(
                format!(
                    "{count} different values, the rarest in {} rows: one of some classes",
                    self.rarest
                ),
                format!("{count} 个不同的值，最少的有 {} 行：若干类别之一", self.rarest),
            );
            (Task::Multiclass, if count <= USUAL_CLASSES { 3 } else { 4 }, why)
        } else {
            return None;
        };
        if is_key(info) || info.dtype == ColumnType::Time || self.is_counter() {
            return None;
        }
        let rank = if info.role == Role::Label { 0 } else { rank };
        let label = LabelEvidence {
            column: info.name.clone(),
            task,
            why,
            rows: self.rows,
            distinct: count as u64,
            rarest: self.rarest,
            positive_share: share,
            are_numbers: self.are_numbers(),
        };
        Some((rank, label))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::engine::ingest::{ReadOptions, read_log};
    use crate::engine::progress::Progress;
    use std::fmt::Write as _;

    pub(crate) fn evidence() -> TableEvidence {
        let dir = tempfile::tempdir().expect("temp dir");
        let mut text = "product,query,stars,bought,department,price,rowid\n".to_owned();
        for row in 0..240 {
            let (stars, bought) = (1 + row % 5, u8::from(row % 4 == 0));
            let department = ["shoes", "bags", "coats"][row % 3];
            let price = 3.25 + row as f64 * 0.5;
            writeln!(
                text,
                "a long name of thing number {row},find {},{stars},{bought},{department},{price},x{row}",
                row % 20
            )
            .expect("text");
        }
        let path = dir.path().join("t.csv");
        std::fs::write(&path, text).expect("file");
        let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable");
        TableEvidence::of(&dataset)
    }

    #[test]
    fn columns_speak_for_their_parts() {
        let found = evidence();
        assert_eq!(found.rows, 240);
        assert_eq!(found.text.first().map(String::as_str), Some("product"));
        assert!(found.numeric.contains(&"price".to_owned()) && !found.numeric.contains(&"rowid".to_owned()));
        assert!(
            found.categorical.contains(&"department".to_owned()) && !found.categorical.contains(&"product".to_owned())
        );
        let task = |column: &str| found.label(column).map(|label| label.task);
        assert_eq!(task("stars"), Some(Task::Graded));
        assert_eq!(task("bought"), Some(Task::Binary));
        assert_eq!(task("department"), Some(Task::Multiclass));
        assert_eq!(task("product"), None);
        let stars = found.label("stars").expect("a label");
        assert!(stars.allows(Task::Multiclass) && stars.allows(Task::Graded) && !stars.allows(Task::Binary));
        assert!(stars.why.en.contains("from 1 to 5") && !stars.why.zh.is_empty());
        assert!(!found.label("department").expect("a label").allows(Task::Graded));
    }
}
