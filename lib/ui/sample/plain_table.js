// A table of plain text. Every text becomes a text node, so nothing in it can be markup.
export default function (component) {
  const { data, parentElement } = component;
  const table = parentElement.querySelector("table");
  const cell = (kind, text) => {
    const made = document.createElement(kind);
    made.textContent = text;
    return made;
  };
  // A path may be broken after a dot or an underscore, rather than within a word.
  const breakable = (made, text) => {
    made.textContent = "";
    for (const piece of text.split(/(?<=[._])/)) made.append(piece, document.createElement("wbr"));
  };

  table.className = data.labelled ? "labelled" : "";
  table.querySelector("caption").textContent = data.alt;
  const head = document.createElement("tr");
  for (const column of data.columns) {
    const named = cell("th", column);
    named.scope = "col";
    if (data.widths.length) named.style.width = `${data.widths[head.children.length]}%`;
    head.append(named);
  }
  table.tHead.replaceChildren(head);
  table.tHead.hidden = data.columns.every((column) => column === "");

  const rows = data.rows.map((row) => {
    const made = document.createElement("tr");
    row.forEach((text, place) => {
      const kind = place === 0 ? "th" : "td";
      const told = cell(kind, text);
      if (place === 0) told.scope = "row";
      told.dataset.label = data.columns[place];
      if (data.code[place]) told.className = "code";
      if (data.code[place] && place === 0) breakable(told, text);
      made.append(told);
    });
    return made;
  });
  table.tBodies[0].replaceChildren(...rows);
}
