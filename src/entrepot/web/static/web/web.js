/* Keys, the drawer's focus, and what is said when live updates stop. Everything also works without this file. */
(() => {
  "use strict";

  // Pages outside the shell follow the colors that were chosen inside it, or the system's.
  const root = document.documentElement;
  if (root.hasAttribute("data-plain")) {
    const chosen = (localStorage.getItem("_x_adminTheme") || "auto").replaceAll('"', "");
    const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.classList.toggle("dark", dark);
  }

  let cameFrom = null;
  let waitingForG = 0;
  let lastLive = Date.now();

  const drawer = () => document.querySelector("#drawer .e-drawer");

  function closeDrawer() {
    const open = drawer();
    if (!open) return;
    document.getElementById("drawer").replaceChildren();
    if (cameFrom && document.contains(cameFrom)) cameFrom.focus();
  }

  function typing(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function keepFocusInside(event, open) {
    const stops = [...open.querySelectorAll("a[href], button:not([disabled]), input, select, textarea, summary")];
    if (!stops.length) return;
    const first = stops[0];
    const last = stops[stops.length - 1];
    if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
  }

  function row(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const at = rows.findIndex((one) => one.classList.contains("cur"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    rows.forEach((one) => one.classList.remove("cur"));
    next.classList.add("cur");
    const link = next.querySelector("a[href]");
    if (link) link.focus();
  }

  document.addEventListener("keydown", (event) => {
    const open = drawer();
    if (event.key === "Escape") { closeDrawer(); return; }
    if (event.key === "Tab" && open) { keepFocusInside(event, open); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      const search = document.querySelector("input[name=q]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "g") { waitingForG = Date.now(); return; }
    if (Date.now() - waitingForG < 1500) {
      waitingForG = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (link) link.click();
      return;
    }
    if (key === "j") row(1);
    if (key === "k") row(-1);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") && drawer()) { event.preventDefault(); closeDrawer(); }
    const all = event.target.closest("[data-mark-all]");
    if (all) document.querySelectorAll("[data-mark]").forEach((box) => { box.checked = all.checked; });
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const counter = event.target.id && document.querySelector(`[data-counts="${CSS.escape(event.target.id)}"]`);
    if (counter) counter.textContent = [...event.target.value].length;
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if (event.detail.target && event.detail.target.id === "drawer") cameFrom = source;
    // A list does not change under the pointer or the keyboard.
    if (source.id === "live" && (source.matches(":hover") && source.querySelector(".e-need:hover") || source.contains(document.activeElement))) {
      event.preventDefault();
      lastLive = Date.now();
    }
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.contains(document.activeElement)) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "drawer") return;
    const close = document.querySelector("#drawer [data-close]");
    if (close) close.focus();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "live" && event.detail.successful) lastLive = Date.now();
  });

  setInterval(() => {
    const state = document.getElementById("live-state");
    if (!state || !document.getElementById("live")) return;
    const stale = Date.now() - lastLive > 20000;
    const mark = state.querySelector(".e-mark");
    if (stale && !mark.classList.contains("warn")) state.lastElementChild.textContent = state.dataset.stale;
    mark.className = stale ? "e-mark warn" : "e-mark ok";
  }, 2000);
})();
