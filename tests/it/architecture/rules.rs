//! The rules: which names may stand where, and how long a file may be.
//!
//! In: sources. Out: violations, each with file, line and what to do.

use super::source::{Source, end_of_block};
use regex::Regex;
use std::collections::BTreeSet;
use std::fmt;

/// The longest a file may be.
const MAX_LINES: usize = 600;
/// The most fields the application may own.
const MAX_APP_FIELDS: usize = 8;

/// Folders and files of `src/engine` that every stage may use.
const FOUNDATIONS: [&str; 5] = ["artifact", "progress", "project", "random", "run"];

#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Names that may not stand in some files.
struct Forbidden {
    pattern: &'static str,
    why: &'static str,
    /// True for the files the rule is about, given the path below the repository.
    applies: fn(&str) -> bool,
}

const FORBIDDEN: [Forbidden; 12] = [
    Forbidden {
        pattern: r"\b(egui|eframe|egui_plot|egui_extras|egui_system_font_provider|rfd)::",
        why: "only gui names the window toolkit",
        applies: |path| !path.starts_with("src/gui/"),
    },
    Forbidden {
        pattern: r"\bclap\b",
        why: "only cli parses arguments",
        applies: |path| !path.starts_with("src/cli/"),
    },
    Forbidden {
        pattern: r"\banyhow\b",
        why: "the engine's errors are typed; anyhow is for cli and gui",
        applies: |path| path.starts_with("src/engine/"),
    },
    Forbidden {
        pattern: r"\bcrate::(gui|cli)\b",
        why: "the engine knows neither the window nor the command line",
        applies: |path| path.starts_with("src/engine/"),
    },
    Forbidden {
        pattern: r"\bcrate::cli\b",
        why: "the window calls the engine, not the command line",
        applies: |path| path.starts_with("src/gui/"),
    },
    Forbidden {
        pattern: r"\bcrate::gui\b",
        why: "the command line names the window only to open it, in cli/window.rs",
        applies: |path| path.starts_with("src/cli/") && path != "src/cli/window.rs",
    },
    Forbidden {
        pattern: r"\b(print|println|eprint|eprintln|dbg)!",
        why: "only cli/output.rs prints",
        applies: |path| path != "src/cli/output.rs",
    },
    Forbidden {
        pattern: r"\b(tch|torch_sys)::",
        why: "libtorch is used in engine/train, engine/infer and engine/doctor/cuda.rs only",
        applies: |path| {
            let places = ["src/engine/train/", "src/engine/infer/", "src/engine/doctor/cuda.rs"];
            !places.iter().any(|place| path.starts_with(place))
        },
    },
    Forbidden {
        pattern: r"\b(polars|polars_arrow)\b",
        why: "any machine must be able to open any run: run needs no table library",
        applies: |path| path.starts_with("src/engine/run/"),
    },
    Forbidden {
        pattern: r"\b(polars|rusqlite|std::fs|std::process)\b",
        why: "a page reads the state and sends commands; tables, files and processes are for jobs",
        applies: |path| path.starts_with("src/gui/pages/") || path.starts_with("src/gui/widgets/"),
    },
    Forbidden {
        pattern: r"\b(Color32|Rgba)::(from_|[A-Z]{3,})",
        why: "colours come from theme::palette",
        applies: |path| path.starts_with("src/gui/") && !path.starts_with("src/gui/theme/"),
    },
    Forbidden {
        pattern: r"\.unwrap\(\)",
        why: "handle the error, or `expect` the reason why it cannot fail",
        applies: |path| path.starts_with("src/"),
    },
];

/// Colour names that are no colour.
const NO_COLOUR: [&str; 2] = ["Color32::TRANSPARENT", "Color32::PLACEHOLDER"];

/// Words that are the same in every language.
const NAMES: [&str; 1] = ["Touchstone"];

/// Every violation in the sources, in their order.
pub fn check(sources: &[Source]) -> Vec<Violation> {
    let test_files: BTreeSet<String> = sources.iter().flat_map(Source::test_files).collect();
    let order = StageOrder::new(sources);
    let rules = FORBIDDEN.map(|rule| (Regex::new(rule.pattern).expect("a correct pattern"), rule));
    let texts = TextRule::new();
    let mut found = Vec::new();
    for source in sources {
        form(source, &mut found);
        let in_tests = source.path.ends_with("tests.rs") || source.path.contains("/tests/");
        if in_tests || test_files.contains(&source.path) || !source.path.starts_with("src/") {
            continue;
        }
        forbidden_names(source, &rules, &mut found);
        order.check(source, &mut found);
        texts.check(source, &mut found);
        application_size(source, &mut found);
    }
    found
}

fn violation(source: &Source, position: usize, what: String) -> Violation {
    Violation {
        path: source.path.clone(),
        line: source.line(position),
        what,
    }
}

/// Every file says what it is and is short enough to be read at once.
fn form(source: &Source, found: &mut Vec<Violation>) {
    if !source.text.starts_with("//! ") {
        found.push(violation(source, 0, "a file starts with `//!`: what it is".to_owned()));
    }
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        found.push(violation(
            source,
            0,
            format!("{lines} lines, more than {MAX_LINES}: split it"),
        ));
    }
}

fn forbidden_names(source: &Source, rules: &[(Regex, Forbidden)], found: &mut Vec<Violation>) {
    for (pattern, rule) in rules.iter().filter(|(_, rule)| (rule.applies)(&source.path)) {
        for name in pattern.find_iter(&source.code) {
            let whole = &source.code[name.start()..];
            if !NO_COLOUR.iter().any(|known| whole.starts_with(known)) {
                let what = format!("`{}`: {}", name.as_str(), rule.why);
                found.push(violation(source, name.start(), what));
            }
        }
    }
}

/// A stage names only stages before it and the foundations.
struct StageOrder {
    /// In the order of `src/engine/mod.rs`.
    stages: Vec<String>,
    path: Regex,
    first_name: Regex,
}

impl StageOrder {
    fn new(sources: &[Source]) -> Self {
        let list = sources.iter().find(|source| source.path == "src/engine/mod.rs");
        let declared = Regex::new(r"pub mod (\w+);").expect("a correct pattern");
        let declarations = list.iter().flat_map(|source| declared.captures_iter(&source.code));
        let path = r"crate::engine::(\{[^;]*\}|\w+)|((?:super::)+)(\w+)";
        Self {
            stages: declarations.map(|found| found[1].to_owned()).collect(),
            path: Regex::new(path).expect("a correct pattern"),
            first_name: Regex::new(r"^\s*(\w+)").expect("a correct pattern"),
        }
    }

    fn check(&self, source: &Source, found: &mut Vec<Violation>) {
        let module = source.module();
        let ["engine", own, ..] = module.as_slice() else {
            return;
        };
        let Some(own_place) = self.place(own) else {
            let what = format!("`{own}` is not listed in src/engine/mod.rs");
            found.push(violation(source, 0, what));
            return;
        };
        for (position, used) in self.modules_named(source, module.len()) {
            let is_later = self.place(&used).is_some_and(|place| place > own_place);
            if is_later && !FOUNDATIONS.contains(&used.as_str()) {
                let what = format!("{own} comes before {used} in the flow and must not use it");
                found.push(violation(source, position, what));
            }
        }
    }

    fn place(&self, stage: &str) -> Option<usize> {
        self.stages.iter().position(|known| known == stage)
    }

    /// Names directly after `crate::engine::`, or after as many `super::` as lead there from a module
    /// `depth` parts below the crate.
    fn modules_named(&self, source: &Source, depth: usize) -> Vec<(usize, String)> {
        let mut named = Vec::new();
        for found in self.path.captures_iter(&source.code) {
            let start = found.get(0).map_or(0, |whole| whole.start());
            if let Some(supers) = found.get(2) {
                // Each `super` drops one part of the file's own module; one part is left for the engine.
                if supers.as_str().matches("super").count() + 1 == depth {
                    named.push((start, found[3].to_owned()));
                }
            } else if let Some(group) = found[1].strip_prefix('{') {
                let entries = top_level_entries(group.trim_end_matches('}'));
                let heads = entries.iter().filter_map(|entry| self.first_name.captures(entry));
                named.extend(heads.map(|found| (start, found[1].to_owned())));
            } else {
                named.push((start, found[1].to_owned()));
            }
        }
        named
    }
}

/// `a::{b, c}, d` → `a::{b, c}` and `d`.
fn top_level_entries(list: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut depth = 0;
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                entries.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(entry) = entries.last_mut() {
            entry.push(character);
        }
    }
    entries
}

/// Words for the user stand in `gui/i18n` only.
struct TextRule {
    /// A call that shows its argument, up to where the argument starts.
    shows: Regex,
    letters: Regex,
}

impl TextRule {
    fn new() -> Self {
        let methods = "label|heading|button|small_button|checkbox|radio|on_hover_text|on_disabled_hover_text|hint_text|\
                       selectable_label|hyperlink_to|menu_button|collapsing";
        let types = "RichText|Button|Label|Text|Column|Bilingual";
        let widgets = "page_header|empty_page|primary_button|secondary_button|toggle_chip|link|tone_text|chip|\
                       card_titled|labelled|field|number_field|choice";
        let shows = format!(
            r"(?:\.(?:{methods})\(|\b(?:{types})::\w+\(|widgets::(?:{widgets})\(\s*ui,)\s*(?:&?format!\(\s*)?$"
        );
        Self {
            shows: Regex::new(&shows).expect("a correct pattern"),
            letters: Regex::new(r"\p{Alphabetic}{2}").expect("a correct pattern"),
        }
    }

    fn check(&self, source: &Source, found: &mut Vec<Violation>) {
        let in_window = source.path.starts_with("src/gui/");
        let home = source.path.starts_with("src/gui/i18n/") || source.path.starts_with("src/gui/theme/");
        if !in_window || home {
            return;
        }
        for literal in &source.literals {
            let has_chinese = literal.text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
            if has_chinese || self.is_shown(source, literal.start, &literal.text) {
                let what = format!("\"{}\": words for the user stand in gui/i18n", literal.text);
                found.push(violation(source, literal.start, what));
            }
        }
    }

    fn is_shown(&self, source: &Source, start: usize, text: &str) -> bool {
        let words = text_without_placeholders(text);
        if !self.letters.is_match(&words) || NAMES.contains(&words.trim()) {
            return false;
        }
        let mut from = start.saturating_sub(80);
        while !source.code.is_char_boundary(from) {
            from -= 1;
        }
        self.shows.is_match(&source.code[from..start])
    }
}

/// `{name}: {value:.1}` → `: `.
fn text_without_placeholders(text: &str) -> String {
    let mut depth = 0;
    let outside = text.chars().filter(|character| {
        match character {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth <= 0
    });
    outside.collect()
}

/// `App` stays a hub, not a store.
fn application_size(source: &Source, found: &mut Vec<Violation>) {
    const HEAD: &str = "pub struct App {";
    if source.path != "src/gui/app.rs" {
        return;
    }
    let Some(start) = source.code.find(HEAD) else {
        found.push(violation(source, 0, "`pub struct App` is not here".to_owned()));
        return;
    };
    let open = start + HEAD.len() - 1;
    let body = &source.code[open + 1..end_of_block(source.code.as_bytes(), open) - 1];
    let fields = top_level_entries(body)
        .iter()
        .filter(|field| field.contains(':'))
        .count();
    if fields > MAX_APP_FIELDS {
        let what = format!("App has {fields} fields, more than {MAX_APP_FIELDS}");
        found.push(violation(source, start, what));
    }
}
