//! The audit's report in a real browser: opened without a network, drawn whole, soon.
//!
//! Needs Chromium; passes with a message where there is none.

use crate::program::Folder;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Pictures a page; returns the picture's bytes and the processor time of the browser and its helpers, which does not
/// depend on what else the machine does and is not below the time a page takes to open.
fn picture(browser: &Path, folder: &Folder, page: &str, name: &str) -> (Vec<u8>, Duration) {
    let picture = folder.join(name);
    let output = Command::new("sh")
        .args(["-c", "\"$@\" >/dev/null; times", "sh"])
        .arg(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1280,3000",
            // Whatever the page would fetch cannot be reached.
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(page)
        .output()
        .expect("the browser starts");
    let took = children_time(&String::from_utf8_lossy(&output.stdout));
    let bytes = std::fs::read(&picture).unwrap_or_else(|error| panic!("no picture: {error}, {output:?}"));
    (bytes, took)
}

/// Of `times`' last line, `0m1.230s 0m0.440s`: the sum.
fn children_time(told: &str) -> Duration {
    let last = told.lines().last().expect("times of the children");
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').expect("minutes and seconds");
        60.0 * minutes.parse::<f64>().expect("minutes") + seconds.parse::<f64>().expect("seconds")
    };
    Duration::from_secs_f64(last.split_whitespace().map(seconds).sum())
}

#[test]
fn the_report_opens_in_a_browser_soon_and_small() {
    let Some(browser) = chromium() else {
        eprintln!("skipped: there is no Chromium");
        return;
    };
    let folder = Folder::new();
    folder
        .run(&["sample", "shop", "--rows", "200000", "--seed", "5"])
        .with_code(0);
    let [items, users] = ["items", "users"].map(|name| format!("shop/{name}.csv"));
    let audit = ["audit", "shop/events.csv", "--items", &items, "--users", &users];
    folder
        .run(&[&audit[..], &["--html", "report.html"]].concat())
        .with_code(0);
    let bytes = std::fs::metadata(folder.join("report.html")).expect("a report").len();
    assert!(bytes < 3_000_000, "{bytes} bytes");
    // The first start makes the browser's profile.
    picture(&browser, &folder, "about:blank", "first.png");
    let page = format!("file://{}", folder.join("report.html").display());
    // The quickest of some starts each, for the browser's own start varies by more than a page takes.
    let quickest = |page: &str, name: &str| {
        let taken = (0..3).map(|_| picture(&browser, &folder, page, name));
        taken.min_by_key(|(_, took)| *took).expect("three pictures")
    };
    let (empty, start) = quickest("about:blank", "empty.png");
    let (drawn, whole) = quickest(&page, "report.png");
    assert!(drawn.len() > 10 * empty.len(), "{} bytes of picture", drawn.len());
    let opening = whole.saturating_sub(start);
    eprintln!("report of {bytes} bytes: opened in {opening:?} beyond an empty page's {start:?}");
    assert!(opening < Duration::from_secs(1), "{opening:?}");
}
