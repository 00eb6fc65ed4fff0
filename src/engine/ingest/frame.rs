//! The table of a dataset: texts as codes into dictionaries, other columns as polars columns.
//!
//! Stages that need polars see a `DataFrame`, made on first use (`Deref`); the audit reads the codes, so that a
//! log of millions of rows is never held twice. Invariant: all columns have `height` rows, names differ.

use super::codes::Codes;
use super::texts::CodedTexts;
use polars::prelude::{Column, DataFrame, IntoColumn as _, IntoSeries as _, StringChunked};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// One column as it is stored.
#[derive(Clone, Debug)]
pub enum FrameColumn {
    Plain(Column),
    Texts { name: String, texts: CodedTexts },
}

impl FrameColumn {
    pub fn name(&self) -> &str {
        match self {
            Self::Plain(column) => column.name(),
            Self::Texts { name, .. } => name,
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Plain(column) => column.len(),
            Self::Texts { texts, .. } => texts.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The column for polars; texts are spread out for it.
    pub fn to_column(&self) -> Cow<'_, Column> {
        match self {
            Self::Plain(column) => Cow::Borrowed(column),
            Self::Texts { name, texts } => Cow::Owned(text_column(name, texts)),
        }
    }

    /// The first rows for polars.
    pub fn head(&self, rows: usize) -> Column {
        match self {
            Self::Plain(column) => column.head(Some(rows)),
            Self::Texts { name, texts } => text_column(name, &texts.head(rows)),
        }
    }

    /// Dense codes of the column's values.
    pub fn codes(&self) -> Codes {
        match self {
            Self::Plain(column) => Codes::of_column(column),
            Self::Texts { texts, .. } => Codes::of_texts(texts),
        }
    }
}

fn text_column(name: &str, texts: &CodedTexts) -> Column {
    StringChunked::with_chunk(name.into(), texts.to_array())
        .into_series()
        .into_column()
}

/// Cheap to clone; all clones share one `DataFrame` once it was made.
#[derive(Clone, Debug)]
pub struct Frame {
    height: usize,
    columns: Arc<Vec<FrameColumn>>,
    whole: Arc<OnceLock<DataFrame>>,
}

impl Frame {
    /// Errors: a column of another length, or a name twice; in words.
    pub fn new(height: usize, columns: Vec<FrameColumn>) -> Result<Self, String> {
        let mut names = HashSet::new();
        for column in &columns {
            if column.len() != height {
                let (name, rows) = (column.name(), column.len());
                return Err(format!("column `{name}` has {rows} rows where {height} are expected"));
            }
            if !names.insert(column.name()) {
                return Err(format!("two columns are called `{}`", column.name()));
            }
        }
        drop(names);
        Ok(Self {
            height,
            columns: Arc::new(columns),
            whole: Arc::default(),
        })
    }

    pub fn height(&self) -> usize {
        self.height
    }

    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The columns as they are stored.
    pub fn stored(&self) -> &[FrameColumn] {
        &self.columns
    }

    /// The whole table for polars, made on first use.
    pub fn whole(&self) -> &DataFrame {
        self.whole.get_or_init(|| {
            let columns = self.columns.iter().map(|column| column.to_column().into_owned());
            // Lengths and names were checked when the table was made.
            DataFrame::new(self.height, columns.collect()).unwrap_or_default()
        })
    }
}

impl Deref for Frame {
    type Target = DataFrame;

    fn deref(&self) -> &DataFrame {
        self.whole()
    }
}

impl From<DataFrame> for Frame {
    fn from(frame: DataFrame) -> Self {
        let columns = frame.columns().iter().cloned().map(FrameColumn::Plain).collect();
        Self {
            height: frame.height(),
            columns: Arc::new(columns),
            whole: Arc::new(OnceLock::from(frame)),
        }
    }
}
