"""Files by content: whole or not there, once, and gone when nobody needs them."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from inventory.pictures import store, tidying
from inventory.pictures.making import make
from tests.factories import ProductPictureFactory
from zoho_sync.sandbox.images import picture


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def made(name: str = "a"):
    return make(picture(name, (200, 150)))


def names() -> list[str]:
    return sorted(path.name for path in store.folder().rglob("*") if path.is_file())


def grow_old(digest: str) -> None:
    old = time.time() - 3 * 86_400
    for path in store.folder().rglob(f"{digest}*"):
        os.utime(path, (old, old))


def test_a_picture_is_kept_under_its_content_and_only_once():
    one = made()
    store.keep(one)
    store.keep(one)

    assert names() == sorted(f"{one.digest}.{size}.webp" for size in ("full", "card", "list"))
    assert store.read(one.digest, "card") == one.files["card"]


def test_a_smaller_size_that_is_missing_is_made_of_the_largest():
    one = made()
    store.keep(one)
    store.path_of(one.digest, "list").unlink()

    assert store.is_whole(one.digest)
    assert store.path_of(one.digest, "list").exists()


def test_a_file_that_the_disk_has_changed_is_not_taken_for_whole():
    one = made()
    store.keep(one)
    store.path_of(one.digest, "list").unlink()
    store.path_of(one.digest, "full").write_bytes(b"garbage")

    assert not store.is_whole(one.digest)
    assert one.digest not in store.digests()


@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", ""])
def test_what_is_no_digest_never_becomes_a_path(digest):
    with pytest.raises(ValueError, match="no picture"):
        store.path_of(digest, "full")
    with pytest.raises(ValueError, match="no picture"):
        store.path_of("a" * 64, "../full")


@pytest.mark.django_db
def test_tidying_up_takes_only_old_files_that_no_picture_needs():
    kept, replaced, fresh, gone, leaving = (made(name) for name in "abcde")
    for each in (kept, replaced, fresh, gone, leaving):
        store.keep(each)
    half = store.path_of(kept.digest, "full").with_name(".partial-x")
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    now = datetime.now(UTC)
    ProductPictureFactory(digest=kept.digest)
    ProductPictureFactory(digest=gone.digest, removed_at=now - timedelta(days=30))
    ProductPictureFactory(digest=leaving.digest, removed_at=now - timedelta(days=2))
    for each in (kept, replaced, gone, leaving):
        grow_old(each.digest)

    assert tidying.prune(now) == 7  # three sizes of two pictures, and a half-written file
    assert store.digests() == {kept.digest, fresh.digest, leaving.digest}


@pytest.mark.django_db
def test_without_a_folder_there_is_nothing_to_tidy_up():
    assert tidying.prune(datetime.now(UTC)) == 0
    assert store.digests() == set()
