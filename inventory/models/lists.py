"""How people keep their lists: views under a name, the columns and the price list that each person looks at."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list as somebody keeps it under a name. Shared ones are everybody's to look at.

    table: whose list it is, as in "product". query: its filters, search and order, as the address has them after the
    question mark. columns: names of the columns, in their order; none: whatever each reader has chosen.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("kept by")
    )
    table = models.CharField(_("list"), max_length=64)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=2000, default="", blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(_("kept since"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        default_permissions = ()  # who may see a list may keep views of it
        permissions = [("share_savedview", "Can share views of lists with everybody")]
        constraints = [
            models.UniqueConstraint(fields=["user", "table", "name"], name="saved_view_one_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """The columns of a list that a person wants to see, by name, in their order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(_("list"), max_length=64)
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("choice of columns")
        verbose_name_plural = _("choices of columns")
        default_permissions = ()  # everybody's own
        constraints = [models.UniqueConstraint(fields=["user", "table"], name="chosen_columns_one_per_list")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.table}"


class ChosenPriceList(models.Model):
    """The price list whose prices a person is shown when looking up products: as a rule that of his customer."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    price_list = models.ForeignKey("inventory.PriceList", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("choice of a price list")
        verbose_name_plural = _("choices of price lists")
        default_permissions = ()  # everybody's own

    def __str__(self) -> str:
        return f"{self.user_id}: {self.price_list_id}"
