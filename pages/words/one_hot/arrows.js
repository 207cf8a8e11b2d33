/* Two arrows from the origin, the angle between them, and the way from tip to tip. */
function draw(view, { a, b }, { told, colours }) {
  const origin = [0, 0], dot = a[0] * b[0] + a[1] * b[1], long = { a: Math.hypot(...a), b: Math.hypot(...b) };
  const some = long.a > 0 && long.b > 0;  // an arrow of no length points nowhere: there is no angle, and no cosine
  const cosine = some ? Math.min(Math.max(dot / long.a / long.b, -1), 1) : null;
  const angle = some ? Math.acos(cosine) * 180 / Math.PI : null;
  if (told) { view.line(a, b, { colour: colours.distance, width: 2.5, dash: "7 6" }); }
  if (told && some) {
    const [from, to] = [a, b].map(([x, y]) => Math.atan2(y, x)), turn = Math.atan2(Math.sin(to - from), Math.cos(to - from));
    view.arc(origin, 0.6, from, to, { colour: colours.angle, width: 3 });
    const middle = from + turn / 2;
    view.text([1.05 * Math.cos(middle), 1.05 * Math.sin(middle)], `${written(angle, 0)}°`, { dy: 0.35 });
  }
  view.arrow(origin, a, { colour: colours.a, width: 4 }).arrow(origin, b, { colour: colours.b, width: 4 });
  for (const [name, tip] of [["a", a], ["b", b]]) {
    const away = long[name] || 1;
    view.text(tip, name, { dx: 1.2 * tip[0] / away, dy: 0.35 - 1.2 * (long[name] ? tip[1] / away : 1), bold: true });
  }
  const place = ([x, y]) => `(${written(x, 1)}, ${written(y, 1)})`;
  return { a: place(a), b: place(b), length_a: long.a, length_b: long.b, dot, cosine, angle,
    distance: Math.hypot(a[0] - b[0], a[1] - b[1]) };
}
