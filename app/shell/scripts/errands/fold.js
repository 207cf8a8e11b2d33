// A phone shows a question as one line that opens (app/shell/phone.py). One of another text, and its answer, is drawn anew,
// and so is folded. Who has just answered was on a button that is gone: the focus goes to the line that has come instead, and
// its verdict or the next question is read out. On a large screen there is no line in sight, and nothing to wait for.
const folds = () => [...document.querySelectorAll(".fold")].filter((bar) => bar.checkVisibility());
let stopWaiting = () => {};
function pressInQuestion(button) {
  if (button.matches(".fold")) {
    button.ariaExpanded = button.ariaExpanded !== "true";
    return;
  }
  stopWaiting();
  if (!folds().length) { return; }
  const says = (bar) => bar.dataset.verdict + bar.textContent, before = new Set(folds().map(says));
  const take = () => {
    const next = folds().find((bar) => !before.has(says(bar)));
    if (next) { stopWaiting(); next.focus({ preventScroll: true }); }
  };
  const watch = new MutationObserver(take), acts = ["pointerdown", "keydown"];
  // Whoever does something else before the answer comes is somewhere else by then.
  stopWaiting = () => { watch.disconnect(); acts.forEach((act) => document.removeEventListener(act, stopWaiting, true)); };
  acts.forEach((act) => document.addEventListener(act, stopWaiting, true));
  watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributeFilter: ["data-verdict"] });
}
// The reason of the question before stands open on a large screen, until the next is answered. On a phone it would leave no room
// for the figure: it is closed once, and opens at a tap.
function closeReasons() {
  const closed = new Set();
  const close = () => document.querySelectorAll('[class*="st-key-question_told_"] details[open] > summary').forEach((line) => {
    if (!closed.has(line.textContent)) { closed.add(line.textContent); line.click(); }
  });
  const watch = new MutationObserver(close), phone = window.matchMedia("(max-width: 640px)");
  const mind = () => {
    watch.disconnect();
    if (phone.matches) { watch.observe(document.body, { childList: true, subtree: true, attributeFilter: ["open"] }); }
  };
  phone.addEventListener("change", mind);
  mind();
}
