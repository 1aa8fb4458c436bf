"""What a class of failure means, for programs that show it to people."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..explanations import EXPLANATIONS, OTHER, Explanation, explain


class Explained(serializers.Serializer):
    """kind: for programs; the rest: for people, in the reader's language."""

    kind = serializers.ChoiceField(choices=list(EXPLANATIONS))
    title = serializers.CharField()
    what_happened = serializers.CharField()
    meaning = serializers.CharField(help_text="For stock, prices and whatever else is mirrored.")
    already_tried = serializers.CharField()
    what_to_do = serializers.CharField()


def explanation_of(told: Any) -> dict[str, str]:
    """told: a stored reason."""
    return in_parts(explain(told) or OTHER)


def in_parts(found: Explanation) -> dict[str, str]:
    return {
        "kind": found.kind,
        "title": str(found.title),
        "what_happened": str(found.happened),
        "meaning": str(found.meaning),
        "already_tried": str(found.tried),
        "what_to_do": str(found.press),
    }
