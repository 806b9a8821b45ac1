// A convenience: each page works without it.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const status = document.createElement("div");
status.className = "vh";
status.setAttribute("role", "status");
document.body.append(status);

// Copies the code or pre beside the button.
for (const button of all("[data-copy]")) {
  if (!navigator.clipboard) { button.hidden = true; continue; } // plain http, other than localhost
  const label = button.querySelector("span");
  button.addEventListener("click", async () => {
    const source = button.closest(".copyable").querySelector("code, pre");
    try {
      await navigator.clipboard.writeText(source.textContent);
      label.textContent = "Copied";
      status.textContent = "Copied to the clipboard.";
    } catch {
      getSelection().selectAllChildren(source);
      status.textContent = "Copying did not work. The text is selected: press Ctrl+C or Cmd+C.";
    }
    setTimeout(() => { label.textContent = "Copy"; status.textContent = ""; }, 4000);
  });
}

// Passwords can be looked at.
for (const button of all("[data-reveal]")) {
  const input = button.parentElement.querySelector("input");
  const label = button.querySelector("span");
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", show);
    label.textContent = show ? "Hide" : "Show";
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

// Scopes: a box for each group, its count, a button for all.
for (const field of all("[data-scopes]")) {
  const select = field.querySelector("[data-select-all]");
  const boxes = all("input[name=scopes]:enabled:not([data-apart])", field);
  const groups = all("[data-group]", field);
  const refresh = () => {
    for (const group of groups) {
      const every = all("input[name=scopes]", group);
      const open = every.filter((box) => !box.disabled);
      const chosen = every.filter((box) => box.checked).length;
      const whole = group.querySelector("[data-all]");
      const ticked = open.filter((box) => box.checked).length;
      group.querySelector("[data-count]").textContent = `${chosen} of ${every.length}`;
      if (!whole) continue;
      whole.disabled = open.length === 0;
      whole.checked = open.length > 0 && ticked === open.length;
      whole.indeterminate = ticked > 0 && ticked < open.length;
    }
    const full = boxes.length > 0 && boxes.every((box) => box.checked);
    select.textContent = full ? "Select none" : "Select all scopes";
    select.dataset.full = full ? "1" : "";
  };
  for (const group of groups) {
    group.querySelector("[data-all]")?.addEventListener("change", (event) => {
      for (const box of all("input[name=scopes]:enabled", group)) box.checked = event.target.checked;
      refresh();
    });
  }
  select.addEventListener("click", (event) => {
    event.preventDefault();
    const tick = !select.dataset.full;
    for (const box of tick ? boxes : all("[name=scopes]", field)) box.checked = tick;
    refresh();
    status.textContent = tick ? "Selected." : "None selected.";
  });
  field.addEventListener("change", refresh);
  refresh();
}

// Expiry: the date box shows only when a date is asked for, and picking a date asks for it.
for (const radios of all("[data-expiry]")) {
  const date = document.querySelector("[data-expires-on]");
  const custom = radios.querySelector("input[value=custom]");
  if (!date || !custom) continue;
  const field = date.closest(".field");
  const hint = custom.parentElement.querySelector(".hint");
  const refresh = () => {
    field.hidden = !custom.checked && !field.classList.contains("bad");
    const day = date.valueAsDate;
    hint.textContent = day
      ? day.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
      : "chosen below";
  };
  radios.addEventListener("change", refresh);
  date.addEventListener("input", () => { custom.checked = true; refresh(); });
  refresh();
}

// Callbacks: another row without a round trip.
for (const button of all("[data-add-callback]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const rows = all("[data-callback]");
    const row = rows[rows.length - 1].cloneNode(true);
    const number = rows.length + 1;
    const input = row.querySelector("input");
    row.classList.remove("bad");
    row.querySelector(".err")?.remove();
    input.id = `field-callbacks-${number}`;
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", "hint-callbacks");
    row.querySelector("label").htmlFor = input.id;
    row.querySelector("label").textContent = `Callback ${number}`;
    button.before(row);
    input.focus();
  });
}

// Deleting: the button works once the name is typed.
for (const input of all("[data-must-match]")) {
  const expected = input.form.querySelector("[data-expected]").textContent;
  const button = input.form.querySelector("[data-when-matching]");
  const refresh = () => { button.disabled = input.value !== expected; };
  input.addEventListener("input", refresh);
  refresh();
}

// Allow waits half a second, so that a click meant for another page, or a window in front, does not land on it.
for (const button of all("[data-allow]")) {
  button.disabled = true;
  const wake = () => setTimeout(() => { button.disabled = false; }, 500);
  addEventListener("focus", () => { button.disabled = true; wake(); });
  requestAnimationFrame(() => requestAnimationFrame(wake));
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
}

// Clock times in the reader's zone.
for (const time of all("time[data-local]")) {
  const moment = new Date(time.dateTime);
  if (isNaN(moment)) continue;
  time.title = time.textContent;
  time.textContent = moment.toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
}

document.getElementById("errors")?.focus();
