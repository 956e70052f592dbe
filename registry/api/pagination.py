"""How long lists are cut into pages."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Pages by key, newest first: stable while lists are published, and the last page as fast as the first."""

    ordering = ("-published_at", "-pk")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
