"""What is wrong with a page that a browser has open."""

from __future__ import annotations

from typing import Any

SCRIPTS_ASK = ("fetch", "xhr")
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Heard(list[str]):
    """What went wrong in a tab, and which answers its scripts are still waiting for."""

    def __init__(self, tab: Any):
        super().__init__()
        self._tab = tab
        self._awaited: set[Any] = set()
        tab.on("request", lambda each: self._awaited.add(each) if each.resource_type in SCRIPTS_ASK else None)
        for end in ("requestfinished", "requestfailed"):
            tab.on(end, lambda each: self._awaited.discard(each))  # (no built-in function is taken)

    def settle(self) -> None:
        """After `load`: wait for what the page's scripts have asked for. (The browser's own word for it, networkidle,
        is half a second of silence, on every page.)"""
        for _time in range(1500):
            if not self._awaited:
                return
            self._tab.wait_for_timeout(20)
        raise AssertionError(f"never answered: {[each.url for each in self._awaited]}")


def listen(tab: Any) -> Heard:
    """Collects what goes wrong in the tab from now on: errors of scripts, of the policy, of what is not found."""
    heard = Heard(tab)
    tab.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: heard.append(str(error)))
    tab.on(
        "requestfailed",
        lambda request: (
            heard.append(f"{request.url}: {request.failure}")
            if "ERR_ABORTED" not in (request.failure or "")  # the visitor went on before it had come
            else None
        ),
    )
    return heard


def overflow(tab: Any) -> list[str]:
    """Is the page wider than its window, so that it has to be pushed to and fro?"""
    wider = tab.evaluate(_WIDER)
    return [f"{wider} px wider than the window"] if wider > 0 else []


def hurdles(tab: Any) -> list[str]:
    """What axe finds that keeps people out, by the rules of WCAG 2.1, levels A and AA."""
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
        "resultTypes": ["violations"],  # all that is in order need not be described
    }
    found = Axe().run(tab, options=options).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})" for each in found]
