/* The skin makes some things that only a mouse can press: the filters of a list, the menu on a phone, the menu of the
   person. Here each of them becomes a button for keys and for screen readers. Its name is the words in it; one that is
   an icon alone has its name on the template#tsh-key-names, in the language of the page. */

(function () {
    "use strict";

    const PRESSED = "[x-on\\:click]:not(button, input, select, textarea, a[href], #changelist-filter-close)";
    const OPENED = "#changelist-filter a, #changelist-filter input, nav[x-show] a, nav[x-show] button";
    const FRAMES = 30; /* within which what was opened is there */

    function focusOpened(pressed, frames) {
        const around = pressed.closest("[x-data]") || document;
        const first = Array.from(around.querySelectorAll(OPENED)).find(function (each) { return each.offsetParent !== null; });
        if (first) first.focus();
        else if (frames) requestAnimationFrame(function () { focusOpened(pressed, frames - 1); });
    }

    function makeButton(element, names) {
        const icon = element.matches(".material-symbols-outlined") ? element : element.querySelector(":scope > .material-symbols-outlined:only-child");
        const name = icon && names ? names.getAttribute("data-" + icon.textContent.trim().replace(/_/g, "-")) : "";
        element.setAttribute("role", "button");
        element.tabIndex = 0;
        if (name) element.setAttribute("aria-label", name);
        element.addEventListener("keydown", function (event) {
            if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
            event.preventDefault();
            element.click();
            focusOpened(element, FRAMES);
        });
    }

    function start() {
        const names = document.getElementById("tsh-key-names");
        document.querySelectorAll(PRESSED).forEach(function (each) { makeButton(each, names); });
        /* Where focus was inside something that Escape has closed, it goes back to what opened it. */
        document.addEventListener("keydown", function (event) {
            const filters = event.key === "Escape" && event.target.closest("#changelist-filter");
            const opener = filters && document.querySelector("[role=button][x-on\\:click^='filterOpen']");
            if (opener) opener.focus();
        });
    }

    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
})();
