"use strict";
// The failures that the reader asks for; without script all of them are shown.
const filters = document.querySelector("form.filters");
if (filters) {
  const failures = [...document.querySelectorAll("details.failure")];
  const shown = () => {
    const { candidate, kind, text } = Object.fromEntries(new FormData(filters));
    let count = 0;
    for (const one of failures) {
      const wanted = (!candidate || one.dataset.candidate.split(" ").includes(candidate))
        && (!kind || one.dataset.kind === kind)
        && (!text || one.dataset.text.includes(text.trim().toLowerCase()));
      one.hidden = !wanted;
      count += wanted;
    }
    filters.elements.count.value = `${count} shown`;
  };
  filters.addEventListener("input", shown);
  filters.addEventListener("submit", (event) => event.preventDefault());
}
// Paper can't be unfolded; of many failures it gets the questions alone, until the reader asks for fewer.
const MOST_UNFOLDED = 60;
let folded = [];
addEventListener("beforeprint", () => {
  const few = document.querySelectorAll("details.failure:not([hidden])").length <= MOST_UNFOLDED;
  folded = [...document.querySelectorAll(`details:not([open])${few ? "" : ":not(.failure)"}`)];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
