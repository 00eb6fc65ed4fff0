//! Set-up and automation of the repository.
fn main() {}
