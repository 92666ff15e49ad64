"""Two customers become one, and for thirty days two again. See docs/duplicates.md."""

from accounts.actions.merging.deciding import AlreadyDecided, SameCustomer, bring_together, call_distinct, propose
from accounts.actions.merging.merge import AlreadyMerged, Conflict, MayNotMerge, merge
from accounts.actions.merging.relations import Moves, Stays, label_of, relations, same
from accounts.actions.merging.undo import FurtherMerged, Kept, TooLate, Undone, undo

__all__ = [
    "AlreadyDecided",
    "AlreadyMerged",
    "Conflict",
    "FurtherMerged",
    "Kept",
    "MayNotMerge",
    "Moves",
    "SameCustomer",
    "Stays",
    "TooLate",
    "Undone",
    "bring_together",
    "call_distinct",
    "label_of",
    "merge",
    "propose",
    "relations",
    "same",
    "undo",
]
