//! Recipe: ordered cleaning steps kept as data; replayable, undoable.
