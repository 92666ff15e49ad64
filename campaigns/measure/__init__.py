"""Did it work, for whom, and did it hurt? Explained in docs/scoring.md."""
