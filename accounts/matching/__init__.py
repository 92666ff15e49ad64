"""Are two records one customer? Pure rules: spellings, likeness, evidence. See docs/duplicates.md."""

from accounts.matching.evidence import OFFERED_FROM, Finding, Party, Reason, as_json, compare, marks
from accounts.matching.spelling import FREE_MAIL, address_of, domain_of, phone_of, reading_of

__all__ = [
    "FREE_MAIL",
    "OFFERED_FROM",
    "Finding",
    "Party",
    "Reason",
    "address_of",
    "as_json",
    "compare",
    "domain_of",
    "marks",
    "phone_of",
    "reading_of",
]
