//! Tests over the whole stage: the past only, labels, building, real data.

mod build_tests;
mod label_tests;
mod past_tests;
mod real_data_tests;
