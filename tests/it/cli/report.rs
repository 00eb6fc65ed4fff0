//! `touchstone report`: a page that stands alone, of a project, a run and each kind of result.

use super::training::prepared;
use crate::program::{Folder, sample_file};
use serde_json::json;

/// What no report may hold: anything fetched, any script, any number that is none.
const FORBIDDEN: [&str; 9] = [
    "<script",
    "http://",
    "https://",
    "src=",
    "@import",
    "url(",
    "NaN",
    ">inf",
    "null</td>",
];

#[track_caller]
fn check(html: &str, wanted: &[&str]) {
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    for forbidden in FORBIDDEN {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("prefers-color-scheme:dark") && html.contains("@media print"));
    for word in wanted {
        assert!(html.contains(word), "`{word}` is missing");
    }
    for tag in ["section", "table", "svg", "div", "figure"] {
        let count = |text: &str| html.matches(text).count();
        assert_eq!(
            count(&format!("<{tag} ")) + count(&format!("<{tag}>")),
            count(&format!("</{tag}>")),
            "{tag}"
        );
    }
}

fn report(folder: &Folder, of: &str, lang: &str) -> String {
    folder
        .run(&["report", of, "--html", "page.html", "--lang", lang])
        .with_code(0);
    folder.read("page.html")
}

#[test]
fn each_kind_of_result_becomes_a_page() {
    let folder = Folder::new();
    let mut table = "q,part,y,good,<b>bad\n".to_owned();
    for row in 0..300_u32 {
        let (x, y) = (f64::from(row * 7919 % 1009) / 1009.0, row * 31 % 7 % 2);
        let good = 0.3 + 0.3 * f64::from(y) + 0.3 * x;
        table += &format!(
            "q{},{},{y},{good:.4},{x:.4}\n",
            row % 30,
            ["n&n", "s"][(row % 2) as usize]
        );
    }
    folder.write("scored.csv", table);
    let evaluate =
        "evaluate --data scored.csv --label y --score good --group q --segment part --bootstrap 60 --json e.json";
    let compare = "compare --data scored.csv --label y --scores <b>bad,good --group q --segment part --bootstrap 60 --json c.json";
    for line in [evaluate, compare] {
        folder.run(&line.split(' ').collect::<Vec<_>>()).with_code(0);
    }
    let log = sample_file("experiment.csv");
    let log = log.to_str().expect("plain");
    folder
        .run(&["experiment", log, "--guess", "--json", "x.json"])
        .with_code(0);
    let page = report(&folder, "e.json", "en");
    check(
        &page,
        &["<svg", "Reliability", "Precision", "n&amp;n", "ndcg@10", "Segments"],
    );
    check(&report(&folder, "e.json", "zh"), &["能力评估", "指标", "分群"]);
    let page = report(&folder, "c.json", "en");
    check(
        &page,
        &[
            "class=\"verdict\"",
            "&lt;b&gt;bad → good",
            "p adjusted",
            "svg class=\"row\"",
        ],
    );
    assert!(!page.contains("<b>bad"));
    check(&report(&folder, "c.json", "zh"), &["模型对比", "校正 p"]);
    let page = report(&folder, "x.json", "en");
    check(
        &page,
        &[
            "class=\"verdict\"",
            "ranker_v11",
            "Checks",
            "Sample ratio",
            "svg class=\"row\"",
        ],
    );
    check(&report(&folder, "x.json", "zh"), &["实验组", "样本比例检验"]);
}

#[test]
fn a_run_becomes_a_page_with_its_curves() {
    let folder = prepared(&json!({}));
    folder
        .run(&["train", "--config", "config.json", "--run-dir", "run"])
        .with_code(0);
    let page = report(&folder, "run", "en");
    let wanted = [
        "polyline",
        "✓ finished",
        "Sample predictions",
        "data.train",
        "evaluated",
        "Test",
        "best · ",
    ];
    check(&page, &wanted);
    check(&report(&folder, "run", "zh"), &["训练任务", "✓ 已完成", "样例预测"]);
}
