//! The texts a model may read about an example: query, item title, category words, what the user looked at before.
//!
//! Invariant: like every feature, a text is known before the event; a missing text is empty.

use super::candidates::Candidate;
use super::categorical::is_plain_text;
use super::config::LabelRule;
use super::error::FeatureError;
use super::events::{Dense, Events, role_cells};
use super::set::free_name;
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use crate::engine::ingest::ColumnInfo;
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;

/// How many items the user's recent titles tell of.
const RECENT_ITEMS: usize = 3;

/// Names of the texts that are not a column of the table as it is.
pub(super) const MADE_TEXTS: [&str; 4] = ["query", "title", "item_text", "recent_titles"];

pub(super) struct TextColumn {
    pub name: String,
    pub description: Bilingual,
    /// One an example.
    pub values: Vec<String>,
}

impl TextColumn {
    fn new(name: &str, (en, zh): (&str, &str), values: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            description: Bilingual::new(en, zh),
            values,
        }
    }

    fn mean_chars(&self) -> f64 {
        self.values.iter().map(|text| text.chars().count()).sum::<usize>() as f64 / self.values.len().max(1) as f64
    }
}

/// Every text of this log for the examples `rows`, and the names of the one or two a model reads unless told otherwise.
pub(super) fn texts(
    events: &Events<'_>,
    rule: &LabelRule,
    rows: &[u32],
    features: &[Candidate],
    progress: &Progress,
) -> Result<(Vec<TextColumn>, Vec<String>), FeatureError> {
    progress.phase("collecting texts", "收集文本");
    let mut columns = Vec::new();
    let of = |role: Role| -> Result<Option<Vec<String>>, FeatureError> {
        let cells = role_cells(events.dataset, role)?;
        Ok(cells.map(|cells| {
            rows.iter()
                .map(|&row| cells.show(row as usize).unwrap_or_default())
                .collect()
        }))
    };
    if let Some(values) = of(Role::Query)? {
        columns.push(TextColumn::new(
            "query",
            ("what the user searched for", "用户的查询词"),
            values,
        ));
    }
    let words = ItemWords::new(events)?;
    if words.title.is_some() {
        let values = rows.iter().map(|&row| words.title_of(row as usize)).collect();
        columns.push(TextColumn::new("title", ("title of the item", "商品标题"), values));
    }
    let values: Vec<String> = rows.iter().map(|&row| words.all(row as usize)).collect();
    if values.iter().any(|text| !text.is_empty()) {
        let meaning = ("title, brand and category of the item", "商品的标题、品牌和类目");
        columns.push(TextColumn::new("item_text", meaning, values));
    }
    if words.title.is_some() && events.user.is_some() && !events.order.is_empty() {
        let meaning = (
            "titles of the last three items the user met before",
            "用户此前最近接触的三个商品标题",
        );
        columns.push(TextColumn::new(
            "recent_titles",
            meaning,
            recent_titles(events, &words, rows, progress)?,
        ));
    }
    if let LabelRule::Column { column, .. } = rule {
        own_columns(events, rows, column, features, &mut columns)?;
    }
    let defaults = defaults(&columns);
    Ok((columns, defaults))
}

/// Text columns of the table itself, where each row is an example; all but the label.
fn own_columns(
    events: &Events<'_>,
    rows: &[u32],
    label: &str,
    features: &[Candidate],
    columns: &mut Vec<TextColumn>,
) -> Result<(), FeatureError> {
    for (info, column) in events.dataset.info.columns.iter().zip(events.dataset.frame.columns()) {
        let is_known = columns.iter().any(|known| known.name == info.name);
        if !is_plain_text(info) || is_known || info.name == label {
            continue;
        }
        let name = free_name(&info.name, |name| features.iter().any(|feature| feature.name == name));
        let cells = Cells::of(column)?;
        let values = rows
            .iter()
            .map(|&row| cells.show(row as usize).unwrap_or_default())
            .collect();
        let words = (format!("column {}", info.name), format!("列 {}", info.name));
        columns.push(TextColumn::new(&name, (&words.0, &words.1), values));
    }
    Ok(())
}

/// The query (where at least one in ten examples has one) and the item's words: title, brand, category; without those
/// the longest text. The category often says in plain words what a title leaves to the reader.
fn defaults(columns: &[TextColumn]) -> Vec<String> {
    let find = |name: &str| columns.iter().find(|column| column.name == name);
    let query = find("query").filter(|column| {
        let filled = column.values.iter().filter(|text| !text.is_empty()).count();
        filled * 10 >= column.values.len()
    });
    let others = || {
        columns
            .iter()
            .filter(|column| !["query", "recent_titles"].contains(&column.name.as_str()))
    };
    let longest = || others().max_by(|a, b| a.mean_chars().total_cmp(&b.mean_chars()));
    let item = find("item_text")
        .or_else(longest)
        .filter(|column| column.mean_chars() > 0.0);
    query
        .into_iter()
        .chain(item)
        .map(|column| column.name.clone())
        .collect()
}

/// The category's words; in a log with a column of category numbers and one of names, the names.
fn category_source<'a>(events: &'a Events<'a>) -> Result<Option<CellSource<'a>>, FeatureError> {
    let found = item_source(events, Role::Category)?;
    if !matches!(found, Some(CellSource::Log(_))) {
        return Ok(found);
    }
    let dataset = events.dataset;
    let is_named = |info: &ColumnInfo| info.role == Role::Category && info.dtype == ColumnType::Text;
    match dataset.info.columns.iter().position(is_named) {
        Some(column) => Ok(Some(CellSource::Log(Cells::of(&dataset.frame.columns()[column])?))),
        None => Ok(found),
    }
}

/// Where an item's words stand: in the log itself or in the item table.
struct ItemWords<'a> {
    events: &'a Events<'a>,
    title: Option<CellSource<'a>>,
    brand: Option<CellSource<'a>>,
    category: Option<CellSource<'a>>,
}

/// Where a value of an example is read.
pub(super) enum CellSource<'a> {
    Log(Cells<'a>),
    /// A column of the item table.
    Items(usize),
}

impl CellSource<'_> {
    /// The value at a row of the log.
    pub fn read(&self, events: &Events<'_>, row: usize) -> Option<String> {
        match self {
            Self::Log(cells) => cells.show(row),
            Self::Items(column) => {
                let item = events.item.as_ref()?.get(row)?;
                events.items.as_ref()?.text(item, *column)
            }
        }
    }
}

/// Where a role's values stand: in the item table, else in the log.
pub(super) fn item_source<'a>(events: &'a Events<'a>, role: Role) -> Result<Option<CellSource<'a>>, FeatureError> {
    let items = events.items.as_ref();
    Ok(match items.and_then(|items| items.column_with_role(role)) {
        Some(column) => Some(CellSource::Items(column)),
        None => role_cells(events.dataset, role)?.map(CellSource::Log),
    })
}

impl<'a> ItemWords<'a> {
    fn new(events: &'a Events<'a>) -> Result<Self, FeatureError> {
        let title = events.items.as_ref().and_then(|items| items.title);
        Ok(Self {
            title: title.map(CellSource::Items),
            brand: item_source(events, Role::Brand)?,
            category: category_source(events)?,
            events,
        })
    }

    fn read(&self, source: Option<&CellSource<'_>>, row: usize) -> Option<String> {
        source?.read(self.events, row)
    }

    fn title_of(&self, row: usize) -> String {
        self.read(self.title.as_ref(), row).unwrap_or_default()
    }

    /// Title, brand where the title does not name it, and the category's words.
    fn all(&self, row: usize) -> String {
        let mut text = self.title_of(row);
        let mut add = |words: String| {
            if !words.is_empty() && !text.to_lowercase().contains(&words.to_lowercase()) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&words);
            }
        };
        add(self.read(self.brand.as_ref(), row).unwrap_or_default());
        add(category_words(
            &self.read(self.category.as_ref(), row).unwrap_or_default(),
        ));
        text
    }
}

/// `electronics.audio.head_phone` → `electronics audio head phone`.
fn category_words(code: &str) -> String {
    let separators = |c: char| c.is_whitespace() || "._/>|-:&,".contains(c);
    let words: Vec<&str> = code.split(separators).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// For each example the titles of the user's last distinct other items, latest first; rows tied in time do not count.
fn recent_titles(
    events: &Events<'_>,
    words: &ItemWords<'_>,
    rows: &[u32],
    progress: &Progress,
) -> Result<Vec<String>, FeatureError> {
    let none = Dense::default();
    let (user, item) = (
        events.user.as_ref().unwrap_or(&none),
        events.item.as_ref().unwrap_or(&none),
    );
    let time = events.time.as_deref().unwrap_or_default();
    let mut place = vec![u32::MAX; events.num_rows()];
    rows.iter()
        .enumerate()
        .for_each(|(at, &row)| place[row as usize] = at as u32);
    // Per user the rows of the last items, latest last, each item once.
    let mut recent: Vec<Vec<u32>> = vec![Vec::new(); user.num];
    let mut texts = vec![String::new(); rows.len()];
    for (done, tied) in events
        .order
        .chunk_by(|a, b| time[*a as usize] == time[*b as usize])
        .enumerate()
    {
        if done % 65_536 == 0 {
            progress.check()?;
        }
        for row in tied
            .iter()
            .map(|&row| row as usize)
            .filter(|&row| place[row] != u32::MAX)
        {
            let Some(known) = user.get(row).map(|user| &recent[user as usize]) else {
                continue;
            };
            let others = known
                .iter()
                .rev()
                .filter(|other| item.codes[**other as usize] != item.codes[row]);
            let titles: Vec<String> = others
                .take(RECENT_ITEMS)
                .map(|&other| words.title_of(other as usize))
                .collect();
            texts[place[row] as usize] = titles.join(" | ");
        }
        for row in tied.iter().map(|&row| row as usize) {
            if let (Some(user), Some(_)) = (user.get(row), item.get(row)) {
                let known = &mut recent[user as usize];
                known.retain(|other| item.codes[*other as usize] != item.codes[row]);
                if known.len() > RECENT_ITEMS {
                    known.remove(0);
                }
                known.push(row as u32);
            }
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::category_words;

    #[test]
    fn category_codes_become_words() {
        assert_eq!(
            category_words("electronics.audio.head_phone"),
            "electronics audio head phone"
        );
        assert_eq!(category_words("Women > Shoes / Boots"), "Women Shoes Boots");
        assert_eq!(category_words("手机/配件"), "手机 配件");
        assert_eq!(category_words(""), "");
    }
}
