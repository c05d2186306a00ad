// Tests of createCustomer, for @grpc/grpc-js and for Connect. `go test ./examples` runs them.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { mock, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Metadata, Server, ServerCredentials, credentials, status } from "@grpc/grpc-js";
import {
  CreateCustomerRequestSchema,
  CreateCustomerResponseSchema,
  CustomerService,
  ErrorInfoSchema,
  NotSettledError,
  RetryInfoSchema,
  StatusSchema,
  createCustomer,
  findDetail,
} from "@enlist/client";
import { createGrpcClient } from "@enlist/client/grpc";

/** @typedef {import("@enlist/client").CreateCustomerResponse} Response */
/** @typedef {import("@enlist/client").CreateCustomerOptions} Options */
/** @typedef {{ reason: string, retryMs?: number, domain?: string }} Info */

const request = { provider: "opencell", requestId: "0b8f6a3e" };
const response = create(CreateCustomerResponseSchema, { replayed: true });

/** @param {number} ms */
const retryInfo = (ms) => ({
  retryDelay: { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 },
});

/**
 * The trailer with the details of an error.
 * @param {number} code
 * @param {Info} info
 */
function packed(code, { reason, retryMs, domain = "enlist" }) {
  const details = [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain }))];
  if (retryMs !== undefined)
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, retryInfo(retryMs))));
  return Buffer.from(
    toBinary(StatusSchema, create(StatusSchema, { code, message: "why", details })),
  );
}

/**
 * An error of @grpc/grpc-js.
 * @param {number} code
 * @param {Info | Buffer} [info]
 */
function serviceError(code, info) {
  const metadata = new Metadata();
  if (info)
    metadata.set("grpc-status-details-bin", Buffer.isBuffer(info) ? info : packed(code, info));
  return Object.assign(new Error("why"), { code, details: "why", metadata });
}

/**
 * An error of Connect.
 * @param {number} code
 * @param {Info | Buffer} [info]
 */
function connectError(code, info) {
  if (Buffer.isBuffer(info)) return new ConnectError("why", code);
  const { reason = "", retryMs, domain = "enlist" } = info ?? {};
  const details = info
    ? [{ desc: ErrorInfoSchema, value: create(ErrorInfoSchema, { reason, domain }) }]
    : [];
  const retry =
    retryMs === undefined
      ? []
      : [{ desc: RetryInfoSchema, value: create(RetryInfoSchema, retryInfo(retryMs)) }];
  return new ConnectError("why", code, undefined, [...details, ...retry]);
}

/**
 * A client with its results, and the clock that it shares with createCustomer.
 * @param {unknown[]} results
 * @param {{ options?: Options, lasts?: number, init?: object, waits?: () => void }} [how]
 */
async function play(results, { options = {}, lasts = 0, init = request, waits: waiting } = {}) {
  let now = 1000;
  /** @type {number[]} */
  const timeouts = [];
  /** @type {number[]} */
  const waits = [];
  /** @type {[unknown, string, number][]} */
  const retries = [];
  const client = {
    /** @type {(message: object, call?: { timeoutMs?: number, a?: string }) => Promise<Response>} */
    async createCustomer(message, { timeoutMs = -1, a } = {}) {
      assert.deepEqual(message, create(CreateCustomerRequestSchema, init));
      assert.equal(a, "b", "an option of the client is not passed on");
      timeouts.push(timeoutMs);
      const result = results.shift();
      now += /** @type {any} */ (result)?.code === status.DEADLINE_EXCEEDED ? timeoutMs : lasts;
      if (result instanceof Error) throw result;
      return /** @type {Response} */ (result);
    },
  };
  const clock = mock.method(performance, "now", () => now);
  const timer = mock.method(
    globalThis,
    "setTimeout",
    (/** @type {() => void} */ end, /** @type {number} */ ms) => {
      waits.push(ms);
      if (!waiting) now += ms;
      queueMicrotask(waiting ?? end);
      return "timer";
    },
  );
  /** @type {unknown[]} */
  const cleared = [];
  const clear = mock.method(globalThis, "clearTimeout", (/** @type {unknown} */ id) => {
    cleared.push(id);
  });
  try {
    const onRetry = (/** @type {[unknown, string, number]} */ ...retry) => void retries.push(retry);
    const returned = await createCustomer(client, init, { a: "b", onRetry, ...options });
    return { returned, timeouts, waits, retries, cleared };
  } catch (thrown) {
    return { thrown, timeouts, waits, retries, cleared };
  } finally {
    clock.mock.restore();
    timer.mock.restore();
    clear.mock.restore();
  }
}

/**
 * @param {unknown} thrown
 * @param {unknown} cause
 */
function assertNotSettled(thrown, cause) {
  assert(thrown instanceof NotSettledError);
  assert.equal(thrown.name, "NotSettledError");
  assert.equal(thrown.requestId, request.requestId);
  assert.equal(thrown.cause, cause);
  assert.match(thrown.message, /is not known\. Repeat .* same requestId/);
}

test("a response is returned", async () => {
  const { returned, timeouts, waits } = await play([response]);
  assert.equal(returned, response);
  assert.deepEqual([timeouts, waits], [[60_000], []]);
});

test("requestId is required, but for validateOnly", async () => {
  const { thrown, timeouts } = await play([response], { init: { provider: "opencell" } });
  assert(thrown instanceof TypeError);
  assert.match(thrown.message, /Set requestId to a UUID, made once and stored/);
  assert.deepEqual(timeouts, []);
  assert.equal((await play([response], { init: { validateOnly: true } })).returned, response);
});

test("what cannot be encoded is thrown before anything is sent", async () => {
  const { thrown, timeouts } = await play([response], { init: { ...request, onExisting: 1.5 } });
  assert(thrown instanceof Error && !(thrown instanceof NotSettledError));
  assert.deepEqual(timeouts, []);
});

for (const [library, failure] of Object.entries({
  "grpc-js": serviceError,
  Connect: connectError,
})) {
  const unavailable = failure(status.UNAVAILABLE);
  const late = failure(status.DEADLINE_EXCEEDED);
  const lost = [
    status.UNAVAILABLE,
    status.DEADLINE_EXCEEDED,
    status.CANCELLED,
    status.UNKNOWN,
    status.INTERNAL,
    status.ABORTED,
  ];

  test(`${library}: RetryInfo is followed`, async () => {
    const first = failure(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 250 });
    const second = failure(status.UNAVAILABLE, { reason: "OVERLOADED", retryMs: 7000 });
    const { returned, waits, retries } = await play([first, second, response]);
    assert.equal(returned, response);
    assert.deepEqual(waits, [250, 7000]);
    assert.deepEqual(retries, [
      [first, "OUTCOME_UNKNOWN", 250],
      [second, "OVERLOADED", 7000],
    ]);
  });

  test(`${library}: a delay of zero does not spin`, async () => {
    const { waits } = await play([
      failure(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 0 }),
      response,
    ]);
    assert.deepEqual(waits, [100]);
  });

  test(`${library}: without RetryInfo the error is final`, async () => {
    for (const code of [status.ABORTED, status.UNAVAILABLE]) {
      const final = failure(code, { reason: "OUTCOME_UNKNOWN" });
      assert.equal((await play([final, response])).thrown, final);
    }
  });

  test(`${library}: a final error may leave earlier attempts open`, async () => {
    const lostOnce = failure(status.UNAVAILABLE);
    for (const reason of ["VENDOR_REJECTED", "CUSTOMER_EXISTS", "OUTCOME_UNKNOWN"]) {
      const final = failure(status.ABORTED, { reason });
      assert.equal((await play([lostOnce, final])).thrown, final);
    }
    for (const final of [
      failure(status.UNAUTHENTICATED, { reason: "CREDENTIALS_INVALID" }),
      failure(status.UNIMPLEMENTED),
    ]) {
      const { thrown } = await play([lostOnce, final]);
      assert.ok(thrown instanceof NotSettledError);
      assert.equal(thrown.cause, final);
      const init = { provider: "opencell", validateOnly: true };
      assert.equal((await play([lostOnce, final], { init })).thrown, final);
    }
  });

  test(`${library}: lost responses are repeated, other codes are final`, async () => {
    for (let code = 1; code <= 16; code++) {
      const error = failure(code);
      const { thrown, retries } = await play([error, response]);
      if (lost.includes(code)) assert.deepEqual(retries, [[error, "", 1000]]);
      else if ([3, 5, 7, 12, 16].includes(code)) assert.equal(thrown, error);
      else assert.ok(thrown instanceof NotSettledError && thrown.cause === error);
    }
  });

  test(`${library}: another domain is not Enlist's, broken details are ignored`, async () => {
    const other = failure(status.UNAVAILABLE, {
      reason: "RATE_LIMITED",
      retryMs: 9000,
      domain: "proxy.example",
    });
    for (const error of [other, failure(status.UNAVAILABLE, Buffer.from([255]))]) {
      assert.deepEqual((await play([error, response])).retries, [[error, "", 1000]]);
    }
  });

  test(`${library}: the backoff doubles up to a limit and is reset`, async () => {
    const answered = failure(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 500 });
    const { waits } = await play([
      ...Array(7).fill(unavailable),
      answered,
      unavailable,
      unavailable,
      response,
    ]);
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 16, 30, 30, 0.5, 1, 2].map((seconds) => seconds * 1000),
    );
  });

  test(`${library}: attempts are bounded by the total time`, async () => {
    const { timeouts } = await play([late, response], { options: { timeoutMs: 100_000 } });
    assert.deepEqual(timeouts, [60_000, 39_000]);
    const shorter = await play([late, response], { options: { attemptTimeoutMs: 5_000 } });
    assert.deepEqual(shorter.timeouts, [5_000, 5_000]);
  });

  test(`${library}: the total time ends in an attempt`, async () => {
    const answered = failure(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 500 });
    const { thrown, timeouts, waits } = await play([answered, late], {
      options: { timeoutMs: 5_000 },
    });
    assertNotSettled(thrown, answered);
    assert.deepEqual([timeouts, waits], [[5_000, 4_500], [500]]);
    assertNotSettled((await play([late], { options: { timeoutMs: 5_000 } })).thrown, late);
  });

  test(`${library}: no wait goes past the total time`, async () => {
    for (const last of [
      failure(status.UNAVAILABLE, { reason: "OVERLOADED", retryMs: 4000 }),
      unavailable,
    ]) {
      const { thrown, waits, retries } = await play([unavailable, unavailable, last], {
        options: { timeoutMs: 5_000 },
        lasts: 500,
      });
      assertNotSettled(thrown, last);
      assert.deepEqual([waits, retries.length], [[1000, 2000], 2]);
    }
  });

  test(`${library}: the signal ends a wait`, async () => {
    const controller = new AbortController();
    const { thrown, timeouts } = await play([unavailable, response], {
      options: { signal: controller.signal },
      waits: () => controller.abort(),
    });
    assertNotSettled(thrown, unavailable);
    assert.equal(timeouts.length, 1);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  test(`${library}: onRetry may abort the signal`, async () => {
    const controller = new AbortController();
    const { thrown, cleared } = await play([unavailable, response], {
      options: { signal: controller.signal, onRetry: () => controller.abort() },
      waits: () => undefined,
    });
    assertNotSettled(thrown, unavailable);
    assert.deepEqual(cleared, ["timer"]);
  });

  test(`${library}: the timeout of an attempt is a whole number`, async () => {
    const { timeouts } = await play([response], { options: { timeoutMs: 4_499.5 } });
    assert.deepEqual(timeouts, [4_500]);
  });
}

test("grpc-js: timeoutMs and signal of a call", async (t) => {
  const { address } = await serve(t, []);
  const client = createGrpcClient(CustomerService, address, credentials.createInsecure());
  t.after(() => client.close());
  await assert.rejects(client.createCustomer(request, { signal: AbortSignal.abort() }), {
    code: status.CANCELLED,
  });
  const { signal } = new AbortController();
  assert((await client.createCustomer(request, { timeoutMs: 10_000, signal })).replayed);
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("no time at all", async () => {
  for (const options of [{ timeoutMs: 0 }, { signal: AbortSignal.abort("enough") }]) {
    const { thrown, timeouts } = await play([response], { options });
    assertNotSettled(thrown, options.signal?.reason);
    assert.deepEqual(timeouts, []);
  }
});

test("a response counts even late", async () => {
  assert.equal(
    (await play([response], { options: { timeoutMs: 5_000 }, lasts: 9_000 })).returned,
    response,
  );
});

test("attemptTimeoutMs must be positive", async () => {
  assert(
    (await play([response], { options: { attemptTimeoutMs: 0 } })).thrown instanceof RangeError,
  );
});

// Over real connections to a server that loses the first response, says that the outcome is
// unknown, then knows it.
for (const library of ["grpc-js", "Connect"]) {
  test(`${library}: over a connection`, async (t) => {
    const { address, received } = await serve(t, [
      serviceError(status.CANCELLED),
      serviceError(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 200 }),
    ]);
    /** @type {string[]} */
    const reasons = [];
    const options = {
      timeoutMs: 20_000,
      onRetry: (/** @type {unknown} */ _, /** @type {string} */ reason) =>
        void reasons.push(reason),
    };
    const returned = await created(t, library, address, options);
    assert(returned.replayed);
    assert.deepEqual(reasons, ["", "OUTCOME_UNKNOWN"]);
    assert.deepEqual(received, ["b", "b", "b"]);
  });

  test(`${library}: the end of the time and the signal cancel an attempt`, async (t) => {
    const { address, received } = await serve(t, [], 60_000);
    const began = performance.now();
    for (const options of [
      () => ({ timeoutMs: 300 }),
      () => ({ signal: AbortSignal.timeout(300) }),
    ]) {
      await assert.rejects(
        created(t, library, address, options()),
        (error) => error instanceof NotSettledError && error.cause instanceof Error,
      );
    }
    assert.equal(received.length, 2);
    assert(performance.now() - began < 10_000);
  });

  test(`${library}: the reason of the last error`, async (t) => {
    const { address } = await serve(t, [
      serviceError(status.ABORTED, { reason: "OUTCOME_UNKNOWN", retryMs: 60_000 }),
    ]);
    await assert.rejects(created(t, library, address, { timeoutMs: 1_000 }), (error) => {
      assert(error instanceof NotSettledError);
      assert.equal(findDetail(error.cause, ErrorInfoSchema)?.reason, "OUTCOME_UNKNOWN");
      return true;
    });
  });
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string} library
 * @param {string} address
 * @param {Options} options
 */
function created(t, library, address, options) {
  if (library === "Connect") {
    const transport = createGrpcTransport({ baseUrl: `http://${address}` });
    return createCustomer(createClient(CustomerService, transport), request, {
      ...options,
      headers: { a: "b" },
    });
  }
  const client = createGrpcClient(CustomerService, address, credentials.createInsecure());
  t.after(() => client.close());
  const metadata = new Metadata();
  metadata.set("a", "b");
  return createCustomer(client, request, { ...options, metadata });
}

/**
 * Serves CreateCustomer: the errors, then the response after a delay.
 * @param {import("node:test").TestContext} t
 * @param {object[]} errors
 * @param {number} [delayMs]
 */
async function serve(t, errors, delayMs = 0) {
  const server = new Server();
  /** @type {unknown[]} */
  const received = [];
  /** @type {import("@grpc/grpc-js").handleUnaryCall<Buffer, Buffer>} */
  const handle = (call, respond) => {
    received.push(call.metadata.get("a")[0]);
    const error = errors.shift();
    if (error) return respond(error);
    setTimeout(
      () => respond(null, Buffer.from(toBinary(CreateCustomerResponseSchema, response))),
      delayMs,
    ).unref();
  };
  const bytes = {
    requestStream: false,
    responseStream: false,
    requestSerialize: Buffer.from,
    requestDeserialize: Buffer.from,
    responseSerialize: Buffer.from,
    responseDeserialize: Buffer.from,
  };
  server.addService(
    { createCustomer: { path: "/enlist.v1.CustomerService/CreateCustomer", ...bytes } },
    { createCustomer: handle },
  );
  const port = await new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, received };
}
