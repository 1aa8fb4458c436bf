/* The search over everything. Ctrl-K opens it anywhere; "/" too, except where a list has a field of its own: there "/"
   goes to that one first, and again while it is empty, here. Focus stays in the field; what is chosen is told by
   aria-activedescendant. The dialog is the browser's own, so Escape closes it and focus goes back to where it was. */

(function () {
    "use strict";

    const PAUSE = 150; /* ms after the last key, before the server is asked */

    function isTyping(element) {
        return Boolean(element) && (/^(input|textarea|select)$/i.test(element.tagName) || element.isContentEditable);
    }

    function start(dialog) {
        const field = dialog.querySelector("[role=combobox]");
        const list = dialog.querySelector("[role=listbox]");
        const status = dialog.querySelector("[role=status]");
        const hint = status.textContent;
        let timer = 0, asking = null, shown = "", goesOn = null;

        function options() { return Array.from(list.querySelectorAll("[role=option]")); }
        function chosen() { return list.querySelector("[aria-selected=true]"); }

        function choose(option) {
            const before = chosen();
            if (before) before.setAttribute("aria-selected", "false");
            if (!option) {
                field.removeAttribute("aria-activedescendant");
                return;
            }
            option.setAttribute("aria-selected", "true");
            field.setAttribute("aria-activedescendant", option.id);
            option.scrollIntoView({block: "nearest"});
        }

        function move(step) {
            const all = options();
            if (!all.length) return;
            const place = all.indexOf(chosen());
            choose(all[(place + step + all.length) % all.length]);
        }

        function show(html, typed) {
            list.innerHTML = html;
            const said = list.querySelector("[data-find-said]");
            status.textContent = said ? said.content.textContent : "";
            const all = options();
            list.hidden = !all.length;
            field.setAttribute("aria-expanded", String(Boolean(all.length)));
            choose(all[0]);
            tell(typed);
        }

        function clear() {
            window.clearTimeout(timer);
            if (asking) asking.abort();
            goesOn = null;
            list.innerHTML = "";
            list.hidden = true;
            field.setAttribute("aria-expanded", "false");
            field.removeAttribute("aria-activedescendant");
            status.textContent = hint;
            tell("");
        }

        /* What is shown answers this. */
        function tell(typed) {
            shown = typed;
            dialog.dataset.findShown = typed;
        }

        async function ask() {
            const typed = field.value.trim();
            if (asking) asking.abort();
            if (!typed) {
                clear();
                return;
            }
            const mine = asking = new AbortController();
            try {
                const answer = await fetch(dialog.dataset.findUrl + "?q=" + encodeURIComponent(typed), {signal: mine.signal});
                if (answer.redirected) { /* signed out meanwhile: the page says so */
                    window.location.reload();
                    return;
                }
                if (!answer.ok) throw new Error(String(answer.status));
                const html = await answer.text();
                if (mine.signal.aborted) return;
                show(html, typed);
                if (goesOn !== null) open(goesOn);
            } catch (error) {
                if (mine.signal.aborted) return;
                goesOn = null;
                status.textContent = dialog.dataset.findFailed;
            }
        }

        function later() {
            window.clearTimeout(timer);
            goesOn = null;
            timer = window.setTimeout(ask, PAUSE);
        }

        /* Enter before the answer has come means its first result. */
        function open(inNewTab) {
            if (field.value.trim() !== shown) {
                goesOn = inNewTab;
                status.textContent = dialog.dataset.findWaiting;
                window.clearTimeout(timer);
                ask();
                goesOn = inNewTab;
                return;
            }
            goesOn = null;
            const option = chosen();
            if (!option) return;
            if (inNewTab) window.open(option.href, "_blank", "noopener");
            else window.location.assign(option.href);
        }

        function press(event) {
            if (event.isComposing) return;
            if (event.key === "ArrowDown") move(1);
            else if (event.key === "ArrowUp") move(-1);
            else if (event.key === "Enter") open(event.ctrlKey || event.metaKey);
            else return;
            event.preventDefault();
        }

        function appear() {
            if (dialog.open) return;
            dialog.showModal();
            field.focus();
            field.select();
        }

        tell("");
        field.addEventListener("input", later);
        field.addEventListener("keydown", press);
        list.addEventListener("pointermove", function (event) {
            const option = event.target.closest("[role=option]");
            if (option && option !== chosen()) choose(option);
        });
        list.addEventListener("mousedown", function (event) { event.preventDefault(); }); /* focus stays in the field */
        dialog.querySelector(".tsh-find-close").addEventListener("click", function () { dialog.close(); });
        dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
        dialog.addEventListener("close", function () {
            field.value = "";
            clear();
        });

        document.addEventListener("click", function (event) {
            const button = event.target.closest("[data-find-open]");
            if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            appear();
        });
        document.addEventListener("keydown", function (event) {
            if (event.isComposing || event.defaultPrevented) return;
            if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
                event.preventDefault();
                appear();
                return;
            }
            if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
            const own = document.getElementById("searchbar");
            const active = document.activeElement;
            const again = own && active === own && !own.value;
            if (again || (!own && !isTyping(active))) {
                event.preventDefault();
                event.stopPropagation();
                appear();
            }
        });
    }

    document.addEventListener("DOMContentLoaded", function () {
        const dialog = document.querySelector("dialog.tsh-find");
        if (dialog) start(dialog);
    });
})();
