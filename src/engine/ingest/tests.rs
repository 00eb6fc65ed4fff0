//! Reading small files written on the spot: dialects, rejects, types, several files, errors, cancelling.

use super::{Dataset, IngestError, QuoteChoice, ReadOptions, read_log, write};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::progress::Progress;
use std::io::Write as _;
use std::path::PathBuf;

mod files;
mod overrides;
mod previews;

pub(super) fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    (folder, path)
}

pub(super) fn read_with(bytes: &[u8], options: &ReadOptions) -> Dataset {
    let (_folder, path) = file("log.csv", bytes);
    let dataset = read_log(&[path], options, &Progress::new()).expect("a readable table");
    check(&dataset);
    dataset
}

pub(super) fn read(text: &str) -> Dataset {
    read_with(text.as_bytes(), &ReadOptions::default())
}

/// What holds for every dataset.
pub(super) fn check(dataset: &Dataset) {
    let rows = dataset.info.rows;
    assert_eq!(rows.accepted + rows.rejected + rows.skipped, rows.total);
    assert_eq!(rows.accepted, dataset.num_rows() as u64);
    assert_eq!(dataset.lines.len(), dataset.num_rows());
    assert_eq!(dataset.info.columns.len(), dataset.frame.width());
    assert_eq!(rows.rejected, dataset.rejects.len() as u64);
    for (info, column) in dataset.info.columns.iter().zip(dataset.frame.columns()) {
        assert_eq!(info.nulls + info.invalid, column.null_count() as u64, "{}", info.name);
        assert_eq!(info.name, column.name().as_str());
    }
}

/// The cells as text, `∅` for null.
pub(super) fn cells(dataset: &Dataset) -> Vec<Vec<String>> {
    let text = |row: usize, column: &polars::prelude::Column| match column.get(row).expect("row exists") {
        polars::prelude::AnyValue::Null => "∅".to_owned(),
        polars::prelude::AnyValue::String(text) => text.to_owned(),
        // A table of one row holds its cells so.
        polars::prelude::AnyValue::StringOwned(text) => text.to_string(),
        polars::prelude::AnyValue::Datetime(micros, _, _) => micros.to_string(),
        other => other.to_string(),
    };
    (0..dataset.num_rows())
        .map(|row| dataset.frame.columns().iter().map(|column| text(row, column)).collect())
        .collect()
}

pub(super) fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.info.columns.iter().map(|column| column.name.as_str()).collect()
}

pub(super) fn types(dataset: &Dataset) -> Vec<ColumnType> {
    dataset.info.columns.iter().map(|column| column.dtype).collect()
}

#[test]
fn quotes_line_breaks_and_delimiters_in_fields() {
    let dataset =
        read("id,text\r\n1,\"a, b\"\r\n2,\"he said \"\"hi\"\"\"\r\n3,\"two\r\nlines\"\r\n4,5\" screen\r\n5,\"\"\r\n");
    let texts: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(texts, ["a, b", "he said \"hi\"", "two\r\nlines", "5\" screen", "∅"]);
    assert_eq!(*dataset.lines, [2, 3, 4, 6, 7]);
    assert_eq!(dataset.info.dialect.line_ending, "crlf");
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let dataset = read("id,text,n\n1,\"open,5\n2,\"fine\",6\n3,plain,7\n4,\"cut off");
    assert_eq!(cells(&dataset), [["2", "fine", "6"], ["3", "plain", "7"]]);
    let rejects: Vec<(u64, &str)> = dataset
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.raw.as_str()))
        .collect();
    assert_eq!(rejects, [(2, "1,\"open,5"), (5, "4,\"cut off")]);
    assert!(
        dataset
            .rejects
            .iter()
            .all(|reject| reject.cause.en == "a quote is opened and not closed")
    );
}

#[test]
fn stray_quotes_are_text() {
    let dataset = read("id,text,n\n1,\"Tall\" hat,5\n2,say \"hi\",6\n3,\"5'8\" tall\",7\n");
    let texts: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(texts, ["\"Tall\" hat", "say \"hi\"", "5'8\" tall"]);
    let header = read("\"DATE,TIME,\"Name\"\n2019-01-01,5,\"x\"\n2019-01-02,6,\"y\"\n2019-01-03,7,\"z\"\n");
    assert_eq!(header.num_rows(), 3);
}

#[test]
fn wrong_number_of_fields_is_rejected_with_its_line() {
    let dataset = read("a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n10,11,12\n");
    assert_eq!(cells(&dataset), [["1", "2", "3"], ["10", "11", "12"]]);
    let causes: Vec<(u64, &str)> = dataset
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.cause.en.as_str()))
        .collect();
    assert_eq!(
        causes,
        [
            (3, "2 fields where 3 are expected"),
            (5, "4 fields where 3 are expected")
        ]
    );
    assert_eq!((dataset.info.rows.total, dataset.info.rows.skipped), (6, 2));
}

#[test]
fn delimiters_are_found() {
    for (delimiter, text) in [
        (',', "user_id,item,price\n1,a b,2.5\n2,c;d,3.5\n"),
        (';', "user_id;item;price\n1;a, b;2,5\n2;c;3,5\n"),
        ('\t', "user_id\titem\tprice\n1\ta, b\t2.5\n2\tc\t3.5\n"),
        ('|', "user_id|item|price\n1|a, b|2.5\n2|c|3.5\n"),
    ] {
        let dataset = read(text);
        assert_eq!(dataset.info.dialect.delimiter, delimiter);
        assert_eq!(names(&dataset), ["user_id", "item", "price"]);
        assert_eq!(
            types(&dataset),
            [ColumnType::Integer, ColumnType::Text, ColumnType::Float],
            "{delimiter}"
        );
        assert!(
            dataset
                .info
                .dialect
                .evidence
                .iter()
                .any(|sentence| sentence.en.starts_with("Delimiter"))
        );
    }
}

#[test]
fn encodings_become_utf8() {
    let text = "用户编号,商品名称,行为\n1,红色连衣裙很漂亮质量不错,浏览\n2,这件衣服的质量非常好物流也快,购买\n";
    let expected = cells(&read(text));
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [&b"\xFF\xFE"[..], &little].concat();
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    for (name, bytes) in [
        ("gb18030", gb),
        ("UTF-16LE", marked),
        ("UTF-8", format!("\u{FEFF}{text}").into_bytes()),
    ] {
        let dataset = read_with(&bytes, &ReadOptions::default());
        assert_eq!(
            (cells(&dataset), dataset.info.dialect.encoding.as_str()),
            (expected.clone(), name)
        );
        assert_eq!(names(&dataset)[0], "用户编号");
        assert_eq!(dataset.info.columns[2].role, Role::Event);
    }
}

#[test]
fn an_encoding_that_shows_late_is_found() {
    // The sample is plain ASCII; GB18030 starts beyond it.
    let mut bytes = b"id,name\n".to_vec();
    for row in 0..200_000 {
        bytes.extend(format!("{row},abc\n").into_bytes());
    }
    let late = encoding_rs::GB18030
        .encode("7,红色连衣裙很漂亮\n8,这件衣服的质量非常好\n")
        .0
        .into_owned();
    bytes.extend(late);
    let dataset = read_with(&bytes, &ReadOptions::default());
    assert_eq!(
        (dataset.info.dialect.encoding.as_str(), dataset.info.rows.rejected),
        ("gb18030", 0)
    );
    assert_eq!(cells(&dataset)[200_000][1], "红色连衣裙很漂亮");
}

#[test]
fn undecodable_bytes_reject_their_record_only() {
    let mut bytes = "id,name\n1,名称\n".to_owned().into_bytes();
    for row in 0..40 {
        bytes.extend(format!("{row},商品名称\n").into_bytes());
    }
    bytes.extend(b"99,\xFF\xFE\n");
    let dataset = read_with(&bytes, &ReadOptions::default());
    assert_eq!((dataset.info.rows.accepted, dataset.info.rows.rejected), (41, 1));
    assert!(
        dataset.rejects[0].cause.en.contains("not UTF-8"),
        "{}",
        dataset.rejects[0].cause.en
    );
}

#[test]
fn preamble_comments_and_footer_are_skipped() {
    let dataset =
        read("# exported 2019-10-01\n# by shop\nuser,item,n\n1,a,5\n2,b,6\n# middle\n3,c,7\n\nTotal: 3 rows\n");
    assert_eq!(dataset.num_rows(), 3);
    let dialect = &dataset.info.dialect;
    assert_eq!(
        (dialect.preamble_lines, dialect.footer_lines, dialect.header),
        (2, 1, true)
    );
    assert_eq!(
        (
            dataset.info.rows.total,
            dataset.info.rows.rejected,
            dataset.info.rows.skipped
        ),
        (9, 0, 6)
    );
    assert_eq!(*dataset.lines, [4, 5, 7]);
}

#[test]
fn a_repeated_header_is_skipped() {
    let dataset = read("a,b\n1,2\na,b\n3,4\n");
    assert_eq!((cells(&dataset).len(), dataset.info.rows.skipped), (2, 2));
}

#[test]
fn lines_quoted_as_a_whole_are_unwrapped() {
    let dataset = read("\"user_id,country\"\n\"834778,UK\"\n\"928468,\"\"U,S\"\"\"\n");
    assert_eq!(cells(&dataset), [["834778", "UK"], ["928468", "U,S"]]);
}

#[test]
fn types_hold_for_all_rows_not_for_the_first_ones() {
    let mut text = "id,mixed,late_text,late_float,when\n".to_owned();
    for row in 0..60_000 {
        let late = row >= 50_000;
        let mixed = if late { "x1" } else { "1" };
        let word = if row >= 55_000 { "word" } else { "7" };
        let float = if row == 59_999 { "1.5" } else { "2" };
        let when = if row == 59_999 { "13/1/2010" } else { "1/2/2010" };
        text.push_str(&format!("{row},{mixed},{word},{float},{when}\n"));
    }
    let dataset = read(&text);
    let want = [
        ColumnType::Integer,
        ColumnType::Text,
        ColumnType::Text,
        ColumnType::Float,
        ColumnType::Time,
    ];
    assert_eq!(types(&dataset), want);
    let last = &cells(&dataset)[59_999];
    assert_eq!(
        (last[1].as_str(), last[2].as_str(), last[3].as_str()),
        ("x1", "word", "1.5")
    );
    // The one cell that tells makes all of them day first: 1/2/2010 is 1 February, 13/1/2010 is 13 January.
    assert_eq!(last[4], "1263340800000000");
    assert_eq!(cells(&dataset)[0][4], "1264982400000000");
    assert!(dataset.invalid.is_empty());
}

#[test]
fn invalid_cells_are_kept_with_row_and_text() {
    let mut text = "price\n".to_owned();
    for row in 0..100 {
        text.push_str(if row == 40 { "cheap\n" } else { "5\n" });
    }
    let dataset = read(&text);
    assert_eq!(types(&dataset), [ColumnType::Integer]);
    let invalid = &dataset.invalid[0];
    assert_eq!((invalid.row, invalid.column, invalid.raw.as_str()), (40, 0, "cheap"));
    assert_eq!((dataset.info.columns[0].invalid, dataset.info.columns[0].nulls), (1, 0));
}

#[test]
fn overrides_win() {
    let options = ReadOptions {
        delimiter: Some(';'),
        quote: QuoteChoice::None,
        header: Some(false),
        column_names: vec!["who".to_owned()],
        types: [("who".to_owned(), ColumnType::Text)].into(),
        roles: [("column_2".to_owned(), Role::Item)].into(),
        ..ReadOptions::default()
    };
    let dataset = read_with(b"1;\"2\n3;4,5\n", &options);
    assert_eq!(names(&dataset), ["who", "column_2"]);
    assert_eq!(cells(&dataset), [["1", "\"2"], ["3", "4,5"]]);
    assert_eq!(types(&dataset), [ColumnType::Text, ColumnType::Text]);
    let info = &dataset.info.columns[1];
    assert_eq!(
        (info.role, info.confidence, info.why.en.as_str()),
        (Role::Item, 1.0, "set by you")
    );
    let unknown = ReadOptions {
        roles: [("nope".to_owned(), Role::User)].into(),
        ..ReadOptions::default()
    };
    let (_folder, path) = file("log.csv", b"a,b\n1,2\n");
    let error = read_log(&[path], &unknown, &Progress::new()).expect_err("no such column");
    assert_eq!(error.to_string(), "there is no column \"nope\"; the columns are a, b");
}

#[test]
fn text_only_keeps_every_cell_as_it_is() {
    let options = ReadOptions {
        text_only: true,
        ..ReadOptions::default()
    };
    let dataset = read_with(b"a,b,c\n01, NA ,null\n1.50,TRUE,-\n", &options);
    assert_eq!(cells(&dataset), [["01", " NA ", "null"], ["1.50", "TRUE", "-"]]);
}
