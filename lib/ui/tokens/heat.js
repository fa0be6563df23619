// An answer as its tokens, one button each. Every text becomes a text node, so nothing in it can be
// markup. Arrow keys move between tokens, Enter or a click opens one.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const bar = parentElement.querySelector("[role=toolbar]");

  const made = data.tokens.map((token, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.style.setProperty("--shade", String(token.shade));
    button.className = token.known ? "" : "unknown";
    button.setAttribute("aria-label", token.aloud);
    button.setAttribute("aria-pressed", token.open ? "true" : "false");
    button.title = token.aloud;
    button.tabIndex = token.open ? 0 : -1;
    const text = document.createElement("span");
    text.textContent = token.text;
    button.append(text);
    if (data.numbers) {
      const number = document.createElement("span");
      number.className = "number";
      number.textContent = token.number;
      button.append(number);
    }
    button.onclick = () => setTriggerValue("opened", data.first + place);
    return button;
  });
  if (made.length && made.every((button) => button.tabIndex < 0)) made[0].tabIndex = 0;

  bar.setAttribute("aria-label", data.label);
  const parts = made.flatMap((button, place) =>
    data.tokens[place].ends_line ? [button, document.createElement("br")] : [button],
  );
  // Drawn anew after a token was opened: who came by keyboard goes on from there.
  const had = bar.contains(bar.getRootNode().activeElement);
  bar.replaceChildren(...parts);
  if (had) made.find((button) => button.tabIndex === 0)?.focus({ preventScroll: true });

  bar.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const now = made.indexOf(event.target.closest("button"));
    const to = { Home: 0, End: made.length - 1 }[event.key] ?? (by === undefined ? -1 : now + by);
    if (now < 0 || to < 0 || to >= made.length) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    for (const button of made) button.tabIndex = -1;
    made[to].tabIndex = 0;
    made[to].focus();
  };
}
