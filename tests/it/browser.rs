//! The audit's report in a real browser: opened without a network, drawn whole, soon.
//!
//! Needs Chromium; passes with a message where there is none.

use crate::program::Folder;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Pictures a page; returns the picture's bytes and how long the browser took from its start to its end.
fn picture(browser: &Path, folder: &Folder, page: &str, name: &str) -> (Vec<u8>, Duration) {
    let picture = folder.join(name);
    let started = Instant::now();
    let output = Command::new(browser)
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
    let took = started.elapsed();
    let bytes = std::fs::read(&picture).unwrap_or_else(|error| panic!("no picture: {error}, {output:?}"));
    (bytes, took)
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
