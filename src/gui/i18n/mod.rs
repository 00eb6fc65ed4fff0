//! Every word of the window, in English and 中文.
//!
//! A constant is a `Text`; sentences with numbers are functions of `Language`. One file a page.

pub mod audit;
pub mod audit_decisions;
pub mod audit_history;
pub mod audit_profile;
pub mod common;
pub mod compare;
pub mod data;
pub mod evaluate;
pub mod experiments;
pub mod features;
pub mod flow;
pub mod lineage;
pub mod number;
pub mod project;
pub mod reading;
pub mod recipe;
pub mod rules;
pub mod shell;
pub mod train;
pub mod welcome;

use super::settings::Language;
use crate::engine::artifact::Bilingual;

/// A fixed text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub en: &'static str,
    pub zh: &'static str,
}

impl Text {
    pub const fn new(en: &'static str, zh: &'static str) -> Self {
        Self { en, zh }
    }
}

impl Language {
    pub fn t(self, text: Text) -> &'static str {
        match self {
            Self::English => text.en,
            Self::Chinese => text.zh,
        }
    }

    /// Text the engine wrote in both languages.
    pub fn b(self, text: &Bilingual) -> &str {
        match self {
            Self::English => &text.en,
            Self::Chinese => &text.zh,
        }
    }
}

/// A `Text` as the engine's bilingual text, for job titles.
impl From<Text> for Bilingual {
    fn from(text: Text) -> Self {
        Self::new(text.en, text.zh)
    }
}
