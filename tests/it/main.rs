//! Tests of the whole: the layers, the command line, the worker process, the window.
//!
//! One program, so that everything is linked once. Tests on data that is not part of the repository
//! pass with a message where it is absent.

mod architecture;
