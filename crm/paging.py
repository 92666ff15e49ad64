"""Pages of the API by keyset, so that a deep page costs what the first one costs."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"
