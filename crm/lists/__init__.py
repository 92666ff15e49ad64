"""Lists that people filter, sort, cut to columns, save as views, edit in bulk and take home as files.

A list is declared (`spec.ListSpec`), its columns are declared (`fields.Field`), and nothing but what is declared reaches
the database. This package knows no app; `accounts/queries/lists` holds the declarations.
"""

from crm.lists.neighbours import Neighbours, neighbours

__all__ = ["Neighbours", "neighbours"]
