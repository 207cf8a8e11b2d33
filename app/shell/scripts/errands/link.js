// The button that copies the link to the screen as it stands.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (refused) {  // a page without https has no clipboard: the old way still works there
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
async function copyLink(button) {
  const label = (button.dataset.label ??= button.textContent);
  await copy(window.location.href);
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2000);
}
