//! The rules file: what it refuses, where and with which words, and that what is written is read back.

use crate::engine::artifact::Severity;
use crate::engine::rules::{Against, Direction, Expectation, KINDS, Rule, RuleFile, Scalar, Span, to_toml};
use proptest::prelude::*;

fn error(text: &str) -> String {
    match RuleFile::parse(text, "shop.toml") {
        Ok(file) => panic!("{text} was read as {file:?}"),
        Err(error) => {
            assert!(!error.message.zh.is_empty());
            error.to_string()
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_its_line_and_what_to_write() {
    let rule = |lines: &str| format!("version = 1\n\n[[rule]]\n{lines}\n");
    let table: [(String, usize, &[&str]); 24] = [
        (String::new(), 1, &["`version`", "version = 1"]),
        ("version = 2\n".into(), 1, &["version 2", "version 1"]),
        ("version = 1\n".into(), 1, &["[[rule]]"]),
        ("version = 1\nrule = 3\n".into(), 2, &["[[rule]]"]),
        ("version = 1\nrule = []\n".into(), 2, &["[[rule]]"]),
        (
            "version = 1\nrules = []\n".into(),
            2,
            &["no key `rules`", "version, rule"],
        ),
        ("version = 1\n[[rule]\n".into(), 2, &["not TOML"]),
        (rule("column = \"a\""), 3, &["`kind` is missing"]),
        (rule("kind = \"notnull\""), 4, &["no kind `notnull`", "not_null"]),
        (rule("kind = \"not_null\""), 3, &["`column` is missing"]),
        (
            rule("kind = \"not_null\"\ncolumn = \"a\"\ncolunm = \"b\""),
            6,
            &["no key `colunm`", "column"],
        ),
        (rule("kind = \"not_null\"\ncolumn = 3"), 5, &["`column` must be a text"]),
        (
            rule("kind = \"not_null\"\ncolumn = \"a\"\nmostly = 1.5"),
            6,
            &["1.5", "0.99"],
        ),
        (rule("kind = \"not_null\"\ncolumn = \"a\"\nmostly = 0"), 6, &["above 0"]),
        (
            rule("kind = \"volume\"\nmin_rows = 1\nmostly = 0.5"),
            6,
            &["`mostly`", "leave it out"],
        ),
        (
            rule("kind = \"not_null\"\ncolumn = \"a\"\nseverity = \"fatal\""),
            6,
            &["`fatal`", "warning"],
        ),
        (
            rule("kind = \"in_set\"\ncolumn = \"a\"\nvalues = []"),
            6,
            &["not empty"],
        ),
        (rule("kind = \"between\"\ncolumn = \"a\""), 3, &["`min` or `max`"]),
        (
            rule("kind = \"between\"\ncolumn = \"a\"\nmin = 2\nmax = 1"),
            7,
            &["not below"],
        ),
        (
            rule("kind = \"between\"\ncolumn = \"a\"\nmin = \"cheap\""),
            6,
            &["`cheap`", "12.5"],
        ),
        (
            rule("kind = \"matches\"\ncolumn = \"a\"\npattern = \"(\""),
            6,
            &["regular expression", "unclosed"],
        ),
        (
            rule("kind = \"row_condition\"\ncondition = \"price >\""),
            5,
            &["character 8"],
        ),
        (
            rule("kind = \"freshness\"\ncolumn = \"t\"\nwithin = \"soon\""),
            6,
            &["`soon`", "36 hours"],
        ),
        (
            rule("kind = \"unique_together\"\ncolumns = [\"a\", \"a\"]"),
            5,
            &["different columns"],
        ),
    ];
    for (text, line, words) in table {
        let told = error(&text);
        assert!(told.starts_with(&format!("shop.toml, line {line}: ")), "{text}\n{told}");
        for word in words {
            assert!(told.contains(word), "`{word}` is not in: {told}");
        }
    }
}

#[test]
fn a_file_is_read_as_it_says() {
    let text = r#"
version = 1

[[rule]]                      # the shop sells nothing for nothing
kind = "between"
column = "price"
min = 0
max = 1e5
strict_min = true
where = 'event_type = "purchase"'
mostly = 0.999
severity = "warning"
reason = "refunds are booked elsewhere"

[[rule]]
kind = "freshness"
column = "event_time"
within = "36 hours"
against = 2026-10-01T08:00:00Z
"#;
    let file = RuleFile::parse(text, "shop.toml").expect("a sound file");
    assert_eq!(
        file.rules[0],
        Rule {
            expectation: Expectation::Between {
                column: "price".into(),
                min: Some(Scalar::Integer(0)),
                max: Some(Scalar::Number(1e5)),
                strict_min: true,
                strict_max: false,
            },
            filter: Some("event_type = \"purchase\"".into()),
            mostly: 0.999,
            severity: Severity::Warning,
            reason: Some("refunds are booked elsewhere".into()),
        }
    );
    let Expectation::Freshness { within, against, .. } = &file.rules[1].expectation else {
        panic!("{:?}", file.rules[1]);
    };
    assert_eq!(*within, Span { secs: 129_600 });
    assert_eq!(*against, Against::Moment(1_790_841_600_000_000));
    assert_eq!((file.rules[1].severity, file.rules[1].mostly), (Severity::Error, 1.0));
}

/// Any text a name, a value or a reason may be, quotation marks and line ends included.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", "[\"'\\\\ \n\t一-龥a-z]{0,6}x"]
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<bool>().prop_map(Scalar::Boolean),
        any::<i64>().prop_map(Scalar::Integer),
        prop::num::f64::NORMAL.prop_map(Scalar::Number),
        name().prop_map(Scalar::Text),
    ]
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let names = || prop::collection::hash_set(name(), 1..4).prop_map(|names| names.into_iter().collect::<Vec<_>>());
    prop_oneof![
        name().prop_map(|column| Expectation::NotNull { column }),
        (name(), prop::collection::vec(scalar(), 1..5))
            .prop_map(|(column, values)| Expectation::InSet { column, values }),
        (name(), -1e6..0.0, any::<i64>(), any::<bool>()).prop_map(|(column, min, max, strict)| Expectation::Between {
            column,
            min: Some(Scalar::Number(min)),
            max: (max > 0).then_some(Scalar::Integer(max)),
            strict_min: strict,
            strict_max: !strict,
        }),
        (name(), name()).prop_map(|(column, text)| Expectation::Matches {
            column,
            pattern: regex::escape(&text),
        }),
        names().prop_map(|columns| Expectation::UniqueTogether { columns }),
        (name(), name(), prop::option::of(name())).prop_map(|(column, table, table_column)| Expectation::References {
            column,
            table,
            table_column,
        }),
        (name(), prop::option::of(names()), any::<bool>(), any::<bool>()).prop_map(|(column, group, falls, strict)| {
            Expectation::Monotone {
                column,
                group: group.unwrap_or_default(),
                direction: if falls {
                    Direction::Decreasing
                } else {
                    Direction::Increasing
                },
                strict,
            }
        }),
        Just(Expectation::RowCondition {
            condition: "price > 0 or brand = \"it's\"".into()
        }),
        (
            name(),
            1_u64..1_000_000,
            prop_oneof![
                Just(Against::Now),
                Just(Against::LogEnd),
                (0_i64..4_000_000_000_000_000).prop_map(Against::Moment)
            ]
        )
            .prop_map(|(column, secs, against)| Expectation::Freshness {
                column,
                within: Span { secs },
                against
            }),
        (
            0_u64..1_000,
            prop::option::of(1_000_u64..9_000),
            prop::option::of(name()),
            any::<bool>()
        )
            .prop_map(|(min, max, per_day, edge_days)| Expectation::Volume {
                min_rows: Some(min),
                max_rows: max,
                per_day,
                edge_days,
            }),
    ]
}

pub(super) fn rules() -> impl Strategy<Value = Rule> {
    (
        expectation(),
        0.001..1.0_f64,
        0..3_usize,
        prop::option::of(name()),
        any::<bool>(),
    )
        .prop_map(|(expectation, mostly, severity, reason, filtered)| Rule {
            mostly: if expectation.has_share() { mostly } else { 1.0 },
            expectation,
            filter: filtered.then(|| "`a b` in ('x', \"y\")".to_owned()),
            severity: [Severity::Error, Severity::Warning, Severity::Info][severity],
            reason,
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(rules in prop::collection::vec(rules(), 1..8)) {
        let text = to_toml(&rules);
        let read = RuleFile::parse(&text, "a.toml").map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&read.rules, &rules, "{}", text);
        // JSON as well, since results carry the rule.
        let json = serde_json::to_string(&rules).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Vec<Rule>>(&json).expect("the same"), rules);
    }

    #[test]
    fn no_text_panics(text in "(version = 1\n)?(\\[\\[rule\\]\\]\n)?([a-z_]{1,9} = [\"'\\[\\]0-9a-z. \\\\]{0,9}\n){0,5}") {
        let _ = RuleFile::parse(&text, "a.toml");
    }
}

#[test]
fn every_kind_is_listed_once_with_the_name_results_use() {
    let mut names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
    for (name, _) in KINDS {
        let told = error(&format!("version = 1\n[[rule]]\nkind = \"{name}\"\nno_such_key = 1\n"));
        assert!(
            told.contains(&format!("kind `{name}` has no key `no_such_key`")),
            "{told}"
        );
    }
}
