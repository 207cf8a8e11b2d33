// A phone shows a question as one line that opens (app/shell/phone.py). One of another text, and its answer, is drawn anew,
// and so is folded. Who has just answered was on a button that is gone: the focus goes to the line that has come instead, and
// its verdict or the next question is read out. On a large screen there is no line in sight.
const SOON = 60_000;  // ms in which the answer to a click is on the page, however slow the server is
let whoLooks;
function pressInQuestion(button) {
  if (button.matches(".fold")) {
    button.ariaExpanded = button.ariaExpanded !== "true";
    return;
  }
  const says = (bar) => bar.dataset.verdict + bar.textContent, folds = () => [...document.querySelectorAll(".fold")];
  const before = new Set(folds().map(says)), since = performance.now();
  const take = () => {
    const next = folds().find((bar) => !before.has(says(bar)) && bar.checkVisibility());
    if (next) { next.focus({ preventScroll: true }); } else if (performance.now() - since < SOON) { whoLooks = setTimeout(take, 50); }
  };
  clearTimeout(whoLooks);
  take();
}
