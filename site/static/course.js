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

/* Explorers: every setting has a picture, numbered as the settings count up, the last control fastest. */
function explorer(box) {
  const words = JSON.parse(box.querySelector("script").textContent);
  const picture = box.querySelector("img"), heard = box.querySelector(".fer-heard");
  const fields = [...box.querySelectorAll("input, select")];
  const shares = box.querySelector(".fer-shares"), bars = [...(shares?.children ?? [])];
  const values = shares && JSON.parse(shares.dataset.values);
  const texts = fields.map(one => one.dataset.texts ? JSON.parse(one.dataset.texts) : null);
  box.addEventListener("input", () => {
    let place = 0;
    fields.forEach((one, number) => {
      place = place * (texts[number]?.length ?? Number(one.dataset.size)) + Number(one.value);
      if (!texts[number]) return;
      one.nextElementSibling.textContent = texts[number][one.value];
      one.setAttribute("aria-valuetext", texts[number][one.value]);
    });
    picture.src = `${box.dataset.pictures}/${place}.webp`;
    picture.alt = heard.textContent = words[place];
    bars.forEach((bar, number) => {
      bar.querySelector("meter").value = values[place][number];
      bar.querySelector("output").textContent = `${values[place][number]} %`;
    });
  });
}
addEventListener("DOMContentLoaded", () => document.querySelectorAll(".fer-live").forEach(explorer));

/* On a narrow page a tap on a figure that had to shrink shows it alone, as large as it is. */
addEventListener("click", event => {
  const picture = event.target.closest(".cell_output img");
  if (picture && !picture.closest(".fer-live, a") && picture.naturalWidth > 1.3 * picture.clientWidth) location.href = picture.src;
});
