//! Reports: one self-contained HTML file a result, for people without the program.
//!
//! In: finished results. Out: HTML with inline style and SVG charts: no script, no network, prints well.
//! Invariant: every text from data is escaped, and personal data that was found is masked.

mod accepted;
mod associations;
mod audit;
mod audit_changes;
mod audit_history;
mod behaviour;
mod columns;
mod comparison;
mod curve_chart;
mod dataset;
mod drift;
mod evaluation;
mod evaluation_charts;
mod evaluation_tasks;
mod experiment;
mod features;
mod forest;
mod heat_map;
mod hidden;
mod lineage;
mod log;
mod numbers;
mod page;
mod project;
mod rules;
mod run;
mod run_record;
mod svg;
mod ticks;

pub use audit::{audit_html, audit_with_rules_html};
pub use comparison::comparison_html;
pub use evaluation::{evaluation_html, evaluations_html};
pub use experiment::experiment_html;
pub use page::{Page, escape};
pub use project::{ReportError, project_html};
pub use run::run_html;
pub use svg::{Chart, sparkline};

use crate::engine::artifact::Bilingual;

/// The language a report is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportLanguage {
    #[default]
    English,
    Chinese,
}

impl ReportLanguage {
    /// Picks one of two fixed texts.
    pub fn pick(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Self::English => en,
            Self::Chinese => zh,
        }
    }

    pub fn of(self, text: &Bilingual) -> &str {
        match self {
            Self::English => &text.en,
            Self::Chinese => &text.zh,
        }
    }

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        self.pick("en", "zh-Hans")
    }
}
