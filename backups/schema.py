"""Which tables there are at a state of the migrations, with the kinds of their columns; and how two states compare.

A state is {app: names of its applied migrations, in order}. Tables come from the models as they were at that state, so
that a database can be saved before `migrate` has brought it up to a new release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from .errors import BackupError, Damaged, Newer

State = dict[str, list[str]]

# Why a table is not in a backup. Its rows go when a backup is restored: they speak of what was there before.
LEFT_OUT = {
    "sessions.session": "who is logged in: they log in again",
    "access.loginlock": "who may not log in at this moment: counted anew",
    "django_q.ormq": "jobs under way: runs, deliveries and alerts are queued again from their own rows",
    "django_q.task": "what became of jobs: the product keeps its own history",
    "inventory.rowchange": "the journal of changes counts in one database only: it begins anew",
    "backups.madebackup": "which backups were made of the database that is replaced",
    "zoho_sync.workerbeat": "signs of life of processes",
    "zoho_sync.callslot": "calls under way of processes",
}


@dataclass(frozen=True)
class Column:
    """kind: Django's internal type of the field, of a foreign key that of what it points to."""

    name: str
    kind: str
    places: int | None  # decimals
    digits: int | None
    field: Any


@dataclass(frozen=True)
class Table:
    """label: app.model in lower case. key: the column by which rows are ordered."""

    name: str
    label: str
    key: str
    counts_up: bool  # the database gives out its keys
    columns: tuple[Column, ...]


def applied(connection: Any) -> State:
    """Of what the database says itself; empty before the first `migrate`."""
    return _as_state(MigrationLoader(connection).applied_migrations or {})


def known() -> State:
    """All migrations of this release."""
    return _as_state(MigrationLoader(None).disk_migrations)


def _as_state(names: Any) -> State:
    state: State = {}
    installed = {config.label for config in apps.get_app_configs()}
    for app, name in sorted(names):
        if app in installed:
            state.setdefault(app, []).append(name)
    return state


def refuse_newer(state: State) -> None:
    """Raises Newer when the state holds what this release does not know."""
    here = known()
    strange = [
        f"{app}.{name}" for app, names in state.items() for name in names if name not in here.get(app, ())
    ]
    if strange:
        raise Newer(
            _(
                "The backup was made by a newer release, which knows %(names)s. Install that release, then try again."
            )
            % {"names": ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")}
        )


def refuse_unmigrated(connection: Any) -> None:
    """Raises BackupError when the database is not at the state of this release."""
    refuse_newer(applied(connection))
    if applied(connection) != known():
        raise BackupError(_("The database is not up to date. Run `manage.py migrate` first."))


def leaves(state: State) -> list[tuple[str, str]]:
    """The last migrations of each app at that state, to which a database is migrated to get there."""
    graph = MigrationLoader(None).graph
    nodes = {(app, name) for app, names in state.items() for name in names}
    inner = {
        parent.key for node in nodes for parent in graph.node_map[node].parents if parent.key[0] == node[0]
    }
    return sorted(nodes - inner)


def tables(state: State) -> list[Table]:
    """In the order of their names. Views of other models, and what is left out, are not among them."""
    return [table for table in every_table(state) if table.label not in LEFT_OUT]


def every_table(state: State) -> list[Table]:
    """Those that are left out too."""
    known_apps = apps if state == known() else MigrationLoader(None).project_state(leaves(state)).apps
    models = known_apps.get_models(include_auto_created=True)
    found = [_table(model) for model in models if model._meta.managed and not model._meta.proxy]
    return sorted(found, key=lambda table: table.name)


def strange_table(name: str) -> Damaged:
    return Damaged(_("The file holds a table that nobody knows: %(name)s.") % {"name": name})


def _table(model: Any) -> Table:
    meta = model._meta
    return Table(
        name=meta.db_table,
        label=meta.label_lower,
        key=meta.pk.column,
        counts_up=meta.pk.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField"),
        columns=tuple(_column(field) for field in meta.local_concrete_fields),
    )


def _column(field: Any) -> Column:
    name, base = field.column, field
    while base.remote_field is not None:
        base = base.target_field
    return Column(
        name=name,
        kind=base.get_internal_type(),
        places=getattr(base, "decimal_places", None),
        digits=getattr(base, "max_digits", None),
        field=base,
    )
