"""`python -m torture`: play cases, tell of each, print what broke with the words that replay it, and a table."""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import limits
from .case import Case, Outcome, play
from .faults import Fault, catalogue
from .keeper import PROJECT
from .volume import enter, entered, leave
from .world import Broken, World

DATABASES = ("sqlite", "postgresql")
MIXES = 200


def main(arguments: list[str]) -> int:
    """Exit code: 0 when every promise was kept, 1 when one was broken, 2 for wrong usage."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.list:
        return tell_catalogue()
    known = names()
    unknown = [name for name in options.only if name not in known and not re.fullmatch(r"mix-\d{1,6}", name)]
    if unknown:
        parser.error(f"there is no case {unknown[0]!r}; --list tells of all")
    if options.limits and options.jobs > 1:
        parser.error("the limits are one case: it cannot be shared among worlds")
    if options.database == "both":
        return both(arguments, options)
    if options.jobs > 1:
        return shared(arguments, options.jobs)
    if entered() is None:
        folder = Path(tempfile.mkdtemp(prefix="torture-", dir="/tmp"))  # short, for sockets
        (folder / "data").mkdir()
        enter(arguments, folder / "data")
        return on_one(options, folder)  # without a volume
    return on_one(options, entered().parent)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make torture", description="Real processes, seeded faults, and the promises after each of them."
    )
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both", help="(%(default)s)")
    parser.add_argument(
        "--singles", action="store_true", help="every fault once, and no mixes unless --mixes asks"
    )
    parser.add_argument("--mixes", type=count, metavar="N", help=f"so many random mixes ({MIXES})")
    parser.add_argument("--seed", type=count, default=1, help="of everything that is drawn (%(default)s)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this case; may be repeated"
    )
    parser.add_argument(
        "--minutes", type=minutes, metavar="M", help="a drawn sample that fits into so many minutes"
    )
    parser.add_argument("--repeat", type=count, default=1, metavar="N", help="play every case so often")
    parser.add_argument(
        "--jobs", type=several, default=1, metavar="N", help="so many worlds at once that share the cases (1)"
    )
    parser.add_argument("--share", type=several, nargs=2, default=(1, 1), help=argparse.SUPPRESS)
    parser.add_argument(
        "--limits", action="store_true", help="only the limits themselves; takes some minutes"
    )
    parser.add_argument("--list", action="store_true", help="tell of every fault, and play none")
    return parser


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 1000000")
    return int(text)


def several(text: str) -> int:
    if not 1 <= (number := count(text)) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 64")
    return number


def minutes(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.1 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes from 0.1 to 10000")
    return number


def names() -> set[str]:
    return {fault.name for fault in catalogue()}


def tell_catalogue() -> int:
    groups: dict[str, list[str]] = {}
    for fault in catalogue():
        where = f" ({fault.vendor} only)" if fault.vendor else ""
        groups.setdefault(fault.group, []).append(fault.name + where)
    for group, found in groups.items():
        say(f"{group} ({len(found)})\n  " + "\n  ".join(found))
    say(f"{sum(map(len, groups.values()))} faults")
    return 0


def both(arguments: list[str], options: argparse.Namespace) -> int:
    """One database after the other, each in a process of its own; the minutes are shared."""
    codes = []
    for database in DATABASES:
        words = [word for word in arguments if word not in ("--database", "both", "--database=both")]
        if options.minutes:
            words += ["--minutes", str(options.minutes / len(DATABASES))]  # the last one counts
        codes.append(
            subprocess.run(
                [sys.executable, "-m", "torture", *words, "--database", database], cwd=PROJECT
            ).returncode
        )
    return max(codes)


def shared(arguments: list[str], jobs: int) -> int:
    """The cases of one database in several worlds at once, each a process of its own with a table of its own."""
    worlds = []
    for number in range(1, jobs + 1):
        words = [*arguments, "--jobs", "1", "--share", str(number), str(jobs)]  # the last --jobs counts
        worlds.append(subprocess.Popen([sys.executable, "-m", "torture", *words], cwd=PROJECT))
    return max(world.wait() for world in worlds)


def on_one(options: argparse.Namespace, folder: Path) -> int:
    began = time.monotonic()
    world = World(options.database, folder)
    if options.limits:
        world = World(
            options.database, folder, size=limits.SIZE, open_limits=False, calls_per_day=limits.PER_DAY
        )
    outcomes: list[Outcome] = []
    is_whole = False
    try:
        world.open()
        outcomes = only_limits(world, options) if options.limits else play_all(world, options, began)
        is_whole = True
    except Broken as error:
        say(f"The world could not be brought up: {error}")
    finally:
        world.close()
        if is_whole and not any(each.broken for each in outcomes):
            leave(world.data_folder)
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"The logs are kept in {folder}.")
    return tell_end(world, outcomes, time.monotonic() - began)


def only_limits(world: World, options: argparse.Namespace) -> list[Outcome]:
    began = time.monotonic()
    outcome = Outcome(Case("limits", (), str(options.seed)))
    outcome.broken = limits.play_limits(world, options.seed)
    outcome.seconds = time.monotonic() - began
    say(f"{world.vendor}: {'BROKEN' if outcome.broken else 'kept  '} {outcome.seconds:5.1f} s  limits")
    for sentence in outcome.broken:
        say(f"    {sentence}")
    return [outcome]


def play_all(world: World, options: argparse.Namespace, began: float) -> list[Outcome]:
    from .case import start
    from .invariants import no_secret_is_stored, secrets_of
    from .patience import settle
    from .visitor import Visitor

    start(world, "full")
    settle(world)
    visitor = Visitor(world, secrets_of(world))
    visitor.start()
    outcomes = []
    for case in cases(world.vendor, options):
        if options.minutes and outcomes and time.monotonic() - began > options.minutes * 60 - 20:
            break
        outcome = play(world, visitor, case)
        outcomes.append(outcome)
        tell(world, options, outcome)
    visitor.stop()
    say(f"{world.vendor}: {visitor.answers_count} pages were looked at meanwhile")
    try:
        no_secret_is_stored(world)
    except Broken as error:
        last = Outcome(Case("no secret is stored", (), ""), 0.0, [str(error)])
        outcomes.append(last)
        tell(world, options, last)
    return outcomes


def cases(vendor: str, options: argparse.Namespace) -> list[Case]:
    """What is to be played, in its order; the same seed draws the same."""
    singles = catalogue(vendor)
    if options.only:
        known = {fault.name: fault for fault in singles}
        chosen = [
            mix(int(name.removeprefix("mix-")), vendor, options.seed)
            if name.startswith("mix-")
            else single(known[name], options.seed)
            for name in options.only
            if name.startswith("mix-") or name in known
        ]
    elif options.minutes:
        chosen = sample(vendor, options.seed)
    else:
        wanted = (0 if options.singles else MIXES) if options.mixes is None else options.mixes
        chosen = [
            single(fault, options.seed) for fault in singles if options.singles or options.mixes is None
        ]
        chosen += [mix(number, vendor, options.seed) for number in range(1, wanted + 1)]
    number, jobs = options.share
    return [case for _ in range(options.repeat) for case in chosen][number - 1 :: jobs]


def single(fault: Fault, seed: int) -> Case:
    return Case(fault.name, (fault,), f"{seed}-{fault.name}")


def mix(number: int, vendor: str, seed: int) -> Case:
    """Two to four faults at once, at most two of them our own; by its number and the seed always the same."""
    dice = random.Random(f"{seed}-mix-{number}")
    able = [
        fault for fault in catalogue(vendor) if fault.is_bounded and not fault.is_lonely and not fault.is_slow
    ]
    groups = sorted({fault.group for fault in able})
    chosen = dice.sample(groups, dice.choice((2, 2, 3, 4)))
    faults = tuple(dice.choice([fault for fault in able if fault.group == group]) for group in chosen)
    return Case(f"mix-{number}", faults, f"{seed}-mix-{number}")


def sample(vendor: str, seed: int) -> list[Case]:
    """Quick singles in a drawn order, each group as early as any other; every third case is a mix."""
    dice = random.Random(f"{seed}-sample")
    groups: dict[str, list[Fault]] = {}
    for fault in catalogue(vendor):
        if fault.is_bounded and not fault.is_slow:
            groups.setdefault(fault.group, []).append(fault)
    for faults in groups.values():
        dice.shuffle(faults)
    order: list[Case] = []
    number = 0
    while any(groups.values()):
        for name in dice.sample(sorted(groups), len(groups)):
            if groups[name]:
                order.append(single(groups[name].pop(), seed))
            if len(order) % 3 == 2:
                number += 1
                order.append(mix(number, vendor, seed))
    return order


def tell(world: World, options: argparse.Namespace, outcome: Outcome) -> None:
    case = outcome.case
    verdict = "BROKEN" if outcome.broken else "kept  "
    remark = "" if outcome.is_met else "  (no call met it)"
    parts = f" = {' + '.join(fault.name for fault in case.faults)}" if len(case.faults) > 1 else ""
    say(f"{world.vendor}: {verdict} {outcome.seconds:5.1f} s  {case.name}{parts}{remark}")
    for sentence in outcome.broken:
        say(f"    {sentence}")
    if outcome.broken and case.faults:
        say(
            f'    again: make torture ARGS="--database {world.vendor} --seed {options.seed} --only {case.name}"'
        )


def tell_end(world: World, outcomes: list[Outcome], seconds: float) -> int:
    """A row for each group; 1 when anything was broken."""
    rows: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups = {fault.group for fault in each.case.faults} or {each.case.name}
        rows.setdefault("mixes" if len(each.case.faults) > 1 else groups.pop(), []).append(each)
    say(f"\n{world.vendor:30} cases  broken  seconds")
    for group, found in rows.items():
        broken = sum(bool(each.broken) for each in found)
        say(f"{group:30} {len(found):5}  {broken:6}  {sum(each.seconds for each in found):7.0f}")
    broken = sum(bool(each.broken) for each in outcomes)
    say(f"{'all':30} {len(outcomes):5}  {broken:6}  {seconds:7.0f}\n")
    return 1 if broken or not outcomes else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
