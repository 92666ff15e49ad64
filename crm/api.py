"""What the API shares: pages by keyset, and errors in the reader's words."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Pages(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"


def explain(exc: Exception, context: dict[str, Any]) -> Response | None:
    return exception_handler(exc, context)
