//! The project folder: catalogue, settings and artefacts with their lineage.
