// Looks at one frame: every control and button a clerk could use, what is printed at it, and what it holds.
() => {
  const FIELDS = 'input, select, textarea';
  const BUTTONS = 'button, input[type=submit], input[type=button], input[type=image], input[type=reset], [role=button]';
  const clean = text => (text ?? '').replace(/\s+/g, ' ').trim();
  const isButton = element => element.matches(BUTTONS);
  const isField = element => element.matches(FIELDS) && element.type !== 'hidden' && !isButton(element);
  const fieldsIn = node => [...node.querySelectorAll(FIELDS)].filter(isField);
  const visible = element =>
    element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';

  const words = node => {  // what is printed in a node, without what its controls hold
    if (!node) return '';
    if (!node.querySelector('input, select, textarea, button, script, style')) return clean(node.textContent);
    const copy = node.cloneNode(true);
    copy.querySelectorAll('input, select, textarea, button, script, style').forEach(each => each.remove());
    return clean(copy.textContent);
  };
  const near = (element, step) => {  // the text before or after a control, up to the next control
    let found = '';
    for (let at = element[step]; at; at = at[step]) {
      if (at.nodeType === 1 && (at.matches(FIELDS) || at.querySelector(FIELDS) || at.matches('br, hr, table'))) break;
      found = step === 'previousSibling' ? at.textContent + found : found + at.textContent;
    }
    return clean(found);
  };
  const beside = element => {  // the cell left of the control's cell
    const cell = element.closest('td, th')?.previousElementSibling;
    return cell && !fieldsIn(cell).length ? words(cell) : '';
  };
  const given = element => [
    ...[...(element.labels ?? [])].map(words),
    clean(element.getAttribute('aria-label')),
    ...(element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean)
      .map(id => words(document.getElementById(id))),
  ].filter(Boolean);
  const labelsOf = element => {
    const found = element.type === 'radio' ? [] : given(element);
    const side = beside(element);
    if (side && !found.includes(side)) found.push(side);
    if (found.length) return found;
    const printed = element.type === 'checkbox' ? near(element, 'nextSibling') : near(element, 'previousSibling');
    const legend = element.type === 'radio' ? words(element.closest('fieldset')?.querySelector('legend')) : '';
    return [legend || printed || clean(element.placeholder) || clean(element.title)].filter(Boolean);
  };

  const lone = row =>  // a row that is nothing but a heading
    row.cells.length === 1 && !fieldsIn(row).length && words(row.cells[0]);
  const titles = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')];
  const headsOf = element => {  // the headings that a control stands under, the nearest first
    const found = [];
    for (let at = element; at; at = at.parentElement) {
      if (at.tagName === 'FIELDSET') found.push(words(at.querySelector('legend')));
      if (at.tagName !== 'TR') continue;
      const rows = at.closest('table').rows;
      for (let index = at.rowIndex - 1; index >= 0; index -= 1)
        if (lone(rows[index])) { found.push(words(rows[index])); break; }
    }
    const title = titles.filter(each => each.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
    if (title) found.push(words(title));
    return found.filter(Boolean);
  };
  const columnOf = element => {  // the column's heading, and the row counted from it
    const cell = element.closest('td, th');
    const row = cell?.parentElement;
    const table = row?.closest('table');
    if (!table) return ['', 0];
    const place = cells => cells.reduce((sum, each) => sum + each.colSpan, 0);
    const at = place([...row.cells].slice(0, cell.cellIndex));
    for (let index = row.rowIndex - 1; index >= 0; index -= 1) {
      const heads = [...table.rows[index].cells];
      if (heads.length < 2 || !heads.every(each => each.tagName === 'TH') || fieldsIn(table.rows[index]).length) continue;
      const head = heads.find((each, n) => {
        const from = place(heads.slice(0, n));
        return from <= at && at < from + each.colSpan;
      });
      return [words(head), row.rowIndex - index];
    }
    return ['', 0];
  };

  const kindOf = element => {
    if (element.tagName === 'SELECT') return 'select';
    if (['checkbox', 'radio', 'file'].includes(element.type)) return element.type;
    return 'text';
  };
  const printedAt = radio => given(radio)[0] || near(radio, 'nextSibling') || radio.value;
  const held = group => {
    const [element] = group;
    switch (kindOf(element)) {
      case 'select': return clean(element.selectedOptions[0]?.text);
      case 'checkbox': return element.checked ? 'yes' : 'no';
      case 'radio': { const on = group.find(each => each.checked); return on ? printedAt(on) : ''; }
      case 'file': return [...element.files].map(file => `${file.name} (${file.size} bytes)`).join(', ');
      default: return element.value;
    }
  };
  const optionsOf = group => {
    if (kindOf(group[0]) === 'select') return [...group[0].options].map(each => clean(each.text));
    return group[0].type === 'radio' ? group.map(printedAt) : [];
  };

  const describe = group => {
    const [element] = group;
    const [column, row] = columnOf(element);
    return {
      kind: kindOf(element), name: element.name ?? '', labels: labelsOf(element), heads: headsOf(element), column, row,
      options: optionsOf(group), values: element.type === 'radio' ? group.map(each => each.value) : [],
      longest: element.maxLength ?? -1, accept: element.accept ?? '',
      locked: group.every(each => each.matches(':disabled') || each.readOnly === true),
    };
  };
  const press = button => ({
    kind: 'button', name: button.getAttribute('name') ?? '', value: button.getAttribute('value') ?? '',
    labels: [clean(button.getAttribute('aria-label')) || words(button) || clean(button.value) || clean(button.alt)],
  });
  const group = fields => {  // the buttons of one choice are one control
    const groups = [];
    for (const element of fields) {
      if (!visible(element) && element.type !== 'file') continue;  // pages hide the file control behind a button
      const mates = element.type === 'radio' && element.name
        ? groups.find(([first]) => first.type === 'radio' && first.name === element.name && first.form === element.form)
        : undefined;
      if (mates) mates.push(element); else groups.push([element]);
    }
    return groups;
  };
  const tables = () => {  // the headings of columns, and the labels of printed values
    const rows = [...document.querySelectorAll('tr')].filter(row => !fieldsIn(row).length);
    const heads = rows.filter(row => row.cells.length > 1 && [...row.cells].every(each => each.tagName === 'TH'));
    const pairs = rows.filter(row => row.cells.length === 2 && !heads.includes(row) && words(row.cells[0]));
    return { columns: heads.map(row => [...row.cells].map(words)), printed: pairs.map(row => words(row.cells[0])) };
  };

  const look = () => {
    const groups = group([...document.querySelectorAll(FIELDS)].filter(isField));
    const buttons = [...document.querySelectorAll(BUTTONS)].filter(visible);
    const controls = groups.map(describe);
    const presses = buttons.map(press);
    const fixed = JSON.stringify([controls, presses]);
    const values = groups.map(held);
    const elements = [...groups.flat(), ...buttons];
    return {
      groups, buttons, fixed, elements,
      report: () => JSON.stringify({ controls, buttons: presses, contents: values, ...tables() }),
      holds: at => held(groups[at]),
      // Nothing but what controls hold has changed since: what was located then is still there.
      same: () => {
        const now = look();
        return now.fixed === fixed && now.elements.length === elements.length
          && now.elements.every((each, index) => each === elements[index]);
      },
      // No control holds anything else than it did.
      unchanged: () => groups.every((each, index) => each[0].isConnected && held(each) === values[index]),
    };
  };
  return look();
}
