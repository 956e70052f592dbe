"""Locks held until the transaction ends, so that two people cannot do one thing twice."""

import zlib

from django.db import connection


def advisory_lock(name: str, key: int = 0) -> None:
    """Wait for, then hold until the end of the transaction, the lock of this name and key.

    Must be called inside a transaction; PostgreSQL lets go of the lock at commit or rollback.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"advisory_lock({name!r}) needs a transaction")
    name_hash = zlib.crc32(name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [name_hash, key])
