// The page lives on in the browser when its server is gone: what tells of it has to be there already. Streamlit's own dialog
// about it speaks to who started the server, in English.
const PATIENCE = 1500;  // ms without a connection that nobody need be told of
let noConnection = "", waiting;
function sign() {
  const made = Object.assign(document.createElement("div"), { id: "outage" });
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
function look() {
  const lost = !navigator.onLine || document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState !== "CONNECTED";
  clearTimeout(waiting);
  const say = () => {
    (document.getElementById("outage") ?? sign()).textContent = lost ? noConnection : "";
    document.documentElement.toggleAttribute("data-outage", lost);
  };
  if (lost) { waiting = setTimeout(say, PATIENCE); } else { say(); }
}
function watchConnection() {
  ["online", "offline"].forEach((event) => window.addEventListener(event, look));
  const state = { attributeFilter: ["data-test-connection-state"] };
  new MutationObserver(look).observe(document.querySelector("[data-testid=stApp]"), state);
}
