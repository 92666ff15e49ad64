from accounts.actions.merging.relations import Stays, relations, strategies, ties


def test_everything_that_leads_to_a_customer_has_a_strategy():
    """A new model with a foreign key to Account says in `merge_strategies` what a merge does with its rows."""
    assert {relation.name for relation in relations()} == set(strategies())


def test_what_stays_behind_says_why():
    assert all(strategy.why for strategy in strategies().values() if isinstance(strategy, Stays))


def test_history_is_not_rewritten():
    assert not [relation.name for relation in relations() if "Event" in relation.name]


def test_children_are_tied_to_the_parent_without_which_they_make_no_sense():
    found = {(child.name, column.name) for child, column, _ in ties()}

    assert {
        ("accounts.Consent.account", "contact"),
        ("campaigns.Proposal.account", "suggestion"),
        ("campaigns.Response.account", "suggestion"),
        ("campaigns.Suggestion.account", "need"),
    } <= found
    assert ("accounts.Activity.account", "contact") not in found
