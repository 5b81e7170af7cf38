// Reads the table (or grid) whose headings are the wanted ones, as the page displays it.
({ wanted, exactly }) => {
  const GRID = '[role=grid], [role=table], [role=treegrid]';
  const CELL = '[role=cell], [role=gridcell], [role=columnheader], [role=rowheader]';
  const SILENT = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'SELECT', 'TEXTAREA']);
  const TALLEST = 120;  // pixels: a blank row that is taller stands for rows that are not drawn
  const line = text => text.replace(/\s+/g, ' ').trim();
  const displayed = element =>
    element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  const words = (node, begun = () => true) => {  // the displayed text of a node, from the moment that begun() is true
    if (node.nodeType === 3) {
      return begun() && getComputedStyle(node.parentElement).visibility === 'visible' ? node.data : '';
    }
    if (node.nodeType !== 1 || SILENT.has(node.tagName)) return '';
    const { display } = getComputedStyle(node);
    if (display === 'none') return '';
    if (node.tagName === 'BR') return '\n';
    const inside = [...node.childNodes].map(child => words(child, begun)).join('');
    return display.startsWith('inline') || display === 'contents' ? inside : ` ${inside} `;
  };
  const cellsOf = row => row.cells
    ? [...row.cells] : [...row.querySelectorAll(CELL)].filter(cell => cell.closest('[role=row]') === row);
  const textOf = cell => displayed(cell) ? words(cell).trim() : cell.textContent.trim();
  const tableOf = row => row.tagName === 'TR' ? row.closest('table') : row.closest(GRID);
  const rowsOf = table => table.tagName === 'TABLE'
    ? [...table.rows] : [...table.querySelectorAll('[role=row]')].filter(row => row.closest(GRID) === table);
  const isHead = cell => cell.tagName === 'TH' || cell.getAttribute('role') === 'columnheader';
  const namesOf = row => cellsOf(row).map(cell => line(cell.textContent));
  const sameNames = (some, others) => some.length === others.length && some.every((name, at) => name === others[at]);
  const isWanted = row => exactly
    ? sameNames(namesOf(row), wanted) : wanted.every(name => namesOf(row).includes(name));

  const headings = [...document.querySelectorAll('tr, [role=row]')]
    .filter(row => tableOf(row) && (cellsOf(row).some(isHead) || row.closest('thead')) && displayed(row));
  const found = headings.filter(isWanted);
  const tables = [...new Set(found.map(tableOf))];
  const page = {
    page: line(words(document.body ?? document.documentElement)),
    scripted: document.scripts.length > 0 || Boolean(document.body?.onload),
    complete: document.readyState === 'complete',
    tables: tables.length,
    near: headings.filter(row => namesOf(row).includes(wanted[0])).map(namesOf),
  };
  if (tables.length !== 1) return page;

  const [head] = found;
  const [table] = tables;
  const heads = namesOf(head);
  let passed = false;
  const below = node => {
    if (node === head) { passed = true; return ''; }
    return node.contains(head) ? [...node.childNodes].map(below).join(' ') : passed ? words(node) : '';
  };
  const rows = [], hidden = [], unread = [];
  const every = rowsOf(table);
  for (const row of every) {
    if (row === head) continue;
    const cells = cellsOf(row);
    const texts = cells.map(textOf);
    const isShown = displayed(row);
    if (sameNames(texts.map(line), heads)) continue;  // the headings once more, as at the foot of long lists
    const inHead = row.closest('thead') && tableOf(row) === table;
    if (inHead && cells.every(cell => isHead(cell) || cell.querySelector('input, select, button'))) continue;
    const fits = cells.length === heads.length && cells.every(cell => cell.colSpan === undefined || cell.colSpan === 1);
    const isBlank = !texts.join('') && !row.querySelector('img, svg, canvas, iframe');
    if (isShown && isBlank && row.getBoundingClientRect().height <= TALLEST) continue;
    if (every.indexOf(row) < every.indexOf(head)) {  // a title, a filter; but no record stands above the headings
      const isForm = cells.some(cell => cell.querySelector('input, select, button'));
      if (isShown && fits && heads.length > 1 && !isForm && !cells.every(isHead)) unread.push(line(words(row)));
    } else if (fits && !isBlank) (isShown ? rows : hidden).push(texts);
    else if (isShown) unread.push(line(words(row)));
  }
  const scrolls = element => element.scrollHeight > element.clientHeight + 1
    && ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);
  const drawn = table.tagName === 'TABLE' ? [] : [table, ...table.querySelectorAll('*')];
  for (let at = table.parentElement; table.tagName !== 'TABLE' && at && at !== document.body; at = at.parentElement)
    drawn.push(at);
  return {
    ...page, heads, rows, hidden, unread, below: line(below(document.body)),
    rows_told: parseInt(table.getAttribute('aria-rowcount') ?? '-1'),
    rows_there: every.length,
    scrolls: drawn.some(scrolls),
  };
}
