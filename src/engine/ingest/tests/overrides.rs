//! Each decision about reading made otherwise, on small files: what changes, and that the evidence says who decided.

use super::*;
use crate::engine::ingest::{
    BooleanWords, CommentChoice, FileFormat, LineEnding, NumberFormat, Ragged, ReadingPart, TimeChoice,
};
use std::collections::BTreeMap;

fn set(change: impl FnOnce(&mut ReadOptions)) -> ReadOptions {
    let mut options = ReadOptions::default();
    change(&mut options);
    options
}

/// Reads and asserts that this part was decided by the user.
#[track_caller]
fn decided(text: &str, part: ReadingPart, options: &ReadOptions) -> Dataset {
    let dataset = read_with(text.as_bytes(), options);
    let decisions: Vec<_> = dataset.info.dialect.about(part).collect();
    assert!(
        decisions.iter().any(|decision| decision.set_by_you
            && decision.why.en.contains("set by you")
            && decision.why.zh.contains("由您设定")),
        "{part:?}: {decisions:?}"
    );
    dataset
}

fn column<'a>(dataset: &'a Dataset, name: &str) -> &'a crate::engine::ingest::ColumnInfo {
    let index = dataset.column_index(name).expect(name);
    &dataset.info.columns[index]
}

fn refused(change: impl FnOnce(&mut ReadOptions)) -> String {
    let (_folder, path) = file("log.csv", b"a,b\n1,2\n");
    let error = read_log(&[path], &set(change), &Progress::new()).expect_err("a contradiction");
    let told = error.explain();
    assert_ne!(told.en, told.zh);
    told.en
}

#[test]
fn delimiter_quote_and_escape() {
    let text = "a;b,c\n1;'x\\'y',z\n2;'u',v\n";
    let dataset = decided(
        text,
        ReadingPart::Delimiter,
        &set(|options| options.delimiter = Some(',')),
    );
    assert_eq!(names(&dataset), ["a;b", "c"]);
    let options = set(|options| {
        options.delimiter = Some(';');
        options.quote = QuoteChoice::Char('\'');
        options.escape = Some('\\');
        options.types = BTreeMap::from([("a".to_owned(), ColumnType::Text)]);
    });
    for part in [ReadingPart::Quote, ReadingPart::Escape] {
        let dataset = decided("a;b\n1;'x\\'y;z'\n2;'u'\n", part, &options);
        assert_eq!(cells(&dataset), [["1", "x'y;z"], ["2", "u"]]);
    }
    let plain = set(|options| options.quote = QuoteChoice::None);
    let dataset = decided("a,b\n\"1\",x\n\"2\",y\n", ReadingPart::Quote, &plain);
    assert_eq!(cells(&dataset), [["\"1\"", "x"], ["\"2\"", "y"]]);
    // The quote itself as escape: doubling alone, whatever backslashes suggest.
    let doubled = set(|options| options.escape = Some('"'));
    let text = "a,b\n1,\"c:\\\"\n2,\"say \\\"hi\\\" now\"\n3,\"plain\"\n";
    let dataset = decided(text, ReadingPart::Escape, &doubled);
    assert_eq!(cells(&dataset)[0][1], "c:\\");
}

#[test]
fn encoding_line_ending_and_header() {
    let (text, _, _) = encoding_rs::WINDOWS_1252.encode("id,name\n1,café\n2,naïve\n");
    let options = set(|options| options.encoding = Some("big5".to_owned()));
    let (_folder, path) = file("log.csv", &text);
    let read_so =
        |options: &ReadOptions| read_log(std::slice::from_ref(&path), options, &Progress::new()).expect("a table");
    let found = read_so(&ReadOptions::default());
    assert_eq!(found.info.dialect.encoding, "windows-1252");
    assert!(
        found
            .info
            .dialect
            .about(ReadingPart::Encoding)
            .all(|decision| !decision.set_by_you)
    );
    let chosen = read_so(&options);
    assert_eq!(chosen.info.dialect.encoding, "Big5");
    assert!(
        chosen
            .info
            .dialect
            .about(ReadingPart::Encoding)
            .all(|decision| decision.set_by_you)
    );

    let options = set(|options| options.line_ending = Some(LineEnding::Cr));
    let dataset = decided("a,b\r1,2\r3,4\n5,6\r", ReadingPart::LineEnding, &options);
    assert_eq!(dataset.info.dialect.line_ending, "cr");
    assert_eq!(dataset.info.rows.accepted + dataset.info.rows.rejected, 2);

    let options = set(|options| options.header = Some(false));
    let dataset = decided("a,b\n1,2\n", ReadingPart::Header, &options);
    assert_eq!((names(&dataset), dataset.num_rows()), (vec!["column_1", "column_2"], 2));
    let options = set(|options| options.header = Some(true));
    let dataset = decided("1,2\n3,4\n", ReadingPart::Header, &options);
    assert_eq!(names(&dataset), ["1", "2"]);
}

#[test]
fn comments_preamble_and_footer() {
    let text = "; made by hand\nid,n\n1,2\n; a note, with a comma\n3,4\n";
    let options = set(|options| options.comment = CommentChoice::Prefix(";".to_owned()));
    let dataset = decided(text, ReadingPart::Comments, &options);
    assert_eq!(names(&dataset), ["id", "n"]);
    assert_eq!(cells(&dataset), [["1", "2"], ["3", "4"]]);
    assert_eq!((dataset.info.rows.skipped, dataset.info.rows.rejected), (3, 0));
    // Comments that stand below the header where the preamble is chosen, too.
    let options = set(|options| {
        options.comment = CommentChoice::Prefix(";".to_owned());
        options.preamble_lines = Some(0);
    });
    let dataset = decided(text, ReadingPart::Comments, &options);
    assert_eq!((names(&dataset), dataset.num_rows()), (vec!["id", "n"], 2));

    let text = "# id,n\n#1,2\n#3,4\n5,6\n";
    let options = set(|options| options.comment = CommentChoice::None);
    let dataset = decided(text, ReadingPart::Comments, &options);
    assert_eq!(dataset.info.rows.accepted, 3, "{:?}", dataset.info.rows);

    let options = set(|options| options.preamble_lines = Some(2));
    let dataset = decided("x,y\n1,2\nid,n\n3,4\n", ReadingPart::Preamble, &options);
    assert_eq!(names(&dataset), ["id", "n"]);
    assert_eq!(cells(&dataset), [["3", "4"]]);
    assert_eq!(*dataset.lines, [4]);

    for (lines, text, want) in [
        (1, "id,n\n1,2\n3,4\nsum,9\n", 2),
        (1, "id,n\n1,2\n3,4\nsum,9", 2),
        (2, "id,n\n1,2\n3,4\nsum,9\n\n", 2),
        (0, "id,n\n1,2\n3,4\nsum,9\n", 3),
        (9, "id,n\n1,2\n", 0),
    ] {
        let options = set(|options| options.footer_lines = Some(lines));
        let dataset = decided(text, ReadingPart::Footer, &options);
        assert_eq!(dataset.num_rows(), want, "{text:?} without {lines}");
        assert_eq!(dataset.info.rows.total, text.lines().count() as u64, "{text:?}");
    }
}

#[test]
fn a_footer_behind_many_chunks_is_left_out() {
    let rows: String = (0..400_000).map(|row| format!("{row},abcdefgh {row}\n")).collect();
    let text = format!("id,name\n{rows}total,400000\nend,of file\n");
    assert!(text.len() > 8 << 20, "more than two chunks");
    let dataset = read_with(text.as_bytes(), &set(|options| options.footer_lines = Some(2)));
    assert_eq!(
        (dataset.num_rows(), dataset.info.columns[0].dtype),
        (400_000, ColumnType::Integer)
    );
    assert_eq!(dataset.info.rows.skipped, 3);
}

#[test]
fn ragged_rows_are_padded_and_cut() {
    let text = "a,b,c\n1,x,2\n3\n4,y,5,6,7\n8,,9\n";
    let found = read(text);
    assert_eq!((found.num_rows(), found.info.rows.rejected), (2, 2));
    let dataset = decided(text, ReadingPart::Ragged, &set(|options| options.ragged = Ragged::Pad));
    assert_eq!(
        cells(&dataset),
        [["1", "x", "2"], ["3", "∅", "∅"], ["4", "y", "5"], ["8", "∅", "9"]]
    );
    let ragged = dataset.info.dialect.about(ReadingPart::Ragged).next().expect("told");
    assert!(
        ragged.why.en.starts_with("1 records with too few fields are padded")
            && ragged.why.en.contains("1 with too many")
    );
    // What is broken is still rejected, and so are lines that are no objects.
    let quoted = set(|options| {
        options.ragged = Ragged::Pad;
        options.quote = QuoteChoice::Char('"');
    });
    let dataset = read_with(b"a,b\n1,\"open\n2,y\n3\n", &quoted);
    assert_eq!((dataset.num_rows(), dataset.info.rows.rejected), (2, 1));
    let json = "{\"a\":1,\"b\":2}\nno object\n{\"a\":3}\n";
    let dataset = read_with(json.as_bytes(), &set(|options| options.ragged = Ragged::Pad));
    assert_eq!((dataset.num_rows(), dataset.info.rows.rejected), (2, 1));
}

#[test]
fn null_spellings_and_boolean_words() {
    let text = "n,t,NA\n-1,none,x\n5,NA,y\n,,z\n";
    let options = set(|options| options.nulls = Some(vec!["-1".to_owned(), "none".to_owned()]));
    let dataset = decided(text, ReadingPart::Nulls, &options);
    assert_eq!(cells(&dataset), [["∅", "∅", "x"], ["5", "NA", "y"], ["∅", "∅", "z"]]);
    assert_eq!(column(&dataset, "n").invalid, 0);
    let only_empty = set(|options| options.nulls = Some(Vec::new()));
    let dataset = decided("a,b\nNA,1\n空,2\n,3\n", ReadingPart::Nulls, &only_empty);
    assert_eq!(cells(&dataset), [["NA", "1"], ["空", "2"], ["∅", "3"]]);

    let words = BooleanWords {
        yes: vec!["买".to_owned(), "1".to_owned(), "Oui".to_owned()],
        no: vec!["不买".to_owned(), "0".to_owned(), "non".to_owned()],
    };
    let options = set(|options| options.booleans = Some(words));
    let dataset = decided("a,b,c\n买,1,OUI\n不买,0,non\n", ReadingPart::Booleans, &options);
    assert_eq!(types(&dataset), [ColumnType::Boolean; 3]);
    assert_eq!(cells(&dataset), [["true"; 3], ["false"; 3]]);
    let dataset = read_with(b"a,b\ntrue,1\nfalse,0\n", &options);
    assert_eq!(types(&dataset), [ColumnType::Text, ColumnType::Boolean]);
}

#[test]
fn number_formats_of_columns() {
    let text = "id;a;b\n1;1.234;1,5\n2;2.500;2,25\n3;1,2;x\n";
    let example = |example: &str| NumberFormat::from_example(example).expect("a format");
    let of = |name: &str, format: &str| {
        set(|options| options.numbers = BTreeMap::from([(name.to_owned(), example(format))]))
    };
    let dataset = read_with(text.as_bytes(), &of("a", "1.234,50"));
    let info = column(&dataset, "a");
    assert!(
        info.set_by_you
            && info
                .evidence
                .iter()
                .any(|words| words.en.contains("1.234,50: set by you"))
    );
    assert_eq!(
        (info.dtype, info.number_format.as_deref()),
        (ColumnType::Float, Some("1.234,50"))
    );
    let a: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(a, ["1234.0", "2500.0", "1.2"]);
    // Without grouping a point and a comma cannot both occur.
    let dataset = read_with(text.as_bytes(), &of("a", "1234,50"));
    assert_eq!((column(&dataset, "a").invalid, column(&dataset, "a").nulls), (2, 0));
    let dataset = read_with(
        "n\tm\n1\u{202F}234,5\t1 234\n7,25\t12 345\n".as_bytes(),
        &set(|options| {
            options.numbers = BTreeMap::from([
                ("n".to_owned(), example("1 234,50")),
                ("m".to_owned(), example("1 234,50")),
            ]);
            options.types = BTreeMap::from([("m".to_owned(), ColumnType::Integer)]);
        }),
    );
    assert_eq!(cells(&dataset), [["1234.5", "1234"], ["7.25", "12345"]]);
}

#[test]
fn time_formats_of_columns() {
    const DAY: i64 = 86_400_000_000;
    let micros = |text: &str, choice: TimeChoice| -> Vec<String> {
        let options = set(|options| options.times = BTreeMap::from([("t".to_owned(), choice.clone())]));
        let dataset = read_with(text.as_bytes(), &options);
        let info = column(&dataset, "t");
        assert!(info.set_by_you && info.dtype == ColumnType::Time, "{info:?}");
        assert!(
            info.evidence.iter().any(|words| words.en.contains(choice.name())),
            "{:?}",
            info.evidence
        );
        cells(&dataset).into_iter().map(|row| row[0].clone()).collect()
    };
    let second_of_january = DAY.to_string();
    let first_of_february = (31 * DAY).to_string();
    let text = "t,x\n1/2/1970,a\n1/2/1970,b\n";
    assert_eq!(micros(text, TimeChoice::MonthFirst)[0], second_of_january);
    assert_eq!(micros(text, TimeChoice::DayFirst)[0], first_of_february);
    let numbers = "t,x\n86400,a\n172800,b\n";
    assert_eq!(
        micros(numbers, TimeChoice::EpochSeconds),
        [DAY.to_string(), (2 * DAY).to_string()]
    );
    assert_eq!(micros(numbers, TimeChoice::EpochMillis)[0], "86400000");
    assert_eq!(micros(numbers, TimeChoice::EpochMicros)[0], "86400");
    assert_eq!(
        micros("t,x\n19700102,a\n19700103,b\n", TimeChoice::Compact)[0],
        second_of_january
    );
    let pattern = TimeChoice::Pattern("%d|%m|%y".to_owned());
    assert_eq!(
        micros("t,x\n01|02|70,a\n2/1/70,b\n", pattern),
        [first_of_february, "∅".to_owned()]
    );
}

#[test]
fn types_of_columns() {
    let options = set(|options| options.types = BTreeMap::from([("n".to_owned(), ColumnType::Text)]));
    let dataset = read_with(b"n,m\n1,2\n3,4\n", &options);
    assert_eq!(types(&dataset), [ColumnType::Text, ColumnType::Integer]);
    let evidence = |name: &str| column(&dataset, name).evidence[0].en.clone();
    assert_eq!(evidence("n"), "Type text: set by you; Of 2 sampled cells: 2 integers");
    assert_eq!(evidence("m"), "Of 2 sampled cells: 2 integers");
}

#[test]
fn formats_of_lines() {
    let text = "{\"a\": 1}\n{\"a\": 2}\n";
    let csv = set(|options| options.format = Some(FileFormat::Csv));
    assert_eq!(read(text).info.dialect.format, "jsonl");
    assert_eq!(read_with(text.as_bytes(), &csv).info.dialect.format, "csv");
    let json = set(|options| options.format = Some(FileFormat::Jsonl));
    let dataset = decided("no object\n{\"a\": 1}\n", ReadingPart::Format, &json);
    assert_eq!((dataset.num_rows(), dataset.info.rows.rejected), (1, 1));
    assert!(refused(|options| options.format = Some(FileFormat::Jsonl)).contains("JSON object"));
    assert!(refused(|options| options.format = Some(FileFormat::FixedWidth)).contains("first character"));

    let text = "ab1234\ncd5678\n";
    let fixed = set(|options| {
        options.column_starts = vec![1, 3, 5];
        options.header = Some(false);
    });
    let dataset = decided(text, ReadingPart::Format, &fixed);
    assert_eq!(cells(&dataset), [["ab", "12", "34"], ["cd", "56", "78"]]);
    let fixed = set(|options| {
        options.column_starts = vec![1, 3, 5];
        options.preamble_lines = Some(1);
        options.footer_lines = Some(1);
        options.header = Some(false);
    });
    let dataset = decided("a title\nab1234\ncd5678\nthe end\n", ReadingPart::Format, &fixed);
    assert_eq!(cells(&dataset), [["ab", "12", "34"], ["cd", "56", "78"]]);
    assert_eq!(*dataset.lines, [2, 3]);
}

#[test]
fn what_is_not_overridden_is_not_written_and_old_options_open() {
    let written = serde_json::to_value(ReadOptions::default()).expect("plain data");
    let fields: Vec<&str> = written
        .as_object()
        .expect("fields")
        .keys()
        .map(String::as_str)
        .collect();
    let mut known = [
        "column_names",
        "delimiter",
        "encoding",
        "escape",
        "header",
        "preamble_lines",
        "quote",
        "roles",
        "text_only",
        "types",
    ];
    known.sort_unstable();
    let mut sorted = fields.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, known, "the hash of a log that is read as found stays");
    let options = set(|options| {
        options.numbers = BTreeMap::from([("a".to_owned(), NumberFormat::USUAL[1])]);
        options.times = BTreeMap::from([("b".to_owned(), TimeChoice::Pattern("%d.%m.%Y".to_owned()))]);
        options.comment = CommentChoice::Prefix("#".to_owned());
        options.ragged = Ragged::Pad;
        options.nulls = Some(vec!["-".to_owned()]);
    });
    let text = serde_json::to_string(&options).expect("plain data");
    assert!(
        text.contains("\"a\":\"1.234,50\"") && text.contains("\"b\":\"%d.%m.%Y\""),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<ReadOptions>(&text).expect("it opens"), options);
    assert!(!options.is_as_found() && ReadOptions::default().is_as_found());
}

mod contradictions;
