// Each slide is made to fit before reveal.js shows it: figures as large as there is room, letters smaller if need be.
(() => {
  const HEIGHT = 720, LEAST = 0.8;  // of a slide; of its letters
  const LARGER = 1.2, TALL = 500;  // how much a figure has to grow, unless it is so tall

  // Code, formulas and tables that are too wide get smaller letters, but style.css sees to it that code has 20 px.
  const narrow = slide => {
    for (const each of slide.querySelectorAll('pre, math[display=block]')) {
      if (each.closest('.notes')) continue;
      each.style.removeProperty('--narrow');
      const text = each.matches('pre');
      if (text) each.style.whiteSpace = 'pre';
      const room = each.parentElement.clientWidth - parseFloat(getComputedStyle(each.parentElement).paddingLeft) * 2;
      each.style.width = 'max-content';
      const needed = each.getBoundingClientRect().width;
      each.style.width = '';
      if (needed > room) each.style.setProperty('--narrow', Math.max(text ? 0.6 : 0.5, room / needed - 0.01));
      each.style.whiteSpace = '';
    }
  };

  const shape = figure => figure.naturalWidth / figure.naturalHeight;

  const fits = (slide, scale) => {
    const figures = [...slide.querySelectorAll('img')];
    slide.style.setProperty('--scale', scale);
    narrow(slide);
    for (const figure of figures) figure.style.height = figure.style.width = '0px';
    const free = (HEIGHT - slide.scrollHeight) / Math.max(1, figures.length);
    for (const figure of figures) {
      const height = Math.max(0, Math.min(free, 1160 / shape(figure)));
      figure.style.height = `${height}px`;
      figure.style.width = `${height * shape(figure)}px`;
    }
    const needed = figures.map(figure => Math.min(TALL, LARGER * figure.naturalHeight, 1160 / shape(figure)));
    return free >= Math.max(0, ...needed);
  };

  const fit = slide => {
    let scale = 1;
    while (!fits(slide, scale) && scale > LEAST) scale = Math.max(LEAST, scale - 0.02);
  };

  const start = async () => {
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
    document.querySelectorAll('.slides section section').forEach(fit);
    document.querySelector('.slides').classList.remove('measured');
    await Reveal.initialize({
      width: 1280, height: HEIGHT, margin: 0, center: false, hash: true, controls: false, slideNumber: 'c/t', transition: 'none',
      navigationMode: 'linear', pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
    });
  };
  start();
})();
