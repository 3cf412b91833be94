// Pictures that follow their sliders, and films: without a kernel, from drawings that were made ahead.
// They come as a script, since a page from a disk can fetch nothing else.
const fetched = address => new Promise((done, failed) => {
  const script = document.createElement("script");
  script.onload = () => done(script.drawings);
  script.onerror = failed;
  script.src = address;
  document.head.append(script);
});

// Drawings consist of parts, and many share the same.
const source = (drawings, place) => {
  const whole = drawings.drawings[place].map(part => drawings.parts[part]).join("");
  return whole.startsWith("data:") ? whole : "data:image/svg+xml," + encodeURIComponent(whole);
};

// The button plays a film, which moves the slider; whoever wants no motion has the slider alone.
const film = (form, button, slider) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const play = button.textContent, each = Math.max(25, Math.min(400, 6000 / slider.max));  // milliseconds
  let timer;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    button.textContent = play;
  };
  const move = place => {
    slider.value = place;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  };
  button.addEventListener("click", () => {
    if (timer !== undefined) return stop();
    button.textContent = button.dataset.pause;
    move(slider.value === slider.max ? 0 : +slider.value + 1);
    timer = setInterval(() => {
      if (slider.value !== slider.max) move(+slider.value + 1);
      if (slider.value === slider.max) stop();
    }, each);
  });
  for (const event of ["pointerdown", "keydown"]) slider.addEventListener(event, stop);
  form.addEventListener("reset", stop);
  const allow = () => {
    button.hidden = still.matches;
    if (still.matches) stop();
  };
  still.addEventListener("change", allow);
  allow();
};

const enliven = form => {
  const image = form.previousElementSibling.querySelector(".cell_output img");
  const first = { src: image.getAttribute("src"), alt: image.alt };
  const sliders = [...form.querySelectorAll("input")];
  const places = sliders.map(slider => slider.dataset.values.split(" "));
  let drawings;
  const come = () => (drawings ??= fetched(form.dataset.drawings));

  const isAtStart = () => sliders.every(slider => slider.value === slider.defaultValue);

  const show = async () => {
    sliders.forEach((slider, i) => {
      const value = places[i][slider.value];
      form.querySelectorAll("output")[i].textContent = value;
      slider.setAttribute("aria-valuetext", value);
    });
    const all = isAtStart() ? undefined : await come();
    if (isAtStart()) return Object.assign(image, first);  // it may have gone back meanwhile
    image.src = source(all, sliders.reduce((place, slider, i) => place * places[i].length + +slider.value, 0));
    const values = sliders.map((slider, i) => `${slider.labels[0].textContent} ${places[i][slider.value]}`);
    image.alt = `${first.alt} ${form.dataset.now} ${values.join(", ")}`;
  };
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  for (const event of ["pointerenter", "focusin"]) form.addEventListener(event, come, { once: true });

  const button = form.querySelector("button[data-pause]");
  if (button) {
    film(form, button, sliders[0]);
    addEventListener("beforeprint", () => {  // what is printed now cannot wait for a drawing
      form.reset();
      Object.assign(image, first);
    });
  }
  image.closest(".cell_output").before(form);
  form.hidden = false;
};

document.querySelectorAll("form.plays").forEach(enliven);
