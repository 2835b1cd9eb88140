"use strict";
(() => {
  const root = document.documentElement;
  const tools = document.querySelector(".tools");
  if (tools) tools.hidden = false;

  // Contents: folded on a narrow screen; the section in view is marked.
  const contents = document.querySelector(".toc details");
  if (contents && matchMedia("(max-width: 67.99rem)").matches) contents.open = false;
  const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const headings = [...document.querySelectorAll("main h2[id], main h3[id]")].filter((h) => links.has(h.id));
  const mark = () => {
    const passed = headings.filter((h) => h.getBoundingClientRect().top < 120);
    const current = passed.length ? links.get(passed[passed.length - 1].id) : null;
    for (const a of links.values()) a === current ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current");
  };
  addEventListener("scroll", mark, { passive: true });
  mark();

  // Code on demand.
  const codeButton = document.getElementById("toggle-code");
  const blocks = [...document.querySelectorAll("details.code")];
  if (codeButton && !blocks.length) codeButton.hidden = true;
  codeButton?.addEventListener("click", () => {
    const show = codeButton.getAttribute("aria-pressed") !== "true";
    codeButton.setAttribute("aria-pressed", String(show));
    codeButton.textContent = show ? "隐藏全部代码" : "显示全部代码";
    for (const block of blocks) block.open = show;
  });

  // Light and dark: the system's choice until the reader makes another.
  const themeButton = document.getElementById("toggle-theme");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const showTheme = () => {
    themeButton?.setAttribute("aria-pressed", String(isDark()));
  };
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("voc-theme", value);
      return localStorage.getItem("voc-theme");
    } catch { return null; }  // storage may be closed to files
  };
  const earlier = remembered();
  if (earlier === "dark" || earlier === "light") root.dataset.theme = earlier;
  showTheme();
  themeButton?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered(root.dataset.theme);
    showTheme();
  });

  // Sorting: a third click brings the report's own order back. Totals stay at the foot.
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
    // A number with its unit, what is in brackets aside: 43%（37–48%）, +12, 1,204件; 5月12日 is none.
    const plain = text.replace(/[（(].*$/, "").trim();
    const found = /^(不足)?([+−-]?)([\d,]+(?:\.\d+)?)\D*$/.exec(plain);
    if (!found) return { text, number: null };
    const size = Number(found[3].replaceAll(",", "")) - (found[1] ? 0.5 : 0);
    return { text, number: ["−", "-"].includes(found[2]) ? -size : size };
  };
  const compare = (a, b, numeric) => {
    if (!numeric) return collator.compare(a.text, b.text);
    if (a.number === null || b.number === null) return (a.number === null) - (b.number === null);
    return a.number - b.number;
  };
  const sortable = (table) => {
    const body = table.tBodies[0];
    const head = table.tHead?.rows;
    if (!body || table.tBodies.length > 1 || head?.length !== 1 || body.rows.length < 3) return;
    if (table.matches(".fixed") || table.querySelector("tbody [rowspan], tbody [colspan], thead [colspan]")) return;
    const original = [...body.rows];
    const movable = original.filter((row) => !row.matches(".total"));
    const totals = original.filter((row) => row.matches(".total"));
    [...head[0].cells].forEach((th, column) => {
      if (th.tagName !== "TH" || !th.textContent.trim()) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const values = new Map(movable.map((row) => [row, valueOf(row, column)]));
        const filled = [...values.values()].filter((value) => value.text && !["—", "–"].includes(value.text));
        const numeric = filled.length > 0 && filled.every((value) => value.number !== null);
        const first = numeric ? "descending" : "ascending";
        const second = numeric ? "ascending" : "descending";
        const now = th.getAttribute("aria-sort");
        const next = now === first ? second : now === second ? null : first;
        for (const other of head[0].cells) other.removeAttribute("aria-sort");
        if (!next) return body.append(...original);
        th.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        const sorted = [...movable].sort((a, b) => {
          const [left, right] = [values.get(a), values.get(b)];
          if (numeric && (left.number === null || right.number === null)) return compare(left, right, true);
          return sign * compare(left, right, numeric);
        });
        body.append(...sorted, ...totals);
      });
    });
  };
  document.querySelectorAll("table.data").forEach(sortable);

  // What scrolls sideways can be reached and moved by keys.
  for (const box of document.querySelectorAll(".table-wrap, figure.chart, details.code pre")) {
    if (box.scrollWidth <= box.clientWidth || box.hasAttribute("tabindex")) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.querySelector("caption, figcaption")?.textContent ?? "可左右滚动");
  }
})();
