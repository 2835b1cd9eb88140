"use strict";
(() => {
  const has = (text, parts) => parts.every((part) => text.includes(part));
  const partsOf = (value) => value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const field = (label, id) => {
    const box = document.createElement("div");
    box.className = "find";
    const name = document.createElement("label");
    name.textContent = `${label} `;
    const input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    if (id) input.id = id;
    name.append(input);
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    box.append(name, told);
    return { box, input, told };
  };

  // Filtering: of a table of many rows, those that hold every word. What sums up stays.
  for (const table of document.querySelectorAll("table.data:not(.reports)")) {
    const rows = table.tBodies.length === 1 ? [...table.tBodies[0].rows] : [];
    const movable = rows.filter((row) => !row.matches(".total"));
    if (movable.length < 15 || table.closest("details")) continue;
    const { box, input, told } = field("筛选");
    input.setAttribute("aria-label", `筛选：${table.caption?.textContent ?? "本表"}`);
    table.closest(".table-wrap")?.before(box);
    input.addEventListener("input", () => {
      const parts = partsOf(input.value);
      let n = 0;
      for (const row of movable) {
        row.hidden = !has(row.textContent.toLowerCase(), parts);
        if (!row.hidden) n += 1;
      }
      told.textContent = parts.length ? `${n}行，共${movable.length}行` : "";
    });
  }

  // Search in a report: Enter goes from one place to the next, Shift+Enter back.
  const side = document.querySelector(".side .tools");
  if (side) {
    const { box, input, told } = field("查找", "find");
    side.parentElement.prepend(box);
    let places = [];
    let at = -1;
    const clear = () => {
      for (const place of places) place.classList.remove("found", "current");
      places = [];
      at = -1;
    };
    const go = (step) => {
      if (!places.length) return;
      places[at]?.classList.remove("current");
      at = (at + step + places.length) % places.length;
      const place = places[at];
      for (let inside = place.closest("details"); inside; inside = inside.parentElement.closest("details")) inside.open = true;
      place.classList.add("current");
      place.scrollIntoView({ block: "center" });
      told.textContent = `第${at + 1}处，共${places.length}处`;
    };
    input.addEventListener("input", () => {
      clear();
      const parts = partsOf(input.value);
      if (parts.length) {
        const every = [...document.querySelectorAll("main :is(h2, h3, p, li, tr, figcaption, caption, footer)")];
        const hits = every.filter((place) => !place.closest("details.code, details.lead") && has(place.textContent.toLowerCase(), parts));
        places = hits.filter((place) => !hits.some((other) => other !== place && place.contains(other)));
        for (const place of places) place.classList.add("found");
      }
      told.textContent = parts.length ? `共${places.length}处` : "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") { input.value = ""; input.dispatchEvent(new Event("input")); }
    });
  }

  // Search over all reports, on the index.
  const topics = document.getElementById("topics");
  if (topics) {
    const { box, input, told } = field("在全部报告中查找", "find");
    topics.before(box);
    const entries = [...topics.querySelectorAll("li")];
    topics.hidden = true;
    input.addEventListener("input", () => {
      const parts = partsOf(input.value);
      let n = 0;
      for (const entry of entries) {
        entry.hidden = !parts.length || !has(entry.textContent.toLowerCase(), parts);
        if (!entry.hidden) n += 1;
      }
      topics.hidden = n === 0;
      told.textContent = parts.length ? (n ? `${n}处` : "没有找到") : "";
    });
  }

  // A head stays in sight: of a table that is as wide as its place by the page, of a wider one inside its own frame.
  const wraps = [...document.querySelectorAll(".table-wrap")];
  const fit = () => {
    for (const wrap of wraps) {
      wrap.classList.remove("fits");
      wrap.classList.toggle("fits", wrap.scrollWidth <= wrap.clientWidth);
    }
  };
  addEventListener("resize", fit, { passive: true });
  fit();
})();
