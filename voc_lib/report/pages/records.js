"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const size = 100;
  const words = document.getElementById("words");
  const selects = new Map(data.fields.map((key) => [key, document.getElementById(`field-${key}`)]));
  let issue = "";
  let page = 0;
  let found = data.rows;

  // A link of the report says what it counts: #category=61&negative=1
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const [key, select] of selects) select.value = asked.get(key) ?? "";
    issue = asked.get("issue") ?? "";
    words.value = asked.get("words") ?? "";
    apply();
  };
  const apply = () => {
    const wanted = [...selects].filter(([, select]) => select.value);
    const ids = issue ? new Set(data.issues[issue]?.rows ?? []) : null;
    const parts = words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    found = data.rows.filter((row, place) =>
      (!ids || ids.has(place)) &&
      wanted.every(([key, select]) => row.keys[data.fields.indexOf(key)] === select.value) &&
      parts.every((part) => row.cells.join(" ").toLowerCase().includes(part)));
    page = 0;
    show();
  };
  const show = () => {
    const last = Math.max(Math.ceil(found.length / size) - 1, 0);
    page = Math.min(Math.max(page, 0), last);
    const body = document.getElementById("rows");
    body.replaceChildren(...found.slice(page * size, (page + 1) * size).map((row) => {
      const line = document.createElement("tr");
      row.cells.forEach((text, column) => {
        const cell = document.createElement("td");
        cell.textContent = text;
        if (column === data.words) cell.className = "words";
        line.append(cell);
      });
      return line;
    }));
    const named = issue && data.issues[issue] ? `问题“${data.issues[issue].label}”：` : "";
    document.getElementById("told").textContent = `${named}${found.length.toLocaleString("zh-CN")}件`;
    document.getElementById("page").textContent = `第 ${page + 1} 页 / 共 ${last + 1} 页`;
    document.getElementById("before").disabled = page === 0;
    document.getElementById("after").disabled = page === last;
  };
  const turn = (by) => { page += by; show(); scrollTo(0, 0); };
  document.getElementById("before").addEventListener("click", () => turn(-1));
  document.getElementById("after").addEventListener("click", () => turn(1));
  document.getElementById("all").addEventListener("click", () => {
    history.replaceState(null, "", location.pathname);
    read();
  });
  words.addEventListener("input", apply);
  for (const select of selects.values()) select.addEventListener("change", apply);
  addEventListener("hashchange", read);
  read();
})();
