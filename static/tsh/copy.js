/* <button data-copy="id of an element" data-copied="what to say then">: puts the element's text onto the clipboard. */

(function () {
    "use strict";

    function choose(element) {
        const range = document.createRange();
        range.selectNodeContents(element);
        const selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
    }

    async function copy(button) {
        const element = document.getElementById(button.dataset.copy);
        const before = button.textContent;
        choose(element); /* where the clipboard is closed to pages (no https), the text is at least chosen */
        try {
            await navigator.clipboard.writeText(element.textContent);
        } catch (error) {
            if (!document.execCommand("copy")) return;
        }
        button.textContent = button.dataset.copied;
        window.setTimeout(function () { button.textContent = before; }, 2000);
    }

    document.addEventListener("click", function (event) {
        const button = event.target.closest("[data-copy]");
        if (button) copy(button);
    });
})();
