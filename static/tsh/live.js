/* A page that lives: asks its own small JSON route every few seconds and stops when that says "ended".
   <section data-live-url="…" data-live-seconds="3"> holds elements with data-live="name of a value". */

(function () {
    "use strict";

    function show(values) {
        document.querySelectorAll("[data-live]").forEach(function (element) {
            const value = values[element.dataset.live];
            if (value === undefined) return;
            if (element.tagName === "PROGRESS") {
                if (value === null) element.removeAttribute("value");
                else element.value = value;
            } else if (element.textContent !== value) {
                element.textContent = value;
            }
        });
    }

    function follow(section) {
        const pause = Number(section.dataset.liveSeconds) * 1000;

        async function ask() {
            try {
                const answer = await fetch(section.dataset.liveUrl, {headers: {Accept: "application/json", "X-By-Itself": "yes"}});
                if (answer.redirected || answer.status === 403 || answer.status === 404) return;
                if (answer.ok) {
                    const values = await answer.json();
                    show(values);
                    if (values.state !== section.dataset.liveState) {
                        window.location.reload();
                        return;
                    }
                    if (values.ended) return;
                }
            } catch (error) {
                /* the server may be away for a moment: the next question finds out */
            }
            window.setTimeout(ask, pause);
        }

        window.setTimeout(ask, pause);
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll("[data-live-url]").forEach(follow);
    });
})();
