/* Explorers whose pictures were drawn beforehand (tools/make_explorers.py): controls that change the picture. */
function wake(box) {
  const folder = box.dataset.explorer;
  const { controls, pictures, width } = window.ferExplorers[folder.split("/").pop()];
  const places = controls.map(control => control.start);
  const picture = new Image(width);
  picture.className = "fer-explorer-picture";
  const show = () => {
    const number = controls.reduce((sum, control, at) => sum * control.values.length + places[at], 0);
    picture.src = `${folder}/${pictures[number].file}`;
    picture.alt = pictures[number].alt;
  };
  const parts = controls.map((control, at) => {
    const label = document.createElement("label");
    const name = document.createElement("span");
    const value = document.createElement("output");
    const part = document.createElement(control.slider ? "input" : "select");
    name.textContent = control.label;
    if (control.slider) {
      Object.assign(part, { type: "range", min: 0, max: control.values.length - 1, step: 1, value: control.start });
    } else {
      control.values.forEach((text, number) => part.add(new Option(text, number)));
      part.value = control.start;
    }
    const say = () => {
      value.textContent = control.slider ? control.values[places[at]] : "";
      part.setAttribute("aria-valuetext", control.values[places[at]]);
    };
    part.addEventListener("input", () => { places[at] = Number(part.value); say(); show(); });
    say();
    label.append(name, part, value);
    return label;
  });
  show();
  box.replaceChildren(...parts, picture);
}
addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-explorer]").forEach(box => {
  const script = document.createElement("script");
  script.src = `${box.dataset.explorer}/explorer.js`;
  script.addEventListener("load", () => wake(box));
  document.head.append(script);
}));
