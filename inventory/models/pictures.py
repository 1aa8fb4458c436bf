from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ..mirror import Mirrored, external_key, mirror_constraints, mirror_indexes, text


class ProductPicture(Mirrored):
    """The picture of one product: what the source sent, what of it is kept here, or why there is none.

    Its external id is the product's. document_id, name: as the source named the picture when it was asked for; another
    name or document is another picture. source_digest: of the bytes that came, digest: of what is kept (SHA-256, hex);
    the files lie under `digest` in settings.PICTURES["FOLDER"], and equal pictures are one file.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be fetched")
        HERE = "here", _("here")
        ABSENT = "absent", _("not at the source")  # which names one, and has none
        REFUSED = "refused", _("refused")  # it came, and is not fit to be kept
        FAILED = "failed", _("failed")  # it did not come; it is asked for again at `next_attempt_at`

    class Problem(models.TextChoices):
        """Why there is none. The values are kept; their words are PROBLEMS."""

        NO_PICTURE = "no_picture", _("no picture")
        TOO_MANY_BYTES = "too_many_bytes", _("too many bytes")
        TOO_MANY_PIXELS = "too_many_pixels", _("too many pixels")
        NOT_A_PICTURE = "not_a_picture", _("not a picture")
        A_DRAWING = "a_drawing", _("an SVG drawing")
        WRONG_KIND = "wrong_kind", _("a kind that is not taken")
        BROKEN = "broken", _("broken")
        NOT_ANSWERED = "not_answered", _("not answered")
        NOT_GIVEN = "not_given", _("not given out")

    product = models.OneToOneField(
        "inventory.Product", on_delete=models.CASCADE, related_name="picture", verbose_name=_("product")
    )
    document_id = external_key(_("document id"))
    name = text(_("file name"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    problem = models.CharField(_("problem"), max_length=24, choices=Problem, default="", blank=True)
    source_digest = models.CharField(_("digest of what came"), max_length=64, default="", blank=True)
    source_kind = text(_("kind that came"), 16)
    source_bytes = models.PositiveIntegerField(_("bytes that came"), null=True)
    digest = models.CharField(_("digest of what is kept"), max_length=64, default="", blank=True)
    width = models.PositiveIntegerField(_("width"), null=True)
    height = models.PositiveIntegerField(_("height"), null=True)
    bytes = models.PositiveIntegerField(_("bytes kept"), null=True)
    fetched_at = models.DateTimeField(_("fetched"), null=True)
    attempts = models.PositiveIntegerField(_("attempts in vain"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-fetched_at", "-pk"]
        permissions = [("export_productpicture", "Can export pictures")]
        constraints = mirror_constraints("product_picture")
        indexes = [
            *mirror_indexes("product_picture", "state", "problem"),
            models.Index(fields=["digest"], name="product_picture_by_digest"),  # who asks for one
            models.Index(
                fields=["source_digest"], name="product_picture_by_source"
            ),  # did the same bytes come before
            models.Index(
                fields=["fetched_at", "id"], name="product_picture_by_time"
            ),  # the list page's order
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


# The words of a problem, for whoever asks why there is no picture.
PROBLEMS: dict[str, str] = {
    ProductPicture.Problem.NO_PICTURE: gettext_noop("The source names a picture, and has none to give."),
    ProductPicture.Problem.TOO_MANY_BYTES: gettext_noop("The picture's file is larger than is taken."),
    ProductPicture.Problem.TOO_MANY_PIXELS: gettext_noop("The picture has more pixels than are taken."),
    ProductPicture.Problem.NOT_A_PICTURE: gettext_noop("What came is not a picture."),
    ProductPicture.Problem.A_DRAWING: gettext_noop(
        "What came is an SVG drawing, which can hold programs; only photographs and the like are taken."
    ),
    ProductPicture.Problem.WRONG_KIND: gettext_noop(
        "The picture is of a kind that is not taken; JPEG, PNG, WebP, GIF and BMP are."
    ),
    ProductPicture.Problem.BROKEN: gettext_noop("The picture is broken or cut off."),
    ProductPicture.Problem.NOT_ANSWERED: gettext_noop(
        "The source did not give the picture when it was asked."
    ),
    ProductPicture.Problem.NOT_GIVEN: gettext_noop("The source refuses to give this picture."),
}
