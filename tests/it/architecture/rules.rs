//! The rules: which names may stand where, and how long a file may be.
//!
//! In: sources. Out: violations, each with file, line and what to do.

use super::layers::Layers;
use super::paths::top_level_entries;
use super::source::{Source, end_of_block};
use super::texts::TextRule;
use regex::Regex;
use std::collections::BTreeSet;
use std::fmt;

/// The longest a file may be.
const MAX_LINES: usize = 600;
/// The longest a function may be, from its name to its closing brace.
const MAX_FUNCTION_LINES: usize = 100;
/// The longest `main.rs` may be.
const MAX_MAIN_LINES: usize = 30;
/// The most fields the application may own.
const MAX_APP_FIELDS: usize = 8;

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

/// Code that may not stand in some files.
struct Forbidden {
    pattern: &'static str,
    why: &'static str,
    /// True for the files the rule is about, given the path below the repository.
    applies: fn(&str) -> bool,
}

const FORBIDDEN: [Forbidden; 4] = [
    Forbidden {
        pattern: r"\b(print|println|eprint|eprintln|dbg)!",
        why: "only cli/output.rs prints",
        applies: |path| path != "src/cli/output.rs",
    },
    Forbidden {
        pattern: r"\b(Color32|Rgba|Hsva|HsvaGamma)::(from_|new\b|[A-Z]{3,})|\bhex_color!",
        why: "colours come from theme::palette",
        applies: |path| path.starts_with("src/gui/") && !path.starts_with("src/gui/theme/"),
    },
    Forbidden {
        pattern: r"\.unwrap\(\)",
        why: "handle the error, or `expect` the reason why it cannot fail",
        applies: |path| path.starts_with("src/"),
    },
    Forbidden {
        pattern: r"\b(todo|unimplemented)!",
        why: "nothing is announced that is not done",
        applies: |path| path.starts_with("src/"),
    },
];

/// Colour names that are no colour.
const NO_COLOUR: [&str; 2] = ["Color32::TRANSPARENT", "Color32::PLACEHOLDER"];

/// Every violation in the sources, in their order.
pub fn check(sources: &[Source]) -> Vec<Violation> {
    let test_files: BTreeSet<String> = sources.iter().flat_map(Source::test_files).collect();
    let layers = Layers::new(sources);
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
        layers.check(source, &mut found);
        texts.check(source, &mut found);
        application_size(source, &mut found);
    }
    found
}

pub fn violation(source: &Source, position: usize, what: String) -> Violation {
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
    let most = if ["src/main.rs", "src/torch_main.rs"].contains(&source.path.as_str()) {
        MAX_MAIN_LINES
    } else {
        MAX_LINES
    };
    let lines = source.text.lines().count();
    if lines > most {
        found.push(violation(
            source,
            0,
            format!("{lines} lines, more than {most}: split it"),
        ));
    }
    for (position, name, lines) in functions(source) {
        if lines > MAX_FUNCTION_LINES {
            let what = format!("`{name}` has {lines} lines, more than {MAX_FUNCTION_LINES}: split it");
            found.push(violation(source, position, what));
        }
    }
}

/// Position, name and length of every function outside test code.
fn functions(source: &Source) -> Vec<(usize, &str, usize)> {
    let named = Regex::new(r"\bfn\s+(\w+)").expect("a correct pattern");
    // The first brace or semicolon outside the brackets of the signature.
    let body = |from: usize| {
        let mut depth = 0;
        let mut signature = source.code.bytes().enumerate().skip(from);
        let (end, opening) = signature.find(|(_, byte)| {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(byte, b'{' | b';')
        })?;
        (opening == b'{').then(|| end_of_block(source.code.as_bytes(), end))
    };
    let found = named.captures_iter(&source.code).filter_map(|found| {
        let name = found.get(1)?;
        let lines = source.text[name.start()..body(name.end())?].lines().count();
        Some((name.start(), name.as_str(), lines))
    });
    found.collect()
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
