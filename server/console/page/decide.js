// The form in which a person decides. The server checks the decision; only what it refused can be recorded unverified.
import {call, customerPath, Failure, operationPath} from './api.js';
import {leaves} from './candidates.js';
import {clock, h, say, setText, submits} from './dom.js';
import {decisions} from './words.js';

const repeats = 3; // how often a decision is sent without a response, before the person repeats it
const pause = 2000;

// camel writes a path as REST errors do.
const camel = (path) => path.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

let decidedBy = ''; // stays for the next decision, until the page is gone

// overridable reports whether a refusal is one that a person may know better.
const overridable = (failure) => failure.about('customerId', 'decision', 'unverified') || failure.reason.startsWith('VENDOR_');

// isSame reports whether an operation already has this decision.
const isSame = ({decision, customerId}, made) => decision.decision === made.decision && decision.decidedBy === made.decidedBy && decision.reason === made.reason &&
  Boolean(decision.unverified) === Boolean(made.unverified) && (made.customerId ?? customerId) === customerId;

export function decidePart({provider, requestId, principal, customerId, isCorrection, signal, showCandidates, recorded}) {
  let knowsDecision = isCorrection; // whether the person knows that there is one
  let refusedDecision = ''; // what the server refused; another decision is not it

  const choice = (value, ...rest) => h('label', {class: 'choice'}, h('input', {type: 'radio', name: 'decision', value, required: true}), decisions[value], rest);
  const id = h('input', {id: 'customer-id', name: 'customerId', maxlength: 255, autocomplete: 'off', spellcheck: 'false', value: customerId ?? '', 'aria-describedby': 'customer-note'});
  const by = h('input', {id: 'decided-by', name: 'decidedBy', required: true, maxlength: 255, autocomplete: 'off', value: decidedBy});
  const why = h('textarea', {id: 'why', name: 'reason', required: true, maxlength: 2000, rows: 2});
  const unverified = h('input', {type: 'checkbox', id: 'unverified', name: 'unverified'});
  const override = h('div', {class: 'notice bad', hidden: true},
    h('label', {class: 'choice'}, unverified, h('strong', {}, 'Record it unverified')),
    h('p', {}, 'Enlist then records the decision against the check, and marks it so. A wrong id gives the caller somebody else’s customer. ' +
      'Do it only if you have seen the customer in the vendor’s own interface, and say so in the reason.'));
  const problem = h('div', {role: 'alert', class: 'problem', tabindex: -1});
  const summary = h('output', {id: 'summary', for: 'customer-id decided-by why unverified'});
  const heading = h('h2', {id: 'decide'}, isCorrection ? 'Correct the decision' : 'Decide');
  const send = h('button', {type: 'submit', class: 'primary', 'aria-describedby': 'summary'}, isCorrection ? 'Record correction' : 'Record decision');

  const value = () => {
    const decision = new FormData(form).get('decision') ?? '';
    return {
      decision, ...decision === 'DECISION_SUCCEEDED' && id.value.trim() && {customerId: id.value.trim()},
      decidedBy: by.value.trim(), reason: why.value.trim(), ...unverified.checked && {unverified: true}, ...principal !== null && {principal},
    };
  };
  const subject = ({decision, customerId: chosen}) => JSON.stringify([decision, chosen]);

  // sum says what a press on the button records.
  const sum = () => {
    const made = value();
    if (subject(made) !== refusedDecision) {
      override.hidden = true;
      unverified.checked = false;
      delete made.unverified;
    }
    id.required = made.decision === 'DECISION_SUCCEEDED' && !customerId;
    const what = {
      DECISION_SUCCEEDED: made.customerId ? `the customer exists, with id ${made.customerId}` : 'the customer exists',
      DECISION_FAILED: 'nothing was created, so the outcome is failed',
    }[made.decision];
    const check = made.decision === 'DECISION_FAILED' ?
      'checks that the vendor’s time limit has passed and, if the vendor offers a look-up, that it shows no such customer. Then it records' :
      'checks at the vendor, then records';
    setText(summary, what ? `Enlist ${made.unverified ? 'records UNVERIFIED' : check}: ${what}. ` +
      `Decided by ${made.decidedBy || '…'}. Nothing is sent to create a customer; callers get this outcome from then on.` : 'Choose what happened.');
  };

  // meets shows a decision that was recorded while the person filled in the form, and returns whether there is one. The form then corrects it.
  const meets = (operation) => {
    const {decision, customerId: decidedID} = operation;
    if (knowsDecision || !decision || isSame(operation, value())) {
      return false;
    }
    knowsDecision = true;
    setText(heading, 'Correct the decision');
    setText(send, 'Record correction');
    problem.replaceChildren(h('strong', {}, 'Another decision was recorded meanwhile.'),
      ` ${decisions[decision.decision]}${decidedID ? `, with id ${decidedID}` : ''}, by ${decision.decidedBy}. Read it below before you correct it. Yours is not recorded.`);
    return true;
  };

  // contradiction shows what the vendor has in the fields in which a customer differs from the request.
  const contradiction = async (failure, id) => {
    const said = failure.violations.find(({field}) => field === 'customerId')?.description ?? '';
    const {customer} = await call('GET', customerPath(provider, id), {signal});
    const differing = leaves(customer).map(([path, text]) => [camel(path), text]).filter(([path]) => said.includes(path));
    if (differing.length > 0) {
      problem.append(h('p', {}, 'The vendor has for this id:'), h('ul', {}, differing.map(([path, text]) =>
        h('li', {}, h('code', {}, path), ' ', h('strong', {}, '≠ request '), text))));
    }
  };

  const refuse = (failure) => {
    const decided = value();
    const lines = failure.violations.map(({field, description}) => h('li', {}, h('code', {}, field), ' ', description));
    const waits = failure.retryAfter > 0 && h('p', {}, `Decide again after ${clock(Date.now() + failure.retryAfter * 1000)}.`);
    problem.replaceChildren(h('strong', {}, 'Not recorded.'), ' ', lines.length > 0 ? h('ul', {}, lines) : failure.message, waits || '');
    if (overridable(failure)) {
      refusedDecision = subject(decided);
      override.hidden = false;
    }
    problem.focus();
    if (failure.about('customerId', 'decision')) {
      showCandidates();
    }
    if (failure.about('customerId') && decided.customerId) {
      contradiction(failure, decided.customerId).catch((error) => { // the refusal itself says enough
        if (!(error instanceof Failure) && !signal.aborted) {
          throw error;
        }
      });
    }
  };

  // record sends the decision, again if no response arrives: the same decision again changes nothing.
  const record = async () => {
    const path = operationPath(provider, requestId, ':resolve');
    const body = value();
    for (let sent = 1; ; sent++) {
      try {
        return await call('POST', path, {body, signal});
      } catch (failure) {
        if (signal.aborted || failure.status !== 0 || sent === repeats) {
          throw failure;
        }
        say('No response arrived. The same decision is sent again, which changes nothing if it was recorded.');
        await new Promise((resolve) => { setTimeout(resolve, pause); });
      }
    }
  };

  const form = h('form', {class: 'panel', 'aria-labelledby': 'decide', oninput: sum, onkeydown: (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }},
  heading,
  isCorrection && h('p', {}, 'A correction needs an operator. The earlier decision stays in the history.'),
  h('fieldset', {}, h('legend', {}, 'What happened'), choice('DECISION_SUCCEEDED'),
    h('p', {class: 'under'}, h('label', {for: 'customer-id'}, 'Customer id at the vendor'), id,
      h('span', {id: 'customer-note', class: 'quiet'}, 'Choose a candidate above, or type the id.')),
    choice('DECISION_FAILED')),
  h('div', {class: 'pair'},
    h('p', {}, h('label', {for: 'decided-by'}, 'Your name'), by),
    h('p', {}, h('label', {for: 'why'}, 'Reason'), why)),
  problem, override, summary,
  h('p', {class: 'actions'}, send, h('span', {class: 'quiet'}, ' or Ctrl+Enter')));
  const isBusy = submits(form, send, 'Checking and recording…', async () => {
    problem.replaceChildren();
    decidedBy = by.value.trim();
    try {
      if (!knowsDecision) {
        const {operation} = await call('GET', operationPath(provider, requestId), {query: {principal}, signal});
        if (meets(operation)) {
          problem.focus();
          return;
        }
      }
      recorded(await record());
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      if (failure.status === 0) {
        problem.replaceChildren(h('strong', {}, 'No response arrived.'), ' The decision may be recorded. Record it again as it is: the same decision changes nothing.');
        problem.focus();
      } else {
        refuse(failure);
      }
    }
  });
  id.addEventListener('input', () => {
    if (id.value) {
      form.elements.decision.value = 'DECISION_SUCCEEDED';
    }
  });
  sum();

  return {
    node: form,
    meets: (operation) => !isBusy() && meets(operation),
    isTouched: () => isBusy() || why.value !== '' || new FormData(form).has('decision'),
    choose(chosen) {
      id.value = chosen;
      form.elements.decision.value = 'DECISION_SUCCEEDED';
      sum();
      say(`${chosen} chosen`);
      (by.value ? why : by).focus();
    },
  };
}
