"""Pictures are given to those who may see products, with an address that never changes, and to nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from inventory.pictures import store
from inventory.pictures.making import make
from tests.factories import AdministratorFactory, ProductFactory, ProductPictureFactory, UserFactory
from tests.inventory.api.conftest import *  # noqa: F403  (readers of the API)
from zoho_sync.sandbox.images import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    made = make(picture("a cable", (600, 400)))
    store.keep(made)
    return ProductPictureFactory(digest=made.digest, width=600, height=400)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(AdministratorFactory())
    return client


def address(row, size: str = "card", root: str = "/admin/pictures") -> str:
    return f"{root}/{row.digest}/{size}/"


@pytest.mark.parametrize("root", ["/admin/pictures", "/api/v1/pictures"])
def test_a_picture_comes_with_headers_that_let_it_be_kept(root, kept, staff):
    answer = staff.get(address(kept, root=root))

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content == store.read(kept.digest, "card")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["ETag"] == f'"{kept.digest}-card"'
    assert {"Cookie", "Authorization"} <= {each.strip() for each in answer["Vary"].split(",")}


@pytest.mark.parametrize("root", ["/admin/pictures", "/api/v1/pictures"])
def test_who_has_it_already_is_told_so_without_the_disk(root, kept, staff):
    store.path_of(kept.digest, "card").unlink()

    answer = staff.get(address(kept, root=root), headers={"If-None-Match": f'"{kept.digest}-card"'})

    assert (answer.status_code, answer.content) == (304, b"")
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("root", ["/admin/pictures", "/api/v1/pictures"])
def test_what_no_product_shows_is_not_given_even_where_the_file_is_there(root, kept, staff):
    kept.removed_at = kept.synced_at
    kept.save()

    answer = staff.get(address(kept, root=root), headers={"If-None-Match": f'"{kept.digest}-card"'})

    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("root", ["/admin/pictures", "/api/v1/pictures"])
def test_a_file_that_is_not_there_is_a_404_that_nobody_keeps(root, kept, staff):
    store.path_of(kept.digest, "card").unlink()

    answer = staff.get(address(kept, root=root))

    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fsettings.py/full/",
        "{digest}/huge/",
        "{digest}/full/../card/x",
        "{upper}/full/",
        "{digest}0/full/",
    ],
)
@pytest.mark.parametrize("root", ["/admin/pictures", "/api/v1/pictures"])
def test_no_other_address_leads_to_a_file(root, path, kept, staff):
    told = path.format(digest=kept.digest, upper=kept.digest.upper())

    assert staff.get(f"{root}/{told}").status_code == 404


def test_who_may_look_up_sees_pictures_and_who_may_nothing_does_not(kept):
    from django.contrib.auth.models import Permission

    salesman, nobody = UserFactory(is_staff=True), UserFactory(is_staff=True)
    salesman.user_permissions.add(Permission.objects.get(codename="look_up_product"))
    for user, expected in ((salesman, 200), (nobody, 403)):
        client = Client()
        client.force_login(user)
        assert client.get(address(kept)).status_code == expected


def test_a_program_without_a_token_gets_none(kept):
    assert Client().get(address(kept, root="/api/v1/pictures")).status_code == 401


def test_a_products_row_tells_where_its_picture_is(kept, staff):
    waiting = ProductFactory(image_name="b.png")
    ProductFactory(image_name="")
    refused = ProductPictureFactory(state="refused", problem="broken", digest="")

    rows = {row["external_id"]: row["picture"] for row in staff.get("/api/v1/products/").json()["results"]}

    told = rows[kept.product.external_id]
    assert (told["state"], told["width"], told["height"]) == ("here", 600, 400)
    assert staff.get(told["urls"]["list"]).content == store.read(kept.digest, "list")
    assert rows[waiting.external_id]["state"] == "waiting"
    assert rows[refused.product.external_id] == {
        "state": "refused", "problem": "broken", "width": None, "height": None, "urls": None,
    }  # fmt: skip
    assert [each["state"] for each in rows.values()].count("none") == 1


def test_products_are_found_by_whether_their_picture_is_here(kept, staff):
    ProductFactory()

    found = {
        word: [row["id"] for row in staff.get(f"/api/v1/products/?has_picture={word}").json()["results"]]
        for word in ("true", "false")
    }

    assert found["true"] == [str(kept.product_id)]
    assert len(found["false"]) == 1


def test_a_picture_that_changes_makes_its_product_news(kept, staff):
    checkpoint = staff.get("/api/v1/products/").json()["checkpoint"]
    kept.digest = "f" * 64
    kept.save()

    told = staff.get(f"/api/v1/products/?changed_since={checkpoint}").json()["results"]

    assert [row["picture"]["urls"]["full"] for row in told] == [f"/api/v1/pictures/{'f' * 64}/full/"]


def test_coverage_adds_up(kept, staff):
    ProductFactory(image_name="b.png")
    ProductFactory(image_name="")
    ProductPictureFactory(state="refused", problem="broken", digest="")
    ProductPictureFactory(state="absent", problem="no_picture", digest="")
    ProductPictureFactory(removed_at=kept.synced_at)

    (told,) = staff.get("/api/v1/pictures/").json()["results"]

    assert told == {
        "organization": "10234695", "products": 6, "named": 5, "unnamed": 1, "here": 1, "waiting": 2, "absent": 1,
        "refused": {"broken": 1}, "failed": {},
    }  # fmt: skip


def test_pages_show_the_picture(kept, staff):
    product = f"/admin/inventory/product/{kept.product_id}/change/"
    for page, size in (
        (product, "card"),
        ("/admin/inventory/product/", "list"),
        (f"/admin/look-up/?product={kept.product_id}", "card"),
        (f"/admin/search/?q={kept.product.sku}", "list"),
        (f"/admin/inventory/productpicture/{kept.pk}/change/", "card"),
        ("/admin/inventory/productpicture/", "list"),
    ):
        assert f'src="{address(kept, size)}"' in staff.get(page).content.decode(), page


def test_a_page_says_why_there_is_no_picture(staff):
    refused = ProductPictureFactory(state="refused", problem="a_drawing", digest="")
    failed = ProductPictureFactory(state="failed", problem="not_answered", digest="")

    for row, words in ((refused, "SVG drawing"), (failed, "did not give the picture")):
        assert words in staff.get(f"/admin/inventory/product/{row.product_id}/change/").content.decode()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("here", "kept"), ("waiting", "waiting"), ("missing", "refused"), ("none", "none")],
)
def test_the_list_of_products_is_narrowed_by_picture(choice, expected, kept, staff):
    rows = {
        "kept": kept.product,
        "waiting": ProductFactory(image_name="b.png"),
        "refused": ProductPictureFactory(state="refused", problem="broken", digest="").product,
        "none": ProductFactory(image_name=""),
    }

    page = staff.get(f"/admin/inventory/product/?picture={choice}").content.decode()

    shown = [name for name, row in rows.items() if f"/product/{row.pk}/change/" in page]
    assert shown == [expected]


def test_the_figures_over_the_pictures_lead_to_the_rows(kept, staff):
    ProductPictureFactory(state="refused", problem="broken", digest="")

    page = staff.get("/admin/inventory/productpicture/").content.decode()

    assert 'href="/admin/inventory/productpicture/?state=refused"' in page
    assert "broken: 1" in page
    narrowed = staff.get("/admin/inventory/productpicture/?state=refused").content.decode()
    assert f"/productpicture/{kept.pk}/change/" not in narrowed
