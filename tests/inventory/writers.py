"""Somebody who writes in another connection, and takes his time to commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from inventory.models import Product


@contextmanager
def slow_writer(product: Product) -> Iterator[None]:
    """Inside, his change of the product is written and not committed; after it, it is committed."""
    written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                Product.objects.filter(pk=product.pk).update(brand="slow")
                written.set()
                assert may_commit.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(20)
        yield
    finally:
        may_commit.set()
        writer.join()
