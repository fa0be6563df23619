// The branching tree as a list that folds. Every text becomes a text node, so nothing in it can be
// markup. Arrow keys move, fold and unfold; Enter, or the count, shows the answers behind a way;
// space, or the magnifier, zooms in: only what follows there is drawn then.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const tree = parentElement.querySelector("[role=tree]");
  const folded = new Set(JSON.parse(tree.dataset.of === data.of ? tree.dataset.folded : "null") ?? data.folded);
  tree.dataset.of = data.of;

  const piece = (kind, name, text) => {
    const made = document.createElement(kind);
    made.className = name;
    made.textContent = text;
    return made;
  };
  // Where the search was found, each place between marks of its own.
  const written = (text) => {
    const made = piece("span", "text", "");
    const found = data.search.toLowerCase();
    const low = text.toLowerCase();
    let at = 0;
    for (let next; found && low.length === text.length && (next = low.indexOf(found, at)) >= 0; ) {
      made.append(text.slice(at, next), piece("mark", "", text.slice(next, next + found.length)));
      at = next + found.length;
    }
    made.append(text.slice(at));
    return made;
  };

  const rows = data.nodes.map((node) => {
    const row = document.createElement("div");
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-level", String(node.level + 1));
    row.setAttribute("aria-label", node.aloud);
    row.style.setProperty("--level", String(node.level));
    row.tabIndex = -1;
    const fold = piece("button", "fold", "");
    fold.type = "button";
    fold.tabIndex = -1;
    fold.disabled = !node.parts;
    fold.setAttribute("aria-hidden", "true");
    fold.onclick = () => turn(node.id, !folded.has(node.id));
    const count = piece("button", "count", node.count);
    count.type = "button";
    count.tabIndex = -1;
    count.style.setProperty("--share", String(node.share));
    count.title = "Show these answers in Responses";
    count.onclick = () => setTriggerValue("opened", node.id);
    const zoom = piece("button", "zoom", "⌕");
    zoom.type = "button";
    zoom.tabIndex = -1;
    zoom.disabled = !node.zooms;
    zoom.title = "Zoom in: only what follows here";
    zoom.onclick = () => setTriggerValue("zoomed", node.id);
    row.append(fold, count, zoom, written(node.text), piece("span", "note", node.note));
    return row;
  });

  const drawFolds = () => {
    let below = Infinity;
    data.nodes.forEach((node, place) => {
      const hidden = node.level > below;
      if (!hidden) below = folded.has(node.id) ? node.level : Infinity;
      rows[place].hidden = hidden;
      if (!node.parts) {
        rows[place].firstChild.textContent = "·";
        return;
      }
      rows[place].setAttribute("aria-expanded", folded.has(node.id) ? "false" : "true");
      rows[place].firstChild.textContent = folded.has(node.id) ? "▸" : "▾";
    });
    tree.dataset.folded = JSON.stringify([...folded]);
  };
  const turn = (id, fold) => {
    if (fold) folded.add(id);
    else folded.delete(id);
    drawFolds();
  };
  const go = (row) => {
    if (!row) return;
    for (const each of rows) each.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  };

  tree.setAttribute("aria-label", data.label);
  tree.replaceChildren(...rows);
  drawFolds();
  if (rows.length) rows[0].tabIndex = 0;

  tree.onkeydown = (event) => {
    const row = event.target.closest("[role=treeitem]");
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const seen = rows.filter((each) => !each.hidden);
    const now = seen.indexOf(row);
    const node = data.nodes[rows.indexOf(row)];
    const above = () => seen.slice(0, now).findLast((each) => Number(each.ariaLevel) <= node.level);
    const acts = {
      ArrowDown: () => go(seen[now + 1]),
      ArrowUp: () => go(seen[now - 1]),
      Home: () => go(seen[0]),
      End: () => go(seen[seen.length - 1]),
      ArrowRight: () =>
        node.parts && folded.has(node.id) ? turn(node.id, false) : node.parts && go(seen[now + 1]),
      ArrowLeft: () =>
        node.parts && !folded.has(node.id) ? turn(node.id, true) : go(above()),
      Enter: () => setTriggerValue("opened", node.id),
      " ": () => node.zooms && setTriggerValue("zoomed", node.id),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  };
}
