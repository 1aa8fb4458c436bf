"""Pages as their readers see them."""

from __future__ import annotations

import re

from django.urls import reverse


def page(client, row) -> str:
    answer = client.get(reverse(f"admin:inventory_{row._meta.model_name}_change", args=[row.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def panel(shown: str, title: str) -> str:
    return plain(shown.split(f">{title}</h2>")[1].split("</section>")[0])
