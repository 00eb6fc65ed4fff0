//! Reading small files written on the spot: dialects, rejects, types, several files, errors, cancelling.

use super::{Dataset, IngestError, QuoteChoice, ReadOptions, read_log, write};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::progress::Progress;
use proptest::prelude::{ProptestConfig, any, prop};
use std::io::Write as _;
use std::path::PathBuf;

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
        (Role::Item, 1.0, "chosen by the user")
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

#[test]
fn files_of_a_folder_are_one_log_by_column_names() {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in [
        ("2.csv", "item,user\ni3,u3\n"),
        ("1.csv", "user,item\nu1,i1\nu2,i2\n"),
        ("3.tsv", "user\titem\tprice\nu4\ti4\t5\n"),
        ("notes.md", "not a table"),
        (".hidden.csv", "x\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let dataset = read_log(
        &[folder.path().to_path_buf()],
        &ReadOptions::default(),
        &Progress::new(),
    )
    .expect("one log");
    check(&dataset);
    assert_eq!(names(&dataset), ["user", "item", "price"]);
    assert_eq!(
        cells(&dataset),
        [
            ["u1", "i1", "∅"],
            ["u2", "i2", "∅"],
            ["u3", "i3", "∅"],
            ["u4", "i4", "5"]
        ]
    );
    assert_eq!(*dataset.source_of_row.clone().expect("several sources"), [0, 0, 1, 2]);
    assert_eq!(*dataset.lines, [2, 3, 2, 2]);
    let differences = &dataset.info.sources[2].schema_differences;
    assert!(
        differences
            .iter()
            .any(|words| words.en.contains("\"price\" in addition")),
        "{differences:?}"
    );
    assert!(
        differences.iter().any(|words| words.en.contains("delimiter")),
        "{differences:?}"
    );
}

#[test]
fn packed_files_and_broken_ones() {
    let text: String =
        "id,name\n".to_owned() + &(0..50_000).map(|row| format!("{row},name {row}\n")).collect::<String>();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).expect("packed");
    let gz = gz.finish().expect("packed");
    let zst = zstd::encode_all(text.as_bytes(), 1).expect("packed");
    let plain = cells(&read(&text));
    for (name, bytes, compression) in [("a.csv.gz", &gz, "gzip"), ("a.csv.zst", &zst, "zstd")] {
        let (_folder, path) = file(name, bytes);
        let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable");
        assert_eq!(
            (dataset.info.dialect.compression.as_str(), dataset.info.name.as_str()),
            (compression, "a")
        );
        assert_eq!(cells(&dataset), plain);
    }
    let (_folder, path) = file("cut.csv.gz", &gz[..gz.len() / 2]);
    let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("the good part");
    assert!(dataset.num_rows() > 1_000 && dataset.num_rows() < 50_000);
    assert!(
        dataset.info.sources[0].schema_differences[0].en.contains("breaks off"),
        "{:?}",
        dataset.info.sources[0]
    );
}

#[test]
fn what_is_no_table_is_named() {
    for (name, bytes, part) in [
        ("a.csv", &b""[..], "is empty"),
        ("a.csv", b"\n \n\n", "only blank lines"),
        ("a.csv", b"%PDF-1.7 \x00\x01", "a PDF document"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "an HTML page"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "a PNG image"),
        ("a.csv", b"Rar!\x1a\x07\x00", "a RAR archive"),
        ("a.xlsx", b"PK\x03\x04\x14\x00\x00", "an Excel workbook"),
        (
            "a.csv",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
            "a Git LFS pointer",
        ),
        ("a.json", b"[{\"user\": 1}, {\"user\": 2}]\n", "is JSON"),
        ("a.csv", b"\x00\x01\x02\x03\x04\x00\x05\x06", "binary data"),
    ] {
        let (_folder, path) = file(name, bytes);
        let error = read_log(&[path], &ReadOptions::default(), &Progress::new())
            .expect_err(part)
            .to_string();
        assert!(error.contains(part) && error.contains(name), "{error}");
    }
    let folder = tempfile::tempdir().expect("folder");
    let error = read_log(
        &[folder.path().to_path_buf()],
        &ReadOptions::default(),
        &Progress::new(),
    );
    assert!(matches!(error, Err(IngestError::EmptyFolder { .. })));
    let error = read_log(
        &[folder.path().join("none.csv")],
        &ReadOptions::default(),
        &Progress::new(),
    );
    assert!(matches!(error, Err(IngestError::NotFound { .. })));
    assert!(matches!(
        read_log(&[], &ReadOptions::default(), &Progress::new()),
        Err(IngestError::NoInput)
    ));
}

#[test]
fn what_is_written_is_read_back() {
    let text = "user,price,when,flag,note\n1,2.5,2019-10-01 08:00:00,true,\"a, \"\"b\"\"\n\"\n2,,2019-10-01 08:00:01.25,false,\n";
    let dataset = read(text);
    let folder = tempfile::tempdir().expect("folder");
    for name in ["a.parquet", "a.csv", "a.tsv", "a.csv.gz", "a.csv.zst"] {
        let path = folder.path().join(name);
        write::write_table(&dataset.frame, &path).expect("written");
        let again = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("readable");
        check(&again);
        assert_eq!(
            (names(&again), types(&again), cells(&again)),
            (names(&dataset), types(&dataset), cells(&dataset)),
            "{name}"
        );
    }
    assert!(write::write_table(&dataset.frame, &folder.path().join("a.xlsx")).is_err());
}

#[test]
fn the_hash_depends_on_bytes_and_options() {
    let options = ReadOptions {
        header: Some(true),
        ..ReadOptions::default()
    };
    let (one, two) = (read("a,b\n1,2\n"), read("a,b\n1,2\n"));
    assert_eq!(one.info.hash, two.info.hash);
    assert_ne!(one.info.hash, read("a,b\n1,3\n").info.hash);
    assert_ne!(one.info.hash, read_with(b"a,b\n1,2\n", &options).info.hash);
}

#[test]
fn a_cancel_ends_the_reading() {
    let (_folder, path) = file("log.csv", "a,b\n1,2\n".repeat(10_000).as_bytes());
    let progress = Progress::new();
    progress.cancel();
    assert!(matches!(
        read_log(&[path], &ReadOptions::default(), &progress),
        Err(IngestError::Cancelled(_))
    ));
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any bytes: never a panic, every record accounted for, and chunks do not matter.
    #[test]
    fn every_record_is_accounted_for(bytes in prop::collection::vec(
        prop::sample::select(vec![b'a', b'1', b'.', b'-', b',', b',', b';', b'\t', b'"', b'"', b'\'', b'\n', b'\n', b'\r', b' ', b'#', b'\\', 0xC3, 0xA9, 0xFF]), 1..400)) {
        let (_folder, path) = file("log.csv", &bytes);
        if let Ok(dataset) = read_log(&[path], &ReadOptions::default(), &Progress::new()) {
            check(&dataset);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_safe(bytes in prop::collection::vec(any::<u8>(), 1..600)) {
        let (_folder, path) = file("log.csv", &bytes);
        for text_only in [false, true] {
            let options = ReadOptions { text_only, ..ReadOptions::default() };
            if let Ok(dataset) = read_log(std::slice::from_ref(&path), &options, &Progress::new()) {
                check(&dataset);
            }
        }
    }

    /// Whatever cells hold, quoting carries them through.
    #[test]
    fn quoted_cells_come_back(rows in prop::collection::vec(prop::collection::vec("[ -~\n\r\"',;é中]{0,12}", 3), 1..30)) {
        let mut text = "a,b,c\n".to_owned();
        for row in &rows {
            let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let options = ReadOptions {
            text_only: true,
            delimiter: Some(','),
            quote: QuoteChoice::Char('"'),
            header: Some(true),
            encoding: Some("UTF-8".to_owned()),
            preamble_lines: Some(0),
            ..ReadOptions::default()
        };
        let dataset = read_with(text.as_bytes(), &options);
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| if cell.is_empty() { "∅".to_owned() } else { cell.clone() }).collect()).collect();
        proptest::prop_assert_eq!(cells(&dataset), expected);
    }
}
