// Two texts beside each other, with what only one of them has marked: by a sign and a line, and in
// words for those who listen. Every text becomes a text node, so nothing in it can be markup.
export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".sides");

  const hidden = (text) => {
    const made = document.createElement("span");
    made.className = "hidden";
    made.textContent = text;
    return made;
  };

  const part = ([kind, text]) => {
    if (kind === "same") return document.createTextNode(text);
    const made = document.createElement(kind === "removed" ? "del" : "ins");
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = (kind === "removed" ? "−" : "+") + (data.code ? " " : "");
    made.append(hidden(`[${data.words[kind]}: `), sign, document.createTextNode(text), hidden("] "));
    return made;
  };

  const side = ({ title, parts }) => {
    const made = document.createElement("section");
    const head = document.createElement("h4");
    head.textContent = title;
    const body = document.createElement("div");
    body.className = "text";
    body.append(...parts.map(part));
    if (!parts.length) body.append(document.createTextNode("(empty)"));
    made.append(...(title ? [head] : []), body);
    return made;
  };

  root.classList.toggle("code", data.code);
  root.replaceChildren(...data.sides.map(side));
}
