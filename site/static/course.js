/* A link to something inside a folded part unfolds it. */
function unfold() {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let one = aim; one; one = one.parentElement) if (one.matches("details")) one.open = true;
}
addEventListener("hashchange", unfold);
addEventListener("DOMContentLoaded", unfold);
