'use strict';

// Where this server is, also behind a path prefix: /docs/ is beside /openapi.json and /v1/.
const root = new URL('..', location.href).href;
const reference = document.getElementById('reference');

// What Swagger UI does not tell those who hear the page.
const attributes = {
  'textarea.body-param__text': {'aria-label': 'Request body'},
  '.examples-select-element': {'aria-label': 'Example'},
  '.copy-to-clipboard button': {'aria-label': 'Copy'},
  '.modal-ux': {role: 'dialog', 'aria-label': 'Authorization'},
  '.modal-ux h3': {'aria-level': '2'},
  '.modal-ux h4': {'aria-level': '3'},
  '.modal-ux .authorize': {'aria-label': 'Authorize'}, // what it shows, not "Apply credentials"
  '.close-modal': {'aria-label': 'Close'},
};
new MutationObserver(() => {
  for (const [selector, missing] of Object.entries(attributes)) {
    for (const element of reference.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(missing)) {
        element.setAttribute(name, value);
      }
    }
  }
}).observe(reference, {childList: true, subtree: true});

const accessible = () => ({
  wrapComponents: {
    // A link inside the button that opens an operation is two controls in one; the button changes the address as well.
    DeepLink: (_, {React}) => ({text}) => React.createElement('span', null, text),
    // Below the page's h1 there are h3 only.
    operations: (Original, {React}) => (props) => React.createElement(React.Fragment, null,
      React.createElement('h2', null, 'Operations'), React.createElement(Original, props)),
  },
  statePlugins: {
    spec: {
      wrapActions: {
        setResponse: (original) => (path, method, response) => {
          const {status} = response.err ?? response;
          document.getElementById('answered').textContent = status ? `The server answered with status ${status}.` : 'The server did not answer.';
          return original(path, method, response);
        },
      },
    },
  },
});

SwaggerUIBundle({
  domNode: reference,
  url: '../openapi.json',
  plugins: [accessible],
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
  syntaxHighlight: {theme: 'obsidian'},
  requestInterceptor: (request) => {
    if (!request.loadSpec) {
      request.url = request.url.replace(`${location.origin}/`, root);
    }
    return request;
  },
});
