//! `touchstone power`: plan an A/B test: sample size, power or detectable effect.

use super::{ExitStatus, OutputArgs, UsageError};
use crate::engine::experiment::design::Ask;
use crate::engine::experiment::{Design, DesignKind, plan};

/// Plan an A/B test: sample size, power or detectable effect
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the metric is
    #[arg(long, value_enum)]
    kind: Kind,
    /// The control's value: a share (0.1) or a mean
    #[arg(long, value_name = "X")]
    baseline: f64,
    /// Standard deviation between units (means)
    #[arg(long, value_name = "S")]
    sd: Option<f64>,
    /// Effect to detect, in absolute terms
    #[arg(
        long,
        value_name = "D",
        conflicts_with = "relative_mde",
        allow_negative_numbers = true
    )]
    mde: Option<f64>,
    /// Effect to detect relative to the baseline (0.02 = 2 %)
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    relative_mde: Option<f64>,
    /// Units of the control; with an effect this asks for the power, without for the detectable effect
    #[arg(long, value_name = "N")]
    n: Option<u64>,
    /// Two-sided level over all comparisons
    #[arg(long, value_name = "A", default_value_t = 0.05)]
    alpha: f64,
    /// Wanted chance to detect the effect
    #[arg(long, value_name = "P", default_value_t = 0.8)]
    power: f64,
    /// Arms, the control included
    #[arg(long, value_name = "V", default_value_t = 2)]
    variants: u32,
    /// Units of each treatment per unit of the control
    #[arg(long, value_name = "R", default_value_t = 1.0)]
    ratio: f64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Proportion,
    Mean,
}

pub fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let mde = args
        .mde
        .or_else(|| args.relative_mde.map(|relative| relative * args.baseline.abs()));
    let ask = match (mde, args.n) {
        (Some(mde), None) => Ask::Units { mde },
        (None, Some(n_control)) => Ask::Effect { n_control },
        (Some(mde), Some(n_control)) => Ask::Power { mde, n_control },
        (None, None) => {
            let text = "give --mde or --relative-mde (how many units?), --n (what effect?), or both (what power?)";
            return Err(UsageError(text.to_owned()).into());
        }
    };
    let design = Design {
        kind: match args.kind {
            Kind::Proportion => DesignKind::Proportion,
            Kind::Mean => DesignKind::Mean,
        },
        baseline: args.baseline,
        sd: args.sd,
        alpha: args.alpha,
        power: args.power,
        variants: args.variants,
        ratio: args.ratio,
        ask,
    };
    let plan = plan(&design).map_err(|error| UsageError(error.to_string()))?;
    out.write_json(&plan)?;
    let relative = plan
        .relative_mde
        .map_or_else(String::new, |relative| format!(" ({:.2} %)", relative * 100.0));
    out.say(&format!(
        "{} units: {} in the control, {} in each treatment; effect {:.6}{relative}, power {:.3}, alpha {:.4} a comparison; {}",
        plan.n_total, plan.n_control, plan.n_treatment, plan.mde, plan.power, plan.alpha_per_comparison, plan.test
    ));
    Ok(ExitStatus::Done)
}
