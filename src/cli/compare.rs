//! `touchstone compare`: compare two or more models on the same rows.

use super::evaluate::{Shared, interval_text, locate, number, read_segments, read_table, record, say_table};
use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::compare::{CompareConfig, CompareInput, Comparison, PairResult, ScoredModel, compare};
use crate::engine::eval::Metric;
use crate::engine::eval::columns::{categories, numbers};
use crate::engine::project::ArtefactKind;
use std::path::PathBuf;

/// Compare two or more models on the same rows
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Table with one row a scored example (.csv, .tsv, .csv.gz, .csv.zst, .parquet); repeat for several files
    #[arg(long, required = true, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Column with the truth: 0/1 or true/false
    #[arg(long, value_name = "COL")]
    label: String,
    /// Columns with the models' scores; differences are later minus earlier
    #[arg(long, value_delimiter = ',', required = true, value_name = "A,B[,C]")]
    scores: Vec<String>,
    /// Column whose values form the ranked lists (query, user, session)
    #[arg(long, value_name = "COL")]
    group: Option<String>,
    /// Metrics to compare, the deciding one first (auc, log_loss, ndcg@10, …) [default: all that apply]
    #[arg(long, value_delimiter = ',', value_name = "METRIC,…")]
    metric: Vec<String>,
    /// Column in whose values the deciding metric is also compared; repeat for several
    #[arg(long, value_name = "COL")]
    segment: Vec<String>,
    /// Cut-off of the default ranking metrics
    #[arg(long, default_value_t = 10, value_name = "K")]
    k: usize,
    /// Random sign patterns of the randomisation test
    #[arg(long, default_value_t = 9999, value_name = "N")]
    permutations: usize,
    #[command(flatten)]
    shared: Shared,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = config(args)?;
    let (progress, bar) = out.progress();
    let dataset = read_table(&args.data, &progress)?;
    let labels = numbers(&dataset.frame, &args.label)?;
    let scores: Vec<Vec<f64>> = args
        .scores
        .iter()
        .map(|name| numbers(&dataset.frame, name))
        .collect::<Result<_, _>>()?;
    let group = args
        .group
        .as_ref()
        .map(|name| categories(&dataset.frame, name))
        .transpose()?;
    let segments = read_segments(&dataset, &args.segment)?;
    let models = args
        .scores
        .iter()
        .zip(&scores)
        .map(|(name, scores)| ScoredModel { name, scores });
    let input = CompareInput {
        labels: &labels,
        models: models.collect(),
        groups: group.as_ref().map(|group| group.codes()),
        segments: segments.iter().map(|segment| segment.segment()).collect(),
    };
    let comparison = compare(&input, &config, &progress).map_err(|error| locate(error, &dataset, &args.label))?;
    drop(bar);
    for warning in &comparison.warnings {
        print_warning(&warning.en);
    }
    out.write_json(&comparison)?;
    if out.human() {
        print_comparison(&comparison, out);
    }
    if let Some(folder) = &out.project {
        let name = format!("{} · {}", args.scores.join(", "), dataset.info.name);
        record(folder, ArtefactKind::Comparison, name, &comparison, &dataset)?;
    }
    Ok(ExitStatus::Done)
}

fn config(args: &Args) -> anyhow::Result<CompareConfig> {
    if args.scores.len() < 2 {
        return Err(UsageError("--scores needs at least two columns, e.g. --scores A,B".to_owned()).into());
    }
    let metrics = args.metric.iter().map(|name| {
        Metric::parse(name).ok_or_else(|| {
            UsageError(format!(
                "there is no metric `{name}`; use auc, average_precision, log_loss, brier, ece, accuracy, precision, \
                 recall, f1, mcc, gauc, mrr, map, ndcg, or ndcg@K, recall@K, precision@K, map@K, hit_rate@K, mrr@K"
            ))
        })
    });
    let metrics: Vec<Metric> = metrics.collect::<Result<_, _>>()?;
    if args.group.is_none() && metrics.iter().any(|metric| matches!(metric, Metric::Ranking(_))) {
        return Err(UsageError("ranking metrics need --group COL".to_owned()).into());
    }
    Ok(CompareConfig {
        metrics,
        k: args.k,
        bootstrap: args.shared.bootstrap,
        permutations: args.permutations,
        seed: args.shared.seed,
        alpha: args.shared.alpha,
        threshold: args.shared.threshold,
        ece_bins: args.shared.ece_bins,
        map_denominator: args.shared.map_denominator.into(),
        resample: args.shared.resample.into(),
        ..CompareConfig::default()
    })
}

fn print_comparison(found: &Comparison, out: &OutputArgs) {
    out.say(&found.verdict.en);
    let groups = found
        .num_groups
        .map_or_else(String::new, |groups| format!(", {groups} groups"));
    out.say(&format!(
        "\n{} rows, {} positive{groups}; p adjusted by Holm over {} tests",
        found.n, found.positives, found.family_size
    ));
    let heading = [
        "metric",
        "a",
        "b",
        "value a",
        "value b",
        "b - a",
        "interval",
        "p",
        "p adjusted",
        "test",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(found.pairs.iter().map(pair_row));
    say_table(out, &rows);
    if !found.segments.is_empty() {
        let heading = ["segment", "value", "rows", "a", "b", "b - a", "interval", "p adjusted"];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        rows.extend(found.segments.iter().map(|part| {
            vec![
                part.column.clone(),
                if part.value.is_empty() {
                    "(missing)".to_owned()
                } else {
                    part.value.clone()
                },
                part.n.to_string(),
                part.a.clone(),
                part.b.clone(),
                number(part.delta),
                interval_text(part.interval),
                number(part.p_adjusted),
            ]
        }));
        out.say(&format!("\n{} by segment", found.primary_metric));
        say_table(out, &rows);
    }
}

fn pair_row(pair: &PairResult) -> Vec<String> {
    vec![
        pair.metric.name(),
        pair.a.clone(),
        pair.b.clone(),
        number(pair.value_a),
        number(pair.value_b),
        number(pair.delta),
        interval_text(pair.interval),
        number(pair.p_value),
        number(pair.p_adjusted),
        match (&pair.test, &pair.undefined) {
            (Some(test), _) => test.label().en,
            (None, Some(why)) => format!("undefined: {}", why.en),
            (None, None) => String::new(),
        },
    ]
}
