"""A worker that is killed between two pictures: the run goes on, no file is half, and no call but the one in hand is
made twice."""

from __future__ import annotations

import signal
import time

import pytest

from inventory.models import ProductPicture
from inventory.pictures import store
from inventory.pictures.making import digest_of
from zoho_sync import services
from zoho_sync.sandbox import Size

COUNT = 24


@pytest.fixture
def size() -> Size:
    return Size(items=COUNT, customers=2, vendors=1, locations=2, price_lists=1, price_list_items=2)


@pytest.mark.slow
def test_a_killed_worker_leaves_no_half_picture_and_no_picture_is_fetched_thrice(
    named,
    start_run,
    worker,
    sandbox,
    image_calls,
    until,
):
    named(*[f"picture-{number}.png" for number in range(COUNT)])
    sandbox.forget_calls()
    run = start_run("pictures", "incremental")
    for pause in (0.02, 0.07, 0.13):
        before = image_calls()
        killed = worker(run.pk, lease_seconds=1)
        until(lambda before=before: image_calls() > before + 2)
        time.sleep(pause)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)

    done = services.work_here(run)

    assert (done.status, done.created_count, done.fetched_count) == ("succeeded", COUNT, COUNT)
    assert image_calls() <= COUNT + 3  # the call in hand of each who was killed
    rows = ProductPicture.objects.all()
    assert {each.state for each in rows} == {"here"}
    for each in rows:
        assert digest_of(store.read(each.digest, "full")) == each.digest
    assert store.digests() == {each.digest for each in rows}
