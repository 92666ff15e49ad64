"""Which customers may be one: found, listed, compared. See docs/duplicates.md."""

from accounts.queries.duplicates.candidates import Candidate, Candidates, candidates_for, likely_the_same, party_of
from accounts.queries.duplicates.comparing import FIELDS, defaults, may_merge, may_undo, merged_values
from accounts.queries.duplicates.pairs import PairPage, number_open, page, recent_merges

__all__ = [
    "FIELDS",
    "Candidate",
    "Candidates",
    "PairPage",
    "candidates_for",
    "defaults",
    "likely_the_same",
    "may_merge",
    "may_undo",
    "merged_values",
    "number_open",
    "page",
    "party_of",
    "recent_merges",
]
