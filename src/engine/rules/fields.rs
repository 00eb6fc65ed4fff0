//! Typed access to the keys of one TOML table; each refusal says where and what is expected.

use super::file::Fault;
use super::rule::Scalar;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) struct Fields<'a> {
    table: &'a DeTable<'a>,
    /// Byte at which the table begins.
    pub at: usize,
}

impl<'a> Fields<'a> {
    pub fn new(table: &'a DeTable<'a>, at: usize) -> Self {
        Self { table, at }
    }

    pub fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }

    /// Refuses every key that is not known.
    pub fn only(&self, what: &str, known: &[&str]) -> Result<(), Fault> {
        let unknown = self.table.keys().find(|name| !known.contains(&name.get_ref().as_ref()));
        let Some(name) = unknown else { return Ok(()) };
        Err(Fault::new(
            name.span().start,
            format!(
                "{what} has no key `{}`; its keys are {}",
                name.get_ref(),
                known.join(", ")
            ),
            format!("{what} 没有键 `{}`；可用的键：{}", name.get_ref(), known.join("、")),
        ))
    }

    pub fn missing(&self, key: &str) -> Fault {
        Fault::new(
            self.at,
            format!("the key `{key}` is missing in this rule"),
            format!("该规则缺少键 `{key}`"),
        )
    }

    fn typed<T>(
        &self,
        key: &str,
        (en, zh): (&str, &str),
        read: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Result<Option<(usize, T)>, Fault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let at = value.span().start;
        match read(value.get_ref()) {
            Some(read) => Ok(Some((at, read))),
            None => Err(Fault::new(
                at,
                format!("`{key}` must be {en}"),
                format!("`{key}` 应为{zh}"),
            )),
        }
    }

    /// A text that is not empty, or a time as text.
    pub fn text(&self, key: &str) -> Result<Option<(usize, String)>, Fault> {
        let read = |value: &DeValue<'_>| match value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.clone().into_owned()),
            DeValue::Datetime(time) => Some(time.to_string()),
            _ => None,
        };
        self.typed(key, ("a text in quotation marks, not empty", "引号中的非空文本"), read)
    }

    pub fn needed_text(&self, key: &str) -> Result<(usize, String), Fault> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    pub fn integer(&self, key: &str) -> Result<Option<(usize, i64)>, Fault> {
        self.typed(key, ("a whole number", "整数"), integer)
    }

    pub fn count(&self, key: &str) -> Result<Option<(usize, u64)>, Fault> {
        let read = |value: &DeValue<'_>| integer(value).and_then(|value| u64::try_from(value).ok());
        self.typed(key, ("a whole number of rows, 0 or more", "不小于 0 的行数"), read)
    }

    pub fn number(&self, key: &str) -> Result<Option<(usize, f64)>, Fault> {
        let read = |value: &DeValue<'_>| match scalar(value)? {
            Scalar::Integer(value) => Some(value as f64),
            Scalar::Number(value) => Some(value),
            Scalar::Boolean(_) | Scalar::Text(_) => None,
        };
        self.typed(key, ("a number", "数字"), read)
    }

    /// True or false; false where it does not stand.
    pub fn flag(&self, key: &str) -> Result<bool, Fault> {
        let read = |value: &DeValue<'_>| value.as_bool();
        let read = self.typed(key, ("true or false", "true 或 false"), read)?;
        Ok(read.is_some_and(|(_, flag)| flag))
    }

    pub fn scalar(&self, key: &str) -> Result<Option<(usize, Scalar)>, Fault> {
        self.typed(key, ("a number, a text or a time", "数字、文本或时间"), scalar)
    }

    /// A list of one value or more.
    pub fn scalars(&self, key: &str) -> Result<Vec<Scalar>, Fault> {
        let read = |value: &DeValue<'_>| {
            let values = value.as_array()?;
            let read: Option<Vec<Scalar>> = values.iter().map(|value| scalar(value.get_ref())).collect();
            read.filter(|values| !values.is_empty())
        };
        let words = (
            "a list of values such as [\"view\", \"cart\"], not empty",
            "非空的值列表，如 [\"view\", \"cart\"]",
        );
        let read = self.typed(key, words, read)?;
        read.map(|(_, values)| values).ok_or_else(|| self.missing(key))
    }

    /// One column name or a list of different ones.
    pub fn names(&self, key: &str) -> Result<Option<Vec<String>>, Fault> {
        let read = |value: &DeValue<'_>| {
            let names: Vec<String> = match value {
                DeValue::String(name) => vec![name.clone().into_owned()],
                other => {
                    let names = other.as_array()?.iter();
                    names
                        .map(|name| name.get_ref().as_str().map(str::to_owned))
                        .collect::<Option<_>>()?
                }
            };
            let differ = (1..names.len()).all(|place| !names[..place].contains(&names[place]));
            (differ && !names.is_empty() && names.iter().all(|name| !name.is_empty())).then_some(names)
        };
        let words = (
            "a column or a list of different columns such as [\"user_id\", \"event_time\"]",
            "一个列名或不重复的列名列表，如 [\"user_id\", \"event_time\"]",
        );
        Ok(self.typed(key, words, read)?.map(|(_, names)| names))
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn scalar(value: &DeValue<'_>) -> Option<Scalar> {
    Some(match value {
        DeValue::String(text) => Scalar::Text(text.clone().into_owned()),
        DeValue::Datetime(time) => Scalar::Text(time.to_string()),
        DeValue::Boolean(value) => Scalar::Boolean(*value),
        DeValue::Integer(_) => Scalar::Integer(integer(value)?),
        DeValue::Float(float) => Scalar::Number(float.as_str().parse().ok().filter(|value: &f64| !value.is_nan())?),
        DeValue::Array(_) | DeValue::Table(_) => return None,
    })
}
