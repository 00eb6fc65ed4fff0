//! Published data with known answers; each test passes with a message where its folder is absent.

use crate::program::{Folder, at, number, real_data};
use serde_json::Value;

fn audit(folder: &Folder, file: &str, more: &[&str]) -> Option<Value> {
    let path = real_data(file)?;
    let mut words = vec!["audit", path.to_str().expect("plain")];
    words.extend(more);
    let report = folder.json(&words);
    let rows = ["total", "accepted", "rejected", "skipped"].map(|name| number(&report, &format!("rows.{name}")));
    assert_eq!(rows[1] + rows[2] + rows[3], rows[0], "every record is accounted for");
    Some(report)
}

/// Counts of the findings of a check, by column.
fn found(report: &Value, code: &str) -> Vec<(String, f64)> {
    let all = report["findings"].as_array().expect("a list").iter();
    let own = all.filter(|finding| finding["code"] == code);
    own.map(|finding| {
        let column = finding["column"].as_str().unwrap_or_default();
        (column.to_owned(), number(finding, "count"))
    })
    .collect()
}

fn nulls(report: &Value, name: &str) -> f64 {
    let mut columns = report["columns"].as_array().expect("a list").iter();
    number(
        columns.find(|column| column["name"] == name).expect("a column"),
        "nulls",
    )
}

#[test]
fn rees46_multicategory() {
    let folder = Folder::new();
    let file = "rees46_multicategory/2019-Oct.csv";
    let Some(report) = audit(&folder, file, &["--rejects", "rejects.csv"]) else {
        return;
    };
    // The folder's README: 17,435 rows, the last cut off; brand empty in 2,477; price 0 in 19; 5 exact duplicates.
    assert_eq!(
        (number(&report, "rows.accepted"), number(&report, "rows.rejected")),
        (17_434.0, 1.0)
    );
    assert_eq!(found(&report, "U01").iter().map(|(_, count)| count).sum::<f64>(), 5.0);
    assert_eq!(found(&report, "V01").iter().map(|(_, count)| count).sum::<f64>(), 19.0);
    assert_eq!(nulls(&report, "brand"), 2477.0);
    assert!(
        found(&report, "C01")
            .iter()
            .any(|(column, _)| column == "category_code")
    );
    assert!(folder.read("rejects.csv").contains("8 fields where 9 are expected"));
}

#[test]
fn taobao_user_behaviour_has_no_header() {
    let folder = Folder::new();
    let Some(report) = audit(&folder, "taobao_userbehavior/UserBehavior.csv", &[]) else {
        return;
    };
    assert_eq!(
        (number(&report, "rows.accepted"), number(&report, "rows.rejected")),
        (84_475.0, 1.0)
    );
    let roles: Vec<&str> = report["columns"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|column| column["role"].as_str())
        .collect();
    assert_eq!(roles, ["user", "item", "category", "event", "time"]);
    assert!(found(&report, "U01").is_empty(), "the README: no exact duplicates");
    assert!(
        found(&report, "V02").is_empty(),
        "pv, cart, fav and buy are known event types"
    );
}

#[test]
fn uci_online_retail_is_one_log_of_44_files() {
    let folder = Folder::new();
    let Some(report) = audit(&folder, "uci_online_retail/by-day", &[]) else {
        return;
    };
    assert_eq!(
        (number(&report, "rows.accepted"), number(&report, "rows.skipped")),
        (77_628.0, 44.0)
    );
    assert_eq!(nulls(&report, "CustomerID"), 28_866.0);
    assert_eq!(found(&report, "U01").iter().map(|(_, count)| count).sum::<f64>(), 747.0);
    assert_eq!(found(&report, "V01").iter().map(|(_, count)| count).sum::<f64>(), 413.0);
}

#[test]
fn broken_files_are_read_or_refused_with_a_reason() {
    let Some(root) = real_data("bad_csv") else { return };
    let folder = Folder::new();
    for part in ["messytables_horror", "not_really_csv", "csv_spectrum/csvs"] {
        for entry in std::fs::read_dir(root.join(part)).expect("a folder") {
            let path = entry.expect("readable").path();
            let ended = folder.run(&["ingest", path.to_str().expect("plain"), "--json", "-"]);
            match ended.code {
                Some(0) => {
                    let value: Value = serde_json::from_str(&ended.stdout).expect("JSON");
                    let rows = at(&value, "rows");
                    let parts = number(rows, "accepted") + number(rows, "rejected") + number(rows, "skipped");
                    assert_eq!(parts, number(rows, "total"), "{}", path.display());
                }
                Some(1) => ended.says(&[path.file_name().expect("a file").to_str().expect("plain")]),
                _ => panic!("{}: {ended:?}", path.display()),
            }
        }
    }
}

#[test]
fn cookie_cats_keeps_its_gate_at_level_30() {
    let Some(file) = real_data("ab_cookie_cats/cookie_cats.csv") else {
        return;
    };
    let folder = Folder::new();
    let words = [
        "experiment",
        file.to_str().expect("plain"),
        "--unit",
        "userid",
        "--variant",
        "version",
        "--control",
        "gate_30",
        "--metric",
        "proportion:day_7=retention_7",
        "--metric",
        "proportion:day_1=retention_1",
    ];
    let report = folder.json(&words);
    // Published: 19.02 % against 18.20 %, z = -3.164, p = 0.00155; sample ratio z = -2.63, p = 0.0086.
    assert!(
        (number(&report, "srm.p_value") - 0.0086).abs() < 0.0001,
        "{}",
        report["srm"]
    );
    let day_7 = at(&report, "metrics.0");
    assert!((number(day_7, "control.estimate") - 0.1902).abs() < 5e-5);
    let gate_40 = at(day_7, "treatments.0");
    assert!((number(gate_40, "estimate") - 0.1820).abs() < 5e-5);
    assert!(
        (number(gate_40, "p_value") - 0.00155).abs() < 1e-5,
        "{}",
        gate_40["p_value"]
    );
    let interval = [number(gate_40, "interval.0"), number(gate_40, "interval.1")];
    assert!(
        (interval[0] + 0.0133).abs() < 1e-4 && (interval[1] + 0.0031).abs() < 1e-4,
        "{interval:?}"
    );
    let day_1 = at(&report, "metrics.1.treatments.0");
    assert!((number(day_1, "p_value") - 0.0744).abs() < 1e-4, "{}", day_1["p_value"]);
}

#[test]
fn hillstrom_mails_work_and_rows_without_an_id_are_all_customers() {
    let Some(file) = real_data("ab_hillstrom_email/hillstrom.csv") else {
        return;
    };
    let folder = Folder::new();
    let words = [
        "experiment",
        file.to_str().expect("plain"),
        "--variant",
        "segment",
        "--control",
        "No E-Mail",
        "--metric",
        "proportion:visit=visit",
        "--metric",
        "proportion:conversion=conversion",
        "--metric",
        "mean:spend=spend",
    ];
    let report = folder.json(&words);
    assert_eq!(number(&report, "units"), 64_000.0, "equal rows are different customers");
    let of = |metric: usize, name: &str, field: &str| {
        let treatments = report["metrics"][metric]["treatments"].as_array().expect("a list");
        number(
            treatments.iter().find(|arm| arm["name"] == name).expect("an arm"),
            field,
        )
    };
    // Published: visits 10.62, 15.14, 18.28 %; spend +0.424 and +0.770 (Welch t 3.26 and 5.30).
    assert!((number(&report, "metrics.0.control.estimate") - 0.1062).abs() < 5e-5);
    assert!((of(0, "Womens E-Mail", "estimate") - 0.1514).abs() < 5e-5);
    assert!((of(0, "Mens E-Mail", "estimate") - 0.1828).abs() < 5e-5);
    assert!((of(2, "Womens E-Mail", "delta") - 0.424).abs() < 1e-3);
    assert!((of(2, "Mens E-Mail", "delta") - 0.770).abs() < 1e-3);
    assert!((of(2, "Mens E-Mail", "statistic") - 5.30).abs() < 0.01);
    assert!(of(1, "Womens E-Mail", "p_value") < 2e-4 && of(1, "Mens E-Mail", "p_value") < 1e-12);
}
