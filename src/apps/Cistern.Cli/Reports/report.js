// Only an addition: a cursor over the picture. Written without the characters that XML reserves, so that the page stays well-formed.
'use strict';
(() => {
  const plots = document.getElementById('plots');
  if (!plots) return;

  const read = id => document.getElementById(id).getAttribute('points').trim().split(/\s+/).map(pair => pair.split(',').map(Number));
  const hits = read('hits-line').slice(1);
  const rates = read('rate-line');
  const range = plots.querySelector('.range') ? read('range') : [...rates, ...rates.toReversed()];
  const points = rates.map(([lookups, rate], index) => ({
    lookups, rate, hits: hits[index][1], highest: range[index][1], lowest: range[range.length - 1 - index][1],
  }));
  const marks = [...plots.querySelectorAll('.mark')]
    .map(mark => ({ lookups: Number(mark.dataset.at), text: mark.textContent }))
    .sort((one, other) => one.lookups - other.lookups);
  const last = points.length - 1;
  const total = points[last].lookups;
  const percent = rate => (rate / 100).toFixed(2) + '%';
  const count = new Intl.NumberFormat('en-US');
  const most = 4;

  const make = (name, className, parent) => {
    const element = document.createElement(name);
    element.className = className;
    parent.append(element);
    return element;
  };
  const cursor = make('div', 'cursor', plots);
  const line = make('i', '', cursor);
  const dots = ['rate', 'hits'].map(name => ({ name, plot: plots.querySelector('.' + name + ' .plot'), element: make('b', '', cursor) }));
  const tip = make('div', 'tip', cursor);
  const hint = make('p', 'hint', plots);
  plots.after(hint);
  hint.id = 'hint';
  hint.textContent = 'Point at the picture, or focus it: arrow keys go from point to point, Page Up and Page Down from decision to decision.';
  cursor.tabIndex = 0;
  for (const [name, value] of [['role', 'slider'], ['aria-label', 'Lookup to inspect'], ['aria-describedby', 'hint'], ['aria-valuemin', points[0].lookups], ['aria-valuemax', total]]) {
    cursor.setAttribute(name, value);
  }
  tip.setAttribute('aria-hidden', 'true');

  let place = last;

  // The first point at or after a lookup.
  const find = lookups => {
    let low = 0;
    let high = last;
    while (high > low) {
      const middle = (low + high) >> 1;
      if (points[middle].lookups >= lookups) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const marksAt = index => {
    const from = index === 0 ? -1 : points[index - 1].lookups;
    return marks.filter(mark => mark.lookups > from ? points[index].lookups >= mark.lookups : false);
  };

  const describe = index => {
    const point = points[index];
    const decided = marksAt(index).map(mark => mark.text);
    const more = decided.length - most;
    const from = index === 0 ? 1 : points[index - 1].lookups + 1;
    return [
      point.lookups > from ? 'Lookups ' + count.format(from) + ' to ' + count.format(point.lookups) : 'Lookup ' + count.format(point.lookups),
      'Miss rate ' + percent(point.rate),
      ...(point.highest > point.lowest ? ['between ' + percent(point.lowest) + ' and ' + percent(point.highest)] : []),
      count.format(point.hits) + (point.hits === 1 ? ' hit' : ' hits') + ' so far',
      ...decided.slice(0, most),
      ...(more > 0 ? ['and ' + count.format(more) + ' more'] : []),
    ];
  };

  const hide = (isHidden = true) => [line, tip, ...dots.map(dot => dot.element)].forEach(element => { element.hidden = isHidden; });

  const show = index => {
    place = Math.max(0, Math.min(last, index));
    const texts = describe(place);
    cursor.setAttribute('aria-valuenow', points[place].lookups);
    cursor.setAttribute('aria-valuetext', texts.join('; '));
    tip.replaceChildren(...texts.map(text => Object.assign(document.createElement('p'), { textContent: text })));
    hide(false);
    const x = cursor.clientWidth * points[place].lookups / total;
    line.style.left = x + 'px';
    for (const { name, plot, element } of dots) {
      const box = plot.getBoundingClientRect();
      const part = points[place][name] / plot.querySelector('svg').viewBox.baseVal.height;
      element.style.left = x + 'px';
      element.style.top = box.top - cursor.getBoundingClientRect().top + box.height * (1 - part) + 'px';
    }
    const right = x + 12;
    tip.style.left = (right + tip.offsetWidth > cursor.clientWidth ? Math.max(0, x - 12 - tip.offsetWidth) : right) + 'px';
  };

  const nextMark = () => marks.find(mark => mark.lookups > points[place].lookups);
  const markBefore = () => {
    const from = place === 0 ? 0 : points[place - 1].lookups;
    return marks.findLast(mark => from >= mark.lookups);
  };
  const keys = {
    ArrowRight: () => place + 1,
    ArrowUp: () => place + 1,
    ArrowLeft: () => place - 1,
    ArrowDown: () => place - 1,
    Home: () => 0,
    End: () => last,
    PageDown: () => find((nextMark() ?? points[place]).lookups),
    PageUp: () => find((markBefore() ?? points[place]).lookups),
  };

  cursor.addEventListener('pointermove', event => {
    const lookups = total * (event.clientX - cursor.getBoundingClientRect().left) / cursor.clientWidth;
    const after = find(lookups);
    const before = Math.max(0, after - 1);
    show(lookups - points[before].lookups > points[after].lookups - lookups ? after : before);
  });
  cursor.addEventListener('pointerleave', () => { if (document.activeElement !== cursor) hide(); });
  cursor.addEventListener('focus', () => show(place));
  cursor.addEventListener('blur', () => hide());
  cursor.addEventListener('keydown', event => {
    if (event.key === 'Escape') hide();
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    show(keys[event.key]());
  });
  show(last);
  hide();
})();
