// Comfort only: every page works without this file.
(() => {
  "use strict";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("table.rows > tbody > tr")];
  const current = () => document.querySelector("table.rows > tbody > tr.here");

  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    all.forEach((row) => row.classList.toggle("here", row === next));
    const link = next.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const search = () => {
    const box = document.querySelector("[data-search]") || document.getElementById("q-top");
    if (box) { box.focus(); box.select(); }
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); search(); return; }
    if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") { event.preventDefault(); search(); }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "?") location.href = "/help";
    else if (event.key === "x") {
      const box = current()?.querySelector("input[type=checkbox]");
      if (box) box.click();
    }
  });

  // A menu closes when one clicks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // One mark for all required papers shows at once what it means; the server counts it the same.
  const all = document.getElementById("all_papers");
  if (all) all.addEventListener("change", () => {
    const from = all.checked ? "missing" : "paper";
    const to = all.checked ? "paper" : "missing";
    document.querySelectorAll(".paper-required").forEach((row) => {
      if (row.querySelector(`input[value=${from}]:checked`)) row.querySelector(`input[value=${to}]`).checked = true;
    });
  });

  // Printing needs a script; without one the browser's own command does it.
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });

  // A second press of a button must not send a form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // htmx asks with the page's form token.
  document.addEventListener("htmx:config:request", (event) => {
    const token = document.querySelector("input[name=_csrf]");
    const headers = event.detail?.ctx?.request?.headers;
    if (token && headers) headers["X-CSRF-Token"] = token.value;
  });

  // Work that takes a moment says so while it lasts.
  document.addEventListener("submit", (event) => {
    const note = event.target.matches("form[data-busy]") && event.target.querySelector("[data-busy-note]");
    if (note) note.hidden = false;
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-busy-note]").forEach((note) => { note.hidden = true; }));

  // Reading a plan: what one selects in the text becomes the words to add, with its place.
  const plan = document.querySelector("[data-plan-text]");
  const adding = document.querySelector("form[data-plan-add]");
  if (plan && adding) {
    let chosen = null;
    document.addEventListener("selectionchange", () => {
      const selection = document.getSelection();
      if (!selection || selection.isCollapsed || !plan.contains(selection.anchorNode) || !plan.contains(selection.focusNode)) return;
      chosen = selection.getRangeAt(0).cloneRange();
      adding.elements.quote.value = chosen.toString().trim().slice(0, 2000);
    });
    adding.addEventListener("submit", () => {
      if (!chosen || chosen.toString().trim().slice(0, 2000) !== adding.elements.quote.value) return;
      const before = document.createRange();
      before.setStart(plan, 0);
      before.setEnd(chosen.startContainer, chosen.startOffset);
      adding.elements.at.value = [...before.toString()].length;
    });
  }

  // After a refused form the person hears and sees what to mend.
  document.querySelector(".error-summary")?.focus();
})();
