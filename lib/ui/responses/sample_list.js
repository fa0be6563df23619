// The list of samples. Every text becomes a text node, so nothing in it can be markup; the only
// address that is ever loaded is a picture that the lab has drawn itself, within the page.
const NARROW_PX = 640;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector("[role=listbox]");

  const piece = (kind, name, text) => {
    const made = document.createElement(kind);
    made.className = name;
    made.textContent = text;
    return made;
  };

  const item = (row, place) => {
    const made = document.createElement("div");
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", row.open ? "true" : "false");
    made.setAttribute("aria-label", row.aloud);
    made.id = `row-${place}`;
    const head = document.createElement("div");
    head.className = "head";
    if (data.markers[row.marker]?.startsWith("data:image/svg+xml;base64,")) {
      const marker = document.createElement("img");
      marker.src = data.markers[row.marker];
      marker.alt = "";
      head.append(marker);
    }
    head.append(piece("span", "name", row.name), piece("span", "configuration", row.configuration));
    head.append(piece("span", row.answered ? "ended" : "ended failed", row.ended));
    if (row.note) head.append(piece("span", "note", "✎"));
    const body = document.createElement("div");
    body.className = "body";
    if (row.count) body.append(piece("span", "count", row.count));
    body.append(piece("span", row.answered && row.text ? "text" : "text quiet", row.text || "(empty)"));
    made.append(head, body);
    made.onclick = () => {
      list.dataset.clicked = row.name;
      setTriggerValue("opened", row.name);
    };
    return made;
  };

  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.rows.map(item));
  const open = data.rows.findIndex((row) => row.open);
  if (open < 0) list.removeAttribute("aria-activedescendant");
  else list.setAttribute("aria-activedescendant", `row-${open}`);

  list.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    setTriggerValue("stepped", by);
  };

  // On a phone the sample is drawn below the list: turn to it, or a tap would seem to do nothing.
  if (open >= 0 && list.dataset.clicked === data.rows[open].name) {
    delete list.dataset.clicked;
    if (window.innerWidth <= NARROW_PX) {
      document.querySelector(data.shown_at)?.scrollIntoView({ block: "start" });
    }
  }
}
