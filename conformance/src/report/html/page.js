/**
 * What the report's page does beyond what HTML does: filters, links that keep them, and opening what a link leads to.
 * All its state is the address: "#anchor?q=words&level=must&show=failed,not-run", each part if there is one.
 */
const form = document.querySelector("#filters");
const fold = document.querySelector("#fold");
const table = document.querySelector("#matrix table");
const groups = [...table.querySelectorAll("details")];

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  history.replaceState(null, "", `#${addressOf("")}`);
  filter();
});
fold.addEventListener("click", () => {
  const open = groups.some((group) => !group.open);
  for (const group of groups) group.open = open;
});
table.addEventListener("toggle", nameFold, { capture: true });
document.addEventListener("click", follow);
table.addEventListener("mouseover", nameCell);
window.addEventListener("hashchange", show);
nameFold();
show();

/** Takes everything from the address. */
function show() {
  const [anchor, query] = location.hash.slice(1).split("?");
  const wanted = new URLSearchParams(query);
  const verdicts = wanted.get("show")?.split(",") ?? [];
  form.q.value = wanted.get("q") ?? "";
  form.level.value = wanted.get("level") ?? "";
  for (const box of boxes()) box.checked = verdicts.includes(box.value);
  filter();
  if (anchor) reveal(anchor);
}

/** The part behind "#" that leads to this anchor with the filters as they are. */
function addressOf(anchor) {
  const { words, level, verdicts } = chosen();
  const query = new URLSearchParams();
  if (words.length > 0) query.set("q", form.q.value.trim());
  if (level) query.set("level", level);
  if (verdicts.length > 0) query.set("show", verdicts.join(","));
  // Commas are fine in an address, and easier to read.
  const text = String(query).replaceAll("%2C", ",");
  return text === "" ? anchor : `${anchor}?${text}`;
}

function chosen() {
  const words = form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = boxes()
    .filter(({ checked }) => checked)
    .map(({ value }) => value);
  return { words, level: form.level.value, verdicts };
}

function boxes() {
  return [...form.querySelectorAll("[name=show]")];
}

/** Hides, in matrix and details alike, each case that is not looked for, and groups that have none left. */
function filter() {
  const { words, level, verdicts } = chosen();
  const hidden = new Set();
  const rows = table.querySelectorAll("[data-case]");
  for (const row of rows) {
    const text = row.querySelector("th").textContent.toLowerCase();
    const found = words.every((word) => text.includes(word));
    const right = level === "" || row.dataset.level === level;
    const went =
      verdicts.length === 0 || row.dataset.verdicts.split(" ").some((one) => verdicts.includes(one));
    if (!(found && right && went)) hidden.add(row.dataset.case);
  }
  for (const one of document.querySelectorAll("[data-case]")) one.hidden = hidden.has(one.dataset.case);
  for (const group of document.querySelectorAll("[data-group]")) {
    group.hidden = group.querySelector("[data-case]:not([hidden])") === null;
  }
  const filtered = words.length + level.length + verdicts.length > 0;
  table.toggleAttribute("data-filtered", filtered);
  fold.hidden = filtered;
  document.querySelector("#shown").value = filtered
    ? `${rows.length - hidden.size} of ${rows.length} cases`
    : "";
}

/** A link inside the page keeps the filters; a cell without one leads where its row does. */
function follow(event) {
  const link = event.target.closest("a") ?? event.target.closest("tr.row")?.querySelector("a");
  const href = link?.getAttribute("href");
  if (!href?.startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const anchor = href.slice(1);
  const address = `#${addressOf(anchor)}`;
  if (location.hash === address) reveal(anchor);
  else location.hash = address;
}

/** Opens whatever it is in, and goes there with the keyboard too. */
function reveal(anchor) {
  const target = document.getElementById(anchor);
  if (!target) return;
  for (let around = target; around; around = around.parentElement) {
    if (around.localName === "details") around.open = true;
    around.hidden = false;
  }
  const fold = target.closest("details");
  (fold ?? target).scrollIntoView();
  (fold?.querySelector("summary") ?? target).focus({ preventScroll: true });
}

function nameFold() {
  fold.textContent = groups.some((group) => !group.open) ? "Open all groups" : "Close all groups";
}

/** For who has lost the column: its subject, and the verdict in words. */
function nameCell({ target }) {
  const cell = target.closest("td");
  if (!cell || cell.title) return;
  const subject = table.tHead.rows[0].cells[cell.cellIndex].textContent;
  cell.title = `${subject}: ${cell.firstElementChild?.textContent || cell.className.replace("-", " ")}`;
}
