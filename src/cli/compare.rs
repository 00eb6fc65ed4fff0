//! `touchstone compare`: compare two or more models on the same rows.

use super::kept::Kept;
use super::scored::{
    JudgeArgs, RowArgs, interval_text, locate, number, read_table, say_table, scored_rows, value_name,
};
use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::compare::{CompareConfig, Comparison, PairResult, compare_rows};
use crate::engine::eval::Metric;
use crate::engine::run::now_ms;

/// Compare two or more models on the same rows
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    rows: RowArgs,
    /// Columns with the models' scores; differences are later minus earlier
    #[arg(long, value_delimiter = ',', required = true, value_name = "A,B[,C]")]
    scores: Vec<String>,
    /// Metrics to compare, the deciding one first (auc, log_loss, ndcg@10, …) [default: all that apply]
    #[arg(long, value_delimiter = ',', value_name = "METRIC,…")]
    metric: Vec<String>,
    /// Cut-off of the default ranking metrics
    #[arg(long, default_value_t = 10, value_name = "K")]
    k: usize,
    /// Random sign patterns of the randomisation test
    #[arg(long, default_value_t = 9999, value_name = "N")]
    permutations: usize,
    #[command(flatten)]
    judge: JudgeArgs,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let config = config(args)?;
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let dataset = read_table(&args.rows.data, &progress)?;
    let rows = scored_rows(&args.rows, &args.scores, &dataset)?;
    let failed = |error| locate(error, &dataset, &args.rows.label);
    let comparison = compare_rows(&rows, &args.scores, &config, &progress).map_err(failed)?;
    if let Some(kept) = kept {
        // The window shows a comparison of the models it has evaluated.
        let (judged, created_ms) = (args.judge.config(vec![args.k]), now_ms());
        let report = rows.evaluate(&judged, created_ms, &progress).map_err(failed)?;
        kept.table_read(&dataset)?;
        kept.evaluation(&report, &rows, &judged, created_ms)?;
        kept.comparison(&comparison, &rows.data)?;
    }
    drop(bar);
    for warning in &comparison.warnings {
        print_warning(&warning.en);
    }
    out.write_json(&comparison)?;
    if out.human() {
        print_comparison(&comparison, out);
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
    if args.rows.group.is_none() && metrics.iter().any(|metric| matches!(metric, Metric::Ranking(_))) {
        return Err(UsageError("ranking metrics need --group COL".to_owned()).into());
    }
    Ok(CompareConfig {
        metrics,
        k: args.k,
        bootstrap: args.judge.bootstrap,
        permutations: args.permutations,
        seed: args.judge.seed,
        alpha: args.judge.alpha,
        threshold: args.judge.threshold,
        ece_bins: args.judge.ece_bins,
        map_denominator: args.judge.map_denominator.into(),
        resample: args.judge.resample.into(),
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
                value_name(&part.value),
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
