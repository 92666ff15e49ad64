"""Numbers about customers, each with its reasons. Explained in docs/scoring.md."""
