//! One sentence a step, in both languages: what stands in the list of steps.

use super::step::{Action, Case, Fill, Keep, MaskMethod};
use crate::engine::artifact::Bilingual;
use crate::engine::audit::thousands;

impl Action {
    /// What exactly the step does, e.g. `price: numbers above 999 become 999`.
    pub fn describe(&self) -> Bilingual {
        match self {
            Self::DropDuplicates { columns, keep } => duplicates(columns, *keep),
            Self::DropMissing { columns } if columns.is_empty() => Bilingual::new("any column", "任意列"),
            Self::DropMissing { columns } => list(columns),
            Self::FillMissing { column, with } => fill(column, with),
            Self::Clip {
                column,
                min,
                max,
                lower_quantile,
                upper_quantile,
            } => clip(column, [*min, *max], [*lower_quantile, *upper_quantile]),
            Self::Filter { condition } | Self::DropRows { condition } => abridged(condition),
            Self::NormalizeText {
                columns,
                trim,
                nfkc,
                collapse_whitespace,
                case,
            } => normalize(columns, [*trim, *nfkc, *collapse_whitespace], *case),
            Self::ParseTime { column, format } => Bilingual::new(
                format!("{column} written as {format}"),
                format!("{column}，格式 {format}"),
            ),
            Self::MapValues { column, map } => map_values(column, map),
            Self::Mask { column, method } => mask(column, method),
            Self::DropColumn { column } | Self::ParseNumber { column } => {
                Bilingual::new(column.clone(), column.clone())
            }
            Self::DropDoubleFire { seconds, columns, .. } => double_fire(*seconds, columns),
            Self::DropUsers { users, .. } => {
                let first = users.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
                let more = if users.len() > 3 { ", …" } else { "" };
                Bilingual::new(
                    format!("{} users: {first}{more}", users.len()),
                    format!("{} 个用户：{first}{more}", users.len()),
                )
            }
        }
    }
}

/// Values of a list that a sentence shows.
const SHOWN_VALUES: usize = 3;

/// A condition as a line shows it: of a list of many values the first ones and how many there are. The step itself
/// keeps them all.
fn abridged(condition: &str) -> Bilingual {
    let (mut en, mut zh) = (String::new(), String::new());
    let mut rest = condition;
    while let Some((before, values, after)) = next_list(rest) {
        let shown = values.iter().take(SHOWN_VALUES).copied().collect::<Vec<_>>().join(",");
        let count = thousands(values.len() as u64);
        en += &format!("{before}{shown}, … {count} values");
        zh += &format!("{before}{shown}, … 共 {count} 个值");
        rest = after;
    }
    Bilingual::new(en + rest, zh + rest)
}

/// The first bracket that holds more values than are shown: what stands before its values, they, and what follows.
fn next_list(condition: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (mut quote, mut escaped) = (None, false);
    let (mut open, mut commas) = (0, Vec::new());
    for (at, character) in condition.char_indices() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(character),
            (None, '(') => (open, commas) = (at + 1, Vec::new()),
            (None, ',') => commas.push(at),
            (None, ')') if commas.len() > SHOWN_VALUES => {
                let starts = std::iter::once(open).chain(commas.iter().map(|comma| comma + 1));
                let ends = commas.iter().copied().chain([at]);
                let values = starts.zip(ends).map(|(start, end)| &condition[start..end]).collect();
                return Some((&condition[..open], values, &condition[at..]));
            }
            _ => {}
        }
    }
    None
}

fn list(columns: &[String]) -> Bilingual {
    Bilingual::new(columns.join(", "), columns.join("、"))
}

fn duplicates(columns: &[String], keep: Keep) -> Bilingual {
    let (en_keep, zh_keep) = match keep {
        Keep::First => ("keep the first", "保留第一条"),
        Keep::Last => ("keep the last", "保留最后一条"),
    };
    if columns.is_empty() {
        return Bilingual::new(
            format!("all columns equal, {en_keep}"),
            format!("所有列相同，{zh_keep}"),
        );
    }
    Bilingual::new(
        format!("equal in {}, {en_keep}", columns.join(", ")),
        format!("{} 相同，{zh_keep}", columns.join("、")),
    )
}

fn double_fire(seconds: f64, columns: &[String]) -> Bilingual {
    if columns.is_empty() {
        return Bilingual::new(
            format!("same user, item and event within {seconds} s"),
            format!("同一用户、商品、事件在 {seconds} 秒内"),
        );
    }
    Bilingual::new(
        format!("same {} within {seconds} s", columns.join(", ")),
        format!("{} 相同且在 {seconds} 秒内", columns.join("、")),
    )
}

fn fill(column: &str, with: &Fill) -> Bilingual {
    let (en, zh) = match with {
        Fill::Constant { value } => (value.show(), value.show()),
        Fill::Mean => ("the mean".to_owned(), "均值".to_owned()),
        Fill::Median => ("the median".to_owned(), "中位数".to_owned()),
        Fill::Mode => ("the most frequent value".to_owned(), "众数".to_owned()),
    };
    Bilingual::new(format!("{column} with {en}"), format!("{column} 填充为 {zh}"))
}

fn clip(column: &str, bounds: [Option<f64>; 2], quantiles: [Option<f64>; 2]) -> Bilingual {
    let side = |bound: Option<f64>, quantile: Option<f64>| match (bound, quantile) {
        (Some(bound), _) => Some(bound.to_string()),
        (None, Some(quantile)) => Some(format!("q{}", quantile * 100.0)),
        (None, None) => None,
    };
    let low = side(bounds[0], quantiles[0]).unwrap_or_else(|| "−∞".to_owned());
    let high = side(bounds[1], quantiles[1]).unwrap_or_else(|| "∞".to_owned());
    Bilingual::new(
        format!("{column} to {low} … {high}"),
        format!("{column} 限制在 {low} … {high}"),
    )
}

fn normalize(columns: &[String], [trim, nfkc, collapse]: [bool; 3], case: Case) -> Bilingual {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    if trim {
        parts.push(("trim", "去首尾空白"));
    }
    if nfkc {
        parts.push(("NFKC", "NFKC"));
    }
    if collapse {
        parts.push(("single blanks", "合并空白"));
    }
    match case {
        Case::Keep => {}
        Case::Lower => parts.push(("lower case", "小写")),
        Case::Upper => parts.push(("upper case", "大写")),
    }
    let en: Vec<&str> = parts.iter().map(|part| part.0).collect();
    let zh: Vec<&str> = parts.iter().map(|part| part.1).collect();
    let (en_columns, zh_columns) = if columns.is_empty() {
        ("all text columns".to_owned(), "所有文本列".to_owned())
    } else {
        (columns.join(", "), columns.join("、"))
    };
    Bilingual::new(
        format!("{en_columns}: {}", en.join(", ")),
        format!("{zh_columns}：{}", zh.join("、")),
    )
}

fn map_values(column: &str, map: &std::collections::BTreeMap<String, Option<String>>) -> Bilingual {
    let pairs: Vec<String> = map
        .iter()
        .take(3)
        .map(|(from, to)| format!("{from} → {}", to.as_deref().unwrap_or("∅")))
        .collect();
    let more = if map.len() > 3 { ", …" } else { "" };
    Bilingual::new(
        format!("{column}: {}{more}", pairs.join(", ")),
        format!("{column}：{}{more}", pairs.join("，")),
    )
}

fn mask(column: &str, method: &MaskMethod) -> Bilingual {
    let (en, zh) = match method {
        MaskMethod::Hash { .. } => ("salted hash".to_owned(), "加盐哈希".to_owned()),
        MaskMethod::Redact { with } => (format!("write {with}"), format!("替换为 {with}")),
        MaskMethod::Personal { patterns } if patterns.is_empty() => {
            ("hide what looks personal".to_owned(), "隐藏个人信息".to_owned())
        }
        MaskMethod::Personal { patterns } => (
            format!("hide {}", patterns.join(", ")),
            format!("隐藏 {}", patterns.join("、")),
        ),
        MaskMethod::KeepLast { n } => (format!("keep the last {n} characters"), format!("保留末 {n} 位")),
    };
    Bilingual::new(format!("{column}: {en}"), format!("{column}：{zh}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_the_first_values_of_a_long_list_and_how_many_there_are() {
        let ids: Vec<String> = (1..=5_887).map(|id| id.to_string()).collect();
        let written = format!("price < 0 or item in ({}) and x = 1", ids.join(", "));
        let told = abridged(&written);
        assert_eq!(told.en, "price < 0 or item in (1, 2, 3, … 5,887 values) and x = 1");
        assert_eq!(told.zh, "price < 0 or item in (1, 2, 3, … 共 5,887 个值) and x = 1");
        let texts = abridged(r#"`a (b` in ("x, \"(y", "2", "3", "4", "5")"#);
        assert_eq!(texts.en, r#"`a (b` in ("x, \"(y", "2", "3", … 5 values)"#);
        let short = "item in (1, 2, 3) and (a = 1 or b = 2)";
        assert_eq!(abridged(short).en, short);
    }
}
