/* The home page renews itself: <div data-blocks-url="…" data-blocks-seconds="15"> holds <div data-block="name">, and the
   address answers {"blocks": {name: HTML}}, or 304 when nothing has changed. Only what differs is replaced; what was
   focused, opened or scrolled stays so, known by its data-keep. Nothing is asked while nobody looks. */

(function () {
    "use strict";

    const MISSED_MOST = 3; /* a restarted server is back within so many questions */

    function stateOf(block) {
        const focused = block.contains(document.activeElement) && document.activeElement;
        return {
            focus: focused ? focused.dataset.keep || focused.getAttribute("href") : null,
            open: Array.from(block.querySelectorAll("details[open][data-keep]"), function (each) { return each.dataset.keep; }),
            scrolls: Array.from(block.querySelectorAll(".tsh-scroll"), function (each) { return [each.scrollLeft, each.scrollTop]; }),
        };
    }

    function restore(block, state) {
        block.querySelectorAll("details[data-keep]").forEach(function (each) { each.open = state.open.includes(each.dataset.keep); });
        block.querySelectorAll(".tsh-scroll").forEach(function (each, place) {
            if (state.scrolls[place]) [each.scrollLeft, each.scrollTop] = state.scrolls[place];
        });
        if (state.focus === null) return;
        const again = Array.from(block.querySelectorAll("a, summary, button, [tabindex]")).find(function (each) {
            return (each.dataset.keep || each.getAttribute("href")) === state.focus;
        });
        if (again) again.focus({preventScroll: true});
    }

    function isBeingRead(block) {
        const selection = window.getSelection();
        return selection && !selection.isCollapsed && selection.containsNode(block, true);
    }

    function follow(board) {
        const pause = Number(board.dataset.blocksSeconds) * 1000;
        const words = document.querySelector("[data-blocks-words]");
        const shown = {};
        let etag = null, missed = 0, timer = null, isAsking = false, hasStopped = false;

        function stop(sentence) {
            hasStopped = true;
            words.querySelector("span").textContent = sentence;
            words.hidden = false;
        }

        function show(blocks) {
            let isWhole = true;
            board.querySelectorAll("[data-block]").forEach(function (block) {
                const name = block.dataset.block;
                if (blocks[name] === undefined) block.replaceChildren();
                else if (shown[name] !== blocks[name]) {
                    if (isBeingRead(block)) { isWhole = false; return; }
                    const state = stateOf(block);
                    block.innerHTML = blocks[name]; /* our own server's HTML, escaped by its templates */
                    restore(block, state);
                    shown[name] = blocks[name];
                }
            });
            return isWhole;
        }

        async function ask() {
            const headers = {Accept: "application/json", "X-By-Itself": "yes"}; /* keeps no login alive */
            if (etag) headers["If-None-Match"] = etag;
            const answer = await fetch(board.dataset.blocksUrl, {headers: headers, cache: "no-store", redirect: "manual"});
            if (answer.status === 304) return;
            if (answer.type === "opaqueredirect" || answer.status === 403) {
                stop(words.dataset.wordsOut);
                return;
            }
            if (!answer.ok) throw new Error(String(answer.status));
            const told = await answer.json();
            etag = show(told.blocks) ? answer.headers.get("ETag") : null;
        }

        async function turn() {
            if (isAsking || hasStopped || document.hidden) return;
            isAsking = true;
            window.clearTimeout(timer);
            try {
                await ask();
                missed = 0;
            } catch (error) {
                missed += 1;
                if (missed >= MISSED_MOST) stop(words.dataset.wordsGone);
            }
            isAsking = false;
            if (!hasStopped) timer = window.setTimeout(turn, pause);
        }

        timer = window.setTimeout(turn, pause);
        document.addEventListener("visibilitychange", function () { if (!document.hidden) turn(); });
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll("[data-blocks-url]").forEach(follow);
    });
})();
