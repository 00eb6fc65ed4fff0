//! The dependency rule of the layers, and the form of every file.

mod layers;
mod paths;
mod rules;
mod source;
mod texts;

use rules::check;
use source::Source;
use std::path::{Path, PathBuf};

/// Every Rust file of the repository.
fn repository() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("build.rs")];
    for folder in ["src", "tests", "benches", "xtask/src"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let read = |file: &PathBuf| {
        let inside = file.strip_prefix(root).expect("below the root");
        let path = inside.components().map(|part| part.as_os_str().to_string_lossy());
        let text = std::fs::read_to_string(file).expect("a readable source file");
        Source::new(&path.collect::<Vec<_>>().join("/"), &text)
    };
    files.iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_repository_keeps_the_rules() {
    let sources = repository();
    assert!(sources.len() > 150, "only {} files were found", sources.len());
    let found: Vec<String> = check(&sources).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// A repository without a fault, as small as it can be.
const SOUND: [(&str, &str); 7] = [
    (
        "src/engine/mod.rs",
        "//! List.\npub mod artifact;\n\npub mod run;\n\npub mod ingest;\n\npub mod audit;\n",
    ),
    ("src/engine/artifact.rs", "//! Shared.\n"),
    (
        "src/engine/ingest/mod.rs",
        "//! Ingest.\nuse crate::engine::{artifact::A, run::dir::RunDir};\n",
    ),
    (
        "src/engine/audit/mod.rs",
        "//! Audit.\nuse super::ingest::Dataset;\nuse crate::engine::ingest::read;\n// egui::Ui, println!\nconst A: &str = \"tch::Tensor\";\n#[cfg(test)]\nmod tests {\n    fn f() { println!(\"{}\", a.unwrap()); }\n}\n",
    ),
    (
        "src/gui/app.rs",
        "//! App.\npub struct App {\n    a: A<B, C>,\n    b: fn(x: u8) -> u8,\n}\nuse egui::Color32;\nconst C: Color32 = Color32::TRANSPARENT;\n",
    ),
    (
        "src/gui/pages/mod.rs",
        "//! Pages.\npub mod data;\nuse super::command::Commands;\npub struct Pages { a: data::DataPage }\n",
    ),
    (
        "src/gui/pages/data.rs",
        "//! Data.\nfn f(ui: &mut egui::Ui) { ui.label(cx.t(words::TITLE)); ui.label(format!(\"{a} / {b}\")); table(\"some_id\"); a.expect(\"it is there\"); tracing::warn!(\"cannot write {}\", a.b(c)); }\nuse super::{Page, PageContext};\nuse super::data::DataPage;\n",
    ),
];

fn with(path: &str, text: &str) -> Vec<String> {
    let planted = Source::new(path, text);
    let sound = SOUND.iter().filter(|(known, _)| *known != path);
    let mut sources: Vec<Source> = sound.map(|(path, text)| Source::new(path, text)).collect();
    sources.push(planted);
    check(&sources).iter().map(ToString::to_string).collect()
}

#[test]
fn a_sound_repository_has_no_violation() {
    let (path, text) = SOUND[0];
    assert_eq!(with(path, text), Vec::<String>::new());
}

/// Path, line and a part of what must be said about it.
const PLANTED: &[(&str, &str, &str)] = &[
    ("src/engine/ingest/a.rs", "use egui::Ui;", "window toolkit"),
    ("src/cli/audit.rs", "fn f(ui: &mut eframe::Frame) {}", "window toolkit"),
    (
        "src/engine/ingest/a.rs",
        "#[derive(clap::Args)] struct A;",
        "parses arguments",
    ),
    ("src/engine/ingest/a.rs", "fn f() -> anyhow::Result<()> {}", "typed"),
    ("src/engine/ingest/a.rs", "use crate::gui::theme;", "neither the window"),
    ("src/cli/audit.rs", "use crate::gui::theme;", "cli/window.rs"),
    ("src/gui/jobs.rs", "use crate::cli::output;", "not the command line"),
    ("src/engine/ingest/a.rs", "fn f() { println!(\"x\"); }", "prints"),
    ("src/gui/jobs.rs", "fn f() { eprintln!(\"x\"); }", "prints"),
    ("src/engine/ingest/b.rs", "use tch::Tensor;", "libtorch"),
    (
        "src/engine/run/dir.rs",
        "use polars::prelude::DataFrame;",
        "any machine",
    ),
    ("src/gui/pages/a.rs", "use std::fs;", "sends commands"),
    (
        "src/gui/widgets/a.rs",
        "const C: Color32 = Color32::from_rgb(1, 2, 3);",
        "palette",
    ),
    ("src/gui/widgets/a.rs", "const C: Color32 = Color32::RED;", "palette"),
    ("src/gui/jobs.rs", "fn f() { a.unwrap(); }", "cannot fail"),
    (
        "src/engine/ingest/a.rs",
        "use crate::engine::audit::report;",
        "must not use it",
    ),
    (
        "src/engine/ingest/a.rs",
        "use super::super::audit::report;",
        "must not use it",
    ),
    (
        "src/engine/ingest/a.rs",
        "use crate::engine::{artifact::{A, B}, audit};",
        "must not use it",
    ),
    ("src/engine/nowhere/a.rs", "", "not listed"),
    ("src/gui/pages/a.rs", "fn f() { ui.label(\"Rows kept\"); }", "gui/i18n"),
    (
        "src/gui/pages/a.rs",
        "fn f() { RichText::new( format!(\"{n} rows\")); }",
        "gui/i18n",
    ),
    (
        "src/gui/pages/a.rs",
        "fn f() { widgets::primary_button(ui, \"Go\", true); }",
        "gui/i18n",
    ),
    ("src/gui/state/a.rs", "const A: &str = \"数据\";", "gui/i18n"),
    (
        "src/gui/state/a.rs",
        "fn f() -> &str { \"3 rows have no text\" }",
        "gui/i18n",
    ),
    (
        "src/gui/pages/a.rs",
        "fn f() { let t = format!(\"kept {n} rows of\", ); }",
        "gui/i18n",
    ),
    (
        "src/gui/pages/a.rs",
        "fn f() { combo.selected_text(\"Auto\"); }",
        "gui/i18n",
    ),
    ("src/engine/ingest/a.rs", "use egui;", "window toolkit"),
    ("src/engine/ingest/a.rs", "use egui as e;", "window toolkit"),
    ("src/engine/ingest/a.rs", "use {std::fmt, egui::Ui};", "window toolkit"),
    ("src/engine/ingest/a.rs", "extern crate eframe;", "window toolkit"),
    (
        "src/engine/ingest/a.rs",
        "use crate::{engine::run, gui};",
        "neither the window",
    ),
    (
        "src/engine/ingest/a.rs",
        "use super::super::super::cli::output;",
        "neither the window",
    ),
    ("src/cli/audit.rs", "use super::super::gui;", "cli/window.rs"),
    (
        "src/engine/ingest/a.rs",
        "use crate::{engine::{run, audit::A as b}};",
        "must not use it",
    ),
    (
        "src/engine/ingest/a.rs",
        "fn f(a: &crate::engine::audit::A) {}",
        "must not use it",
    ),
    (
        "src/engine/run/a.rs",
        "use super::super::ingest::Dataset;",
        "must not use it",
    ),
    (
        "src/engine/artifact.rs",
        "use crate::engine::ingest::Dataset;",
        "must not use it",
    ),
    (
        "src/gui/pages/a.rs",
        "use super::data::DataPage;",
        "no page sees another",
    ),
    (
        "src/gui/pages/a.rs",
        "use crate::gui::{pages::data::DataPage, theme};",
        "no page sees another",
    ),
    ("src/gui/pages/a.rs", "use std::{fmt, fs as files};", "sends commands"),
    ("src/gui/state/a.rs", "use polars::prelude::*;", "the window shows"),
    (
        "src/gui/pages/a.rs",
        "const C: C32 = egui::hex_color!(\"#aabbcc\");",
        "palette",
    ),
    ("src/engine/ingest/a.rs", "fn f() { todo!(); }", "announced"),
    ("src/common/a.rs", "fn f() {}", "belongs to no layer"),
];

#[test]
fn each_planted_violation_is_found_at_its_line() {
    for &(path, line, expected) in PLANTED {
        let found: Vec<String> = with(path, &format!("//! Planted.\n\n{line}\n"));
        let hits: Vec<&String> = found.iter().filter(|text| text.contains(expected)).collect();
        assert_eq!(hits.len(), 1, "`{line}` in {path}: {found:?}");
        let whole_file = ["not listed", "belongs to no layer"].contains(&expected);
        let place = if whole_file { ":1:" } else { ":3:" };
        assert!(hits[0].starts_with(&format!("{path}{place}")), "{}", hits[0]);
    }
}

#[test]
fn files_without_a_head_or_too_long_and_a_swollen_app_are_found() {
    assert!(with("tests/it/a.rs", "use a;\n")[0].contains("starts with `//!`"));
    let long = format!("//! Long.\n{}", "\n".repeat(600));
    assert!(with("xtask/src/a.rs", &long)[0].contains("601 lines"));
    assert!(with("benches/a.rs", &long)[0].contains("601 lines"));
    let main = format!("//! Long.\n{}", "\n".repeat(30));
    assert!(with("src/main.rs", &main)[0].contains("31 lines"));
    let function = format!("//! Long.\nfn short() {{}}\nfn f() {{\n{}}}\n", "    a();\n".repeat(99));
    let found = with("src/cli/a.rs", &function);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("src/cli/a.rs:3:") && found[0].contains("`f` has 101 lines"));
    let fields = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|name| format!("    {name}: A<u8, u8>,\n"));
    let app = format!("//! App.\npub struct App {{\n{}}}\n", fields.concat());
    assert!(with("src/gui/app.rs", &app)[0].contains("App has 9 fields"));
}
