// Keeps the page fresh once a second, and sends a button without leaving the page. Without this script the page works too.
const part = document.getElementById("part");
let pressed = false, last = part.innerHTML;
addEventListener("pointerdown", () => { pressed = true; });
addEventListener("pointerup", () => { setTimeout(() => { pressed = false; }, 50); });
addEventListener("pointercancel", () => { pressed = false; });
async function refresh() {
  if (pressed || document.hidden) return;
  const answer = await fetch("/_sandbox/part" + location.search).catch(() => null);
  if (!answer || !answer.ok || pressed) return;
  const text = await answer.text();
  if (text === last) return;
  last = text;
  const field = document.activeElement, key = field && field.dataset.key, scrolled = document.querySelector(".time")?.scrollTop || 0;
  const typed = key === "q" ? [field.value, field.selectionStart] : null;
  part.innerHTML = text;
  const again = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again) { again.focus({ preventScroll: true }); if (typed) { again.value = typed[0]; again.setSelectionRange(typed[1], typed[1]); } }
  const time = document.querySelector(".time");
  if (time) time.scrollTop = scrolled;
}
addEventListener("submit", async (event) => {
  if (event.target.method !== "post") return;
  event.preventDefault();
  if (event.submitter.dataset.ask && !confirm(event.submitter.dataset.ask)) return;
  const body = new URLSearchParams(new FormData(event.target));
  body.set(event.submitter.name, event.submitter.value);
  await fetch(event.target.action, { method: "POST", body, redirect: "manual" });
  pressed = false;
  refresh();
});
setInterval(refresh, 1000);
