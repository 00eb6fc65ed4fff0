//! Names on the Hugging Face hub: `owner/repo`.
//!
//! Invariant: both parts are plain file names, so that they can stand in a URL and in the cache as they are.

use crate::engine::models::import::is_model_name;
use std::fmt;

/// A repository's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine::models) struct HubName {
    pub owner: String,
    pub repo: String,
}

impl HubName {
    /// `owner/repo`, also as the address of its page. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let path = match text.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?.1,
            None => text,
        };
        let mut parts = path.trim_end_matches('/').split('/');
        let (owner, repo) = (parts.next()?, parts.next()?);
        // The address of a page may go on: `/tree/main`.
        let ends = parts.next().is_none() || path != text;
        let is_part = |part: &str| is_model_name(part) && !part.contains("..") && !part.contains("--");
        (ends && is_part(owner) && is_part(repo)).then(|| Self {
            owner: owner.to_owned(),
            repo: repo.to_owned(),
        })
    }

    /// The hub's names differ in more than their case.
    pub fn is(&self, other: &str) -> bool {
        self.to_string().eq_ignore_ascii_case(other)
    }

    /// Both parts as one plain name.
    pub fn in_one(&self) -> String {
        format!("{}--{}", self.owner, self.repo)
    }
}

impl fmt::Display for HubName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.repo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_and_addresses_are_names() {
        let read = |text: &str| HubName::parse(text).map(|name| name.to_string());
        for text in [
            "google-bert/bert-base-chinese",
            " google-bert/bert-base-chinese ",
            "https://huggingface.co/google-bert/bert-base-chinese",
            "https://hf-mirror.com/google-bert/bert-base-chinese/tree/main",
        ] {
            assert_eq!(read(text).as_deref(), Some("google-bert/bert-base-chinese"), "{text}");
        }
        for text in [
            "bert-base-chinese",
            "../mine",
            "a/..",
            "a/b/c",
            "/a/b",
            "a/b?x",
            "a b/c",
            "",
            "https://a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let name = HubName::parse("A/b").expect("a name");
        assert!(name.is("a/B") && !name.is("a/c"));
        assert_eq!(name.in_one(), "A--b");
    }
}
