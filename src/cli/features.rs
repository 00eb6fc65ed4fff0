//! `touchstone features`: build features, label and split from a log.

use super::kept::{Kept, LogFiles, folder_for};
use super::reading::ReadingArgs;
use super::{ExitStatus, OutputArgs};
use crate::engine::artifact::Severity;
use crate::engine::audit::thousands;
use crate::engine::features::{FeatureConfig, FeatureInput, FeatureSet, build};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::run::now_ms;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// Build features, label and split from a log
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files (.csv, .tsv, .txt, also .gz or .zst, or .parquet) or folders; several make one log
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Item table: titles, prices, categories by item id
    #[arg(long, value_name = "FILE")]
    pub items: Option<PathBuf>,
    /// What to build (JSON); without it everything is decided from the log
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder for train.parquet, valid.parquet, test.parquet and feature_set.json [default: the project's]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = args.config.as_deref().map(read_config).transpose()?.unwrap_or_default();
    let options = args.reading.options(false)?;
    let kept = Kept::open(out)?;
    let dir = folder_for(args.out.as_deref(), kept.as_ref().map(Kept::features_dir))?;
    let (progress, bar) = out.progress();
    let log = read_log(&args.files, &options, &progress)?;
    let items = args
        .items
        .as_ref()
        .map(|path| read_log(std::slice::from_ref(path), &ReadOptions::default(), &progress))
        .transpose()?;
    let input = FeatureInput {
        log: &log,
        items: items.as_ref(),
        created_ms: now_ms(),
    };
    let set = build(&input, &config, &dir, &progress)?;
    if let Some(kept) = kept {
        let files = LogFiles {
            log: &args.files,
            items: args.items.as_deref(),
            users: None,
            options: &options,
        };
        let read = [Some(&log), items.as_ref()];
        kept.log(&files, &read.into_iter().flatten().collect::<Vec<_>>())?;
        kept.features(&set, &config, &dir)?;
    }
    drop(bar);
    out.write_json(&set)?;
    say(&set, out);
    Ok(ExitStatus::Done)
}

fn read_config(path: &Path) -> anyhow::Result<FeatureConfig> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a feature configuration", path.display()))
}

fn say(set: &FeatureSet, out: &OutputArgs) {
    out.say(&format!(
        "{}: {} examples ({:.2} % positive): {}",
        set.name,
        thousands(set.label.rows),
        set.label.positive_rate * 100.0,
        set.label.description.en
    ));
    if set.dropped.sampled_out > 0 {
        out.say(&format!(
            "  {} of {} candidates kept in whole groups (max_rows)",
            thousands(set.label.rows),
            thousands(set.label.candidates)
        ));
    }
    for part in &set.split.parts {
        out.say(&format!(
            "  {:<5} {:>9} rows {:>8} positive",
            part.name,
            thousands(part.rows),
            thousands(part.positives)
        ));
    }
    for leak in set.split.leaks.iter().filter(|leak| leak.severity > Severity::Info) {
        out.say(&format!("  ▲ {}", leak.message.en));
    }
    out.say(&format!("  text: {}", set.text.join(" + ")));
    for feature in set.by_rank() {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
        let mark = match (feature.scores.leak, feature.scores.selected) {
            (true, _) => "leak",
            (false, true) => "✓",
            (false, false) => "",
        };
        out.say(&format!(
            "  {mark:<4} {:<32} chi2 {:>10} MI {:>7} IV {:>7} PSI {:>7}",
            feature.name,
            feature
                .scores
                .chi2
                .map_or_else(|| "-".to_owned(), |value| format!("{value:.1}")),
            number(feature.scores.mutual_info),
            number(feature.scores.information_value),
            number(feature.scores.psi)
        ));
    }
}
