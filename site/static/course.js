/* A link to something inside a folded part unfolds it. */
function unfold() {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let one = aim; one; one = one.parentElement) if (one.matches("details")) one.open = true;
}
addEventListener("hashchange", unfold);
addEventListener("DOMContentLoaded", unfold);

/* For tools/make_pdf.py: with ?print all pictures load at once, and with ?print=37 the first page has this number. */
const asked = new URLSearchParams(location.search).get("print");
if (asked !== null) addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("img[loading]").forEach(one => { one.loading = "eager"; });
  document.documentElement.style.counterReset = `page ${Number(asked || 1) - 1}`;
});
