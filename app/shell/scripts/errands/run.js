// The listeners stay as long as the window does.
export default function({ data }) {
  const errands = JSON.parse(data.errands);
  noConnection = errands.outage;
  if (!window.runsErrands) {
    window.runsErrands = true;
    watchConnection();
    takeTaps();
    letFiguresBeStopped();
  }
  if (errands.note) { note(errands.note); }
  if (errands.record) { record(errands.record); }
}
