//! The sample as a whole: repeatable, counted, clean when asked, learnable.

use super::*;
use std::collections::{HashMap, HashSet};

const FILES: [&str; 7] = [
    "events.csv",
    "items.csv",
    "users.csv",
    "experiment.csv",
    "app_log.csv",
    "orders.csv",
    "truth.json",
];

fn sample(rows: u64, seed: u64, clean: bool) -> (tempfile::TempDir, Truth) {
    let dir = tempfile::tempdir().expect("temporary folder");
    let config = SampleConfig { rows, seed, clean };
    let truth = write(dir.path(), &config, &Progress::new()).expect("a sample");
    (dir, truth)
}

fn lines(dir: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dir.join(name)).expect("readable");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// Splits a line as RFC 4180 does; the sample has no line breaks in cells.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    cells
}

fn count(truth: &Truth, check: &str, variant: Option<&str>) -> u64 {
    let of = |planted: &&Planted| {
        planted.table.is_none()
            && planted.check == check
            && (variant.is_none() || planted.variant.as_deref() == variant)
    };
    truth.defects.iter().filter(of).map(|planted| planted.rows).sum()
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_does_not() {
    let (first, _) = sample(4000, 11, false);
    let (second, _) = sample(4000, 11, false);
    let (other, _) = sample(4000, 12, false);
    for name in FILES {
        let read = |dir: &Path| std::fs::read(dir.join(name)).expect("readable");
        assert_eq!(read(first.path()), read(second.path()), "{name}");
        assert_ne!(read(first.path()), read(other.path()), "{name}");
    }
    assert_eq!(
        std::fs::read_dir(first.path()).expect("folder").count(),
        FILES.len(),
        "no temporary file stays"
    );
}

#[test]
fn planted_defects_are_found_as_counted() {
    let (dir, truth) = sample(30_000, 5, false);
    let rows: Vec<Vec<String>> = lines(dir.path(), "events.csv").iter().map(|line| cells(line)).collect();
    assert_eq!(rows.len() as u64, 30_000);
    let (good, bad): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.len() == 13);
    assert_eq!(bad.len() as u64, truth.rows_malformed);
    assert_eq!(count(&truth, "malformed_line", None), truth.rows_malformed);

    let items: HashSet<String> = lines(dir.path(), "items.csv")
        .iter()
        .map(|line| cells(line)[0].clone())
        .collect();
    let mut seen: HashMap<&Vec<String>, u64> = HashMap::new();
    for row in &good {
        *seen.entry(row).or_default() += 1;
    }
    let number = |test: &dyn Fn(&Vec<String>) -> bool| good.iter().filter(|row| test(row)).count() as u64;
    let known = ["view", "click", "cart", "purchase", "review"];
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let found: [(&str, Option<&str>, u64); 11] = [
        (
            "missing",
            None,
            number(&|r| r[3].is_empty()) + number(&|r| r[4].is_empty()) + number(&|r| r[6].is_empty()),
        ),
        ("duplicates", Some("exact"), good.len() as u64 - seen.len() as u64),
        (
            "time_out_of_range",
            Some("before_2000"),
            number(&|r| r[0].starts_with("1970")),
        ),
        (
            "time_out_of_range",
            Some("future"),
            number(&|r| r[0].starts_with("2038")),
        ),
        (
            "price_not_positive",
            Some("negative"),
            number(&|r| r[5].starts_with('-')),
        ),
        ("price_not_positive", Some("zero"), number(&|r| r[5] == "0.00")),
        ("unknown_event_type", None, number(&|r| !known.contains(&r[1].as_str()))),
        ("orphan_item", None, number(&|r| !items.contains(&r[2]))),
        ("mixed_types", None, number(&|r| r[9].starts_with('p'))),
        (
            "pii",
            Some("email"),
            number(&|r| r[8].contains('@') || r[12].contains('@')),
        ),
        (
            "pii",
            Some("cn_mobile"),
            number(&|r| digits(&r[8]) == 11 || digits(&r[12]) == 11),
        ),
    ];
    for (check, variant, rows) in found {
        assert_eq!(rows, count(&truth, check, variant), "{check} {variant:?}");
        assert!(rows > 0, "{check} {variant:?} is not planted at all");
    }
    assert!(good.iter().all(|row| row[11] == "main"));
}

#[test]
fn behaviour_defects_are_found_as_counted() {
    let (dir, truth) = sample(30_000, 5, false);
    let rows: Vec<Vec<String>> = lines(dir.path(), "events.csv").iter().map(|line| cells(line)).collect();
    let mut times: HashMap<String, Vec<String>> = HashMap::new();
    let mut first_contact: HashSet<(String, String)> = HashSet::new();
    let mut without_view = 0;
    for row in rows.iter().filter(|row| row.len() == 13) {
        times.entry(row[7].clone()).or_default().push(row[0].clone());
        let pair = (row[6].clone(), row[2].clone());
        if row[1] == "purchase" && !first_contact.contains(&pair) {
            without_view += 1;
        }
        if matches!(row[1].as_str(), "view" | "click" | "cart") {
            first_contact.insert(pair);
        }
    }
    assert_eq!(without_view, count(&truth, "purchase_without_view", None));
    let (mut gaps, mut overlong) = (0, 0);
    for stamps in times.values_mut() {
        let mut secs: Vec<i64> = stamps.iter().map(|stamp| seconds(stamp)).collect();
        secs.sort_unstable();
        gaps += secs.windows(2).filter(|pair| pair[1] - pair[0] > 1800).count() as u64;
        if secs[secs.len() - 1] - secs[0] > 12 * 3600 {
            overlong += secs.len() as u64;
        }
    }
    assert_eq!(gaps, count(&truth, "session_gap", None));
    assert_eq!(overlong, count(&truth, "session_overlong", None));
    assert!(gaps > 0 && overlong > 0 && without_view > 0);
}

#[test]
fn a_row_without_an_entry_or_time_carries_no_other_defect() {
    let (dir, truth) = sample(30_000, 5, false);
    let rows: Vec<Vec<String>> = lines(dir.path(), "events.csv").iter().map(|line| cells(line)).collect();
    let listed = |name: &str, column: usize| -> HashSet<String> {
        let lines = lines(dir.path(), name);
        lines.iter().map(|line| cells(line)[column].clone()).collect()
    };
    let (items, users) = (listed("items.csv", 0), listed("users.csv", 0));
    let (mut strangers, mut named) = (0, HashSet::new());
    let mut goods_of: HashMap<String, (String, String)> = HashMap::new();
    for row in rows.iter().filter(|row| row.len() == 13) {
        strangers += u64::from(!row[6].is_empty() && !users.contains(&row[6]));
        if items.contains(&row[2]) {
            named.insert(row[2].clone());
        } else {
            // Otherwise a long log would have orphans of several brands and prices.
            let goods = (row[4].clone(), row[5].clone());
            assert_eq!(goods_of.entry(row[2].clone()).or_insert_with(|| goods.clone()), &goods);
        }
        // Seconds of today read as microseconds would be 1970-01-01 00:29.
        assert!(
            !row[0].starts_with("1970") || row[0].as_str() < "1970-01-01 00:20:00",
            "{row:?}"
        );
    }
    assert_eq!(strangers, count(&truth, "orphan_user", None));
    assert_eq!(
        items.len() as u64 - named.len() as u64,
        count(&truth, "unused_item", None)
    );
    assert_eq!((items.len() as u64, users.len() as u64), (truth.items, truth.users));
    // The log starts in October.
    let isolated = rows.iter().filter(|row| row[0].starts_with("2025-0"));
    assert_eq!(isolated.count() as u64, count(&truth, "isolated_time", None));
    assert!(strangers > 0 && count(&truth, "isolated_time", None) > 0);
}

/// Seconds within a month, enough to compare events of one session; months are 31 days long here.
fn seconds(stamp: &str) -> i64 {
    let part = |from: usize, to: usize| stamp[from..to].parse::<i64>().expect("digits");
    (part(0, 4) * 12 + part(5, 7)) * 2_678_400
        + part(8, 10) * 86_400
        + part(11, 13) * 3600
        + part(14, 16) * 60
        + part(17, 19)
}

#[test]
fn a_clean_sample_has_no_defect() {
    let (dir, truth) = sample(5000, 3, true);
    assert!(truth.defects.is_empty());
    assert_eq!((truth.rows_accepted, truth.experiment.units_in_both), (5000, 0));
    let rows = lines(dir.path(), "events.csv");
    assert_eq!(rows.len(), rows.iter().collect::<HashSet<_>>().len(), "no duplicates");
    let rows: Vec<Vec<String>> = rows.iter().map(|line| cells(line)).collect();
    assert!(
        rows.iter()
            .all(|row| row.len() == 13 && row[..8].iter().all(|cell| !cell.is_empty()))
    );
    assert!(rows.windows(2).all(|pair| pair[0][0] <= pair[1][0]), "in time order");
    assert_eq!(rows.iter().map(|row| &row[11]).collect::<HashSet<_>>().len(), 3);
}

#[test]
fn labels_can_be_learned_but_not_perfectly() {
    let (_dir, truth) = sample(60_000, 1, true);
    let auc = truth.propensity_auc.expect("both classes");
    assert!((0.77..0.83).contains(&auc), "{auc}");
    for known in &truth.propensities {
        let rate = known.positives as f64 / known.rows as f64;
        let (whole, text) = (known.propensity_auc.expect("both"), known.text_auc.expect("both"));
        assert!(text < whole && text > 0.75, "{known:?}");
        let expected = if known.label == "view_to_click" {
            0.10..0.20
        } else {
            0.03..0.06
        };
        assert!(expected.contains(&rate), "{known:?}");
    }
}

#[test]
fn too_few_rows_and_cancelling_are_refused() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut config = SampleConfig {
        rows: 10,
        seed: 1,
        clean: false,
    };
    let refused = write(dir.path(), &config, &Progress::new()).expect_err("too few");
    assert!(refused.to_string().contains("2000"), "{refused}");
    config.rows = 50_000;
    let progress = Progress::new();
    progress.cancel();
    assert!(matches!(
        write(dir.path(), &config, &progress),
        Err(SampleError::Cancelled(_))
    ));
    assert_eq!(std::fs::read_dir(dir.path()).expect("folder").count(), 0);
}

#[test]
#[ignore = "writes sample_data anew; run it when the generator was changed on purpose"]
fn write_the_committed_sample() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let config = SampleConfig {
        rows: DEFAULT_ROWS,
        seed: 7,
        clean: false,
    };
    write(&committed, &config, &Progress::new()).expect("a sample");
    let sizes = FILES.map(|name| std::fs::metadata(committed.join(name)).expect("written").len());
    assert!(sizes.iter().sum::<u64>() <= 3_000_000, "{sizes:?}");
}

#[test]
fn the_committed_sample_is_what_this_program_writes() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let (dir, _) = sample(DEFAULT_ROWS, 7, false);
    for name in FILES {
        let read = |dir: &Path| std::fs::read_to_string(dir.join(name)).expect("readable");
        let (old, new) = (read(&committed), read(dir.path()));
        // Checked-out files may have Windows line ends.
        assert!(
            old.lines().eq(new.lines()),
            "{name} differs: run `touchstone sample sample_data`"
        );
    }
}
