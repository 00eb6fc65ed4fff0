//! In which settings runs differ.

use super::config::TrainConfig;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A setting with its value in each run; `None` where a run does not have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// JSON path, e.g. `method.rank`.
    pub setting: String,
    /// In the order of the runs.
    pub values: Vec<Option<Value>>,
}

/// The settings that are not the same in all of `configs`, in the order of their names. What only names a run or says
/// where it comes from is left out: it differs always and changes nothing.
pub fn differences(configs: &[&TrainConfig]) -> Vec<Difference> {
    let flat: Vec<BTreeMap<String, Value>> = configs.iter().map(|config| settings(config)).collect();
    let mut names: Vec<&String> = flat.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| Difference {
            setting: name.clone(),
            values: flat.iter().map(|one| one.get(name).cloned()).collect(),
        })
        .filter(|difference| difference.values.windows(2).any(|pair| pair[0] != pair[1]))
        .collect()
}

/// Every setting by its JSON path. Lists are one value.
pub fn settings(config: &TrainConfig) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    flatten("", serde_json::to_value(config).unwrap_or_default(), &mut found);
    found.retain(|name, _| name != "name" && !name.starts_with("origin"));
    found
}

/// A value as people read it: no quotes around texts, numbers as they were typed.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Number(number) => match number.as_f64() {
            Some(value) if value != 0.0 && value.abs() < 1e-3 => format!("{value:e}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

fn flatten(path: &str, value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() {
                    name
                } else {
                    format!("{path}.{name}")
                };
                flatten(&path, value, found);
            }
        }
        other => drop(found.insert(path.to_owned(), other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::Method;

    #[test]
    fn only_what_differs_is_told_with_the_value_of_each() {
        let first = TrainConfig::default();
        let mut second = TrainConfig {
            name: "other".to_owned(),
            learning_rate: 1e-5,
            ..TrainConfig::default()
        };
        second.method = Method::Lora {
            rank: 4,
            alpha: 8.0,
            dropout: 0.0,
            targets: vec!["query".to_owned()],
            rslora: false,
        };
        assert_eq!(differences(&[&first, &first.clone()]), []);
        let told = differences(&[&first, &second, &first]);
        let names: Vec<&str> = told.iter().map(|one| one.setting.as_str()).collect();
        assert_eq!(
            names,
            [
                "learning_rate",
                "method.alpha",
                "method.dropout",
                "method.kind",
                "method.rank",
                "method.rslora",
                "method.targets"
            ]
        );
        let shown_values: Vec<String> = told[0].values.iter().flatten().map(shown).collect();
        assert_eq!(shown_values, ["2e-4", "1e-5", "2e-4"]);
        assert_eq!(told[4].values[0], None);
        assert_eq!(shown(&serde_json::json!(["query", "value"])), "query, value");
    }
}
