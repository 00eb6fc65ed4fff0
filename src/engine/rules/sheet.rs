//! A rules file that is edited: its text as the author wrote it, and the rules that stand in it.
//!
//! Invariant: the reading of `text` gives `rules`. An edit leaves alone what it is not about: comments, the order of
//! keys, the spelling of values. Only a file whose rules stand inside brackets (`rule = [{…}]`) is written anew.

use super::file::{RULES_VERSION, RuleFile, RuleFileError};
use super::rule::Rule;
use super::write::{block, to_toml};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A rules file with its comments. The default is no file: a file without a rule is no contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSheet {
    text: String,
    rules: Vec<Rule>,
}

/// Where one rule stands, in bytes of the text.
#[derive(Debug)]
struct Entry {
    /// Where the comment directly above it begins, or its first line.
    lead: usize,
    keys: Vec<Key>,
    /// Behind the line end of its last key.
    end: usize,
}

#[derive(Debug)]
struct Key {
    name: String,
    at: usize,
    value: Range<usize>,
}

impl RuleSheet {
    /// Reads a rules file; `name` is what errors call it.
    pub fn parse(text: &str, name: &str) -> Result<Self, RuleFileError> {
        let file = RuleFile::parse(text, name)?;
        Ok(Self {
            text: text.to_owned(),
            rules: file.rules,
        })
    }

    /// What the file holds; empty where there is no rule.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// False if the next edit loses the comments of the file.
    pub fn keeps_comments(&self) -> bool {
        !self.text.contains('#') || entries(&self.text).is_some()
    }

    /// Adds a rule at the end, under a comment (lines that begin with `#`, or nothing).
    pub fn push(&mut self, rule: Rule, comment: &str) {
        let mut text = if self.rules.is_empty() {
            format!("version = {RULES_VERSION}\n")
        } else {
            self.text.clone()
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text = text + "\n" + comment + &block(&rule);
        let mut rules = self.rules.clone();
        rules.push(rule);
        self.settle(Some(text), rules);
    }

    /// Puts another rule in the place of one; no such place changes nothing.
    pub fn replace(&mut self, index: usize, rule: Rule) {
        let mut rules = self.rules.clone();
        let Some(place) = rules.get_mut(index) else { return };
        let old = std::mem::replace(place, rule);
        let entry = entries(&self.text).and_then(|mut entries| (index < entries.len()).then(|| entries.remove(index)));
        let text = entry.map(|entry| replaced(&self.text, &entry, &old, &rules[index]));
        self.settle(text, rules);
    }

    /// Takes a rule out, with the comment directly above it; no such place changes nothing.
    pub fn remove(&mut self, index: usize) {
        if index >= self.rules.len() {
            return;
        }
        let mut rules = self.rules.clone();
        rules.remove(index);
        let text = entries(&self.text).and_then(|entries| {
            let entry = entries.get(index)?;
            let (before, after) = (&self.text[..entry.lead], &self.text[entry.end..]);
            // The empty line that parted it from the next goes with it.
            Some(before.to_owned() + after.strip_prefix("\r\n").or(after.strip_prefix('\n')).unwrap_or(after))
        });
        self.settle(text, rules);
    }

    /// Takes the text over if it says these rules, else writes them anew.
    fn settle(&mut self, text: Option<String>, rules: Vec<Rule>) {
        let says = |text: &String| RuleFile::parse(text, "").is_ok_and(|file| file.rules == rules);
        self.text = match text.filter(says) {
            Some(text) => text,
            None if rules.is_empty() => String::new(),
            None => to_toml(&rules),
        };
        self.rules = rules;
    }
}

/// Where the rules stand; `None` where they are not each under a line `[[rule]]`.
fn entries(text: &str) -> Option<Vec<Entry>> {
    let document = DeTable::parse(text).ok()?;
    let (_, list) = document.get_ref().iter().find(|(name, _)| name.get_ref() == "rule")?;
    let DeValue::Array(items) = list.get_ref() else {
        return None;
    };
    let entry = |at: usize, table: &DeTable<'_>| {
        let start = line_start(text, at);
        let keys: Vec<Key> = table
            .iter()
            .map(|(name, value)| Key {
                name: name.get_ref().clone().into_owned(),
                at: line_start(text, name.span().start),
                value: value.span(),
            })
            .collect();
        let last = keys.iter().map(|key| key.value.end).max().unwrap_or(at);
        text[start..].trim_start().starts_with("[[").then(|| Entry {
            lead: lead(text, start),
            end: line_end(text, last),
            keys,
        })
    };
    let of_item = items.iter().map(|item| match item.get_ref() {
        DeValue::Table(table) => entry(item.span().start, table),
        _ => None,
    });
    of_item.collect()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Behind the line end.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Where the comment lines directly above a line begin.
fn lead(text: &str, mut start: usize) -> usize {
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// The keys of a written rule with their values; each stands on a line of its own.
fn written(block: &str) -> Vec<(&str, &str)> {
    block.lines().filter_map(|line| line.split_once(" = ")).collect()
}

/// The text with the values of one rule changed from `old` to `new`.
fn replaced(text: &str, entry: &Entry, old: &Rule, new: &Rule) -> String {
    let (before, after) = (block(old), block(new));
    let (before, after) = (written(&before), written(&after));
    let value_in = |keys: &[(&str, &str)], name: &str| {
        let found = keys.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let is_same_kind = old.expectation.kind() == new.expectation.kind();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut added = String::new();
    for (name, value) in &after {
        if value_in(&before, name).as_deref() == Some(*value) {
            continue;
        }
        match entry.keys.iter().find(|key| key.name == *name) {
            Some(key) => edits.push((key.value.clone(), (*value).to_owned())),
            None => added += &format!("{name} = {value}\n"),
        }
    }
    for key in &entry.keys {
        // A default that somebody wrote out stays, where it still has a meaning.
        let has_meaning = is_same_kind && (key.name != "mostly" || new.expectation.has_share());
        let is_idle = has_meaning && value_in(&before, &key.name).is_none();
        if value_in(&after, &key.name).is_none() && !is_idle {
            edits.push((key.at..line_end(text, key.value.end), String::new()));
        }
    }
    if !added.is_empty() {
        let breaks = if text[..entry.end].ends_with('\n') { "" } else { "\n" };
        edits.push((entry.end..entry.end, breaks.to_owned() + &added));
    }
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut text = text.to_owned();
    for (place, value) in edits {
        text.replace_range(place, &value);
    }
    text
}
