//! Faults that tests plant: a machine whose memory ends sooner than it does.
//!
//! Invariant: nothing is planted unless the environment variable is set.

use super::TrainError;

/// `8`: more than 8 rows at one time do not fit; `8,1`: from the second part of a batch on.
pub const MEMORY_VARIABLE: &str = "TOUCHSTONE_TEST_MEMORY_ROWS";

/// What is to go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Rows that fit into memory at one time.
    pub memory_rows: Option<usize>,
    /// Parts of a batch before this one always fit.
    pub from_part: usize,
}

impl Faults {
    /// As the environment says.
    pub fn planted() -> Self {
        std::env::var(MEMORY_VARIABLE).map_or_else(|_| Self::default(), |text| Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let mut numbers = text.split(',').map(|number| number.trim().parse().ok());
        Self {
            memory_rows: numbers.next().flatten(),
            from_part: numbers.next().flatten().unwrap_or(0),
        }
    }

    /// Fails as libtorch does where so many rows do not fit.
    pub fn check_memory(&self, part: usize, rows: usize) -> Result<(), TrainError> {
        match self.memory_rows {
            Some(most) if rows > most && part >= self.from_part => Err(TrainError::from_torch(
                "training",
                &format!("DefaultCPUAllocator: can't allocate memory: {rows} rows, {most} fit (planted)"),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_planted_fails() {
        assert!(Faults::default().check_memory(9, 1 << 40).is_ok());
        let faults = Faults::parse("8,1");
        assert!(faults.check_memory(0, 9).is_ok() && faults.check_memory(1, 8).is_ok());
        assert!(matches!(faults.check_memory(1, 9), Err(TrainError::OutOfMemory { .. })));
        assert_eq!(Faults::parse("no number"), Faults::default());
    }
}
