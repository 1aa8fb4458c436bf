/* The look-up's form: the camera reads a barcode where the browser can, and only after a tap; what was typed is chosen,
   so that the next scan replaces it. Without this file the form works as it is. */

(function () {
    "use strict";

    const PAUSE = 150; /* milliseconds between two looks at the picture */

    function words(form, name) {
        const place = form.querySelector("[data-look-words]");
        place.textContent = name ? place.dataset[name] : "";
        place.hidden = !name;
    }

    async function formats() {
        if (!("BarcodeDetector" in window)) return [];
        try {
            return (await window.BarcodeDetector.getSupportedFormats()).filter(function (each) { return each !== "unknown"; });
        } catch (error) {
            return [];
        }
    }

    function Camera(form, detector) {
        const box = form.querySelector("[data-look-camera]");
        const video = box.querySelector("video");
        const field = form.querySelector("[data-look-field]");
        let stream = null;

        function close() {
            if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
            stream = null;
            video.srcObject = null;
            box.hidden = true;
            words(form, "");
        }

        async function look() {
            if (!stream) return;
            let found = [];
            try {
                found = await detector.detect(video);
            } catch (error) {
                /* the picture is not there yet: the next look finds out */
            }
            if (!stream) return;
            if (found.length && found[0].rawValue) {
                field.value = found[0].rawValue;
                close();
                if (navigator.vibrate) navigator.vibrate(60);
                form.requestSubmit();
                return;
            }
            window.setTimeout(look, PAUSE);
        }

        async function open() {
            if (stream) return;
            try {
                stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment"}, audio: false});
            } catch (error) {
                words(form, error.name === "NotFoundError" ? "missing" : "refused");
                return;
            }
            video.srcObject = stream;
            box.hidden = false;
            words(form, "looking");
            await video.play();
            look();
        }

        return {open: open, close: close};
    }

    /* The skin hides the page until its script has run, and what is hidden takes no focus. */
    function whenShown(act) {
        if (!document.documentElement.hasAttribute("x-cloak")) act();
        else window.requestAnimationFrame(function () { whenShown(act); });
    }

    async function prepare(form) {
        const field = form.querySelector("[data-look-field]");
        field.addEventListener("focus", function () { field.select(); });
        whenShown(function () { field.focus({preventScroll: true}); }); /* a scanner types wherever the focus is */
        const scan = form.querySelector("[data-look-scan]");
        if (!window.isSecureContext || !navigator.mediaDevices) {
            words(form, "insecure");
            return;
        }
        const known = await formats();
        if (!known.length) {
            words(form, "unable");
            return;
        }
        const camera = Camera(form, new window.BarcodeDetector({formats: known}));
        scan.hidden = false;
        scan.addEventListener("click", camera.open);
        form.querySelector("[data-look-stop]").addEventListener("click", function () { camera.close(); scan.focus(); });
        document.addEventListener("keydown", function (event) { if (event.key === "Escape") camera.close(); });
        window.addEventListener("pagehide", camera.close);
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll("[data-look]").forEach(prepare);
    });
})();
