//! Words shared by every stage: roles, column types, content hashes, provenance, bilingual text.
//!
//! Invariant: plain serde data; no file, clock or table is touched here.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Text in the two languages of the product, chosen at run time by whoever shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredText")]
pub struct Bilingual {
    pub en: String,
    pub zh: String,
}

/// Text as it may stand in a stored artefact: earlier programs kept some of it in English only.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredText {
    Both { en: String, zh: String },
    English(String),
}

impl From<StoredText> for Bilingual {
    fn from(stored: StoredText) -> Self {
        match stored {
            StoredText::Both { en, zh } => Self { en, zh },
            StoredText::English(text) => Self {
                zh: text.clone(),
                en: text,
            },
        }
    }
}

impl Bilingual {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }
}

/// BLAKE3 of an artefact's content, 64 lower-case hex digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(pub String);

impl ContentHash {
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// Hash of a value's JSON form; serde writes struct fields in declaration order, so it is stable.
    pub fn of_json<T: Serialize>(value: &T) -> Self {
        // Serialising plain data to memory fails only for maps with non-string keys, which no artefact has.
        let json = serde_json::to_vec(value).unwrap_or_default();
        Self::of_bytes(&json)
    }

    /// First eight digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an artefact came from: enough to make it again and to notice when it is stale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// `CARGO_PKG_VERSION` of the program that made it.
    pub tool_version: String,
    /// Unix time in milliseconds, passed in by the caller (stages never read the clock).
    pub created_ms: u64,
    /// Content hashes of the artefacts it was made from, in the stage's documented order.
    pub inputs: Vec<ContentHash>,
    /// Hash of the configuration it was made with.
    pub config: ContentHash,
    pub seed: Option<u64>,
}

impl Provenance {
    pub fn new(created_ms: u64, inputs: Vec<ContentHash>, config: ContentHash, seed: Option<u64>) -> Self {
        Self {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            created_ms,
            inputs,
            config,
            seed,
        }
    }
}

/// What a column is in the world of a shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Item,
    Event,
    Time,
    Session,
    Query,
    Text,
    Price,
    Category,
    Brand,
    Quantity,
    Rating,
    Position,
    Label,
    Variant,
    Covariate,
    #[default]
    Other,
}

impl Role {
    pub const ALL: [Self; 17] = [
        Self::User,
        Self::Item,
        Self::Event,
        Self::Time,
        Self::Session,
        Self::Query,
        Self::Text,
        Self::Price,
        Self::Category,
        Self::Brand,
        Self::Quantity,
        Self::Rating,
        Self::Position,
        Self::Label,
        Self::Variant,
        Self::Covariate,
        Self::Other,
    ];

    /// The name used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Item => "item",
            Self::Event => "event",
            Self::Time => "time",
            Self::Session => "session",
            Self::Query => "query",
            Self::Text => "text",
            Self::Price => "price",
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Quantity => "quantity",
            Self::Rating => "rating",
            Self::Position => "position",
            Self::Label => "label",
            Self::Variant => "variant",
            Self::Covariate => "covariate",
            Self::Other => "other",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    pub fn label(self) -> Bilingual {
        let zh = match self {
            Self::User => "用户",
            Self::Item => "商品",
            Self::Event => "事件",
            Self::Time => "时间",
            Self::Session => "会话",
            Self::Query => "查询词",
            Self::Text => "文本",
            Self::Price => "价格",
            Self::Category => "类目",
            Self::Brand => "品牌",
            Self::Quantity => "数量",
            Self::Rating => "评分",
            Self::Position => "位置",
            Self::Label => "标签",
            Self::Variant => "实验组",
            Self::Covariate => "协变量",
            Self::Other => "其他",
        };
        Bilingual::new(self.name(), zh)
    }
}

/// The type a column's cells were read as, and how the table holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// polars `String`
    Text,
    /// polars `Int64`
    Integer,
    /// polars `Float64`
    Float,
    /// polars `Boolean`
    Boolean,
    /// polars `Datetime(Microseconds, None)`, always UTC
    Time,
}

impl ColumnType {
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }

    /// The name for people.
    pub fn label(self) -> Bilingual {
        let zh = match self {
            Self::Text => "文本",
            Self::Integer => "整数",
            Self::Float => "小数",
            Self::Boolean => "布尔",
            Self::Time => "时间",
        };
        Bilingual::new(self.name(), zh)
    }
}

/// How bad a finding is, worst last so that `max` finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_round_trip_and_match_json() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            let json = serde_json::to_string(&role).expect("plain enum");
            assert_eq!(json, format!("\"{}\"", role.name()));
        }
    }

    #[test]
    fn json_hash_depends_on_content_only() {
        let a = ContentHash::of_json(&("x", 1));
        assert_eq!(a, ContentHash::of_json(&("x", 1)));
        assert_ne!(a, ContentHash::of_json(&("x", 2)));
    }
}
