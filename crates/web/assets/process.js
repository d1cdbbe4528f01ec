// The picture of a process, moved by hand: a shape is dragged, or pushed with the arrow keys; a way is drawn from the grip of a step to another
// step, or with Enter on both. The tables say the same, and everything works without this file.
(() => {
  "use strict";
  const FAR = 20000, PUSH = 10, MOVED = 4;
  const form = () => document.querySelector("form[data-process]");
  const svg = () => form()?.querySelector("svg.process");
  const nodes = () => [...(svg()?.querySelectorAll("g.node") || [])];
  const element = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const within = (value) => Math.min(FAR, Math.max(0, Math.round(value)));
  const place = (node) => ({ x: Number(node.dataset.x), y: Number(node.dataset.y) });

  /** Where a pointer is, as the picture counts. */
  const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg().getScreenCTM().inverse());

  const put = (node, x, y) => {
    const old = place(node), to = { x: within(x), y: within(y) };
    node.dataset.x = to.x;
    node.dataset.y = to.y;
    const moved = node.transform.baseVal.consolidate()?.matrix || { e: 0, f: 0 };
    const [dx, dy] = [to.x - old.x, to.y - old.y];
    node.setAttribute("transform", `translate(${moved.e + dx} ${moved.f + dy})`);
    // Its lines go along with their ends; the server draws them properly.
    svg().querySelectorAll("polyline.way").forEach((line) => {
      const points = line.points;
      const end = (n) => { const point = points.getItem(n); point.x += dx; point.y += dy; };
      if (line.dataset.from === node.dataset.node) end(0);
      if (line.dataset.to === node.dataset.node) end(points.numberOfItems - 1);
    });
  };

  const remember = () => {
    form().elements.places.value = nodes().map((node) => `${node.dataset.node}:${node.dataset.x},${node.dataset.y}`).join(" ");
  };

  /** Sends the form as a button of it would, and shows the answer in place; what was typed travels with it. */
  const send = async (word, focused) => {
    const sent = form(), frame = sent.querySelector(".process-frame");
    const scroll = [frame.scrollLeft, frame.scrollTop, window.scrollX, window.scrollY];
    const data = new FormData(sent);
    data.set("do", word);
    sent.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(sent.action, { method: "POST", body: data, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("form[data-process]")) throw new Error("no picture");
      document.querySelector("main").replaceWith(page.querySelector("main"));
      const shown = form().querySelector(".process-frame");
      [shown.scrollLeft, shown.scrollTop] = scroll;
      window.scrollTo(scroll[2], scroll[3]);
      begin();
      nodes().find((node) => node.dataset.node === focused)?.focus({ preventScroll: true });
      document.querySelector(".error-summary")?.focus();
    } catch {
      const button = document.createElement("input");
      Object.assign(button, { type: "hidden", name: "do", value: word });
      sent.append(button);
      sent.submit();
    }
  };

  const draw = (from, to) => {
    form().elements.way_from.value = from;
    form().elements.way_to.value = to;
    send("draw-way", from);
  };

  const begin = () => {
    const picture = svg();
    if (!picture) return;
    // Its shapes can be pressed now: it is no mere picture any more.
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", picture.querySelector("title").textContent);
    form().querySelectorAll("[data-drag-hint]").forEach((hint) => { hint.hidden = false; });
    nodes().forEach((node) => {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      const [name, kind] = [node.dataset.name, form().dataset.shape];
      node.setAttribute("aria-label", name || `${kind} ${node.dataset.node}`);
      // The lines of a name are words apart, for whoever reads them one after the other.
      node.querySelectorAll("text").forEach((line) => { line.textContent += " "; });
      if (node.dataset.ways === undefined) return;
      node.setAttribute("aria-pressed", "false");
      const { x, y } = place(node), width = Number(node.dataset.width);
      node.append(element("circle", { class: "grip", cx: x + width, cy: y + 14, r: 9 }));
    });
  };

  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const node = event.button === 0 && event.target.closest?.("form[data-process] g.node");
    if (!node) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    const from = at(event);
    held = { node, from, was: place(node), moved: false, way: null };
    if (event.target.classList.contains("grip")) {
      held.way = element("polyline", { class: "way drawing", points: `${from.x},${from.y} ${from.x},${from.y}` });
      svg().append(held.way);
    }
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const to = at(event);
    held.moved ||= Math.hypot(to.x - held.from.x, to.y - held.from.y) > MOVED;
    if (held.way) held.way.setAttribute("points", `${held.from.x},${held.from.y} ${to.x},${to.y}`);
    else if (held.moved) put(held.node, held.was.x + to.x - held.from.x, held.was.y + to.y - held.from.y);
  });
  const let_go = (event) => {
    if (!held) return;
    const { node, moved, way } = held;
    held = null;
    if (way) {
      way.remove();
      const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("g.node[data-ways]");
      if (over && over !== node) draw(node.dataset.node, over.dataset.node);
    } else if (moved) {
      remember();
      send("place", node.dataset.node);
    }
  };
  document.addEventListener("pointerup", let_go);
  document.addEventListener("pointercancel", () => { held?.way?.remove(); held = null; });

  // Pushed with the keys, it is drawn anew when the keys rest.
  let rest = 0;
  document.addEventListener("keydown", (event) => {
    const node = event.target.closest?.("form[data-process] g.node");
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const source = svg().querySelector("g.node[aria-pressed=true]");
    if (by) {
      const { x, y } = place(node);
      put(node, x + by[0] * PUSH, y + by[1] * PUSH);
      remember();
      clearTimeout(rest);
      rest = setTimeout(() => send("place", node.dataset.node), 600);
    } else if ((event.key === "Enter" || event.key === " ") && node.dataset.ways !== undefined) {
      if (source && source !== node) draw(source.dataset.node, node.dataset.node);
      else node.setAttribute("aria-pressed", source === node ? "false" : "true");
    } else if (event.key === "Escape" && source) {
      source.setAttribute("aria-pressed", "false");
    } else if (event.key !== "Enter" && event.key !== " ") {
      return;
    }
    event.preventDefault();
  });

  begin();
})();
