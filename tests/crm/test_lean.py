"""White space that only the author of a template needs is gone; where words were apart, they stay apart."""

import pytest

from crm.lean import lean


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>\n    one\n\n    two</p>", "<p>\none\ntwo</p>"),
        ("a\n  {% if x %}\n    b\n  {% endif %}\nc", "a\n{% if x %}b\n{% endif %}c"),
        ("a {% if x %}b{% endif %} c", "a {% if x %}b{% endif %} c"),
        ('{% trans "More" as more %}\n<a>', '{% trans "More" as more %}<a>'),
        ("{{ a }}\n{{ b }}", "{{ a }}\n{{ b }}"),
    ],
)
def test_a_template_is_compiled_without_indentation_and_lines_of_tags(source, left):
    assert lean(source) == left
