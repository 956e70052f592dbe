"""How long lists are cut into pages."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Pages by key, newest first: stable while new lists are published, and as fast on the last as on the first."""

    ordering = ("-published_at", "-pk")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
