//! `touchstone experiment`: read an A/B test.

use super::kept::Kept;
use super::scored::{interval_text, number, read_table, say_table};
use super::{ExitStatus, OutputArgs, UsageError, print_warning};
use crate::engine::experiment::report::Check;
use crate::engine::experiment::{
    CheckStatus, ExperimentConfig, ExperimentError, ExperimentReport, Method, MetricRole, MetricSpec, experiment,
    propose,
};
use crate::engine::ingest::Dataset;
use std::path::PathBuf;

/// Read an A/B test
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Experiment log (.csv, .tsv, .csv.gz, .csv.zst, .parquet); several files form one log
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Column of the randomised unit; without it every row is a unit
    #[arg(long, value_name = "COL")]
    unit: Option<String>,
    /// Column of the variant
    #[arg(long, value_name = "COL", required_unless_present = "guess")]
    variant: Option<String>,
    /// The variant that is the control
    #[arg(long, value_name = "NAME", required_unless_present = "guess")]
    control: Option<String>,
    /// KIND:NAME=COL[/COL][@COVARIATE], KIND = proportion, mean, ratio or quantile(p); the first decides; repeat
    #[arg(long, value_name = "KIND:NAME=COL", required_unless_present = "guess")]
    metric: Vec<String>,
    /// Take columns and metrics by their names; what is also given overrides
    #[arg(long)]
    guess: bool,
    /// Metric that must not get worse; repeat for several
    #[arg(long, value_name = "NAME")]
    guardrail: Vec<String>,
    /// Metric of which less is better; repeat for several
    #[arg(long, value_name = "NAME")]
    lower_is_better: Vec<String>,
    /// Column with a value of the unit before the test (turns CUPED on)
    #[arg(long, value_name = "COL")]
    covariate: Option<String>,
    /// Column in whose values the first metric is also read; repeat for several
    #[arg(long, value_name = "COL")]
    segment: Vec<String>,
    /// Column of time or day
    #[arg(long, value_name = "COL")]
    time: Option<String>,
    /// Planned shares, e.g. a=50,b=50 [default: equal]
    #[arg(long, value_delimiter = ',', value_name = "NAME=SHARE,…")]
    allocation: Vec<String>,
    /// Two-sided level
    #[arg(long, default_value_t = 0.05, value_name = "ALPHA")]
    alpha: f64,
    /// What the verdict rests on [default: cuped with a covariate, else welch]
    #[arg(long, value_enum)]
    method: Option<MethodChoice>,
    /// Resamples of the bootstrap
    #[arg(long, default_value_t = 2000, value_name = "N")]
    bootstrap: usize,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 42, value_name = "S")]
    seed: u64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum MethodChoice {
    Welch,
    Cuped,
    Sequential,
    Bayes,
    Bootstrap,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let kept = Kept::open(out)?;
    let (progress, bar) = out.progress();
    let dataset = read_table(&args.files, &progress)?;
    let config = config(args, &dataset)?;
    let report = experiment(&dataset, &config, &progress).map_err(|error| match error {
        ExperimentError::BadSetting { .. } | ExperimentError::UnknownControl { .. } => {
            anyhow::Error::new(UsageError(error.to_string()))
        }
        other => other.into(),
    })?;
    if let Some(kept) = kept {
        kept.experiment(&report, &dataset, &args.files)?;
    }
    drop(bar);
    for check in report
        .checks
        .iter()
        .filter(|check| check.status >= CheckStatus::Warning)
    {
        print_warning(&format!(
            "{}: {} ({})",
            check.title.en, check.explanation.en, check.value.en
        ));
    }
    out.write_json(&report)?;
    if out.human() {
        print_report(&report, out);
    }
    Ok(ExitStatus::Done)
}

fn config(args: &Args, dataset: &Dataset) -> anyhow::Result<ExperimentConfig> {
    let mut config = if args.guess {
        propose(dataset).ok_or_else(|| {
            UsageError("no column looks like a variant; name it with --variant, --control and --metric".to_owned())
        })?
    } else {
        ExperimentConfig::default()
    };
    if args.unit.is_some() || !args.guess {
        config.unit.clone_from(&args.unit);
    }
    if let Some(variant) = &args.variant {
        config.variant.clone_from(variant);
    }
    if let Some(control) = &args.control {
        config.control.clone_from(control);
    }
    if !args.metric.is_empty() {
        let metrics = args.metric.iter().map(|text| MetricSpec::parse(text));
        config.metrics = metrics
            .collect::<Result<_, _>>()
            .map_err(|error| UsageError(error.to_string()))?;
    }
    mark(&mut config, &args.guardrail, |metric| {
        metric.role = MetricRole::Guardrail
    })?;
    mark(&mut config, &args.lower_is_better, |metric| {
        metric.lower_is_better = true
    })?;
    if args.covariate.is_some() {
        config.covariate.clone_from(&args.covariate);
    }
    if !args.segment.is_empty() {
        config.segments.clone_from(&args.segment);
    }
    if args.time.is_some() {
        config.time.clone_from(&args.time);
    }
    config.allocation = args
        .allocation
        .iter()
        .map(|text| allocation(text))
        .collect::<Result<_, _>>()?;
    config.alpha = args.alpha;
    config.bootstrap = args.bootstrap;
    config.seed = args.seed;
    let with_covariate = config
        .metrics
        .iter()
        .any(|metric| config.covariate_of(metric).is_some());
    config.method = match args.method {
        Some(MethodChoice::Welch) => Method::Welch,
        Some(MethodChoice::Cuped) => Method::Cuped,
        Some(MethodChoice::Sequential) => Method::Sequential,
        Some(MethodChoice::Bayes) => Method::Bayes,
        Some(MethodChoice::Bootstrap) => Method::Bootstrap,
        None if with_covariate => Method::Cuped,
        None => Method::Welch,
    };
    Ok(config)
}

fn mark(config: &mut ExperimentConfig, names: &[String], change: impl Fn(&mut MetricSpec)) -> Result<(), UsageError> {
    for name in names {
        let known: Vec<String> = config.metrics.iter().map(|metric| metric.name.clone()).collect();
        let metric = config.metrics.iter_mut().find(|metric| metric.name == *name);
        let metric =
            metric.ok_or_else(|| UsageError(format!("there is no metric `{name}`; there are {}", known.join(", "))))?;
        change(metric);
    }
    Ok(())
}

fn allocation(text: &str) -> Result<(String, f64), UsageError> {
    let parsed = text
        .rsplit_once('=')
        .and_then(|(name, share)| Some((name.to_owned(), share.parse().ok()?)));
    parsed.ok_or_else(|| {
        UsageError(format!(
            "`{text}` is no planned share; write NAME=SHARE, e.g. a=50,b=50"
        ))
    })
}

fn print_report(report: &ExperimentReport, out: &OutputArgs) {
    out.say(&report.verdict.headline.en);
    for reason in &report.verdict.reasons {
        out.say(&format!("  {}", reason.en));
    }
    out.say("");
    let heading = [
        "metric",
        "role",
        "arm",
        "units",
        "estimate",
        "delta",
        "interval",
        "relative",
        "p",
        "p adjusted",
        "note",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for metric in &report.metrics {
        let name = |arm: &str| vec![metric.name.clone(), metric.role.name().to_owned(), arm.to_owned()];
        let mut control = name(&metric.control.name);
        control.extend([metric.control.n.to_string(), number(metric.control.estimate)]);
        control.resize(heading.len(), String::new());
        rows.push(control);
        for treatment in &metric.treatments {
            let inference = &treatment.inference;
            let mut row = name(&treatment.arm.name);
            row.extend([
                treatment.arm.n.to_string(),
                number(treatment.arm.estimate),
                number(inference.delta),
                interval_text(inference.interval),
                inference
                    .relative
                    .map_or_else(String::new, |relative| format!("{:+.2} %", relative * 100.0)),
                number(inference.p_value),
                number(treatment.p_adjusted),
                treatment
                    .undefined
                    .as_ref()
                    .map_or_else(String::new, |why| why.en.clone()),
            ]);
            rows.push(row);
        }
    }
    say_table(out, &rows);
    out.say("");
    let checks = report.checks.iter().map(|check: &Check| {
        let mark = match check.status {
            CheckStatus::Passed => "ok",
            CheckStatus::Skipped => "skipped",
            CheckStatus::Note => "note",
            CheckStatus::Warning => "warning",
            CheckStatus::Failed => "FAILED",
        };
        vec![mark.to_owned(), check.title.en.clone(), check.value.en.clone()]
    });
    say_table(out, &checks.collect::<Vec<_>>());
}
