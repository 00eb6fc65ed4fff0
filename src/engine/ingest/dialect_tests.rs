//! Reading small files written on the spot: what the dialect detection finds, and what it does not take for more.

use super::tests::{cells, names, read, read_with, types};
use super::{Dataset, ReadOptions};
use crate::engine::artifact::ColumnType;

fn evidence_of(dataset: &Dataset, words: &str) -> bool {
    dataset
        .info
        .dialect
        .evidence
        .iter()
        .any(|sentence| sentence.en.contains(words))
}

fn rejected(dataset: &Dataset) -> Vec<(u64, &str)> {
    dataset
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.cause.en.as_str()))
        .collect()
}

#[test]
fn backslashes_escape_quotes_where_they_do() {
    let dataset = read("id,text\n1,\"48\\\"\"\n2,\"8\\'9\\\" rod, so\"\n3,plain\n");
    let texts: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(texts, ["48\"", "8\\'9\" rod, so", "plain"]);
    assert_eq!(dataset.info.dialect.escape, Some('\\'));
    let doubled = read("id,path\n1,\"C:\\\"\n2,\"he said \"\"hi\"\"\"\n3,x\n");
    assert_eq!(doubled.info.dialect.escape, Some('"'));
    assert_eq!(cells(&doubled)[0][1], "C:\\");
}

#[test]
fn apostrophes_quote_only_where_they_enclose_fields() {
    let quoted = read("id,text\n1,'a, b'\n2,'it is, so'\n3,don't\n");
    assert_eq!(quoted.info.dialect.quote, Some('\''));
    assert_eq!(cells(&quoted)[2][1], "don't");
    let plain = read("id,text,n\n1,'tis so,4\n2,don't,5\n3,'twas,6\n");
    assert_ne!(plain.info.dialect.quote, Some('\''));
    assert_eq!((cells(&plain)[0][1].as_str(), plain.num_rows()), ("'tis so", 3));
}

#[test]
fn line_ends_between_quotes_do_not_count() {
    let dataset = read("id,text\n1,\"a\rb\rc\rd\re\rf\rg\rh\ri\rj\rk\"\n2,\"x\"\n");
    assert_eq!(
        (dataset.info.dialect.line_ending.as_str(), dataset.num_rows()),
        ("lf", 2)
    );
    let returns = read("id,text\r1,\"a\nb\nc\"\r2,x\r");
    assert_eq!(
        (returns.info.dialect.line_ending.as_str(), returns.num_rows()),
        ("cr", 2)
    );
    assert_eq!(cells(&returns)[0][1], "a\nb\nc");
}

#[test]
fn comment_lines_of_several_kinds() {
    for mark in ["#", "//", "--", "%"] {
        let text = format!("{mark} by hand, on Monday\nid,n\n1,5\n{mark} half, of it\n{mark} the rest\n2,6\n");
        let dataset = read(&text);
        assert_eq!(names(&dataset), ["id", "n"], "{mark}");
        let rows = dataset.info.rows;
        assert_eq!((rows.accepted, rows.rejected, rows.skipped), (2, 0, 4), "{mark}");
        assert!(evidence_of(&dataset, "are comments"), "{mark}");
    }
    // A mark that begins values is none.
    let tags = read("tag,n\n#red,1\n#blue,2\n#red,3\n");
    assert_eq!((tags.num_rows(), tags.info.rows.rejected), (3, 0));
}

#[test]
fn preambles_with_and_without_delimiters() {
    for text in [
        "Report of May,,\n,,\nuser,item,n\n1,2,3\n4,5,6\n",
        "Report of May\n\nuser,item,n\n1,2,3\n4,5,6\n",
    ] {
        let dataset = read(text);
        assert_eq!(names(&dataset), ["user", "item", "n"], "{text}");
        assert_eq!((dataset.info.dialect.preamble_lines, dataset.num_rows()), (2, 2));
    }
}

#[test]
fn a_header_with_another_delimiter_names_the_columns() {
    let dataset = read("user item \"price\"\n1,2,3.5\n4,5,6.5\n7,8,9.5\n");
    assert_eq!(names(&dataset), ["user", "item", "price"]);
    assert_eq!((dataset.num_rows(), dataset.info.rows.rejected), (3, 0));
    assert!(evidence_of(&dataset, "separates its 3 names by ' '"));
}

#[test]
fn a_stray_quote_in_the_header_is_text() {
    let dataset = read("\"DATE,TIME,\"Name\"\n2019-01-01,5,\"x\"\n2019-01-02,6,\"y\"\n2019-01-03,7,\"z\"\n");
    assert_eq!(names(&dataset), ["\"DATE", "TIME", "Name"]);
    assert_eq!(dataset.num_rows(), 3);
}

#[test]
fn a_header_of_several_records_is_joined() {
    let dataset = read("sales,,cost,\nunits,EUR,units,EUR\n1,2.5,3,4.5\n5,6.5,7,8.5\n");
    assert_eq!(names(&dataset), ["sales units", "EUR", "cost units", "EUR_2"]);
    assert_eq!((dataset.num_rows(), dataset.info.rows.skipped), (2, 2));
    // One record of words in a column of numbers is data.
    let unknown = read("user,n,when\nu1,unknown,2019-01-01\nu2,5,2019-01-02\nu3,6,2019-01-03\n");
    assert_eq!((names(&unknown), unknown.num_rows()), (vec!["user", "n", "when"], 3));
}

#[test]
fn files_put_behind_each_other_keep_all_rows() {
    let dataset = read("user,n,m\nuser,n,m\n1,2,3\n\"user\",\"n\",\"m\"\n4,5,6\nuser,n,m\n7,8,9\n");
    assert_eq!(names(&dataset), ["user", "n", "m"]);
    assert_eq!((dataset.num_rows(), dataset.info.rows.skipped), (3, 4));
}

#[test]
fn constant_rows_are_no_repeated_header() {
    let dataset = read("pv,home\npv,home\npv,home\nbuy,home\n");
    assert_eq!(dataset.num_rows(), 4);
}

#[test]
fn a_sound_row_of_another_width_is_never_mended() {
    let dataset = read("a,b,c\n1,2,3\n4,\"5, 6\"\n7,8,9\n10,\"11, 12\",13\n");
    assert_eq!(rejected(&dataset), [(3, "2 fields where 3 are expected")]);
}

#[test]
fn a_stray_quote_does_not_swallow_the_next_line() {
    let dataset = read("id,text,n\n1,\"Tall\" hat,5\n2,say \"hi\",6\n3,\"a, b\",7\n");
    let texts: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(texts, ["\"Tall\" hat", "say \"hi\"", "a, b"]);
}

#[test]
fn doubled_quotes_beside_delimiters_and_line_breaks_are_text() {
    let dataset = read("a,b\n1,\"x\n\"\",y\"\n2,\"z,\"\",\n,\"\",\"\n3,\"w\"\n");
    let texts: Vec<String> = cells(&dataset).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(texts, ["x\n\",y", "z,\",\n,\",", "w"]);
}

#[test]
fn one_column_of_times_is_not_split() {
    let dataset = read("2019-10-01 08:00:00\n2019-10-01 08:00:05\n2019-10-01 08:01:00\n");
    assert_eq!((types(&dataset), dataset.num_rows()), (vec![ColumnType::Time], 3));
}

#[test]
fn rare_delimiters() {
    for delimiter in ['^', '~', '\u{1}'] {
        let text = "user,item,n\n1,a b,5\n2,c d,6\n".replace(',', &delimiter.to_string());
        let dataset = read(&text);
        assert_eq!(dataset.info.dialect.delimiter, delimiter);
        assert_eq!((names(&dataset), dataset.num_rows()), (vec!["user", "item", "n"], 2));
    }
}

#[test]
fn every_encoding_gives_the_same_table() {
    let text = "编号,商品名称,价格\n1,这件衣服的质量非常好，物流也很快,￥1,234\n2,学习电脑与网络设备的价格,￥99\n"
        .replace("￥1,234", "\"￥1,234\"");
    let expected = cells(&read(&text));
    assert_eq!(expected[0][2], "1234");
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (bytes, name) in [
        (little.clone(), "UTF-16LE"),
        (big.clone(), "UTF-16BE"),
        ([b"\xFF\xFE", little.as_slice()].concat(), "UTF-16LE"),
        ([b"\xFE\xFF", big.as_slice()].concat(), "UTF-16BE"),
        (encoding_rs::GB18030.encode(&text).0.into_owned(), "gb18030"),
    ] {
        let dataset = read_with(&bytes, &ReadOptions::default());
        assert_eq!(dataset.info.dialect.encoding, name);
        assert_eq!(cells(&dataset), expected, "{name}");
    }
}

#[test]
fn day_or_month_first_by_evidence() {
    for (text, format, first) in [
        ("id,date\n1,1/2/2019\n2,13/2/2019\n", "d/m/Y", "1548979200000000"),
        ("id,date\n1,1/2/2019\n2,2/13/2019\n", "m/d/Y", "1546387200000000"),
    ] {
        let dataset = read(text);
        let when = &dataset.info.columns[1];
        assert_eq!(
            (when.dtype, when.time_format.as_deref()),
            (ColumnType::Time, Some(format))
        );
        assert_eq!(cells(&dataset)[0][1], first);
    }
    let open = read("id,date\n1,1/2/2019\n2,3/4/2019\n");
    let format = open.info.columns[1].time_format.as_deref().expect("a time");
    assert!(format.contains("no cell tells"), "{format}");
}

#[test]
fn times_with_zones_and_epochs() {
    let dataset = read(
        "iso_time,epoch_time,millis_ts,micros_ts,day_date\n\
         2019-10-01T08:00:00+08:00,1569888000,1569888000123,1569888000123456,20191001\n\
         2019-10-01T00:00:00Z,1569888001,1569888001123,1569888001123456,20191002\n",
    );
    assert_eq!(types(&dataset), [ColumnType::Time; 5]);
    let first = &cells(&dataset)[0];
    assert_eq!(
        first[..],
        [
            "1569888000000000",
            "1569888000000000",
            "1569888000123000",
            "1569888000123456",
            "1569888000000000"
        ]
    );
    assert_eq!(cells(&dataset)[1][0], "1569888000000000");
}

#[test]
fn json_lines_are_a_table() {
    let dataset = read(
        "{\"user\": \"u1\", \"price\": 2.50, \"when\": \"2019-10-01 08:00:00\"}\n\
         {\"user\": \"u2\", \"geo\": {\"city\": \"上海, \\\"north\\\"\"}}\n\
         \n\
         {\"user\": \"u3\", broken\n\
         {\"price\": null, \"user\": \"two\\nlines\", \"flag\": true}\n",
    );
    assert_eq!(names(&dataset), ["user", "price", "when", "geo.city", "flag"]);
    assert_eq!(
        cells(&dataset),
        [
            ["u1", "2.5", "1569916800000000", "∅", "∅"],
            ["u2", "∅", "∅", "上海, \"north\"", "∅"],
            ["two\nlines", "∅", "∅", "∅", "true"]
        ]
    );
    assert_eq!(*dataset.lines, [1, 2, 5]);
    assert_eq!(rejected(&dataset), [(4, "the line is no JSON object")]);
    assert_eq!(dataset.rejects[0].raw, "{\"user\": \"u3\", broken");
    assert_eq!((dataset.info.rows.total, dataset.info.rows.skipped), (5, 1));
    assert_eq!(dataset.info.dialect.format, "jsonl");
}

#[test]
fn padded_columns_are_a_table() {
    let dataset = read(
        "user  title            price\n\
         ----- ---------------- -------\n\
         u1    red dress, long    19.90\n\
         u20   shoe                5.00\n\
         \n\
         u3    上海 \"bag\"          120.00\n\
         u4    hat\n\
         u5    red hat, small  1,008.10\n",
    );
    assert_eq!(names(&dataset), ["user", "title", "price"]);
    assert_eq!(
        cells(&dataset),
        [
            ["u1", "red dress, long", "19.9"],
            ["u20", "shoe", "5.0"],
            ["u3", "上海 \"bag\"", "120.0"],
            ["u4", "hat", "∅"],
            ["u5", "red hat, small", "1008.1"]
        ]
    );
    assert_eq!(*dataset.lines, [3, 4, 6, 7, 8]);
    assert_eq!((dataset.info.rows.total, dataset.info.rows.skipped), (8, 3));
    assert_eq!(dataset.info.dialect.format, "fixed_width");
}

#[test]
fn an_apostrophe_in_a_text_is_no_quote() {
    let dataset = read("the shop's log\nid,n,note\n1,2,x\n3,4,y\n5,6,\"a, b\"\n");
    assert_eq!(dataset.info.dialect.quote, Some('"'));
    let dataset = read("the shop's log\nid,n,note\n1,2,x\n3,4,it's\n5,6,z\n");
    assert_eq!((dataset.info.dialect.quote, dataset.info.rows.rejected), (Some('"'), 0));
}
