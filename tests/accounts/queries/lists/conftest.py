"""Asking a list as somebody, in the state of an address."""

import json
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from crm.lists.asking import ask
from crm.lists.fields import Asker
from crm.lists.spec import lists


@pytest.fixture
def asked(cast, now):
    """`asked("customers", user, filter=[...], sort="-health")`."""

    def ask_it(key, user=None, **state):
        if "filter" in state:
            state["filter"] = json.dumps(state["filter"])
        query = QueryDict(urlencode({"view": "all", **state}))
        return ask(lists[key], Asker(user or cast.fumi, now), query)

    return ask_it


@pytest.fixture
def names(asked):
    """Names of the customers that meet one condition. As many are counted, by whichever table counts them."""

    def found(field, op, value=None, user=None):
        condition = {"field": field, "op": op} | ({} if value is None else {"value": value})
        this = asked("customers", user, filter=[condition])
        rows = list(this.rows)
        assert this.countable.count() == len(rows)
        return {row.name for row in rows}

    return found
