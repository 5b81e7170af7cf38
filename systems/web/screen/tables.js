// Reads the table (or grid) whose headings are the wanted ones, as the page displays it.
({ wanted, exactly }) => {
  const GRID = '[role=grid], [role=table], [role=treegrid]';
  const CELL = '[role=cell], [role=gridcell], [role=columnheader], [role=rowheader]';
  const SILENT = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT']);
  const BOXES = 'input:not([type=hidden], [type=checkbox], [type=radio]), textarea';
  const CONTROLS = 'input, select, textarea';
  const PICTURES = 'iframe, frame, object, embed, video, canvas, img, input[type=image]';  // they may hold words
  const DRAWN = `${PICTURES}, input:not([type=hidden]), select, textarea, button, svg, audio, meter, progress`;
  const WORDLESS = new Set(['checkbox', 'radio', 'hidden', 'password', 'file', 'image']);
  const TALLEST = 120;  // pixels: a blank row that is taller stands for rows that are not drawn
  const line = text => text.replace(/\s+/g, ' ').trim();
  const displayed = element =>
    element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  const isVisible = element => getComputedStyle(element).visibility === 'visible';
  const valueOf = control => control.tagName === 'SELECT'
    ? [...control.selectedOptions].map(option => option.textContent).join(' ')
    : WORDLESS.has(control.type) ? '' : control.value;
  const partsOf = node => node.shadowRoot ? [...node.shadowRoot.childNodes]
    : node.tagName === 'SLOT' && node.assignedNodes().length ? node.assignedNodes() : [...node.childNodes];
  const words = (node, { typed = true, without = new Set() } = {}) => {  // its displayed text; typed: and its controls'
    if (node.nodeType === 3) return isVisible(node.parentElement ?? node.getRootNode().host) ? node.data : '';
    if (node.nodeType !== 1 || SILENT.has(node.tagName) || without.has(node)) return '';
    const { display } = getComputedStyle(node);
    if (display === 'none') return '';
    if (node.tagName === 'BR') return '\n';
    if (node.matches(CONTROLS)) return typed && isVisible(node) ? ` ${valueOf(node)} ` : '';
    const inside = partsOf(node).map(part => words(part, { typed, without })).join('');
    return display.startsWith('inline') || display === 'contents' ? inside : ` ${inside} `;
  };
  const written = element => ['::before', '::after'].map(part => getComputedStyle(element, part))
    .filter(style => style.display !== 'none' && !['none', 'normal'].includes(style.content))
    .map(style => style.content.replace(/["\s]/g, '')).join('');  // what a style sheet writes beside an element
  const isClosed = element => element.shadowRoot || (element.tagName.includes('-') && !words(element).trim());
  const isLarge = element => element.offsetWidth > 2 && element.offsetHeight > 2;
  const insideOf = element => [element, ...element.querySelectorAll('*')];
  const isDrawn = row => insideOf(row).some(part => part.matches(DRAWN) || isClosed(part) || written(part));
  const isPicture = element => displayed(element) && !(element.shadowRoot && words(element).trim())
    && (((element.matches(PICTURES) || isClosed(element)) && isLarge(element))
      || /[\p{L}\p{N}]/u.test(written(element)));
  const cellsOf = row => row.cells
    ? [...row.cells] : [...row.querySelectorAll(CELL)].filter(cell => cell.closest('[role=row]') === row);
  const textOf = cell => displayed(cell) ? words(cell).trim()
    : cell.textContent.trim() || [...cell.querySelectorAll(CONTROLS)].map(valueOf).join(' ').trim();
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
    scripted: document.scripts.length > 0 || Boolean(document.body?.onload),
    complete: document.readyState === 'complete',
    tables: tables.length,
    near: headings.filter(row => namesOf(row).includes(wanted[0])).map(namesOf),
  };
  const body = document.body ?? document.documentElement;
  const wordsBeside = rows => line(words(body, { typed: false, without: new Set(rows) }));
  if (tables.length !== 1) return { ...page, page: wordsBeside([]) };

  const [head] = found;
  const [table] = tables;
  const heads = namesOf(head);
  let passed = false;
  const below = node => {
    if (node === head) { passed = true; return ''; }
    return node.contains(head) ? [...node.childNodes].map(below).join(' ') : passed ? words(node) : '';
  };
  const rows = [], hidden = [], unread = [], records = [];
  const isMute = (cell, at) => heads[at] && !textOf(cell)  // its words may be there, and cannot be read
    && insideOf(cell).some(part => part.matches('canvas, iframe, object, embed, video') || isClosed(part));
  const isForm = row => {  // a row of empty boxes, in which a record may be entered or sought
    const boxes = [...row.querySelectorAll(BOXES)].filter(box => !['submit', 'button', 'reset'].includes(box.type));
    const buttons = new Set(row.querySelectorAll('button'));
    return boxes.length > 0 && !boxes.some(box => box.value.trim())
      && !words(row, { typed: false, without: buttons }).trim();
  };
  const every = rowsOf(table);
  for (const row of every) {
    if (row === head) continue;
    const cells = cellsOf(row);
    const texts = cells.map(textOf);
    const isShown = displayed(row);
    if (sameNames(texts.map(line), heads)) continue;  // the headings once more, as at the foot of long lists
    const inHead = row.closest('thead') && tableOf(row) === table;
    const isFilter = cell => cell.querySelector('input, select, button')
      && ![...cell.querySelectorAll('input')].some(box => valueOf(box).trim());
    if (inHead && cells.every(cell => isHead(cell) || isFilter(cell))) continue;
    const fits = cells.length === heads.length && cells.every(cell => cell.colSpan === undefined || cell.colSpan === 1);
    const isWordless = !texts.join('');
    if (isShown && isWordless && !isDrawn(row) && row.getBoundingClientRect().height <= TALLEST) continue;
    const told = line(words(row)) || (isForm(row) ? '(a row of empty boxes)' : '(a row without words)');
    if (every.indexOf(row) < every.indexOf(head)) {  // a title, a filter; but no record stands above the headings
      const asks = cells.some(cell => cell.querySelector('input, select, button'));
      if (isShown && fits && heads.length > 1 && !asks && !cells.every(isHead)) unread.push(told);
    } else if (fits && !isWordless && !(isShown && (isForm(row) || cells.some(isMute)))) {
      records.push(row);
      (isShown ? rows : hidden).push(texts);
    } else if (isShown) unread.push(told);
  }
  const isAfter = element => !head.contains(element)
    && (head.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  const pictures = rows.length ? [] : [...body.querySelectorAll('*')].filter(part => isAfter(part) && isPicture(part));
  const scrolls = element => element.scrollHeight > element.clientHeight + 1
    && ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);
  const drawn = table.tagName === 'TABLE' ? [] : [table, ...table.querySelectorAll('*')];
  for (let at = table.parentElement; table.tagName !== 'TABLE' && at && at !== document.body; at = at.parentElement)
    drawn.push(at);
  return {
    ...page, heads, rows, hidden, unread, below: line(below(body)),
    page: wordsBeside(records), pictures: pictures.map(part => part.tagName.toLowerCase()),
    rows_declared: parseInt(table.getAttribute('aria-rowcount') ?? '-1'),
    rows_there: every.length,
    scrolls: drawn.some(scrolls),
  };
}
