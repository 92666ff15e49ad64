"""Two customers become one, and for thirty days two again. See docs/duplicates.md."""

from accounts.actions.merging.deciding import AlreadyDecided, call_distinct, propose
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
    "Stays",
    "TooLate",
    "Undone",
    "call_distinct",
    "label_of",
    "merge",
    "propose",
    "relations",
    "same",
    "undo",
]
