// The listeners stay as long as the window does.
const BUTTONS = {
  "button[data-copied]": copyLink,
  ".take-away button": takeAway,
  '[class*="st-key-question_"] button': pressInQuestion,
};
function mindButtons() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    Object.entries(BUTTONS).forEach(([kind, press]) => { if (button?.matches(kind)) { press(button); } });
  });
}
export default function({ data }) {
  const errands = JSON.parse(data.errands);
  noConnection = errands.outage;
  if (!window.runsErrands) {
    window.runsErrands = true;
    mindButtons();
    watchConnection();
    takeTaps();
    closeReasons();
    commitWhenItOpens();
    letFiguresBeStopped();
  }
  showExample();
  if (errands.note) { note(errands.note); }
  if (errands.record) { record(errands.record); }
}
