// `draw` is the lesson's own, in the file that stands behind this one.
const hands = new WeakMap();

export default function({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".hand");
  if (!hands.has(root)) { hands.set(root, new Hand(root, draw)); }
  hands.get(root).show(JSON.parse(data), setStateValue);
}
