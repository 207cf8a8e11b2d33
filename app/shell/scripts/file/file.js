// A button that takes a text file, also one that is dropped on it. What it holds is sent once, with the click's run; what is too
// large is not read: the page says so.
export default function({ parentElement, data, setTriggerValue }) {
  const told = JSON.parse(data.told), button = parentElement.querySelector("button"), input = parentElement.querySelector("input");
  button.textContent = told.label;
  button.title = told.help;
  button.onclick = () => input.click();
  const take = (file) => {
    if (!file) { return; }
    const send = (content) => setTriggerValue("file", `${file.size}\n${content}\n${file.name}`);
    if (file.size > told.most) { send(""); return; }
    const reader = new FileReader();
    reader.onload = () => send(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => send("");
    reader.readAsDataURL(file);
  };
  input.onchange = () => { take(input.files[0]); input.value = ""; };
  button.ondragover = (event) => { event.preventDefault(); button.classList.add("over"); };
  button.ondragleave = () => button.classList.remove("over");
  button.ondrop = (event) => { event.preventDefault(); button.classList.remove("over"); take(event.dataTransfer.files[0]); };
}
