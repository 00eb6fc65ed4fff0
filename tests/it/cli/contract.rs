//! The contract of the command line as a table: every subcommand with its flags, every named key of its JSON result,
//! every form of file.

use crate::program::{Folder, assert_keys, sample_file};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;

/// Subcommand and the flags (or positional names) its help must tell.
const FLAGS: [(&str, &[&str]); 33] = [
    ("flow", &["PROJECT", "--until"]),
    ("doctor", &[]),
    ("sample", &["DIR", "--rows", "--seed", "--clean"]),
    ("models list", &[]),
    ("models pull", &["NAME"]),
    ("models import", &["DIR"]),
    ("runs list", &["--all", "--filter", "--tag", "--state"]),
    ("runs diff", &["RUN"]),
    ("runs fork", &["RUN", "--at", "--set", "--start", "--queue"]),
    ("runs repeat", &["RUN", "--set", "--start", "--queue"]),
    ("runs note", &["RUN"]),
    ("runs delete", &["RUN"]),
    ("runs restore", &["RUN_ID"]),
    ("runs queue move", &["RUN_ID"]),
    ("ingest", &["FILE", "--out", "--text-only", "--rejects"]),
    (
        "audit",
        &[
            "FILE",
            "--items",
            "--roles",
            "--reference",
            "--rejects",
            "--html",
            "--fail-on",
            "--rules",
            "--associations",
        ],
    ),
    ("tokens", &["FILE", "--model", "--columns", "--max-length", "--batch"]),
    ("clean", &["FILE", "--recipe", "--out", "--rejects"]),
    ("recipe suggest", &["FILE", "--out"]),
    ("features", &["FILE", "--items", "--config", "--out"]),
    ("select", &["FILE", "--label", "--k"]),
    (
        "split",
        &["FILE", "--strategy", "--ratios", "--time", "--user", "--seed", "--out"],
    ),
    ("train", &["--config", "--run-dir", "--resume"]),
    ("predict", &["--model", "--data", "--out"]),
    (
        "evaluate",
        &[
            "--data",
            "--label",
            "--score",
            "--group",
            "--segment",
            "--k",
            "--bootstrap",
            "--seed",
        ],
    ),
    ("compare", &["--data", "--label", "--scores", "--group", "--metric"]),
    (
        "experiment",
        &[
            "FILE",
            "--unit",
            "--variant",
            "--control",
            "--metric",
            "--covariate",
            "--segment",
            "--time",
            "--alpha",
            "--method",
        ],
    ),
    (
        "power",
        &[
            "--kind",
            "--baseline",
            "--sd",
            "--mde",
            "--relative-mde",
            "--n",
            "--alpha",
            "--power",
            "--variants",
            "--ratio",
        ],
    ),
    ("report", &["PROJECT|RUN|FILE", "--html", "--lang"]),
    ("rules suggest", &["FILE", "--items", "--users", "--back-test", "--out"]),
    ("rules check", &["FILE", "--rules", "--items", "--users", "--fail-on"]),
    ("explain", &["CODE"]),
    ("recipe show", &["RECIPE"]),
];

/// Flags of every subcommand.
const COMMON: [&str; 3] = ["--json", "--project", "--progress"];

#[test]
fn every_subcommand_tells_every_flag() {
    let folder = Folder::new();
    for (command, flags) in FLAGS {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.push("--help");
        let help = folder.run(&words).with_code(0).stdout;
        for flag in flags.iter().chain(&COMMON) {
            assert!(
                help.contains(flag),
                "`touchstone {command}` does not tell {flag}:\n{help}"
            );
        }
    }
}

fn plain(name: &str) -> String {
    sample_file(name).to_str().expect("a plain path").to_owned()
}

/// 400 scored rows in 20 groups and two segments; `a` is the better model.
fn scored(folder: &Folder) {
    let mut table = "q,part,y,a,b\n".to_owned();
    for row in 0..400_u32 {
        let (x, z) = (
            f64::from(row * 7919 % 1009) / 1009.0,
            f64::from(row * 104_729 % 997) / 997.0,
        );
        let y = u32::from(z > 0.6);
        let (a, b) = (0.3 + 0.3 * f64::from(y) + 0.3 * x, 0.3 + 0.1 * f64::from(y) + 0.5 * x);
        table += &format!("q{},{},{y},{a:.4},{b:.4}\n", row % 20, ["n", "s"][(row % 2) as usize]);
    }
    folder.write("scored.csv", table);
}

/// Runs a command line that must succeed, print JSON alone, and nothing but warnings beside it.
fn json(folder: &Folder, line: &str) -> Value {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--json", "-"]);
    let ended = folder.run(&words).with_code(0);
    assert!(
        ended.stderr.lines().all(|told| told.starts_with("warning: ")),
        "`{line}` says more than warnings into a pipe: {}",
        ended.stderr
    );
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("`{line}`: {error} in {}", ended.stdout))
}

#[test]
fn every_json_result_has_the_names_of_the_contract() {
    let folder = Folder::new();
    scored(&folder);
    let (log, items, test) = (plain("events.csv"), plain("items.csv"), plain("experiment.csv"));
    folder
        .run(&["recipe", "suggest", &log, "--out", "recipe.json"])
        .with_code(0);
    // Command line, then `path: key key …` of what must be there.
    let table: [(String, &[&str]); 13] = [
        ("doctor".into(), &[": tool_version platform checks"]),
        ("sample shop --rows 2000".into(), &[": rows users items defects"]),
        (
            format!("ingest {log} --out out.parquet"),
            &[
                ": dialect rows columns",
                "dialect: encoding delimiter quote escape header preamble_lines footer_lines",
                "rows: total accepted rejected skipped",
                "columns.0: name dtype role confidence why",
            ],
        ),
        (
            format!("audit {log} --items {items} --reference {log}"),
            &[
                ": rows columns findings scores drift",
                "rows: total accepted rejected skipped",
                "columns.0: name dtype role count nulls distinct min max mean std quantiles top",
                "findings.0: code severity column count share examples fix",
                "findings.0.examples.0: line values",
                "drift.columns.0: psi jensen_shannon wasserstein_over_sigma effect p_value p_adjusted missing_p_value new_categories vanished_categories",
            ],
        ),
        (
            format!("clean {log} --recipe recipe.json --out clean.csv"),
            &[": steps hash", "steps.0: step rows_in rows_out cells_changed"],
        ),
        (format!("recipe suggest {log} --out again.json"), &[": version steps"]),
        (
            format!("features {log} --items {items} --out set"),
            &[": features label split text numeric", "features.0: name chi2 mutual_info leak selected"],
        ),
        (
            "select scored.csv --label y --k 2".into(),
            &[
                ": features",
                "features.0: name chi2 chi2_p mutual_info information_value psi mrmr_rank leak selected",
            ],
        ),
        (
            format!("split {log} --strategy time --ratios 0.8,0.1,0.1 --time event_time --user user_id --seed 3 --out parts"),
            &[": strategy parts seed", "parts.0: name rows file"],
        ),
        (
            "evaluate --data scored.csv --label y --score a --group q --segment part --k 5,10 --bootstrap 50 --seed 1".into(),
            &[
                ": n positives auc average_precision log_loss brier ece accuracy precision recall f1 threshold mcc ranking intervals segments",
                "ranking: ndcg@10 recall@10 mrr map@10 hit_rate@10",
                "intervals: auc",
                "segments.0: column value n auc",
            ],
        ),
        (
            "compare --data scored.csv --label y --scores b,a --group q --metric auc".into(),
            &[": pairs", "pairs.0: a b metric delta interval p_value p_adjusted test"],
        ),
        (
            format!(
                "experiment {test} --unit unit_id --variant variant --control ranker_v11 \
                 --metric ratio:ctr=clicks/impressions --alpha 0.05 --method welch"
            ),
            &[
                ": srm metrics verdict",
                "srm: expected observed chi2 p_value",
                "metrics.0: name control treatments",
                "metrics.0.treatments.0: name n estimate delta relative interval relative_interval p_value p_adjusted probability_to_beat expected_loss",
            ],
        ),
        (
            "power --kind proportion --baseline 0.1 --relative-mde 0.05 --alpha 0.05 --power 0.8 --variants 2 --ratio 1".into(),
            &[": n_total n_control n_treatment mde power"],
        ),
    ];
    for (line, wanted) in table {
        let value = json(&folder, &line);
        for wanted in wanted {
            let (path, keys) = wanted.split_once(':').expect("path: keys");
            assert_keys(&value, path, &keys.split_whitespace().collect::<Vec<_>>());
        }
    }
}

/// The table in every form; the names end as the contract says.
fn in_every_form(folder: &Folder, stem: &str) -> Vec<String> {
    let csv = format!("{stem}.csv");
    let text = folder.read(&csv);
    let tsv = text.replace(',', "\t");
    folder.write(&format!("{stem}.tsv"), tsv);
    let gz = folder.join(&format!("{stem}.csv.gz"));
    let mut packed = flate2::write::GzEncoder::new(std::fs::File::create(gz).expect("writable"), Default::default());
    packed.write_all(text.as_bytes()).expect("packed");
    packed.finish().expect("packed");
    let zst = zstd::encode_all(text.as_bytes(), 3).expect("packed");
    folder.write(&format!("{stem}.csv.zst"), zst);
    folder
        .run(&["ingest", &csv, "--out", &format!("{stem}.parquet")])
        .with_code(0);
    ["csv", "tsv", "csv.gz", "csv.zst", "parquet"]
        .map(|end| format!("{stem}.{end}"))
        .to_vec()
}

#[test]
fn every_command_reads_every_form_of_file_alike() {
    let folder = Folder::new();
    scored(&folder);
    folder.write(
        "recipe.json",
        r#"{"version":1,"steps":[{"kind":"drop_rows","condition":"a > 0.8"}]}"#,
    );
    let forms = in_every_form(&folder, "scored");
    // What must not depend on the form, by command.
    let commands = [
        ("audit {}", "findings.len"),
        ("clean {} --recipe recipe.json --out clean.csv", "rows_out"),
        ("recipe suggest {} --out r.json", "steps.len"),
        ("select {} --label y", "features.0.chi2"),
        ("split {} --strategy random --seed 1 --out parts", "parts.0.rows"),
        ("evaluate --data {} --label y --score a --bootstrap 0", "auc"),
        ("compare --data {} --label y --scores b,a --metric auc", "pairs.0.delta"),
        (
            "experiment {} --variant part --control n --metric mean:m=a",
            "metrics.0.treatments.0.estimate",
        ),
    ];
    for (command, path) in commands {
        let answers: Vec<String> = forms
            .iter()
            .map(|form| answer(&json(&folder, &command.replace("{}", form)), path))
            .collect();
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "{command}: {answers:?}"
        );
    }
}

fn answer(value: &Value, path: &str) -> String {
    if let Some(list) = path.strip_suffix(".len") {
        return crate::program::at(value, list)
            .as_array()
            .expect("a list")
            .len()
            .to_string();
    }
    crate::program::at(value, path).to_string()
}

#[test]
fn failures_are_one_sentence_with_the_right_code() {
    let folder = Folder::new();
    scored(&folder);
    folder.write("other.json", "{\"a\": 1}");
    // Command line, exit code, words of the sentence.
    let table: [(&str, i32, &[&str]); 12] = [
        ("audit absent.csv", 1, &["absent.csv"]),
        ("audit scored.csv --reference absent.csv", 1, &["absent.csv"]),
        ("clean scored.csv --recipe absent.json --out x.csv", 1, &["absent.json"]),
        ("features scored.csv", 2, &["--out", "--project"]),
        ("select scored.csv --label nothing", 1, &["nothing"]),
        ("evaluate --data scored.csv --label y --score nothing", 1, &["nothing"]),
        (
            "evaluate --data scored.csv --label y --score a --alpha 2",
            2,
            &["alpha"],
        ),
        ("compare --data scored.csv --label y --scores a", 2, &["two"]),
        ("power --kind mean --baseline 1", 2, &["--mde"]),
        ("report other.json --html x.html", 1, &["other.json", "audit"]),
        ("report . --html x.html", 2, &["project", "run"]),
        ("explain Z99", 2, &["Z99", "D01"]),
    ];
    for (line, code, wanted) in table {
        let ended = folder.run(&line.split(' ').collect::<Vec<_>>()).with_code(code);
        assert_eq!(ended.stderr.lines().count(), 1, "`{line}`: {}", ended.stderr);
        ended.says(wanted);
    }
    assert!(!folder.join("x.csv").exists() && !folder.join("x.html").exists());
}

#[test]
fn nothing_but_the_named_outputs_is_written() {
    let folder = Folder::new();
    scored(&folder);
    let before = names(folder.path());
    for line in [
        "ingest scored.csv",
        "audit scored.csv --reference scored.csv",
        "select scored.csv --label y",
        "evaluate --data scored.csv --label y --score a --bootstrap 0",
        "compare --data scored.csv --label y --scores b,a --metric auc",
        "experiment scored.csv --variant part --control n --metric mean:m=a",
    ] {
        json(&folder, line);
    }
    assert_eq!(names(folder.path()), before);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("readable").flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
