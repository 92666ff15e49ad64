"""Some questions are asked once while a page is read, and anew wherever something may change."""

import pytest
from django.http import HttpResponse

from crm.once import OnceMiddleware, once_a_request


@pytest.fixture
def counted():
    calls = []

    @once_a_request
    def question(of=""):
        calls.append(of)
        return len(calls)

    return question


def answers(rf, question, method):
    found = []

    def view(request):
        found.extend([question(), question(), question("another")])
        return HttpResponse()

    OnceMiddleware(view)(getattr(rf, method)("/"))
    return found


def test_while_a_page_is_read_the_first_answer_stands(rf, counted):
    assert answers(rf, counted, "get") == [1, 1, 2]


def test_the_next_page_asks_anew(rf, counted):
    answers(rf, counted, "get")

    assert answers(rf, counted, "get") == [3, 3, 4]


def test_where_something_may_change_every_question_is_asked(rf, counted):
    assert answers(rf, counted, "post") == [1, 2, 3]


def test_outside_a_request_every_question_is_asked(counted):
    assert [counted(), counted()] == [1, 2]
