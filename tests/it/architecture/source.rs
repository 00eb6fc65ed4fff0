//! A Rust source file as the rules see it: code without comments, string contents and test code.
//!
//! Invariant: what is taken out is replaced by blanks of the same length, so that every position in
//! `code` is the position in the file.

use std::ops::Range;

/// A string literal outside test code.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Byte position of the opening quote (or of the `r`, `b` in front of it).
    pub start: usize,
    pub text: String,
}

/// One file of the repository.
pub struct Source {
    /// Relative to the repository, with `/`.
    pub path: String,
    pub text: String,
    /// The text with comments, literals and test code blanked.
    pub code: String,
    pub literals: Vec<Literal>,
    /// Modules declared as `#[cfg(test)] mod name;`.
    pub test_modules: Vec<String>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (mut code, mut literals) = strip(text);
        let (regions, test_modules) = test_items(&code);
        for region in &regions {
            blank(&mut code, region.clone());
        }
        literals.retain(|literal| !regions.iter().any(|region| region.contains(&literal.start)));
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: String::from_utf8(code).expect("blanks replace whole characters"),
            literals,
            test_modules,
        }
    }

    /// Line number of a byte position, from 1.
    pub fn line(&self, position: usize) -> usize {
        1 + self.text.as_bytes()[..position]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    }

    /// `engine/ingest/read.rs` → `["engine", "ingest", "read"]`; `mod.rs`, `lib.rs` and the programs' files are their
    /// folder.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main" | "torch_main"))) {
            parts.pop();
        }
        parts
    }

    /// Paths of the files that this file declares as test modules.
    pub fn test_files(&self) -> Vec<String> {
        let folder = self.module().join("/");
        let prefix = if folder.is_empty() { String::new() } else { folder + "/" };
        let paths = self.test_modules.iter();
        paths.map(|name| format!("src/{prefix}{name}.rs")).collect()
    }
}

/// Code with comments and literals blanked, and the string literals.
fn strip(text: &str) -> (Vec<u8>, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => find_from(text, at, "\n").unwrap_or(bytes.len()),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of_block_comment(bytes, at),
            b'"' => end_of_string(bytes, at + 1),
            b'\'' => match end_of_character(bytes, at) {
                Some(end) => end,
                None => {
                    at += 1;
                    continue;
                }
            },
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word = end_of_word(bytes, at);
                match prefixed_string(text, at, word) {
                    Some(end) => end,
                    None => {
                        at = word;
                        continue;
                    }
                }
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if let Some(literal) = literal(text, at..end) {
            literals.push(literal);
        }
        blank(&mut code, at..end);
        at = end;
    }
    (code, literals)
}

fn literal(text: &str, range: Range<usize>) -> Option<Literal> {
    let token = &text[range.clone()];
    if token.starts_with('/') || token.starts_with('\'') {
        return None;
    }
    let open = token.find('"')? + 1;
    let close = token.rfind('"').filter(|close| *close >= open)?;
    Some(Literal {
        start: range.start,
        text: token[open..close].to_owned(),
    })
}

/// Blanks a range; line ends stay, so that lines can be counted.
fn blank(code: &mut [u8], range: Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn find_from(text: &str, from: usize, what: &str) -> Option<usize> {
    text[from..].find(what).map(|found| from + found)
}

fn end_of_word(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    from + length
}

fn end_of_block_comment(bytes: &[u8], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at < bytes.len() {
        match &bytes[at..(at + 2).min(bytes.len())] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Position after the closing quote of a string that may hold escapes.
fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `'a'`, `'\n'`, `'中'`; `None` for a lifetime.
fn end_of_character(bytes: &[u8], from: usize) -> Option<usize> {
    if bytes.get(from + 1) == Some(&b'\\') {
        let close = bytes[from + 3..].iter().position(|byte| *byte == b'\'')?;
        return Some(from + 3 + close + 1);
    }
    let width = match bytes.get(from + 1)? {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    (bytes.get(from + 1 + width) == Some(&b'\'')).then_some(from + width + 2)
}

/// The end of `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"` whose prefix is the word from `at` to `word`.
fn prefixed_string(text: &str, at: usize, word: usize) -> Option<usize> {
    let rest = &text[word..];
    match &text[at..word] {
        "b" | "c" if rest.starts_with('"') => Some(end_of_string(text.as_bytes(), word + 1)),
        "r" | "br" | "cr" => {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            if !rest[hashes..].starts_with('"') {
                return None;
            }
            let close = format!("\"{}", "#".repeat(hashes));
            find_from(text, word + hashes + 1, &close).map(|found| found + close.len())
        }
        _ => None,
    }
}

/// Ranges of items under `#[cfg(test)]` and names of the modules declared there without a body.
fn test_items(code: &[u8]) -> (Vec<Range<usize>>, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let text = String::from_utf8_lossy(code);
    let (mut regions, mut modules) = (Vec::new(), Vec::new());
    for (start, _) in text.match_indices(MARK) {
        let from = start + MARK.len();
        let Some(length) = text[from..].find(['{', ';']) else {
            continue;
        };
        let end = from + length;
        if code[end] == b';' {
            let declared = text[from..end].split_whitespace();
            modules.extend(declared.last().map(str::to_owned));
            regions.push(start..end);
        } else {
            regions.push(start..end_of_block(code, end));
        }
    }
    (regions, modules)
}

/// Position after the brace that closes the one at `from`.
pub fn end_of_block(code: &[u8], from: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_literals_and_tests_are_taken_out() {
        let source = Source::new(
            "src/engine/a.rs",
            "// egui\nlet a = \"println!(\\\"x\\\")\"; /* tch /* nested */ */ let c = '\"'; let l: &'static str = r#\"a \"b\"#;\n\
             #[cfg(test)]\nmod tests {\n    fn f() { x.unwrap(); }\n}\nfn after() {}\n#[cfg(test)]\nmod a_tests;\n",
        );
        for gone in ["egui", "println", "tch", "nested", "unwrap", "a_tests"] {
            assert!(!source.code.contains(gone), "{gone} is still in {}", source.code);
        }
        for kept in ["let a =", "let l: &'static str =", "fn after() {}"] {
            assert!(source.code.contains(kept), "{kept} is missing in {}", source.code);
        }
        let texts: Vec<&str> = source.literals.iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(texts, ["println!(\\\"x\\\")", "a \"b"]);
        assert_eq!(source.test_files(), ["src/engine/a/a_tests.rs"]);
        assert_eq!(source.code.len(), source.text.len());
        assert_eq!(source.line(source.code.find("after").expect("kept")), 7);
    }
}
