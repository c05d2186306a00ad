// Calls of this server's REST API. The credential is in this variable alone, so it is gone with the page.
let credential = '';

const root = new URL('..', location.href); // /console/ is beside /v1/, also behind a path prefix

// Failure is a call that did not succeed. Without a status, no response arrived.
export class Failure extends Error {
  constructor(message, status = 0, details = []) {
    super(message);
    const detail = (type) => details.find((one) => one['@type']?.endsWith(type)) ?? {};
    this.status = status;
    this.reason = detail('ErrorInfo').reason ?? '';
    this.violations = detail('BadRequest').fieldViolations ?? [];
    this.retryAfter = Number.parseFloat(detail('RetryInfo').retryDelay ?? '0');
  }

  // about reports whether the server refused this field.
  about(...fields) {
    return this.violations.some(({field}) => fields.includes(field));
  }
}

export const signedIn = () => credential !== '';

export function signIn(key) {
  credential = key;
}

export function signOut() {
  credential = '';
}

// call sends a request and returns the body of the response. Empty parameters are left out, except a principal.
export async function call(method, path, {query = {}, body, signal} = {}) {
  const url = new URL(path, root);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && (value !== '' || name === 'principal')) {
      url.searchParams.set(name, value);
    }
  }
  const headers = {Accept: 'application/json'};
  if (credential) {
    headers.Authorization = `Bearer ${credential}`;
  }
  if (body) {
    headers['Content-Type'] = 'application/json';
  }
  let response;
  let text;
  try {
    const timeout = AbortSignal.timeout(120_000);
    response = await fetch(url, {
      method, headers, body: body && JSON.stringify(body), cache: 'no-store', redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new Failure('The server does not respond. Check that Enlist runs and that you can reach it.');
  }
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    throw new Failure(`The response, with status ${response.status}, is not Enlist’s. Check the address and the proxy in front of it.`, response.status);
  }
  if (!response.ok && said.message !== undefined) {
    throw new Failure(said.message, response.status, said.details);
  }
  return said;
}

// all reads pages of a list until it has enough of them, or all.
export async function all(path, member, {query = {}, most = Infinity, signal} = {}) {
  const items = [];
  let token = '';
  do {
    const page = await call('GET', path, {query: {...query, page_size: Math.min(most - items.length, 1000), page_token: token}, signal});
    items.push(...page[member] ?? []);
    token = page.nextPageToken ?? '';
  } while (token && items.length < most);
  return {items, more: token !== ''};
}

// providerNames lists the providers. A key that may not list them gets none.
export async function providerNames(signal) {
  try {
    return (await all('v1/providers', 'providers', {signal})).items.map(({name}) => name);
  } catch (error) {
    if (error.status === 403) {
      return [];
    }
    throw error;
  }
}

const segment = encodeURIComponent;

export const customerPath = (provider, id) => `v1/providers/${segment(provider)}/customers/${segment(id)}`;

export const operationPath = (provider, id, verb = '') => `v1/providers/${segment(provider)}/operations/${segment(id)}${verb}`;

export const operationsPath = (provider) => `v1/providers/${segment(provider)}/operations`;
