"""What is listened to: rows that are saved and deleted, sets that change, decisions, and who comes and goes."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import router, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save

from inventory import acts

from . import doors, tables, values
from .models import AuditLine
from .tables import Told
from .writing import Changes, line, write

What = AuditLine.What
_UNREADABLE = object()  # a secret under a key that is gone: whatever takes its place is another one


def connect() -> None:
    for model, how in tables.told():
        _listen(model, how)
    acts.decided.connect(_decided, dispatch_uid="audit")
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")


def _listen(model: Any, how: Told) -> None:
    columns = how.columns(model)

    def remember(sender: Any, instance: Any, using: str, update_fields: Any = None, **_rest: Any) -> None:
        wanted = [each for each in columns if update_fields is None or each.name in update_fields]
        is_new = instance._state.adding or instance.pk is None
        instance._before = {} if is_new or not wanted else _stored(model, instance.pk, wanted, how, using)

    def tell_saved(sender: Any, instance: Any, created: bool, using: str, **_rest: Any) -> None:
        before = instance.__dict__.pop("_before", {})
        if created and how.whole:
            _tell(What.ADDED, instance, _filled(instance, columns, how, place=1), using)
        elif changes := _differences(instance, before, columns, how):
            _tell(What.CHANGED, instance, changes, using)

    def tell_deleted(sender: Any, instance: Any, using: str, **_rest: Any) -> None:
        changes = _filled(instance, columns, how, place=0)
        for name in how.sets:
            rows = getattr(instance, name)
            if found := values.names(rows.model, rows.using(using).values_list("pk", flat=True)):
                changes[name] = [found, []]
        _tell(What.DELETED, instance, changes, using)

    uid = f"audit {model._meta.label}"
    pre_save.connect(remember, sender=model, weak=False, dispatch_uid=uid)
    post_save.connect(tell_saved, sender=model, weak=False, dispatch_uid=uid)
    if how.whole:
        pre_delete.connect(tell_deleted, sender=model, weak=False, dispatch_uid=uid)
    for name in how.sets:
        field = model._meta.get_field(name)
        m2m_changed.connect(
            _of_set(name), sender=field.remote_field.through, weak=False, dispatch_uid=f"{uid} {name}"
        )
    _save_as_one(model)


def _save_as_one(model: Any) -> None:
    """Django sends post_save after the statement's own transaction; here both are in one, whoever saves."""
    plain = model.save_base
    if hasattr(plain, "is_one"):
        return

    @wraps(plain)
    def save_base(self: Any, *args: Any, using: str | None = None, **named: Any) -> None:
        using = using or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            plain(self, *args, using=using, **named)

    save_base.is_one = True  # type: ignore[attr-defined]
    model.save_base = save_base


def _stored(model: Any, key: Any, columns: list[Any], how: Told, using: str) -> dict[str, Any]:
    """The row as the database has it; locked, so that nobody changes it in between. Secrets may be unreadable."""
    open_ones = [each for each in columns if each.name not in how.secret]
    sealed = [each for each in columns if each.name in how.secret]
    row = (
        model._base_manager.using(using)
        .filter(pk=key)
        .select_for_update()
        .annotate(**{f"sealed_{each.name}": Cast(each.name, TextField()) for each in sealed})
        .values(*(each.attname for each in open_ones), *(f"sealed_{each.name}" for each in sealed))
        .first()
    )
    if row is None:
        return {}
    found = {each.name: row[each.attname] for each in open_ones}
    return found | {each.name: _unsealed(each, row[f"sealed_{each.name}"]) for each in sealed}


def _unsealed(column: Any, value: Any) -> Any:
    if not hasattr(column, "from_db_value"):
        return value
    try:
        return column.from_db_value(value, None, None)
    except Exception:  # whatever it is, the former value cannot be known
        return _UNREADABLE


def _differences(instance: Any, before: dict[str, Any], columns: list[Any], how: Told) -> Changes:
    changes: Changes = {}
    for each in columns:
        if each.name not in before or each.attname not in instance.__dict__:
            continue
        now = instance.__dict__[each.attname]
        if each.remote_field is None:
            now = each.to_python(now)  # a form may have left text where the database gives a figure
        if values.plain(before[each.name]) == values.plain(now):
            continue
        if each.name in how.secret:
            changes[each.name] = None
        else:
            changes[each.name] = [values.of_column(each, before[each.name]), values.of_column(each, now)]
    return changes


def _filled(instance: Any, columns: list[Any], how: Told, *, place: int) -> Changes:
    """What a row is born with, or leaves behind, as far as it says anything."""
    changes: Changes = {}
    for each in columns:
        value = instance.__dict__.get(each.attname)
        if value in (None, "", [], {}):
            continue
        pair = [None, None]
        pair[place] = None if each.name in how.secret else values.of_column(each, value)
        changes[each.name] = None if each.name in how.secret else pair
    return changes


def _of_set(name: str) -> Any:
    def tell(
        sender: Any,
        instance: Any,
        action: str,
        reverse: bool,
        model: Any,
        pk_set: Any,
        using: str,
        **_rest: Any,
    ) -> None:
        if action not in ("post_add", "post_remove", "pre_clear"):
            return
        if action == "pre_clear":
            pk_set = _held(sender, instance, model, using)
        if not pk_set:
            return
        place = 1 if action == "post_add" else 0
        # From the other side each of those rows is told of, as if it had been changed from its own.
        told = model._base_manager.using(using).filter(pk__in=pk_set) if reverse else [instance]
        found = values.names(type(instance), [instance.pk]) if reverse else values.names(model, pk_set)
        pair: list[list[str]] = [[], []]
        pair[place] = found
        for row in told:
            _tell(What.CHANGED, row, {name: pair}, using)

    return tell


def _held(through: Any, instance: Any, other: Any, using: str) -> set[Any]:
    links = {each.related_model: each for each in through._meta.concrete_fields if each.remote_field}
    mine, theirs = links[type(instance)], links[other]
    rows = through._base_manager.using(using).filter(**{mine.attname: instance.pk})
    return set(rows.values_list(theirs.attname, flat=True))


def _tell(what: str, instance: Any, changes: Changes, using: str) -> None:
    name = tables.name_of(instance)
    write(what, type(instance), key=instance.pk, name=name, changes=changes, using=using)


def _decided(sender: Any, act: acts.Act, **_rest: Any) -> None:
    """One line for each row, or one for all of them that names their keys."""
    if act.together:
        changes = {"id": [None, sorted(act.changes)[: values.MOST_NAMES]]}
        name = f"{len(act.changes)} × {act.model._meta.verbose_name}"
        write(act.what, act.model, name=name, changes=changes, note=act.note, user=act.user)
        return
    rows, here = act.model._base_manager.in_bulk(list(act.changes)), doors.here(act.user)
    AuditLine.objects.bulk_create(
        line(
            act.what,
            act.model,
            key=key,
            name=str(rows.get(key, "")),
            changes={name: [values.plain(each) for each in pair] for name, pair in changes.items()},
            note=act.note,
            here=here,
        )
        for key, changes in act.changes.items()
    )


def _signed_in(sender: Any, user: Any, **_rest: Any) -> None:
    _came(What.SIGNED_IN, user)


def _signed_out(sender: Any, user: Any, **_rest: Any) -> None:
    _came(What.SIGNED_OUT, user)


def _came(what: str, user: Any) -> None:
    if user is not None and doors.is_visit():
        write(what, get_user_model(), key=user.pk, name=user.get_username(), user=user)
