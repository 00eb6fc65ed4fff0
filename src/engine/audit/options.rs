//! What the caller decides about an audit: side tables, thresholds, and what "now" is.
//!
//! Invariant: the audit reads no clock; every threshold a check applies stands here with its reason.

use crate::engine::ingest::dataset::Dataset;
use serde::{Deserialize, Serialize};

/// Tables the log refers to.
#[derive(Clone, Copy, Debug, Default)]
pub struct SideTables<'a> {
    /// One row an item, its identifier in the column with role item.
    pub items: Option<&'a Dataset>,
    /// One row a user, its identifier in the column with role user.
    pub users: Option<&'a Dataset>,
}

#[derive(Clone, Debug)]
pub struct AuditOptions<'a> {
    pub tables: SideTables<'a>,
    pub thresholds: Thresholds,
    /// Unix time in milliseconds against which times in the future are judged.
    pub now_ms: u64,
}

impl<'a> AuditOptions<'a> {
    pub fn new(now_ms: u64) -> Self {
        Self {
            tables: SideTables::default(),
            thresholds: Thresholds::default(),
            now_ms,
        }
    }

    pub fn with_tables(mut self, tables: SideTables<'a>) -> Self {
        self.tables = tables;
        self
    }
}

/// Every threshold of the audit. Shares are 0..=1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// C01: from this share of missing cells on a column is worth a warning. 5 % as in deepchecks; below it
    /// dropping or filling rarely moves a model.
    pub missing_warning_share: f64,
    /// C01: missing users, items, events or times break joins and sequences, so already 1 % is an error.
    pub missing_key_error_share: f64,
    /// U01: surplus copies above 1 % shift every count by more than most A/B effects (Snowplow's practice).
    pub duplicate_error_share: f64,
    /// U02: nobody triggers the same event on the same item twice within one second on purpose.
    pub repeat_secs: f64,
    /// U02: a checkout takes longer than five seconds, so two purchases of one item within them are one.
    pub repeat_purchase_secs: f64,
    /// T01: before 2000-01-01 there was no such log; catches epoch 0 and seconds read as milliseconds.
    pub earliest_time_secs: i64,
    /// T01: clocks and time zones may run ahead by up to a day; later is the future.
    pub future_slack_secs: i64,
    /// T02: an hour (or day) with less than 5 % of the volume the median event sees does not belong to the
    /// core of the log when it lies outside it.
    pub core_volume_share: f64,
    /// T02: outside the core lies at most this share of rows, otherwise the log simply has thin edges.
    pub isolated_max_share: f64,
    /// V03: a column that is up to 90 % of one type holds the rest by mistake; deepchecks uses 1-10 %.
    pub mixed_minor_share: f64,
    /// B01: people buy within 30 days of seeing an item, the usual attribution window.
    pub view_window_days: f64,
    /// B01: a few percent come from other devices and from before the log starts; above 10 % tracking is broken.
    pub unseen_purchase_error_share: f64,
    /// B02: people's intervals vary as much as their mean (coefficient of variation near 1 or above); below 0.1
    /// a timer is at work.
    pub bot_interval_cv: f64,
    /// B02: intervals needed before their variation is judged.
    pub bot_min_intervals: usize,
    /// B02: more events within one minute than a person can click.
    pub bot_events_per_minute: usize,
    /// B02: more events in one day than a person can make, if also above the 99.9th percentile of users.
    pub bot_events_per_day: usize,
    /// B02: people sleep; a day and more without a pause of four hours is not one person.
    pub bot_pause_hours: f64,
    /// B02: this many different items and never a cart or a purchase is a crawler, not a shopper.
    pub bot_items_without_conversion: usize,
    /// B03: 30 minutes without an event end a session, the convention of web analytics.
    pub session_gap_mins: f64,
    /// B03: nobody shops for twelve hours in one visit; longer ones are shared or never-ending session keys.
    pub session_max_hours: f64,
    /// B04: share of items called the head.
    pub head_items_share: f64,
    /// B04: a head with at least this share of events hides the tail from a model trained on counts.
    pub head_events_share: f64,
    /// B04: above this share of empty user-item cells neighbours are rarely shared.
    pub sparsity: f64,
    /// L01: below 10 % the smaller class needs care (deepchecks: class ratio 0.1).
    pub imbalance_share: f64,
    /// P01: a column is of one kind of personal data if this share of its filled cells match.
    pub personal_column_share: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            missing_warning_share: 0.05,
            missing_key_error_share: 0.01,
            duplicate_error_share: 0.01,
            repeat_secs: 1.0,
            repeat_purchase_secs: 5.0,
            earliest_time_secs: 946_684_800,
            future_slack_secs: 86_400,
            core_volume_share: 0.05,
            isolated_max_share: 0.001,
            mixed_minor_share: 0.1,
            view_window_days: 30.0,
            unseen_purchase_error_share: 0.1,
            bot_interval_cv: 0.1,
            bot_min_intervals: 50,
            bot_events_per_minute: 20,
            bot_events_per_day: 1_000,
            bot_pause_hours: 4.0,
            bot_items_without_conversion: 500,
            session_gap_mins: 30.0,
            session_max_hours: 12.0,
            head_items_share: 0.01,
            head_events_share: 0.3,
            sparsity: 0.99,
            imbalance_share: 0.1,
            personal_column_share: 0.8,
        }
    }
}
