//! Findings → steps: what an audit proposes becomes a recipe. AuditReport → Recipe.
//!
//! Invariant: a step keeps the code of its finding; equal steps appear once; steps that read and repair cells come
//! before steps that drop rows, and columns are dropped last, so that no step misses a column it needs.

use super::step::{Action, Case, CellValue, Fill, Keep, MaskMethod, Recipe, Step};
use crate::engine::artifact::Severity;
use crate::engine::audit::{AuditReport, Condition, Finding, Fix, Value};

/// The step that carries a fix out.
pub fn action_of(fix: &Fix) -> Action {
    match fix {
        Fix::DropDuplicates { columns } => Action::DropDuplicates {
            columns: columns.clone(),
            keep: Keep::First,
        },
        Fix::DropRepeats {
            columns,
            time_column,
            within_secs,
            event_column: _,
            slow_events,
            slow_within_secs,
        } => Action::DropDoubleFire {
            seconds: *within_secs,
            columns: columns.clone(),
            time: Some(time_column.clone()),
            slow_events: slow_events.clone(),
            slow_seconds: (!slow_events.is_empty()).then_some(*slow_within_secs),
        },
        Fix::DropRows { condition } => Action::DropRows {
            condition: written(condition),
        },
        Fix::DropUsers { column, users } => Action::DropUsers {
            users: users.iter().map(ToString::to_string).collect(),
            column: Some(column.clone()),
        },
        Fix::DropColumn { column } => Action::DropColumn { column: column.clone() },
        Fix::FillMissing { column, value } => Action::FillMissing {
            column: column.clone(),
            with: Fill::Constant { value: cell(value) },
        },
        Fix::Clip { column, min, max } => Action::Clip {
            column: column.clone(),
            min: *min,
            max: *max,
            lower_quantile: None,
            upper_quantile: None,
        },
        Fix::MapValues { column, mapping } => Action::MapValues {
            column: column.clone(),
            map: mapping.clone(),
        },
        Fix::ParseTime { column, format } => Action::ParseTime {
            column: column.clone(),
            format: format.clone(),
        },
        Fix::ParseNumber { column } => Action::ParseNumber { column: column.clone() },
        Fix::NormalizeText { column, nfkc } => Action::NormalizeText {
            columns: vec![column.clone()],
            trim: true,
            nfkc: *nfkc,
            collapse_whitespace: false,
            case: Case::Keep,
        },
        Fix::Mask { column, patterns } => Action::Mask {
            column: column.clone(),
            method: MaskMethod::Personal {
                patterns: patterns.clone(),
            },
        },
    }
}

/// The step a finding proposes, if it proposes one.
pub fn step_of(finding: &Finding) -> Option<Step> {
    let fix = finding.fix.as_ref()?;
    Some(Step {
        finding: Some(finding.code.clone()),
        ..Step::new(action_of(fix))
    })
}

/// A recipe of every finding's fix. Steps from mere information are there but switched off.
pub fn suggest(report: &AuditReport) -> Recipe {
    let mut steps: Vec<Step> = Vec::new();
    for finding in &report.findings {
        let Some(mut step) = step_of(finding) else { continue };
        step.enabled = finding.severity >= Severity::Warning;
        match steps.iter_mut().find(|known| known.action == step.action) {
            Some(known) => known.enabled |= step.enabled,
            None => steps.push(step),
        }
    }
    // A stable sort keeps the order of findings, worst first, inside each rank.
    steps.sort_by_key(|step| rank(&step.action));
    Recipe::new(steps)
}

/// Adds a finding's step where it belongs by rank; false if the recipe has that step already.
pub fn add_step(recipe: &mut Recipe, step: Step) -> bool {
    if let Some(known) = recipe.steps.iter_mut().find(|known| known.action == step.action) {
        let was_off = !known.enabled;
        known.enabled = true;
        return was_off;
    }
    let rank_of = rank(&step.action);
    let place = recipe.steps.iter().rposition(|known| rank(&known.action) <= rank_of);
    recipe.steps.insert(place.map_or(0, |place| place + 1), step);
    true
}

fn rank(action: &Action) -> u8 {
    match action {
        Action::ParseTime { .. } | Action::ParseNumber { .. } => 0,
        Action::NormalizeText { .. } | Action::MapValues { .. } => 1,
        Action::DropDuplicates { .. } => 2,
        Action::DropDoubleFire { .. } => 3,
        Action::DropUsers { .. } => 4,
        Action::DropRows { .. } | Action::Filter { .. } | Action::DropMissing { .. } => 5,
        Action::FillMissing { .. } => 6,
        Action::Clip { .. } => 7,
        Action::Mask { .. } => 8,
        Action::DropColumn { .. } => 9,
    }
}

fn cell(value: &Value) -> CellValue {
    match value {
        Value::Null => CellValue::Text(String::new()),
        Value::Boolean(v) => CellValue::Boolean(*v),
        Value::Integer(v) => CellValue::Integer(*v),
        Value::Number(v) => CellValue::Float(*v),
        Value::Text(v) => CellValue::Text(v.clone()),
    }
}

/// The condition as the text of a `drop_rows` step.
fn written(condition: &Condition) -> String {
    let compare = |column: &str, op: &str, value: &Value| format!("{} {op} {}", name(column), literal(value));
    let joined = |conditions: &[Condition], word: &str| {
        let parts: Vec<String> = conditions.iter().map(in_brackets).collect();
        parts.join(&format!(" {word} "))
    };
    match condition {
        Condition::IsNull { column }
        | Condition::Equal {
            column,
            value: Value::Null,
        } => format!("{} is null", name(column)),
        Condition::Less { column, value } => compare(column, "<", value),
        Condition::LessOrEqual { column, value } => compare(column, "<=", value),
        Condition::Greater { column, value } => compare(column, ">", value),
        Condition::Equal { column, value } => compare(column, "=", value),
        Condition::In { column, values } => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{} in ({})", name(column), values.join(", "))
        }
        Condition::Any { conditions } => joined(conditions, "or"),
        Condition::All { conditions } => joined(conditions, "and"),
    }
}

fn in_brackets(condition: &Condition) -> String {
    match condition {
        Condition::Any { .. } | Condition::All { .. } => format!("({})", written(condition)),
        _ => written(condition),
    }
}

/// A column name, between backticks where it is not a plain word.
fn name(column: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let keyword = [
        "and", "or", "not", "in", "is", "null", "between", "contains", "matches", "true", "false",
    ];
    let starts = column.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && column.chars().all(plain) && !keyword.iter().any(|word| column.eq_ignore_ascii_case(word)) {
        return column.to_owned();
    }
    format!("`{}`", column.replace('`', "``"))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Boolean(v) => v.to_string(),
        Value::Integer(v) => v.to_string(),
        Value::Number(v) => v.to_string(),
        Value::Text(v) => format!("\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::Role;
    use crate::engine::audit::{AuditOptions, audit};
    use crate::engine::progress::Progress;
    use crate::engine::recipe::apply;
    use crate::engine::recipe::fixture::{dataset, float, integer, text, time};

    fn column() -> String {
        "unit price".to_owned()
    }

    #[test]
    fn conditions_are_written_so_that_the_parser_reads_the_same() {
        let condition = Condition::All {
            conditions: vec![
                Condition::Any {
                    conditions: vec![
                        Condition::LessOrEqual {
                            column: column(),
                            value: Value::Integer(0),
                        },
                        Condition::IsNull { column: column() },
                    ],
                },
                Condition::In {
                    column: "kind".to_owned(),
                    values: vec![
                        Value::Text("say \"hi\" \\ there".to_owned()),
                        Value::Text("view".to_owned()),
                    ],
                },
            ],
        };
        let text = written(&condition);
        assert_eq!(
            text,
            "(`unit price` <= 0 or `unit price` is null) and kind in (\"say \\\"hi\\\" \\\\ there\", \"view\")"
        );
        let table = dataset(vec![
            float("unit price", Role::Price, &[Some(0.0), None, Some(5.0), Some(-1.0)]),
            crate::engine::recipe::fixture::text(
                "kind",
                Role::Event,
                &[Some("view"), Some("say \"hi\" \\ there"), Some("view"), Some("cart")],
            ),
        ]);
        let done = apply(
            &table,
            &Recipe::new(vec![Step::new(Action::DropRows { condition: text })]),
            &Progress::new(),
        );
        assert_eq!(*done.expect("applies").dataset.lines, [4, 5]);
        assert_eq!(name("in"), "`in`");
        assert_eq!(name("a`b"), "`a``b`");
    }

    #[test]
    fn an_audits_findings_become_a_recipe_that_removes_them() {
        let mut rows: Vec<(String, i64, &str, f64, i64)> = (0..200i64)
            .map(|i| {
                (
                    format!("u{}", i % 20),
                    i % 30,
                    if i % 9 == 0 { "cart" } else { "view" },
                    5.0 + i as f64,
                    i * 90,
                )
            })
            .collect();
        rows[7].3 = -4.0;
        rows.push(rows[3].clone());
        rows.push((rows[11].0.clone(), rows[11].1, rows[11].2, rows[11].3, rows[11].4 + 1));
        let users: Vec<Option<&str>> = rows.iter().map(|r| Some(r.0.as_str())).collect();
        let kinds: Vec<Option<&str>> = rows.iter().map(|r| Some(r.2)).collect();
        let log = dataset(vec![
            text("user_id", Role::User, &users),
            integer(
                "item_id",
                Role::Item,
                &rows.iter().map(|r| Some(r.1)).collect::<Vec<_>>(),
            ),
            text("event_type", Role::Event, &kinds),
            float(
                "price",
                Role::Price,
                &rows.iter().map(|r| Some(r.3)).collect::<Vec<_>>(),
            ),
            time(
                "event_time",
                Role::Time,
                &rows.iter().map(|r| Some(1_760_000_000 + r.4)).collect::<Vec<_>>(),
            ),
        ]);
        let report = audit(&log, &AuditOptions::new(1_800_000_000_000), &Progress::new()).expect("audits");
        let recipe = suggest(&report);
        let kinds: Vec<&str> = recipe.steps.iter().map(|step| step.action.kind()).collect();
        for wanted in ["drop_duplicates", "drop_double_fire", "drop_rows"] {
            assert!(kinds.contains(&wanted), "{kinds:?}");
        }
        assert!(recipe.steps.iter().all(|step| step.finding.is_some()));
        let done = apply(&log, &recipe, &Progress::new()).expect("applies");
        assert_eq!(done.dataset.num_rows(), 199);
        let again = audit(&done.dataset, &AuditOptions::new(1_800_000_000_000), &Progress::new()).expect("audits");
        assert!(suggest(&again).is_empty(), "{:?}", suggest(&again));
        let mut longer = recipe.clone();
        assert!(!add_step(&mut longer, recipe.steps[0].clone()));
        longer.steps[0].enabled = false;
        assert!(add_step(&mut longer, recipe.steps[0].clone()) && longer.steps[0].enabled);
    }
}
