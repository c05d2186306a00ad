// The customers at the vendor that an operation may have created, side by side with its request.
import {call, operationPath} from './api.js';
import {clock, h, say} from './dom.js';
import {matches} from './words.js';

// snake writes a JSON name as paths of the contract do.
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// leaves lists the values of a customer by their paths. The parts of a date are one value.
export function leaves(value, path = 'customer') {
  if (value === null || typeof value !== 'object') {
    return [[path, String(value)]];
  }
  if (Array.isArray(value)) {
    return value.flatMap((part, i) => leaves(part, `${path}[${i}]`));
  }
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name) => ['year', 'month', 'day'].includes(name))) {
    return [[path, [value.year, value.month, value.day].map((part) => String(part ?? '?').padStart(2, '0')).join('-')]];
  }
  return names.flatMap((name) => leaves(value[name], `${path}.${snake(name)}`));
}

// compare returns a row for each field: first those that differ from the request, then those in which the candidates differ from each other.
function compare(candidates) {
  const values = candidates.map(({customer = {}}) => new Map(leaves(customer)));
  const differing = candidates.map(({differences = []}) => new Map(differences.map((difference) => [difference.path, difference])));
  const paths = new Set([...differing, ...values].flatMap((found) => [...found.keys()]));
  paths.delete('customer.id');
  paths.delete('customer.source'); // it is the vendor, always
  return [...paths].map((path) => {
    const found = candidates.map((_, i) => ({text: differing[i].get(path)?.found ?? values[i].get(path) ?? '', differs: differing[i].has(path)}));
    const difference = differing.map((one) => one.get(path)).find(Boolean);
    const apart = !path.startsWith('customer.vendor_ids') && found.some(({text}) => text !== found[0].text);
    return {path, found, apart, difference, rank: difference ? 2 : apart ? 1 : 0};
  }).sort((a, b) => b.rank - a.rank);
}

const nothing = () => h('span', {class: 'quiet'}, 'none');

const cell = ({text, differs}) => h('td', {role: 'cell', class: differs && 'differs'},
  differs && h('strong', {class: 'mark'}, '≠ request'), text ? h('span', {}, text) : nothing());

// ofRequest is what a row shows of the request. The vendor alone sets some fields.
function ofRequest({path, difference}, accepted) {
  if (difference) {
    return difference.requested || nothing();
  }
  if (path === 'customer.create_time') {
    return `accepted ${clock(accepted)}`;
  }
  return h('span', {class: 'quiet'}, /^customer\.(vendor_ids|update_time)/.test(path) ? '–' : 'no difference');
}

const isTime = (text) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);

const fieldRow = (line, row, accepted) => line(
  h('span', {}, h('code', {}, row.path.replace('customer.', '')), row.apart && h('strong', {class: 'mark'}, 'not the same in all')),
  ofRequest(row, accepted), row.found.map(({text, differs}) => cell({text: isTime(text) ? clock(text) : text, differs})));

function comparison(candidates, accepted, choose) {
  const columns = candidates.map(({customer}) => customer?.id ?? '');
  const line = (name, first, cells) => h('tr', {role: 'row'}, h('th', {role: 'rowheader', scope: 'row'}, name), h('td', {role: 'cell'}, first), cells);
  const plainCell = (...content) => h('td', {role: 'cell'}, content);
  return h('table', {role: 'table', 'aria-label': 'Request and candidates', class: `compare of-${candidates.length > 3 ? 'many' : candidates.length + 1}`},
    h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, h('th', {role: 'columnheader', scope: 'col'}, 'Field'),
      h('th', {role: 'columnheader', scope: 'col'}, 'Request'), columns.map((id) => h('th', {role: 'columnheader', scope: 'col'}, h('span', {class: 'id block'}, id),
        h('button', {type: 'button', onclick: () => choose(id), 'aria-label': `Choose ${id}`}, 'Choose'))))),
    h('tbody', {role: 'rowgroup'},
      line('Evidence', '', candidates.map(({match}) => plainCell(matches[match] ?? 'Unclear'))),
      line('Claimed by', '', candidates.map(({claimedBy}) => plainCell(claimedBy ? h('span', {}, h('strong', {class: 'mark'}, 'another operation'), h('span', {class: 'id'}, claimedBy)) : nothing()))),
      compare(candidates).map((row) => fieldRow(line, row, accepted)),
    ));
}

// candidatesPart asks the vendor when told to, and shows what it returns. It never asks by itself.
export function candidatesPart(provider, id, principal, signal, choose) {
  const shown = h('div');
  const heading = h('h2', {id: 'candidates', tabindex: -1}, 'Candidates');
  let asking = null;
  const read = async () => {
    shown.replaceChildren(h('p', {role: 'status'}, 'Reading from the vendor…'));
    try {
      const {candidates = [], operation} = await call('GET', operationPath(provider, id), {query: {principal, include_candidates: true}, signal});
      ask.textContent = 'Read again';
      say(`${candidates.length} candidates`);
      shown.replaceChildren(candidates.length === 0 ?
        h('p', {}, 'The vendor shows no customer that this operation may have created.') : h('div', {}, h('div', {class: 'scroll', tabindex: candidates.length > 3 && 0}, comparison(candidates, operation.createTime, choose)),
          h('p', {class: 'quiet'}, 'Enlist compares what the vendor returns in the form of the request. The request as it was sent is in the timeline.')));
    } catch (error) {
      if (!signal.aborted) {
        shown.replaceChildren(h('p', {role: 'alert', class: 'problem'}, error.message));
      }
    } finally {
      asking = null;
    }
  };
  const show = () => asking ??= read();
  const ask = h('button', {type: 'button', onclick: show}, 'Show candidates');
  return {
    node: h('section', {'aria-labelledby': 'candidates'}, heading,
      h('p', {class: 'quiet'}, `The customers at ${provider} that this operation may have created. The vendor is asked now, and nothing is created or stored.`),
      h('p', {class: 'actions'}, ask), shown),
    show,
  };
}
