"""The directions of dependency, shown from the imports of every module. An exception stands here with its reason."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("inventory", "zoho_sync", "monitoring", "backups", "tsh_erp")
OURS = (*PRODUCT, "tests", "bench", "torture")


def modules(package: str) -> list[Path]:
    found = sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
    assert found, f"{package} has no modules"
    return found


def imports(path: Path) -> set[str]:
    """Absolute dotted names that a module imports, names included: from .a import b is package.a.b."""
    package = list(path.relative_to(ROOT).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = [] if node.level == 0 else package[: len(package) - node.level + 1]
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{origin}.{alias.name}" for alias in node.names}
    return found


def offenders(paths: list[Path], forbidden) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(imports(path))
        if forbidden(name)
    ]


def under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_this_test_sees_relative_imports():
    assert "zoho_sync.loader.prepare" in imports(ROOT / "zoho_sync" / "committing.py")
    assert "zoho_sync.errors.ListingError" in imports(ROOT / "zoho_sync" / "zoho" / "pages.py")


def test_the_catalogue_knows_nobody():
    assert (
        offenders(modules("inventory"), lambda name: under(name, "zoho_sync", "monitoring", "tsh_erp")) == []
    )


def test_the_catalogue_does_not_speak_of_zoho():
    words = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules("inventory")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if "zoho" in line.lower()
    ]
    assert [
        word for word in words if "pricing.py" not in word
    ] == []  # which names the source of its rounding rules


def test_the_sync_knows_only_the_catalogue():
    """tsh_erp.logs hides secrets in what people read; nobody else has it."""
    found = offenders(modules("zoho_sync"), lambda name: under(name, "monitoring", "tsh_erp"))
    assert [each for each in found if "tsh_erp.logs" not in each and "tsh_erp.webserver" not in each] == []


def test_monitoring_looks_in_only_by_the_front_windows():
    """How an answer or a page is formed, and how a sentence or a secret is kept, tells nothing of what is inside."""
    windows = ("zoho_sync.signals", "zoho_sync.status", "inventory.status")
    windows += ("zoho_sync.encryption", "zoho_sync.sentences")
    windows += ("backups.status",)
    windows += ("inventory.acts",)  # what people decide is told in one way everywhere
    windows += ("zoho_sync.management.plain",)  # how a command answers, at a terminal, in a pipe, as JSON
    windows += tuple(f"inventory.admin.{name}" for name in ("cells", "pages", "panels"))
    windows += tuple(
        f"inventory.api.{name}"
        for name in ("ages", "conditional", "filters", "paging", "rendering", "screens", "slashes")
    )
    windows += ("zoho_sync.admin.confirm",)  # how a page asks before it acts
    windows += tuple(  # of one shape with the rest of /api/v1/
        f"zoho_sync.api.{name}"
        for name in ("bodies", "idempotency", "listing", "refusals", "representations", "wording")
    )
    strange = offenders(
        modules("monitoring"),
        lambda name: under(name, "zoho_sync", "inventory", "backups") and not under(name, *windows),
    )
    assert strange == []


def test_backups_read_tables_by_their_models_and_only_monitoring_asks_after_them():
    """They find every table in the registry of models; by name they know the catalogue, and how a command speaks."""
    windows = ("inventory", "zoho_sync.management.plain", "zoho_sync.status")
    strange = offenders(
        modules("backups"),
        lambda name: (
            under(name, "inventory", "zoho_sync", "monitoring", "tsh_erp") and not under(name, *windows)
        ),
    )
    assert strange == []
    others = [
        path for package in PRODUCT if package not in ("backups", "monitoring") for path in modules(package)
    ]
    assert offenders(others, lambda name: under(name, "backups")) == []


def test_nobody_but_the_client_speaks_http_to_zoho():
    """webhooks/trial.py speaks HTTP too, to ourselves: a test delivery has to come in by our own door."""
    others = [path for path in modules("zoho_sync") if "zoho" not in path.parent.parts[len(ROOT.parts) + 1 :]]
    others = [path for path in others if "sandbox" not in path.parts] + modules("inventory")
    others.remove(ROOT / "zoho_sync" / "webhooks" / "trial.py")
    assert offenders(others, lambda name: under(name, "requests", "urllib3", "httpx")) == []


DOORS = ("admin", "api", "management")


@pytest.mark.parametrize("door", DOORS)
def test_doors_call_services_and_nothing_deeper(door):
    deep = ("zoho_sync.runner", "zoho_sync.loader", "zoho_sync.phases", "zoho_sync.zoho", "zoho_sync.upsert")
    assert offenders(modules(f"zoho_sync/{door}"), lambda name: under(name, *deep)) == []


def test_processors_are_tables_and_do_nothing():
    deep = (
        "zoho_sync.models",
        "zoho_sync.loader",
        "zoho_sync.zoho",
        "zoho_sync.runner",
        "zoho_sync.services",
    )
    assert offenders(modules("zoho_sync/processors"), lambda name: under(name, *deep)) == []


def test_only_the_loader_writes_mirrored_tables():
    writers = [
        path
        for path in modules("zoho_sync")
        if "loader" not in path.parts and any(under(name, "zoho_sync.upsert") for name in imports(path))
    ]
    assert writers == []


def test_the_sandbox_needs_the_standard_library_only():
    allowed = sys.stdlib_module_names | {"zoho_sync"}
    strange = offenders(
        modules("zoho_sync/sandbox"),
        lambda name: (
            name.split(".")[0] not in allowed
            or (under(name, "zoho_sync") and not under(name, "zoho_sync.sandbox"))
        ),
    )
    assert strange == []


def test_nothing_depends_on_tests_or_benchmarks():
    """bootstrap, tests and bench stand beside the product, not in it."""
    product = [path for package in PRODUCT for path in modules(package)]
    assert offenders(product, lambda name: under(name, "tests", "bench")) == []


LARGEST = 330
LISTS = {"tsh_erp/settings.py": 450}  # one file on purpose: whoever looks for a setting finds it there


def test_no_room_is_too_large():
    large = {
        str(path.relative_to(ROOT)): lines
        for package in PRODUCT
        for path in modules(package)
        if (lines := len(path.read_text().splitlines())) > LISTS.get(str(path.relative_to(ROOT)), LARGEST)
    }
    assert large == {}


def test_there_are_no_drawers():
    drawers = [
        str(path.relative_to(ROOT))
        for package in OURS
        for path in modules(package)
        if path.stem in ("utils", "helpers", "common", "misc")
    ]
    assert drawers == []


def test_the_readme_names_every_command():
    readme = (ROOT / "README.md").read_text()
    rooms = ("zoho_sync", "monitoring", "backups", "tsh_erp/access")
    commands = (path.stem for room in rooms for path in (ROOT / room / "management/commands").glob("*.py"))
    assert [name for name in commands if name != "__init__" and f"`{name}" not in readme] == []
