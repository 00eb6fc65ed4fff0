//! The paths a source names: every leaf of its `use` trees, and every `a::b` in its code.
//!
//! Paths into this package are told from its root whether they start with `crate`, `self` or `super`.

use super::source::Source;
use regex::Regex;

/// One path that is named.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Byte position of the path's own part in the file.
    pub position: usize,
    /// `engine::ingest::read` for one inside the package, `polars::prelude` for another crate's.
    pub path: String,
    pub is_own: bool,
}

impl Named {
    /// True for the path itself and what is below it.
    pub fn is_in(&self, parent: &str) -> bool {
        let below = self.path.strip_prefix(parent);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// The part at a depth, from 0.
    pub fn part(&self, depth: usize) -> Option<&str> {
        self.path.split("::").nth(depth)
    }
}

/// Finds paths in sources.
pub struct PathFinder {
    import: Regex,
    inline: Regex,
}

impl PathFinder {
    pub fn new() -> Self {
        Self {
            import: Regex::new(r"\b(?:use|extern\s+crate)\s+([^;]+);").expect("a correct pattern"),
            inline: Regex::new(r"\b[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)+").expect("a correct pattern"),
        }
    }

    pub fn paths(&self, source: &Source) -> Vec<Named> {
        let mut named = Vec::new();
        let mut code = source.code.clone();
        for found in self.import.captures_iter(&source.code) {
            let tree = found.get(1).map_or(0..0, |tree| tree.range());
            leaves(&source.code, tree.clone(), "", source, &mut named);
            // What was read as a tree is not read again as inline paths.
            code.replace_range(tree.clone(), &" ".repeat(tree.len()));
        }
        for found in self.inline.find_iter(&code) {
            named.push(resolved(source, found.start(), found.as_str()));
        }
        named
    }
}

/// `a::{b, c::{self, d}}` → `a::b`, `a::c`, `a::c::d`.
fn leaves(code: &str, tree: std::ops::Range<usize>, before: &str, source: &Source, named: &mut Vec<Named>) {
    let text = &code[tree.clone()];
    let start = tree.start + (text.len() - text.trim_start().len());
    if let Some(open) = text.find('{') {
        let close = text.rfind('}').unwrap_or(text.len());
        let head = format!("{before}{}", &text[..open]);
        let mut from = tree.start + open + 1;
        for entry in top_level_entries(&text[open + 1..close]) {
            let length = entry.len();
            leaves(code, from..from + length, &head, source, named);
            from += length + 1;
        }
        return;
    }
    let leaf = text.split(" as ").next().unwrap_or(text).trim();
    if !leaf.is_empty() {
        named.push(resolved(source, start, &format!("{before}{leaf}")));
    }
}

fn resolved(source: &Source, position: usize, path: &str) -> Named {
    let parts = path.split("::").map(str::trim);
    let mut parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && matches!(parts.last(), Some(&("self" | "*"))) {
        parts.pop();
    }
    let supers = parts.iter().filter(|part| **part == "super").count();
    let mut module = source.module();
    let (is_own, own) = match parts.first() {
        Some(&"crate") => (true, Vec::new()),
        Some(&("self" | "super")) => {
            module.truncate(module.len().saturating_sub(supers));
            (true, module)
        }
        _ => (false, Vec::new()),
    };
    let rest = parts
        .into_iter()
        .filter(|part| !is_own || !matches!(*part, "crate" | "self" | "super"));
    Named {
        position,
        path: own.into_iter().chain(rest).collect::<Vec<_>>().join("::"),
        is_own,
    }
}

/// `a::{b, c}, d` → `a::{b, c}` and ` d`.
pub fn top_level_entries(list: &str) -> Vec<&str> {
    let (mut depth, mut from) = (0, 0);
    let mut entries = Vec::new();
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                entries.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    entries.push(&list[from..]);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_read_to_their_leaves_and_told_from_the_root() {
        let text = "use crate::{engine::{audit, ingest::{self, read as r}}, gui};\nuse super::super::run::*;\nuse egui;\n\
                    fn f(a: self::b::C) { std::fs::read(super::d::E) }\n";
        let found = PathFinder::new().paths(&Source::new("src/engine/features/select.rs", text));
        let paths: Vec<(&str, bool)> = found.iter().map(|named| (named.path.as_str(), named.is_own)).collect();
        let own = |path| (path, true);
        assert_eq!(
            paths,
            [
                own("engine::audit"),
                own("engine::ingest"),
                own("engine::ingest::read"),
                own("gui"),
                own("engine::run"),
                ("egui", false),
                own("engine::features::select::b::C"),
                ("std::fs::read", false),
                own("engine::features::d::E"),
            ]
        );
        assert_eq!(&text[found[3].position..found[3].position + 3], "gui");
        assert!(found[0].is_in("engine") && !found[0].is_in("engine::aud"));
    }
}
