//! Documentation of a rule, read from the doc comment of its violation struct.

use super::rule::RuleInfo;

/// The doc comment of a rule as Markdown, starting with its code and name.
pub fn documentation(info: &RuleInfo) -> String {
    let mut best: Vec<&str> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let marker = format!("({})", info.code);
    for line in info.source.lines() {
        if let Some(text) = line.strip_prefix("///") {
            open.push(text.strip_prefix(' ').unwrap_or(text));
        } else {
            // A file may document two rules; the right comment names the code in its first line.
            if open.first().is_some_and(|first| first.contains(&marker)) {
                best = std::mem::take(&mut open);
            }
            open.clear();
        }
    }
    let mut out = format!("# {} {} · {}\n", info.code, info.name_en, info.name_zh);
    for line in best.iter().skip(1) {
        out.push_str(line);
        out.push('\n');
    }
    out
}
