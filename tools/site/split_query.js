// Cuts what is searched for as the text was cut: Chinese into the longest words that the index knows.
var splitQuery = query => {
  const known = word => Object.hasOwn(Search._index.terms, word) || Object.hasOwn(Search._index.titleterms, word);
  const cut = chinese => {
    const words = [];
    for (let start = 0; start < chinese.length; ) {
      let end = chinese.length;
      while (end > start + 1 && !known(chinese.slice(start, end))) end -= 1;
      if (end > start + 1 || chinese.length === 1) words.push(chinese.slice(start, end));
      start = end;
    }
    return words.length ? words : [chinese];
  };
  return (query.match(/\p{Script=Han}+|[\p{Letter}\p{Number}_]+/gu) ?? []).flatMap(part =>
    /\p{Script=Han}/u.test(part) ? [...part.matchAll(/\p{Script=Han}+|\P{Script=Han}+/gu)].flatMap(([piece]) =>
      /\p{Script=Han}/u.test(piece) ? cut(piece) : [piece]) : [part]);
};
