"""Translations without gettext's tools: `python -m tests.messages` gathers what is to be translated and compiles it.

Gathered are our own sentences, and those of the skin and the queue that Django does not translate itself. What is
translated already is kept; what is new gets an empty line in django.po, which a test then names.
"""

from __future__ import annotations

import array
import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = PROJECT / "locale" / "ar" / "LC_MESSAGES" / "django.po"
OURS = ("inventory", "zoho_sync", "monitoring", "backups", "tsh_erp", "templates")
QUEUE_WORDS = {  # those that show; its other pages are not registered
    "Scheduled task", "Scheduled tasks", "Once", "Minutes", "Hourly", "Daily", "Weekly", "Biweekly", "Monthly",
    "Bimonthly", "Quarterly", "Yearly", "Cron",
}  # fmt: skip
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop", "sentence"}
PLURAL = {"ngettext", "ngettext_lazy", "counted"}
HEADER = """\
Project-Id-Version: TSH ERP
Language: ar
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : \
n%100>=11 && n%100<=99 ? 4 : 5;
"""


@dataclass(frozen=True)
class Message:
    """One sentence; `plural` is empty where there is only one form. translations: one, or six."""

    text: str
    plural: str = ""
    translations: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_done(self) -> bool:
        return len(self.translations) == (6 if self.plural else 1) and all(self.translations)


def gather_ours() -> set[Message]:
    """Every sentence of this project."""
    return set(_of_files(path for room in OURS for path in _files(PROJECT / room)))


def gather_skin() -> set[Message]:
    """The skin's and the queue's sentences that Django's own catalogues do not hold."""
    skin, queue = (_package(name) for name in ("unfold", "django_q"))
    files = [path for path in _files(skin) if "contrib" not in path.relative_to(skin).parts]
    shown = {message for message in _of_files([queue / "models.py"]) if message.text in QUEUE_WORDS}
    found = set(_of_files(files)) | shown
    known = {message.text for path in _django_catalogues() for message in read(path) if message.is_done}
    return {message for message in found if message.text not in known}


def _package(name: str) -> Path:
    return Path(find_spec(name).origin).parent


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and not {"migrations", "static"} & set(path.parts):
            yield path


def _django_catalogues() -> Iterator[Path]:
    django = _package("django")
    yield from sorted(django.glob("conf/locale/ar/LC_MESSAGES/django.po"))
    yield from sorted(django.glob("contrib/*/locale/ar/LC_MESSAGES/django.po"))


def _of_files(paths: Iterable[Path]) -> Iterator[Message]:
    for path in paths:
        source = path.read_text(encoding="utf-8")
        yield from _of_python(source) if path.suffix == ".py" else _of_template(source, str(path))


def _of_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            texts = [each for each in texts if isinstance(each, str)]
            if name in PLURAL and len(texts) >= 2:
                yield Message(texts[0], texts[1])
            elif name in SINGLE and len(texts) == 1 and len(node.args) == 1 and texts[0]:
                yield Message(texts[0])


_QUOTED = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALL = re.compile(rf"\b(ngettext|gettext|_)\(\s*{_QUOTED}(?:\s*,\s*{_QUOTED})?")


def _of_template(source: str, origin: str) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    for name, first, second in _CALL.findall(templatize(source, origin=origin)):
        text = ast.literal_eval(first)
        if name == "ngettext":
            yield Message(text, ast.literal_eval(second))
        elif text:
            yield Message(text)


# --- The catalogue's two files -----------------------------------------------------------------------


def read(path: Path) -> list[Message]:
    """The entries of a .po file, its header and its obsolete ones left out. Contexts are not used here."""
    found = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                key = ""
            elif match := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
                key = match[1]
                parts[key] = ast.literal_eval(match[2])
            elif key and line.startswith('"'):
                parts[key] += ast.literal_eval(line)
        if parts.get("msgid") and "msgctxt" not in parts:
            told = tuple(parts[key] for key in sorted(parts) if key.startswith("msgstr"))
            found.append(Message(parts["msgid"], parts.get("msgid_plural", ""), told))
    return found


def write(path: Path, messages: Iterable[Message]) -> None:
    lines = ['msgid ""', 'msgstr ""', *(_quote(f"{line}\n") for line in HEADER.splitlines()), ""]
    for message in sorted(messages, key=lambda each: (each.text.casefold(), each.text)):
        if "%(" in message.text or re.search(r"%[sd]", message.text):
            lines.append("#, python-format")
        lines.append(f"msgid {_quote(message.text)}")
        if message.plural:
            told = message.translations or ("",) * 6
            lines.append(f"msgid_plural {_quote(message.plural)}")
            lines += [f"msgstr[{number}] {_quote(each)}" for number, each in enumerate(told)]
        else:
            lines.append(f"msgstr {_quote(message.translations[0] if message.translations else '')}")
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def compiled(messages: Iterable[Message]) -> bytes:
    """The .mo file's bytes; the same for the same messages on every machine."""
    pairs = [(b"", HEADER.encode())]
    for message in messages:
        if message.is_done:
            key = f"{message.text}\0{message.plural}" if message.plural else message.text
            pairs.append((key.encode(), "\0".join(message.translations).encode()))
    pairs.sort()
    keys_start = 7 * 4 + 16 * len(pairs)
    values_start = keys_start + sum(len(key) + 1 for key, _value in pairs)
    tables, places = ([], []), [keys_start, values_start]
    for pair in pairs:
        for side, text in enumerate(pair):
            tables[side].extend((len(text), places[side]))
            places[side] += len(text) + 1
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    numbers = array.array("I", [*tables[0], *tables[1]])
    if sys.byteorder == "big":
        numbers.byteswap()
    texts = [text + b"\0" for side in (0, 1) for text in (pair[side] for pair in pairs)]
    return header + numbers.tobytes() + b"".join(texts)


def main() -> int:
    import django

    django.setup()
    known = {message: message.translations for message in read(CATALOGUE)} if CATALOGUE.exists() else {}
    wanted = gather_ours() | gather_skin()
    messages = [Message(each.text, each.plural, known.get(each, ())) for each in wanted]
    messages = [
        *{(each.text): each for each in sorted(messages, key=lambda each: bool(each.plural))}.values()
    ]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    write(CATALOGUE, messages)
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(messages))
    missing = [message.text for message in messages if not message.is_done]
    sys.stdout.write(f"{len(messages)} sentences, {len(missing)} without a translation\n")
    sys.stdout.writelines(f"  {text}\n" for text in missing)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
