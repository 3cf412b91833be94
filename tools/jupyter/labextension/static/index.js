// A prebuilt extension of JupyterLab and Notebook 7, written by hand: a container with two modules, as they load them.
const STYLE = `
/* JupyterLab lets vector graphics run out of their column, where they are cut off. Theirs is the width of the column. */
.jp-RenderedSVG img { max-width: 100%; height: auto; }
/* What is printed, such as a hint, breaks between words; JupyterLab breaks anywhere. */
.jp-OutputArea .jp-OutputArea-output.jp-RenderedText pre { word-break: normal; overflow-wrap: anywhere; }
/* Dark: light and dark change places, and colours stay what they are. Photographs are only dimmed. */
[data-jp-theme-light="false"] :is(.jp-RenderedSVG, .book-utils-explore, .book-utils-still) img {
  filter: invert(0.93) hue-rotate(180deg);
}
[data-jp-theme-light="false"] :is(.jp-RenderedSVG, .book-utils-still) img.book-utils-photograph {
  filter: brightness(0.75);
}
/* Chinese has no italics, which comments would be in. */
.jp-NotebookPanel:lang(zh) .cm-line span { font-style: normal !important; }
/* JupyterLab leaves no gap between an answer's fold and the paragraph behind it. */
.jp-RenderedMarkdown details:not(:last-child) { margin-bottom: 1em; }
.book-utils-together { white-space: nowrap; }
`;

// Gives a picture the words for who cannot see it, which stand in the metadata of its cell.
const describe = (panel, picture) => {
  const cell = panel.content.widgets.find(each => each.node.contains(picture));
  const words = cell?.model.getMetadata('alt');
  if (words) picture.alt = words;
  picture.classList.toggle('book-utils-photograph', picture.src.includes(encodeURIComponent('<image')));
};

// Names the language of a Chinese notebook: else the browser may set it in a Japanese font, or in one like a brush's. A chapter's cells bear
// the mark `en`; an assignment says `lang`.
const speak = panel => {
  const { model } = panel.context;
  if (model.getMetadata('lang') === 'zh-CN' || [...model.cells].some(cell => cell.getMetadata('en'))) panel.node.lang = 'zh-CN';
};

// Keeps a mark behind a formula on its line: browsers take the formula for a box, behind which a line may begin with anything.
const keepTogether = formula => {
  const behind = formula.nextSibling;
  if (!/^[，。；：、？！）”]/.test(behind?.data) || formula.parentNode.className === 'book-utils-together') return;
  const together = Object.assign(document.createElement('span'), { className: 'book-utils-together' });
  formula.before(together);
  together.append(formula, behind.data[0]);
  behind.data = behind.data.slice(1);
};

const watch = (tracker, panel) => {
  const lookOver = () => {
    panel.node.querySelectorAll('.jp-OutputArea img').forEach(each => describe(panel, each));
    panel.node.querySelectorAll('mjx-container').forEach(keepTogether);
  };
  const observer = new MutationObserver(lookOver);
  observer.observe(panel.node, { childList: true, subtree: true });
  panel.disposed.connect(() => observer.disconnect());
  panel.context.ready.then(() => { lookOver(); speak(panel); });
};

let shared;  // JupyterLab's own modules

window._JUPYTERLAB = window._JUPYTERLAB || {};
window._JUPYTERLAB['book-utils-jupyter'] = {
  init: scope => { shared = scope; },
  get: async name => {
    if (name === './style') {
      document.head.append(Object.assign(document.createElement('style'), { textContent: STYLE }));
      return () => ({});
    }
    const [notebook] = Object.values(shared['@jupyterlab/notebook']);
    const { INotebookTracker } = (await notebook.get())();
    const plugin = {
      id: 'book-utils-jupyter:figures',
      description: 'Gives notebooks their language, and their figures the words for who cannot see them.',
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        tracker.forEach(panel => watch(tracker, panel));
        tracker.widgetAdded.connect(watch);
      }
    };
    return () => ({ __esModule: true, default: plugin });
  }
};
