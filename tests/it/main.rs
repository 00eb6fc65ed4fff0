//! Tests of the whole: the layers, the command line, the worker process, the window.
//!
//! One program, so that everything is linked once. Tests on data that is not part of the repository
//! pass with a message where it is absent.

// A test that is skipped says so.
#![allow(clippy::print_stderr)]

mod architecture;
mod bert;
mod browser;
mod cli;
mod fuzz;
mod gui;
mod hub_server;
mod large_file;
mod pollock;
mod program;
mod real_data;
mod real_training;
mod safety;
mod tasks;
mod tiny_model;
mod torch_program;
mod window;
mod worker;
