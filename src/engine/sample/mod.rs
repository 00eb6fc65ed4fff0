//! Sample: a small shop that behaves like one, with every planted defect counted.
