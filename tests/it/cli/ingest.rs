//! `touchstone ingest`: any file in, every record accounted for.

use crate::program::{Folder, assert_keys, at, number};
use serde_json::Value;
use std::io::Write as _;

fn counts(value: &Value) -> [f64; 4] {
    let rows = ["total", "accepted", "rejected", "skipped"].map(|name| number(value, &format!("rows.{name}")));
    assert_eq!(rows[1] + rows[2] + rows[3], rows[0], "every record is accounted for");
    rows
}

#[test]
fn the_result_names_dialect_rows_and_columns() {
    let folder = Folder::new();
    folder.write(
        "log.csv",
        "user_id;item_id;event_type;event_time;price\nu1;7;view;2025-01-02 03:04:05;1.5\nu2;8;cart;2025-01-02 03:05:05\n\
         u3;9;\"purchase\";2025-01-02 03:06:05;2.5\n",
    );
    let value = folder.json(&["ingest", "log.csv", "--out", "clean.csv", "--rejects", "rejects.csv"]);
    let dialect = [
        "encoding",
        "delimiter",
        "quote",
        "escape",
        "header",
        "preamble_lines",
        "footer_lines",
    ];
    assert_keys(&value, "dialect", &dialect);
    assert_eq!(at(&value, "dialect.delimiter"), ";");
    assert_eq!(at(&value, "dialect.header"), true);
    assert_eq!(counts(&value), [4.0, 2.0, 1.0, 1.0]);
    let columns = value["columns"].as_array().expect("a list");
    for column in columns {
        assert_keys(column, "", &["name", "dtype", "role", "confidence", "why"]);
    }
    let roles: Vec<&str> = columns.iter().filter_map(|column| column["role"].as_str()).collect();
    assert_eq!(roles, ["user", "item", "event", "time", "price"]);
    let lines: Vec<String> = folder.read("clean.csv").lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "user_id,item_id,event_type,event_time,price");
    let rejects = folder.read("rejects.csv");
    assert!(
        rejects.contains("u2;8;cart;2025-01-02 03:05:05") && rejects.contains(",3,"),
        "{rejects}"
    );
}

#[test]
fn text_only_keeps_every_cell_as_it_is_written() {
    let folder = Folder::new();
    folder.write("odd.csv", "id,when,amount\n007,N/A,1e3\n\"a,b\",,\"say \"\"hi\"\"\"\n");
    folder.json(&["ingest", "odd.csv", "--out", "out.csv", "--text-only"]);
    assert_eq!(
        folder.read("out.csv"),
        "id,when,amount\n007,N/A,1e3\n\"a,b\",,\"say \"\"hi\"\"\"\n"
    );
}

#[test]
fn one_table_in_many_wrappings_reads_the_same() {
    let folder = Folder::new();
    let plain = "用户,商品,价格\n张三,手机壳,12.5\n李四,数据线,8\n王五,充电器,30\n";
    folder.write("utf8.csv", plain);
    folder.write("bom.csv", format!("\u{feff}{plain}"));
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(plain.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    folder.write("utf16.csv", utf16);
    folder.write("gb.csv", encoding_rs::GB18030.encode(plain).0);
    folder.write("tabs.tsv", plain.replace(',', "\t"));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(plain.as_bytes()).expect("compresses");
    folder.write("log.csv.gz", gz.finish().expect("compresses"));
    folder.write(
        "log.csv.zst",
        zstd::encode_all(plain.as_bytes(), 1).expect("compresses"),
    );
    for name in [
        "utf8.csv",
        "bom.csv",
        "utf16.csv",
        "gb.csv",
        "tabs.tsv",
        "log.csv.gz",
        "log.csv.zst",
    ] {
        let value = folder.json(&["ingest", name, "--out", "out.csv"]);
        assert_eq!(counts(&value), [4.0, 3.0, 0.0, 1.0], "{name}");
        assert_eq!(folder.read("out.csv"), plain, "{name}");
    }
}

#[test]
fn parquet_keeps_types_and_a_folder_is_one_log() {
    let folder = Folder::new();
    std::fs::create_dir(folder.join("days")).expect("writable");
    folder.write("days/2025-01-01.csv", "user_id,event_time\n1,2025-01-01 00:00:00\n");
    folder.write(
        "days/2025-01-02.csv",
        "user_id,event_time\n2,2025-01-02 00:00:00\n3,2025-01-02 01:00:00\n",
    );
    let first = folder.json(&["ingest", "days", "--out", "log.parquet"]);
    assert_eq!(counts(&first), [5.0, 3.0, 0.0, 2.0]);
    assert_eq!(at(&first, "sources").as_array().map(Vec::len), Some(2));
    let again = folder.json(&["ingest", "log.parquet"]);
    assert_eq!(number(&again, "rows.accepted"), 3.0);
    let types = |value: &Value| -> Vec<String> {
        let columns = value["columns"].as_array().expect("a list").iter();
        columns.map(|column| column["dtype"].to_string()).collect()
    };
    assert_eq!(types(&first), types(&again));
    assert_eq!(types(&again)[1], "\"time\"");
}
