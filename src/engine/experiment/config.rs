//! What to read from an experiment log: which column says what, which metrics, how to judge.
//!
//! Invariant: plain serde data; a metric can be written as `KIND:NAME=COL[/COL][@COL]` and read back.

use super::error::ExperimentError;
use serde::{Deserialize, Serialize};

/// How rows become a metric of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// Share of units with a value above 0 in any row.
    Proportion,
    /// Mean over units of the unit's sum.
    Mean,
    /// Sum of one column over the sum of another.
    Ratio,
    /// Quantile of the rows' values; rows of a unit may be dependent.
    Quantile,
}

impl MetricKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Proportion => "proportion",
            Self::Mean => "mean",
            Self::Ratio => "ratio",
            Self::Quantile => "quantile",
        }
    }
}

/// What a metric is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricRole {
    /// Decides; p-values are adjusted over all goal metrics and arms.
    Goal,
    #[default]
    Secondary,
    /// Must not get worse.
    Guardrail,
}

impl MetricRole {
    pub fn name(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::Secondary => "secondary",
            Self::Guardrail => "guardrail",
        }
    }
}

/// One metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricSpec {
    pub name: String,
    pub kind: MetricKind,
    /// 0 < p < 1, quantile metrics only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    pub column: String,
    /// Ratio metrics only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<String>,
    /// Value of the same unit before the experiment; overrides the config's covariate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covariate: Option<String>,
    #[serde(default)]
    pub role: MetricRole,
    #[serde(default)]
    pub lower_is_better: bool,
}

impl MetricSpec {
    pub fn new(kind: MetricKind, name: &str, column: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            quantile: None,
            column: column.to_owned(),
            denominator: None,
            covariate: None,
            role: MetricRole::default(),
            lower_is_better: false,
        }
    }

    /// Reads `proportion:NAME=COL`, `mean:NAME=COL@PRE`, `ratio:NAME=COL/COL`, `quantile(0.95):NAME=COL`.
    ///
    /// # Errors
    /// A sentence that says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, ExperimentError> {
        let wrong = |why: &str| ExperimentError::BadMetric {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let (kind, rest) = text
            .split_once(':')
            .ok_or_else(|| wrong("there is no `:` after the kind"))?;
        let (name, columns) = rest
            .split_once('=')
            .ok_or_else(|| wrong("there is no `=` after the name"))?;
        let (columns, covariate) = match columns.rsplit_once('@') {
            Some((columns, covariate)) => (columns, Some(covariate.to_owned())),
            None => (columns, None),
        };
        let (kind, quantile) = match kind {
            "proportion" => (MetricKind::Proportion, None),
            "mean" => (MetricKind::Mean, None),
            "ratio" => (MetricKind::Ratio, None),
            _ => {
                let inside = kind.strip_prefix("quantile(").and_then(|rest| rest.strip_suffix(')'));
                let p = inside
                    .and_then(|p| p.parse::<f64>().ok())
                    .filter(|p| *p > 0.0 && *p < 1.0);
                let p =
                    p.ok_or_else(|| wrong("the kind is not proportion, mean, ratio or quantile(p) with 0 < p < 1"))?;
                (MetricKind::Quantile, Some(p))
            }
        };
        let (column, denominator) = match (kind, columns.split_once('/')) {
            (MetricKind::Ratio, Some((column, denominator))) => (column, Some(denominator.to_owned())),
            (MetricKind::Ratio, None) => return Err(wrong("a ratio needs two columns, COL/COL")),
            _ => (columns, None),
        };
        if name.is_empty() || column.is_empty() {
            return Err(wrong("name and column must not be empty"));
        }
        if denominator.as_deref() == Some("") || covariate.as_deref() == Some("") {
            return Err(wrong("a column is missing after `/` or `@`"));
        }
        Ok(Self {
            quantile,
            denominator,
            covariate,
            ..Self::new(kind, name, column)
        })
    }

    /// The text `parse` reads.
    pub fn text(&self) -> String {
        let kind = match self.quantile {
            Some(p) => format!("quantile({p})"),
            None => self.kind.name().to_owned(),
        };
        let denominator = self
            .denominator
            .as_ref()
            .map_or_else(String::new, |column| format!("/{column}"));
        let covariate = self
            .covariate
            .as_ref()
            .map_or_else(String::new, |column| format!("@{column}"));
        format!("{kind}:{}={}{denominator}{covariate}", self.name, self.column)
    }
}

/// Which estimate and interval the verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Two-proportion z, Welch's t, delta method, order statistics: by the metric's kind.
    #[default]
    Welch,
    /// The same after the pre-period covariate is taken out (Deng, Xu, Kohavi, Walker: WSDM 2013).
    Cuped,
    /// Asymptotic confidence sequence: valid however often one looks.
    Sequential,
    /// Flat prior: credible intervals, probability to beat, expected loss; no p-value.
    Bayes,
    /// Percentile bootstrap over units.
    Bootstrap,
}

impl Method {
    pub const ALL: [Self; 5] = [Self::Welch, Self::Cuped, Self::Sequential, Self::Bayes, Self::Bootstrap];

    pub fn name(self) -> &'static str {
        match self {
            Self::Welch => "welch",
            Self::Cuped => "cuped",
            Self::Sequential => "sequential",
            Self::Bayes => "bayes",
            Self::Bootstrap => "bootstrap",
        }
    }
}

/// Everything an analysis depends on besides the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExperimentConfig {
    /// Column of the randomised unit; without it every row is a unit.
    pub unit: Option<String>,
    pub variant: String,
    pub control: String,
    pub metrics: Vec<MetricSpec>,
    /// Pre-period covariate of all metrics that name none.
    pub covariate: Option<String>,
    pub segments: Vec<String>,
    /// Column of the time or day of a row.
    pub time: Option<String>,
    /// Two-sided.
    pub alpha: f64,
    pub method: Method,
    /// Planned share of each variant, e.g. `[("a", 0.5), ("b", 0.5)]`; empty = equal shares.
    pub allocation: Vec<(String, f64)>,
    /// Quantile of the unit values above which the outlier check cuts them.
    pub winsor: f64,
    /// Units at which the confidence sequence is tightest.
    pub sequential_units: f64,
    pub bootstrap: usize,
    pub seed: u64,
}

impl Default for ExperimentConfig {
    fn default() -> Self {
        Self {
            unit: None,
            variant: String::new(),
            control: String::new(),
            metrics: Vec::new(),
            covariate: None,
            segments: Vec::new(),
            time: None,
            alpha: 0.05,
            method: Method::default(),
            allocation: Vec::new(),
            winsor: 0.999,
            sequential_units: 5000.0,
            bootstrap: 2000,
            seed: 42,
        }
    }
}

impl ExperimentConfig {
    pub(super) fn validate(&self) -> Result<(), ExperimentError> {
        let bad = |what: &str| Err(ExperimentError::BadSetting { what: what.to_owned() });
        if !(self.alpha > 0.0 && self.alpha < 0.5) {
            return bad("alpha must lie between 0 and 0.5");
        }
        if !(self.winsor > 0.5 && self.winsor <= 1.0) {
            return bad("the winsor quantile must lie between 0.5 and 1");
        }
        if self.sequential_units.is_nan() || self.sequential_units < 1.0 {
            return bad("the confidence sequence must be tuned to at least one unit");
        }
        if self
            .allocation
            .iter()
            .any(|(_, share)| !(*share > 0.0 && share.is_finite()))
        {
            return bad("planned shares must be above 0");
        }
        if self.metrics.is_empty() {
            return bad("name at least one metric, e.g. proportion:conversion=converted");
        }
        let mut names: Vec<&str> = self.metrics.iter().map(|metric| metric.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ExperimentError::BadSetting {
                what: format!("two metrics are named `{}`; give each its own name", pair[0]),
            });
        }
        if self.method == Method::Cuped && self.metrics.iter().all(|metric| self.covariate_of(metric).is_none()) {
            return bad("CUPED needs a pre-period covariate; name its column");
        }
        Ok(())
    }

    /// The covariate of a metric: its own, or the common one; quantiles have none.
    pub fn covariate_of<'a>(&'a self, metric: &'a MetricSpec) -> Option<&'a str> {
        if metric.kind == MetricKind::Quantile {
            return None;
        }
        metric.covariate.as_deref().or(self.covariate.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_round_trip_through_their_text() {
        for text in [
            "proportion:retention_7=retention_7",
            "mean:revenue=revenue@pre_revenue",
            "ratio:ctr=clicks/impressions",
            "ratio:ctr=clicks/impressions@pre_ctr",
            "quantile(0.95):latency p95=latency_ms",
        ] {
            assert_eq!(MetricSpec::parse(text).expect(text).text(), text);
        }
    }

    #[test]
    fn broken_metrics_say_what_is_wrong() {
        for (text, part) in [
            ("revenue", "`:`"),
            ("mean:revenue", "`=`"),
            ("median:x=y", "quantile(p)"),
            ("quantile(1.5):x=y", "0 < p < 1"),
            ("ratio:ctr=clicks", "two columns"),
            ("mean:=x", "empty"),
            ("mean:x=y@", "missing"),
        ] {
            let message = MetricSpec::parse(text).expect_err(text).to_string();
            assert!(message.contains(part) && message.contains(text), "{message}");
        }
    }

    #[test]
    fn contradicting_settings_are_refused() {
        let metric = MetricSpec::new(MetricKind::Mean, "revenue", "revenue");
        let good = ExperimentConfig {
            metrics: vec![metric.clone()],
            ..ExperimentConfig::default()
        };
        assert!(good.validate().is_ok());
        let broken = [
            ExperimentConfig {
                alpha: 0.5,
                ..good.clone()
            },
            ExperimentConfig {
                metrics: vec![],
                ..good.clone()
            },
            ExperimentConfig {
                metrics: vec![metric.clone(), metric],
                ..good.clone()
            },
            ExperimentConfig {
                method: Method::Cuped,
                ..good.clone()
            },
            ExperimentConfig {
                allocation: vec![("a".to_owned(), 0.0)],
                ..good
            },
        ];
        assert!(broken.iter().all(|config| config.validate().is_err()));
    }
}
