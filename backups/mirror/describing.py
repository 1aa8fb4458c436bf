"""README.md of the folder: what each file holds, column by column, in the words of the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from .columns import Column, columns, entities, file_name


def readme(made_at: str, rows: Mapping[str, int], formats: Sequence[str], pictures: int) -> str:
    """rows: by the name of the file without its ending."""
    lines = [
        "# " + _("Everything that is mirrored"),
        "",
        _("Written at %(made)s. All files show the same moment.") % {"made": made_at},
        "",
        *(f"* {each}" for each in _forms(formats, pictures)),
        "",
    ]
    for model in entities():
        name = file_name(model)
        lines += [f"## {name}", "", _about(model, rows.get(name, 0)), "", *_table(columns(model)), ""]
    return "\n".join(lines)


def _forms(formats: Sequence[str], pictures: int) -> list[str]:
    found = []
    if "csv" in formats:
        found.append(
            _(
                "csv/: UTF-8 with a byte order mark, columns separated by commas; times in the zone %(zone)s; empty is "
                "unknown. A text that begins with = + - or @ has an apostrophe before it, so that no spreadsheet "
                "runs it. Raw records are not in these files."
            )
            % {"zone": settings.TIME_ZONE}
        )
    if "jsonl" in formats:
        found.append(
            _(
                "jsonl/: one JSON object a line, with all columns; times in UTC, decimal numbers as text, null is "
                "unknown. `payload` and `detail_payload` are the records' JSON exactly as it came from the source."
            )
        )
    found.append(
        _("pictures/: %(count)s pictures of products; `digest` in product_picture names the file.")
        % {"count": pictures}
    )
    found.append(_("manifest.json: the rows and the SHA-256 of each file."))
    return found


def _about(model: type[models.Model], rows: int) -> str:
    return _("%(name)s: %(rows)s rows.") % {"name": model._meta.verbose_name_plural, "rows": f"{rows:,}"}


def _table(shown: Sequence[Column]) -> list[str]:
    head = [_("column"), _("kind"), _("meaning")]
    body = [[f"`{column.name}`", column.kind, column.meaning] for column in shown]
    return [_line(head), _line(["---"] * 3), *map(_line, body)]


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
