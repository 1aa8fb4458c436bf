"""Items fetched by a thread while the consumer writes the last ones.

with fetch_ahead(iter_pages(client, …), stop=client.interrupt) as pages:
    while (page := pages.get(timeout=5)) is not ENDED:
        if page is None:
            ...  # nothing yet: renew the lease
        else:
            ...  # write the page
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from django.db import connections

Item = TypeVar("Item")
PATIENCE_SECONDS = 0.5  # a call in hand may end by itself before it is cut off


class Ended:
    def __repr__(self) -> str:
        return "ENDED"


ENDED: Final = Ended()


class Ahead(Generic[Item]):
    """What the thread has fetched and the consumer has not taken yet; never more than `depth` items."""

    def __init__(self, iterator: Iterator[Item], depth: int):
        self._iterator = iterator
        self._depth = depth
        self._items: deque[Item] = deque()
        self._changed = threading.Condition()
        self._leaving = False
        self._finishing = False
        self._over = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._fetch, name="fetch-ahead", daemon=True)

    def __iter__(self) -> Iterator[Item]:
        while (item := self.get()) is not ENDED:
            yield item  # type: ignore[misc]  # without a timeout it is never None

    def get(self, timeout: float | None = None) -> Item | Ended | None:
        """The next item; ENDED after the last one; None when there is none after `timeout` seconds.

        An error of the iterator is raised here, after the items that came before it.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._items or self._over, timeout):
                return None
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            return ENDED

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Begin nothing more: what is fetched or under way still comes, then ENDED."""
        with self._changed:
            self._finishing = True
            self._changed.notify_all()

    def leave(self, stop: Callable[[], None] | None) -> None:
        """The consumer wants no more: end the thread, and wait until it has given everything back."""
        with self._changed:
            self._leaving = True
            self._changed.notify_all()
        self._thread.join(PATIENCE_SECONDS)
        while self._thread.is_alive():
            if stop is not None:
                stop()
            self._thread.join(PATIENCE_SECONDS)

    def _may_go_on(self) -> bool:
        return self._leaving or self._finishing or len(self._items) < self._depth

    def _fetch(self) -> None:
        try:
            for item in self._iterator:
                with self._changed:
                    self._items.append(item)
                    self._changed.notify_all()
                    self._changed.wait_for(self._may_go_on)
                    if self._leaving or self._finishing:
                        break
        except BaseException as error:
            self._error = error
        finally:
            close = getattr(self._iterator, "close", None)
            if close is not None:
                close()
            connections.close_all()  # this thread's own
            with self._changed:
                self._over = True
                self._changed.notify_all()


@contextmanager
def fetch_ahead(
    iterator: Iterator[Item], depth: int = 2, *, stop: Callable[[], None] | None = None
) -> Iterator[Ahead[Item]]:
    """Let a thread pull `iterator`, at most `depth` items ahead; leaving the block ends it.

    stop: called while the thread does not end by itself, from the leaving thread; ZohoClient.interrupt.
    """
    ahead = Ahead(iterator, max(1, depth))
    ahead.start()
    try:
        yield ahead
    finally:
        ahead.leave(stop)
