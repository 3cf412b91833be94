// To the other edition, at the section that is being read: sections have the same address in both.
const sectionInView = () => {
  const headings = [...document.querySelectorAll(".bd-article section section")];
  const above = headings.filter(each => each.getBoundingClientRect().top < innerHeight / 3);
  return above.at(-1)?.id ?? "";
};
const lead = event => {
  const link = event.target.closest("a.page-edition");
  if (link) link.hash = sectionInView();
};
document.addEventListener("click", lead, { capture: true });
document.addEventListener("auxclick", lead, { capture: true });

// From a disk no page can be fetched, so a search shows where it found something, and no lines of it.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
