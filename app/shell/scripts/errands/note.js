// That the idea of a lesson was seen: in a cookie and not in the browser's own store, as the server has to know it before it
// draws, so that nothing moves afterwards.
function note({ lesson, cookie }) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${cookie}=`)) ?? "";
  const seen = new Set(found.slice(cookie.length + 1).split(".").filter(Boolean));
  if (seen.has(lesson)) { return; }
  document.cookie = `${cookie}=${[...seen, lesson].join(".")}; path=/; max-age=31536000; SameSite=Lax`;
}
