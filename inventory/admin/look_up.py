"""Looking up stock and price, standing: by typing or by a barcode; what is found is read-only.

A plain form that works without scripts, a scanner that types, or the camera where the browser reads barcodes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from ..look_up import Finding, look_at, look_up, price_lists_offered
from ..models import ChosenPriceList, Customer, PriceList
from ..searching import TooManyWords, found, words_of
from . import cells
from .offers import card, row

PERMISSION = "inventory.look_up_product"
KNOWN = ("q", "product", "customer", "others")  # what the address may say
MOST_CUSTOMERS = 8
CAMERA = "camera=(self), microphone=(), geolocation=()"  # of this page; others have none of them


def look_up_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    problem = _problem(request)
    typed, lists = request.GET.get("q", "").strip(), list(price_lists_offered())
    chosen = _chosen(request, lists)
    values: dict[str, Any] = {"typed": typed, "lists": lists, "chosen": chosen, "problem": problem}
    if not problem:
        values |= _found(request, typed, chosen) | _customers(request)
    return _page(request, values, 400 if problem else 200)


def choose_price_list(request: HttpRequest) -> HttpResponse:
    """Remembers whose prices are shown to this person, and leads back to what was looked at."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    key = request.POST.get("price_list", "")
    price_list = price_lists_offered().filter(pk=int(key)).first() if _is_key(key) else None
    if price_list:
        ChosenPriceList.objects.update_or_create(user=request.user, defaults={"price_list": price_list})
    elif not key:
        ChosenPriceList.objects.filter(user=request.user).delete()
    else:
        messages.error(request, _("There is no such price list any more. Choose another one."))
    asked = {name: request.POST[name] for name in ("q", "product") if request.POST.get(name)}
    return redirect(f"{reverse('look-up')}?{urlencode(asked)}" if asked else reverse("look-up"))


def _problem(request: HttpRequest) -> str:
    """Why the address says nothing that can be shown."""
    unknown = [name for name in request.GET if name not in KNOWN]
    if unknown:
        return _("This page does not know: %(names)s.") % {"names": ", ".join(unknown)[:200]}
    if request.GET.get("product") and not _is_key(request.GET["product"]):
        return _("“product” is not a number of a product.")
    return ""


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _chosen(request: HttpRequest, lists: list[PriceList]) -> PriceList | None:
    """The remembered list, as long as it is offered."""
    key = ChosenPriceList.objects.filter(user=request.user).values_list("price_list", flat=True).first()
    return next((each for each in lists if each.pk == key), None)


def _found(request: HttpRequest, typed: str, chosen: PriceList | None) -> dict[str, Any]:
    """The card of one product, or rows of several, or words about nothing."""
    key = request.GET.get("product")
    if key:
        offer = look_at(int(key), chosen)
        finding = Finding([offer] if offer else [], is_exact=bool(offer))
    else:
        try:
            finding = look_up(typed, chosen, others=bool(request.GET.get("others")))
        except TooManyWords as problem:
            return {"none": str(problem)}
    if finding.is_exact or (len(finding.offers) == 1 and not finding.has_more):
        others = f"?{urlencode({'q': typed, 'others': 'yes'})}" if typed else ""
        return {"card": card(request, finding.offers[0], chosen), "others_url": others}
    if not finding.offers:
        return {"none": _none(key, typed)}
    rows = [
        row(each, has_list=chosen is not None)
        | {"url": f"?{urlencode({'q': typed, 'product': each.product.pk})}"}
        for each in finding.offers
    ]
    return {"rows": rows, "has_more": finding.has_more}


def _none(key: str | None, typed: str) -> str:
    if key:
        return _("This product cannot be looked up: it has left the source, or it is hidden.")
    if typed:
        return _("Nothing was found. Fewer letters of the name find more; a barcode must be whole.")
    return ""


def _customers(request: HttpRequest) -> dict[str, Any]:
    """Whose list it is to be: customers by name or phone, for those who may see them."""
    if not request.user.has_perm("inventory.view_customer"):
        return {}
    asked = request.GET.get("customer", "").strip()
    try:
        words = words_of(asked)
    except TooManyWords as problem:
        return {"may_choose_customer": True, "customer": asked, "customers_none": str(problem)}
    rows: list[dict[str, Any]] = []
    if words:
        customers = Customer.objects.live().select_related("price_list")
        customers = customers.only(
            "name", "external_id", "mobile", "phone", "detail_at", "price_list_external_id", "price_list__name",
            "price_list__currency_code", "price_list__external_id",
        )  # fmt: skip
        rows = [_customer(each) for each in found(customers, words, Customer)[:MOST_CUSTOMERS]]
    return {
        "may_choose_customer": True,
        "customer": asked,
        "customers": rows,
        "customers_none": _("No such customer.") if words and not rows else "",
    }


def _customer(customer: Customer) -> dict[str, Any]:
    if customer.price_list:
        told: object = cells.words(customer.price_list)
    elif customer.price_list_external_id:
        told = _("its price list has not arrived yet")
    else:
        told = _("has no price list") if customer.detail_at else _("price list not read yet")
    return {
        "name": cells.words(customer),
        "phone": cells.ltr(customer.mobile or customer.phone),
        "list": told,
        "key": customer.price_list_id,
    }


def _page(request: HttpRequest, values: dict[str, Any], status: int) -> HttpResponse:
    request.current_app = admin.site.name
    context = admin.site.each_context(request) | {"title": _("Stock and prices"), **values}
    context |= {"key": request.GET.get("product", "")}
    answer = TemplateResponse(request, "admin/look_up/page.html", context, status=status)
    answer["Permissions-Policy"] = CAMERA
    return answer


urlpatterns = [
    path("", admin.site.admin_view(look_up_page), name="look-up"),
    path("price-list/", admin.site.admin_view(choose_price_list), name="look-up-price-list"),
]
