// The health of all providers on one screen.
import {all} from './api.js';
import {age, badge, h, reconcile, table} from './dom.js';
import {breakers, credentials, plain, safeties} from './words.js';

const word = (words, value, unset) => badge(...words[value ?? unset] ?? [value, '']);

export function providersView(signal) {
  const shown = table('Providers', ['Provider', 'Breaker', 'Credentials', 'Last response', 'Last failure', 'In flight', 'Duplicate safety']);
  const row = ({name, vendor, health = {}, duplicateSafety = {}}) => shown.row(
    h('span', {}, h('strong', {}, name), h('span', {class: 'quiet block'}, plain(vendor ?? '', 'VENDOR_'))),
    word(breakers, health.breaker, 'BREAKER_STATE_UNSPECIFIED'),
    word(credentials, health.credentials, 'CREDENTIAL_STATE_UNSPECIFIED'),
    health.lastSuccessTime ? h('span', {}, age(health.lastSuccessTime), ' ago') : 'none yet',
    health.lastFailureTime ? h('span', {}, age(health.lastFailureTime), ' ago', h('code', {class: 'block'}, health.lastFailureReason ?? '')) : 'none',
    String(health.inFlight ?? 0),
    h('span', {}, safeties[duplicateSafety.class] ?? duplicateSafety.class ?? '', h('span', {class: 'quiet block'}, duplicateSafety.explanation ?? '')),
  );
  return {
    node: h('div', {}, h('h1', {}, 'Providers'),
      h('p', {class: 'quiet'}, 'The health of each connection, as the replica that responds has seen it since its start.'), shown.node),
    async refresh() {
      const {items} = await all('v1/providers', 'providers', {signal});
      const seen = items.map(({name, vendor, health, duplicateSafety}) => ({name, vendor, health, duplicateSafety}));
      reconcile(shown.body, seen, ({name}) => name, row);
    },
  };
}
