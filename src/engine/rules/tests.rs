//! Rules are judged as their definitions say, files give back what was written, suggestions hold on rows to come.

mod cells;
mod editing;
mod files;
mod property;
mod sequences;
mod suggested;
