"""The bar above a list: the views that are kept of it, its columns, and its files. What changes anything is a POST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from ..models import ChosenColumns, SavedView
from .changelists import VIEW
from .columns import FieldCell, Plain, name_of, of_field, title_of
from .exports import export, export_permission

MOST_VIEWS = 30  # of one person and list
PASSING = ("p", "e", VIEW, "all")  # of an address; what is no part of a view


@dataclass(frozen=True)
class Tab:
    title: str
    url: str
    is_current: bool = False
    is_shared: bool = False


class KeptLists:
    """A list whose views can be kept, whose columns can be chosen, and that goes out as a file.

    more_columns: the model's own columns that may be shown beside those of list_display. plain: what stands in the
    columns of list_display when they go into a file, by their names; own columns need none. lead: the plain values at
    the beginning of every file, as (column, Plain). currency: the path of the currency of the model's own amounts.
    """

    model: Any
    opts: Any
    admin_site: Any
    more_columns: tuple[str, ...] = ()
    plain: dict[str, Plain] = {}
    lead: tuple[str, ...] = ("external_id",)
    currency = "organization__currency_code"
    list_before_template = "admin/lists/bar.html"

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [
            path("columns/", wrap(self.columns_view), name=f"{name}_columns"),
            path("views/", wrap(self.keep_view), name=f"{name}_keep_view"),
            path("views/<int:view_id>/remove/", wrap(self.remove_view), name=f"{name}_remove_view"),
            path("export/<str:form>/", wrap(self.export_view), name=f"{name}_export"),
        ]
        return ours + super().get_urls()

    def list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    # --- Columns ---------------------------------------------------------------------------------

    def all_columns(self) -> list[Any]:
        """Every column that the list can show, in the order in which it shows them."""
        shown = list(type(self).list_display)
        return [*shown, *(FieldCell(self, name) for name in self.more_columns)]

    def chosen_columns(self, request: HttpRequest) -> list[Any]:
        """Those that this visitor sees now: as the view that he looks through says, else as he chose, else as usual."""
        kept = request.__dict__.get("_chosen_columns")
        if kept is None:
            view = self.current_view(request)
            names = view.columns if view and view.columns else self._own_choice(request)
            every = self.all_columns()
            first, usual = name_of(every[0]), [name_of(each) for each in type(self).list_display]
            wanted = {first, *(names or usual)}
            kept = request.__dict__["_chosen_columns"] = [each for each in every if name_of(each) in wanted]
        return kept

    def _own_choice(self, request: HttpRequest) -> list[str]:
        chosen = ChosenColumns.objects.filter(user=request.user.pk, table=self.opts.model_name)
        return chosen.values_list("columns", flat=True).first() or []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.chosen_columns(request)

    def columns_view(self, request: HttpRequest) -> HttpResponseBase:
        self._refuse(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        known = [name_of(each) for each in self.all_columns()]
        names = [name for name in known if name in request.POST.getlist("column")]
        usual = request.POST.get("usual") == "yes"
        rows = ChosenColumns.objects.filter(user=request.user.pk, table=self.opts.model_name)
        if usual or not names:
            rows.delete()
        else:
            ChosenColumns.objects.update_or_create(
                user_id=request.user.pk, table=self.opts.model_name, defaults={"columns": names}
            )
        query = lasting(request.GET)
        query.pop("o", None)  # an order names its columns by their places
        return redirect(f"{self.list_url()}?{query.urlencode()}")

    # --- Views -----------------------------------------------------------------------------------

    def views(self, request: HttpRequest) -> list[SavedView]:
        """Own and shared ones."""
        kept = request.__dict__.get("_saved_views")
        if kept is None:
            rows = SavedView.objects.filter(table=self.opts.model_name)
            rows = rows.filter(Q(user=request.user.pk) | Q(is_shared=True))
            kept = request.__dict__["_saved_views"] = list(rows)
        return kept

    def current_view(self, request: HttpRequest) -> SavedView | None:
        wanted = request.GET.get(VIEW, "")
        return (
            next((view for view in self.views(request) if str(view.pk) == wanted), None) if wanted else None
        )

    def keep_view(self, request: HttpRequest) -> HttpResponseBase:
        self._refuse(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        query = self._named_order(request, lasting(request.GET)).urlencode()
        here = f"{self.list_url()}?{request.GET.urlencode()}"
        name = " ".join(request.POST.get("name", "").split())
        shares = request.POST.get("share") == "yes"
        if shares and not request.user.has_perm("inventory.share_savedview"):
            raise PermissionDenied
        own = SavedView.objects.filter(user=request.user.pk, table=self.opts.model_name)
        problem = ""
        if not name or len(name) > 80:
            problem = _("A view needs a name of 1 to 80 characters.")
        elif len(query) > 2000:
            problem = _("These filters are too long to be kept.")
        elif own.exclude(name=name).count() >= MOST_VIEWS:
            problem = _("You keep %(most)s views of this list; remove one first.") % {"most": MOST_VIEWS}
        if problem:
            messages.error(request, problem)
            return redirect(here)
        columns = [name_of(each) for each in self.chosen_columns(request)]
        view, is_new = SavedView.objects.update_or_create(
            user_id=request.user.pk,
            table=self.opts.model_name,
            name=name,
            defaults={"query": query, "columns": columns, "is_shared": shares},
        )
        told = _("The view “%(name)s” is kept.") if is_new else _("The view “%(name)s” is kept as it is now.")
        messages.success(request, told % {"name": view.name})
        return redirect(self.view_url(request, view))

    def remove_view(self, request: HttpRequest, view_id: int) -> HttpResponseBase:
        self._refuse(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        view = get_object_or_404(SavedView, pk=view_id, table=self.opts.model_name)
        if not self.may_remove(request, view):
            raise PermissionDenied
        view.delete()
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
        return redirect(f"{self.list_url()}?{lasting(request.GET).urlencode()}")

    def may_remove(self, request: HttpRequest, view: SavedView) -> bool:
        """One's own; and, for those who share views with everybody, the shared ones of others."""
        return view.user_id == request.user.pk or (
            view.is_shared and request.user.has_perm("inventory.share_savedview")
        )

    def _named_order(self, request: HttpRequest, query: QueryDict) -> QueryDict:
        """The order by the columns' names: their places differ between visitors, as only some have a box to tick."""
        shown = self._shown(request, [name_of(each) for each in self.chosen_columns(request)])
        parts = [part.removeprefix("-") for part in query.get("o", "").split(".")]
        signs = ["-" if part.startswith("-") else "" for part in query.get("o", "").split(".")]
        places = [int(part) if part.isascii() and part.isdigit() else len(shown) for part in parts]
        named = [
            f"{sign}{shown[place]}" for sign, place in zip(signs, places, strict=True) if place < len(shown)
        ]
        query.pop("o", None)
        if named:
            query["o"] = ".".join(named)
        return query

    def _shown(self, request: HttpRequest, names: list[str]) -> list[str]:
        """The columns as the list numbers them for this visitor."""
        return ["action_checkbox", *names] if self.get_actions(request) else names

    def view_url(self, request: HttpRequest, view: SavedView) -> str:
        """The view's address for this visitor."""
        query = QueryDict(view.query, mutable=True)
        if "o" in query:
            shown = self._shown(request, view.columns)
            places = {
                f"{sign}{name}": f"{sign}{place}" for place, name in enumerate(shown) for sign in ("", "-")
            }
            query["o"] = ".".join(places[each] for each in query["o"].split(".") if each in places)
        query[VIEW] = str(view.pk)
        return f"{self.list_url()}?{query.urlencode()}"

    # --- Files -----------------------------------------------------------------------------------

    def exported_rows(self) -> Any:
        """Where the values of a file are read."""
        return self.model._default_manager.all()

    def exported_columns(self, request: HttpRequest) -> list[tuple[str, Plain]]:
        told = [(str(self._title(name)), of_field(self.model, name, self.currency)) for name in self.lead]
        for column in self.chosen_columns(request):
            name = name_of(column)
            if name in self.lead or (isinstance(column, str) and name not in self.plain):
                continue
            plain = self.plain.get(name) or of_field(self.model, name, self.currency)
            told.append((title_of(self, column), plain))
        return told

    def _title(self, name: str) -> Any:
        return self.model._meta.get_field(name).verbose_name

    def export_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        self._refuse(request)
        if not request.user.has_perm(export_permission(self.model)):
            raise PermissionDenied
        return export(self, request, form) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    def _refuse(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    # --- The bar ---------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        bar = {"bar": self.bar(request)} if self.has_view_or_change_permission(request) else {}
        return super().changelist_view(request, {**bar, **(extra_context or {})})

    def bar(self, request: HttpRequest) -> dict[str, Any]:
        current = self.current_view(request)
        query = lasting(request.GET, view=True).urlencode()
        is_plain = not request.GET.get(VIEW) and not lasting(request.GET)
        tabs = [Tab(_("All"), f"{self.list_url()}", is_plain)]
        tabs += [
            Tab(view.name, self.view_url(request, view), view is current, view.is_shared)
            for view in self.views(request)
        ]
        chosen = {name_of(each) for each in self.chosen_columns(request)}
        return {
            "tabs": tabs,
            "current": current,
            "columns": [
                (name_of(each), title_of(self, each), name_of(each) in chosen, place == 0)
                for place, each in enumerate(self.all_columns())
            ],
            "columns_url": f"{self._url('columns')}?{query}",
            "keep_url": f"{self._url('keep_view')}?{query}",
            "remove_url": f"{self._url('remove_view', current.pk)}?"
            if current and self.may_remove(request, current)
            else "",
            "may_share": request.user.has_perm("inventory.share_savedview"),
            "may_export": request.user.has_perm(export_permission(self.model)),
            "csv_url": f"{self._url('export', 'csv')}?{query}",
            "xlsx_url": f"{self._url('export', 'xlsx')}?{query}",
        }


def lasting(query: QueryDict, *, view: bool = False) -> QueryDict:
    """The part of an address that says what is looked at, and not where in it. view: with the view's own number."""
    kept = query.copy()
    for name in PASSING:
        if not (view and name == VIEW):
            kept.pop(name, None)
    return kept
