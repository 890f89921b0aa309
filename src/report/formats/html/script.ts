/** The script of a page: it filters rows, follows a click on the map to the source, and opens folded parts for printing. */
import { MAP_SCRIPT } from '../../map/script.ts';

const FILTER_SCRIPT = `(() => {
  'use strict';
  const box = document.getElementById('filter');
  const told = document.getElementById('told');
  const filter = () => {
    const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    let shown = 0;
    let all = 0;
    for (const body of document.querySelectorAll('table.rows tbody')) {
      const name = body.querySelector('tr.g');
      const ofGroup = name === null ? '' : name.textContent.toLowerCase();
      let any = false;
      for (const row of body.rows) {
        if (row === name) continue;
        all += 1;
        row.hidden = words.length > 0 && !has(ofGroup + ' ' + row.textContent.toLowerCase());
        if (!row.hidden) {
          shown += 1;
          any = true;
        }
      }
      if (name !== null) name.hidden = !any && !(body.rows.length === 1 && has(ofGroup));
    }
    for (const part of document.querySelectorAll('.part'))
      part.hidden = part.querySelector('tbody tr:not([hidden])') === null;
    for (const each of document.querySelectorAll('svg.map g.b'))
      each.setAttribute('opacity', words.length === 0 || has((each.getAttribute('aria-label') || '').toLowerCase()) ? '1' : '0.2');
    told.textContent = words.length === 0 ? '' : shown + ' of ' + all + ' rows';
  };
  box.addEventListener('input', filter);
  document.addEventListener('fwmap', filter);
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input,select,textarea')) return;
    event.preventDefault();
    box.focus();
  });
  document.addEventListener('box', (event) => {
    const id = event.target.querySelector('g.b[data-n="' + Number(event.detail) + '"]').dataset.e;
    if (id) location.hash = id;
  });
  addEventListener('beforeprint', () => {
    for (const each of document.querySelectorAll('details')) each.open = true;
  });
})();`;

export const PAGE_SCRIPT = `${MAP_SCRIPT}\n${FILTER_SCRIPT}`;
