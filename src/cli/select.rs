//! `touchstone select`: score a table's columns against a label.

use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs};
use crate::engine::features::{SelectConfig, select_columns};
use crate::engine::ingest::read_log;
use std::path::PathBuf;

/// Score a table's columns against a label and choose the best
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one table
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The label: 0/1, true/false, yes/no
    #[arg(long, value_name = "COL")]
    pub label: String,
    /// Values of the label that count as positive; all others are negative
    #[arg(long, value_name = "VALUES", value_delimiter = ',')]
    pub positive: Vec<String>,
    /// Choose at most N features
    #[arg(long, value_name = "N")]
    pub k: Option<usize>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let options = args.reading.options(false)?;
    let (progress, bar) = out.progress();
    let table = read_log(&args.files, &options, &progress)?;
    let defaults = SelectConfig::default();
    let config = SelectConfig {
        k: args.k.unwrap_or(defaults.k),
        ..defaults
    };
    let found = select_columns(&table, &args.label, &args.positive, &config, &progress)?;
    drop(bar);
    out.write_json(&found)?;
    out.say(&format!(
        "{}: {} rows, {} positive, {} without label; PSI: {}",
        found.label, found.rows, found.positives, found.without_label, found.stability.en
    ));
    let number = |value: Option<f64>, digits: usize| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.digits$}"));
    out.say("  rank        chi2      p        MI      IV      PSI     AUC  feature");
    for feature in &found.features {
        let scores = &feature.scores;
        let mark = match (scores.leak, scores.selected) {
            (true, _) => " (leak)",
            (false, true) => " ✓",
            (false, false) => "",
        };
        out.say(&format!(
            "  {:>4} {:>11} {:>9} {:>7} {:>7} {:>7} {:>6}  {}{mark}",
            scores.mrmr_rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string()),
            number(scores.chi2, 2),
            scores.chi2_p.map_or_else(|| "-".to_owned(), |p| format!("{p:.1e}")),
            number(scores.mutual_info, 4),
            number(scores.information_value, 3),
            number(scores.psi, 3),
            number(scores.auc, 3),
            feature.name
        ));
    }
    Ok(ExitStatus::Done)
}
