/**
 * The script of a map: pointing at a box or focusing it shows its details, and a click keeps them shown. It serves the
 * picture and the page, and needs only `svg.map`.
 */
export const MAP_SCRIPT = `(() => {
  'use strict';
  const NS = 'http://www.w3.org/2000/svg';
  const WIDTH = 7.3, LINE = 16, PAD = 8;
  const setUp = (svg) => {
    if (svg.dataset.live) return;
    svg.dataset.live = '1';
    const boxes = [...svg.querySelectorAll('g.b')];
    if (boxes.length === 0) return;
    const tip = document.createElementNS(NS, 'g');
    tip.setAttribute('class', 'tip');
    tip.setAttribute('aria-hidden', 'true');
    svg.append(tip);
    const lines = new Map();
    for (const box of boxes) {
      const title = box.querySelector('title');
      lines.set(box, title.textContent.split('\\n'));
      box.setAttribute('aria-label', title.textContent.replaceAll('\\n', '; '));
      title.remove();
      box.setAttribute('tabindex', '-1');
    }
    boxes[0].setAttribute('tabindex', '0');
    const view = svg.viewBox.baseVal;
    let kept = null;
    const wrap = (text, columns) => {
      const out = [];
      for (let rest = text; rest !== ''; ) {
        let cut = rest.length;
        if (cut > columns) {
          cut = rest.lastIndexOf(' ', columns);
          if (cut < columns / 2) cut = columns;
        }
        out.push(rest.slice(0, cut));
        rest = rest.slice(cut).trimStart();
        if (out.length === 12) break;
      }
      return out;
    };
    const show = (box) => {
      tip.replaceChildren();
      for (const each of boxes) each.classList.toggle('on', each === box);
      if (box === null) return;
      const columns = Math.floor((view.width - 4 * PAD) / WIDTH);
      const shown = lines.get(box).flatMap((line) => wrap(line, columns));
      const rect = document.createElementNS(NS, 'rect');
      const width = Math.min(view.width - 2, Math.max(...shown.map((line) => line.length)) * WIDTH + 2 * PAD);
      const height = shown.length * LINE + 2 * PAD - 4;
      const around = box.querySelector('.f').getBBox();
      const top = Number(box.dataset.y);
      const below = top + Number(box.dataset.h) + 2;
      const y = below + height < view.height ? below : Math.max(0, top - height - 2);
      const x = Math.max(1, Math.min(around.x + 12, view.width - width - 1));
      for (const [name, value] of Object.entries({ x, y, width, height, rx: 4 })) rect.setAttribute(name, value);
      tip.append(rect);
      for (const [at, line] of shown.entries()) {
        const text = document.createElementNS(NS, 'text');
        text.setAttribute('x', x + PAD);
        text.setAttribute('y', y + PAD + 9 + at * LINE);
        text.textContent = line;
        tip.append(text);
      }
    };
    const boxOf = (target) => (target instanceof Element ? target.closest('g.b') : null);
    svg.addEventListener('pointerover', (event) => {
      if (kept === null) show(boxOf(event.target));
    });
    svg.addEventListener('pointerleave', () => {
      if (kept === null) show(null);
    });
    svg.addEventListener('click', (event) => {
      const box = boxOf(event.target);
      kept = box === kept ? null : box;
      show(kept);
      if (box !== null) svg.dispatchEvent(new CustomEvent('box', { bubbles: true, detail: box.dataset.n }));
    });
    svg.addEventListener('focusin', (event) => {
      kept = null;
      show(boxOf(event.target));
    });
    svg.addEventListener('focusout', () => {
      if (kept === null) show(null);
    });
    svg.addEventListener('keydown', (event) => {
      const box = boxOf(event.target);
      if (box === null) return;
      const at = boxes.indexOf(box);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
      if (event.key === 'Escape') {
        kept = null;
        show(null);
      } else if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        kept = kept === box ? null : box;
        show(box);
        svg.dispatchEvent(new CustomEvent('box', { bubbles: true, detail: box.dataset.n }));
      } else if (to !== undefined && boxes[to] !== undefined) {
        event.preventDefault();
        box.setAttribute('tabindex', '-1');
        boxes[to].setAttribute('tabindex', '0');
        boxes[to].focus();
      }
    });
  };
  const all = () => {
    const root = document.documentElement;
    for (const svg of root.matches('svg.map') ? [root] : root.querySelectorAll('svg.map')) setUp(svg);
  };
  all();
  document.addEventListener('fwmap', all);
})();`;
