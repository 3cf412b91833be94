// A prebuilt extension of JupyterLab and Notebook 7, as small as it can be: a container of modules with one, a style sheet.
window._JUPYTERLAB = window._JUPYTERLAB || {};
window._JUPYTERLAB['book-utils-jupyter'] = {
  init: () => {},
  get: async () => () => {
    const style = document.createElement('style');
    // JupyterLab lets vector graphics run out of their column, where they are cut off. Theirs is the width of the column.
    style.textContent = '.jp-RenderedSVG img { max-width: 100%; height: auto; }';
    document.head.append(style);
    return {};
  }
};
