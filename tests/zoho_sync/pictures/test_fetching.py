"""Pictures come once, are kept by content, and are asked for again only when the source names another one."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from inventory.models import Product, ProductPicture
from inventory.pictures import store
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.pictures.due import due

Status = SyncRun.Status
State = ProductPicture.State


def files(digest: str) -> list[bool]:
    return [store.path_of(digest, size).exists() for size in ("full", "card", "list")]


def test_a_picture_is_fetched_and_kept_in_three_sizes(named, run_sync, picture, counts):
    (item,) = named("cable.png")

    run = run_sync("pictures", "incremental")

    kept = picture(item)
    assert (run.status, counts(run)) == (Status.SUCCEEDED, (1, 0, 0, 0, 0))
    assert (kept.state, kept.name, kept.source_kind) == (State.HERE, "cable.png", "PNG")
    assert kept.product.external_id == item
    assert files(kept.digest) == [True, True, True]
    with Image.open(io.BytesIO(store.read(kept.digest, "full"))) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (kept.width, kept.height))


def test_a_second_run_makes_no_call_and_writes_nothing(named, run_sync, sandbox, api_calls, counts):
    named("a.png", "b.jpg", "truncated-c.png")
    run_sync("pictures", "incremental")
    before = list(ProductPicture.objects.order_by("pk").values())
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental")

    assert (api_calls(), counts(run)) == ([], (0, 0, 0, 0, 0))
    assert list(ProductPicture.objects.order_by("pk").values()) == before


def test_equal_pictures_are_one_file(named, run_sync, picture):
    one, other = named("a.jpg", "b.jpg")  # the same pixels, with another remark in each file

    run_sync("pictures", "incremental")

    first, second = picture(one), picture(other)
    assert first.source_digest != second.source_digest
    assert first.digest == second.digest
    assert store.digests() == {first.digest}


@pytest.mark.parametrize(
    "change",
    [{"image_name": "new.png"}, {"image_document_id": "5100000000000777777"}],
    ids=lambda each: next(iter(each)),
)
def test_a_picture_that_is_named_otherwise_is_fetched_again(
    change, named, run_sync, sandbox, picture, image_calls
):
    changed, same = named("a.png", "b.png")
    run_sync("pictures", "incremental")
    before = picture(changed).digest
    sandbox.change("items", changed, **change)
    run_sync("products", "incremental")
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental")

    assert image_calls() == 1
    assert run.updated_count == 1
    assert picture(changed).digest != before
    assert picture(same).cause != f"run {run.pk}"


def test_a_full_run_finds_other_content_under_the_same_name(named, run_sync, sandbox, picture, counts):
    changed, _same = named("a.png", "b.png")
    run_sync("pictures", "incremental")
    before = picture(changed).digest
    sandbox.change("items", changed, image_content="another")

    assert counts(run_sync("pictures", "incremental")) == (0, 0, 0, 0, 0)
    run = run_sync("pictures", "full")

    assert counts(run) == (0, 1, 1, 0, 0)
    assert picture(changed).digest != before


def test_a_picture_that_zoho_names_no_more_is_marked_as_removed(
    named, run_sync, sandbox, picture, image_calls
):
    (item,) = named("a.png")
    run_sync("pictures", "incremental")
    sandbox.change("items", item, image_name="", image_document_id="")
    run_sync("products", "incremental")
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental")

    assert (run.removed_count, image_calls()) == (1, 0)
    assert picture(item).is_removed
    assert "names no picture" in picture(item).removed_reason
    assert not Product.objects.get(external_id=item).is_removed


def test_a_picture_that_comes_back_as_it_was_needs_no_call(named, run_sync, sandbox, picture, image_calls):
    (item,) = named("a.png")
    run_sync("pictures", "incremental")
    document = picture(item).document_id
    for told in (
        {"image_name": "", "image_document_id": ""},
        {"image_name": "a.png", "image_document_id": document},
    ):
        sandbox.change("items", item, **told)
        run_sync("products", "incremental")
        sandbox.forget_calls()
        run = run_sync("pictures", "incremental")

    assert (image_calls(), run.updated_count) == (0, 1)
    assert (picture(item).is_removed, picture(item).state) == (False, State.HERE)


def test_a_product_that_leaves_takes_its_picture_along(named, run_sync, sandbox, picture):
    (item,) = named("a.png")
    run_sync("pictures", "incremental")
    sandbox.delete("items", item)

    run_sync("products", "full")

    assert Product.objects.get(external_id=item).is_removed
    assert picture(item).is_removed


def test_a_file_that_vanished_is_noticed_and_fetched_again(named, run_sync, sandbox, picture, image_calls):
    lost, kept = named("a.png", "b.png")
    run_sync("pictures", "incremental")
    store.path_of(picture(lost).digest, "full").unlink()
    sandbox.forget_calls()

    run_sync("pictures", "incremental")

    assert image_calls() == 1
    assert files(picture(lost).digest) == files(picture(kept).digest) == [True, True, True]


def test_the_newest_changes_come_first(named, run_sync, sandbox):
    old, new = named("a.png", "b.png")
    Product.objects.filter(external_id=old).update(source_modified_at=timezone.now() - timedelta(days=9))
    Product.objects.filter(external_id=new).update(source_modified_at=timezone.now())
    sandbox.forget_calls()

    run_sync("pictures", "incremental")

    asked = [call["path"] for call in sandbox.calls() if call["path"].endswith("/image")]
    assert [old in asked[0], new in asked[0]] == [False, True]


def test_a_dry_run_tells_what_would_be_fetched_and_asks_for_nothing(named, run_sync, api_calls, sandbox):
    named("a.png", "b.png")
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental", dry_run=True)

    assert api_calls() == []
    assert run.planned_changes.count() == 2
    assert {each.changes["name"][1] for each in run.planned_changes.all()} == {"a.png", "b.png"}
    assert "2 pictures" in run.message
    assert not ProductPicture.objects.exists()


def test_the_plan_of_a_dry_run_cannot_be_applied(named, run_sync):
    from zoho_sync import services
    from zoho_sync.errors import RunStateError
    from zoho_sync.options import Trigger

    named("a.png")
    run = run_sync("pictures", "incremental", dry_run=True)

    with pytest.raises(RunStateError, match="fetches no picture"):
        services.apply_plan(run, trigger=Trigger.ADMIN)


BAD = {
    "truncated-a.png": "broken or cut off",
    "bomb-a.png": "more pixels",
    "page-a.png": "not a picture",
    "drawing-a.svg": "SVG",
    "large-a.png": "larger than is taken",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_fit_to_be_kept_is_a_failure_with_its_reason(name, named, run_sync, picture, counts):
    bad, good = named(name, "good.png")

    run = run_sync("pictures", "incremental")

    assert (run.status, counts(run)) == (Status.PARTIAL, (1, 0, 0, 0, 1))
    assert (picture(bad).state, picture(good).state) == (State.REFUSED, State.HERE)
    (error,) = RecordError.objects.filter(entity="pictures")
    assert BAD[name] in error.reason
    assert store.digests() == {picture(good).digest}


def test_a_failure_is_resolved_when_the_picture_is_mended(named, run_sync, sandbox, picture):
    (item,) = named("truncated-a.png")
    run_sync("pictures", "incremental")
    sandbox.change("items", item, image_name="whole.png")
    run_sync("products", "incremental")

    run_sync("pictures", "incremental")

    assert picture(item).state == State.HERE
    assert RecordError.objects.get(entity="pictures").status == RecordError.Status.RESOLVED


def test_a_person_can_have_one_picture_asked_for_again(named, run_sync, sandbox, picture, image_calls):
    (item,) = named("truncated-a.png")
    run_sync("pictures", "incremental")
    sandbox.change("items", item, image_name="whole.png")
    run_sync("products", "incremental")
    sandbox.forget_calls()

    run = run_sync("pictures", ids=(item,))

    assert (run.status, image_calls(), picture(item).state) == (Status.SUCCEEDED, 1, State.HERE)


def test_a_404_means_no_picture_and_leaves_the_product_alone(
    named, run_sync, sandbox, picture, image_calls, counts
):
    (item,) = named("a.png")
    sandbox.change("items", item, image_document_id="")  # it names one, and has none to give
    run_sync("products", "incremental")

    run = run_sync("pictures", "incremental")

    assert (run.status, counts(run)) == (Status.SUCCEEDED, (1, 0, 0, 0, 0))
    assert (picture(item).state, picture(item).problem) == (State.ABSENT, "no_picture")
    assert not Product.objects.get(external_id=item).is_removed
    assert not due(picture(item).organization).exists()


def test_one_picture_without_an_answer_waits_and_the_others_come(named, run_sync, sandbox, picture, settings):
    silent, other = named("a.png", "b.png")
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 0.4}
    sandbox.order_fault("status", path=f"/items/{silent}/image", status=500, times=None)

    run = run_sync("pictures", "incremental")

    assert (run.status, run.failed_count) == (Status.PARTIAL, 1)
    assert (picture(silent).state, picture(other).state) == (State.FAILED, State.HERE)
    assert picture(silent).next_attempt_at > timezone.now()
    assert not due(picture(silent).organization).exists()
    assert due(picture(silent).organization, timezone.now() + timedelta(hours=2)).count() == 1
