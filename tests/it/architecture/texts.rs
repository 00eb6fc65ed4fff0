//! Words for the user stand in `gui/i18n` only.
//!
//! Three signs betray words elsewhere in the window: Chinese characters, an argument of something that shows it, and
//! two words in a row that go neither to a log nor into a panic nor name a widget.

use super::rules::{Violation, violation};
use super::source::Source;
use regex::Regex;

/// Words that are the same in every language, and the language of conditions.
const NAMES: [&str; 5] = ["Touchstone", "JSON", "TOML", "is null", "is not null"];

/// Calls whose first words name a widget and are shown to nobody.
const IDENTIFIERS: [&str; 10] = [
    "id",
    "id_salt",
    "unique",
    "push_id",
    "table",
    "time_lines",
    "finding_plot",
    "key_values",
    "top",
    "bottom",
];

/// Calls whose words are for developers or for the terminal.
const FOR_DEVELOPERS: [&str; 18] = [
    "expect",
    "panic!",
    "unreachable!",
    "assert!",
    "assert_eq!",
    "assert_ne!",
    "debug_assert!",
    "debug_assert_eq!",
    "error!",
    "warn!",
    "info!",
    "debug!",
    "trace!",
    "anyhow!",
    "bail!",
    "context",
    "with_context",
    "error",
];

pub struct TextRule {
    /// A call that shows its argument, up to where the argument starts.
    shows: Regex,
    letters: Regex,
    /// Two words in a row.
    prose: Regex,
    /// The name of a call at the end of the code before its opening bracket.
    callee: Regex,
}

impl TextRule {
    pub fn new() -> Self {
        let methods = "label|heading|button|small_button|checkbox|radio|on_hover_text|on_disabled_hover_text|hint_text|\
                       selectable_label|hyperlink_to|menu_button|collapsing|selected_text|text|suffix|prefix|name|title|\
                       monospace|strong|weak|small|code|radio_value|selectable_value|toggle_value|hyperlink|link|\
                       add_filter|set_title";
        let types = "RichText|Button|Label|Text|Column|Bilingual|WidgetText|Checkbox|RadioButton|Link|Hyperlink|Window|\
                     CollapsingHeader|TextEdit";
        let widgets = "page_header|empty_page|primary_button|secondary_button|toggle_chip|link|tone_text|chip|\
                       card_titled|labelled|field|number_field|choice";
        let shows = format!(
            r"(?:\.(?:{methods})\(|\b(?:{types})::\w+\(|widgets::(?:{widgets})\(\s*ui,)\s*(?:&?format!\(\s*)?$"
        );
        Self {
            shows: Regex::new(&shows).expect("a correct pattern"),
            letters: Regex::new(r"\p{Alphabetic}{2}").expect("a correct pattern"),
            prose: Regex::new(r"\p{Alphabetic}{2,}[,.;:!?]* +\p{Alphabetic}{2,}").expect("a correct pattern"),
            callee: Regex::new(r"([A-Za-z_]\w*!?)\s*$").expect("a correct pattern"),
        }
    }

    pub fn check(&self, source: &Source, found: &mut Vec<Violation>) {
        let in_window = source.path.starts_with("src/gui/");
        let home = source.path.starts_with("src/gui/i18n/") || source.path.starts_with("src/gui/theme/");
        if !in_window || home {
            return;
        }
        for literal in &source.literals {
            let has_chinese = literal.text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
            let words = text_without_placeholders(&literal.text);
            if has_chinese
                || self.is_shown(source, literal.start, &words)
                || self.is_prose(source, literal.start, &words)
            {
                let what = format!("\"{}\": words for the user stand in gui/i18n", literal.text);
                found.push(violation(source, literal.start, what));
            }
        }
    }

    fn is_shown(&self, source: &Source, start: usize, words: &str) -> bool {
        if !self.letters.is_match(words) || NAMES.contains(&words.trim()) {
            return false;
        }
        let mut from = start.saturating_sub(80);
        while !source.code.is_char_boundary(from) {
            from -= 1;
        }
        self.shows.is_match(&source.code[from..start])
    }

    fn is_prose(&self, source: &Source, start: usize, words: &str) -> bool {
        let is_hidden = |name: &str| FOR_DEVELOPERS.contains(&name) || IDENTIFIERS.contains(&name);
        self.prose.is_match(words) && !NAMES.contains(&words.trim()) && !self.callers(source, start).any(is_hidden)
    }

    /// Names of the calls around a position within its statement, the innermost first.
    fn callers<'a>(&'a self, source: &'a Source, position: usize) -> impl Iterator<Item = &'a str> + 'a {
        let before = &source.code[..position];
        let mut depth = 0;
        let opening = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| !matches!(c, ';' | '{' | '}'));
        opening.filter_map(move |(at, character)| {
            match character {
                ')' | ']' => depth += 1,
                '(' | '[' => depth -= 1,
                _ => {}
            }
            let opens = matches!(character, '(' | '[') && depth < 0;
            depth = depth.max(0);
            let name = opens.then(|| self.callee.captures(&before[..at]))??;
            Some(name.get(1)?.as_str())
        })
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
