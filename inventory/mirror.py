"""What every mirrored row has in common: where it came from, how old it is, and whether it still exists there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MirroredQuerySet(models.QuerySet):
    def live(self):
        """Rows that still exist at the source."""
        return self.filter(removed_at__isnull=True)

    def removed(self):
        """Tombstones: rows that left the source."""
        return self.filter(removed_at__isnull=False)


class Mirrored(models.Model):
    """A row that an external source owns. Staff edit only the columns named in `LOCAL_FIELDS`; a sync never does.

    `payload` is the record's JSON text exactly as it last arrived in a listing; `payload_hash` is blake2b-128 (hex)
    of its bytes, so that an unchanged record costs one comparison.
    """

    LOCAL_FIELDS: tuple[str, ...] = ()

    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
        db_index=False,  # `mirror_indexes` begin with it
    )
    external_id = models.CharField(_("external id"), max_length=64)
    source_created_at = models.DateTimeField(_("created at the source"), null=True, editable=False)
    source_modified_at = models.DateTimeField(_("changed at the source"), null=True, editable=False)
    synced_at = models.DateTimeField(_("last written by a sync"), editable=False)
    cause = models.CharField(
        _("brought by"), max_length=64, default="", editable=False, help_text=_("The run, webhook or person.")
    )
    edited_at = models.DateTimeField(_("last edited by staff"), null=True, editable=False)
    removed_at = models.DateTimeField(_("left the source"), null=True, editable=False)
    removed_reason = models.CharField(_("why it is gone"), max_length=200, default="", editable=False)
    payload = models.TextField(_("raw record"), default="", editable=False)
    payload_hash = models.CharField(max_length=32, default="", editable=False)

    objects = MirroredQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None


class Detailed(models.Model):
    """A mirrored row whose source tells more in a detail call than in its listing; what that call said last."""

    detail_payload = models.TextField(_("raw detail"), default="", editable=False)
    detail_hash = models.CharField(max_length=32, default="", editable=False)
    detail_at = models.DateTimeField(_("detail read"), null=True, editable=False)
    # True: the listing has shown a change that no detail call has followed yet, or the last came in its very second.
    detail_is_due = models.BooleanField(_("detail to be read"), default=True, editable=False)

    class Meta:
        abstract = True


def money(label, **extra) -> models.DecimalField:
    """Money and rates: 8 decimals are kept, as many as any currency or exchange rate needs; NULL is unknown."""
    return models.DecimalField(label, max_digits=24, decimal_places=8, null=True, blank=True, **extra)


def quantity(label, **extra) -> models.DecimalField:
    """A count of goods: negative is allowed, fractions too; NULL is unknown, never 0."""
    return models.DecimalField(label, max_digits=24, decimal_places=8, null=True, blank=True, **extra)


def external_key(label, **extra) -> models.CharField:
    """The source's id of something that this row mentions; opaque text."""
    return models.CharField(label, max_length=64, default="", blank=True, **extra)


def text(label, length: int = 255, **extra) -> models.CharField:
    return models.CharField(label, max_length=length, default="", blank=True, **extra)


def mirror_constraints(name: str) -> list[models.BaseConstraint]:
    """One row per organisation and external id."""
    return [
        models.UniqueConstraint(fields=["organization", "external_id"], name=f"{name}_one_per_external_id")
    ]


def mirror_indexes(name: str, *more: str) -> list[models.Index]:
    """Live rows are counted by this index alone; `more` are columns by which they are counted too."""
    return [models.Index(fields=["organization", "removed_at", *more], name=f"{name}_presence")]
