//! Options that cannot hold together are refused in words.

use super::*;

#[test]
fn contradictions_are_told() {
    let text = |name: &str| BTreeMap::from([(name.to_owned(), ColumnType::Text)]);
    let times = |name: &str| BTreeMap::from([(name.to_owned(), TimeChoice::DayFirst)]);
    let numbers = || BTreeMap::from([("a".to_owned(), NumberFormat::USUAL[0])]);
    let words = |yes: &[&str], no: &[&str]| BooleanWords {
        yes: yes.iter().map(|&word| word.to_owned()).collect(),
        no: no.iter().map(|&word| word.to_owned()).collect(),
    };
    for (part, told) in [
        ("the delimiter", refused(|options| options.delimiter = Some('，'))),
        (
            "the escape, equal",
            refused(|options| (options.delimiter, options.escape) = (Some('|'), Some('|'))),
        ),
        (
            "lines before",
            refused(|options| options.preamble_lines = Some(u64::MAX)),
        ),
        ("lines after", refused(|options| options.footer_lines = Some(u64::MAX))),
        (
            "begin a comment",
            refused(|options| options.comment = CommentChoice::Prefix(String::new())),
        ),
        (
            "begin with 1 and ascend",
            refused(|options| options.column_starts = vec![1, 5, 5]),
        ),
        (
            "fixed width",
            refused(|options| {
                options.column_starts = vec![1, 5];
                options.format = Some(FileFormat::Csv);
            }),
        ),
        (
            "at least one word",
            refused(|options| options.booleans = Some(words(&["yes"], &[]))),
        ),
        (
            "both true and false",
            refused(|options| options.booleans = Some(words(&["yes"], &["YES"]))),
        ),
        ("at most", refused(|options| options.nulls = Some(vec!["x".repeat(65)]))),
        (
            "another type",
            refused(|options| (options.times, options.types) = (times("a"), text("a"))),
        ),
        (
            "another type",
            refused(|options| (options.numbers, options.types) = (numbers(), text("a"))),
        ),
        (
            "another type",
            refused(|options| (options.numbers, options.times) = (numbers(), times("a"))),
        ),
        ("no column", refused(|options| options.times = times("z"))),
        (
            "time format",
            refused(|options| {
                options.times = BTreeMap::from([("a".to_owned(), TimeChoice::Pattern("%Q".to_owned()))]);
            }),
        ),
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
