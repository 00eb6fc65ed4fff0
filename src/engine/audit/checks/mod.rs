//! The checks, one a file: evidence in a struct, its documentation in the struct's doc comment.

pub mod bots;
pub mod constant;
pub mod double_fire;
pub mod duplicate_rows;
pub mod isolated_time;
pub mod label_imbalance;
pub mod long_tail;
pub mod missing;
pub mod mixed_types;
pub mod orphan_items;
pub mod orphan_users;
pub mod personal_data;
pub mod price;
pub mod same_key;
pub mod sessions;
pub mod time_range;
pub mod unknown_event;
pub mod unseen_purchase;
pub mod unused_items;
