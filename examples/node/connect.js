// Signs customers up with Enlist over Connect, reads its errors, and pages through a list: the same as main.js.
//
// Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { create, enumToJson } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  BadRequestSchema,
  CreateCustomerRequestSchema,
  CustomerSchema,
  CustomerService,
  ErrorInfoSchema,
  OpencellOptionsSchema,
  OutcomeSchema,
  RetryInfoSchema,
  VendorErrorSchema,
} from "@enlist/client";

// Connect knows no service config: the deadline and the keepalive that Enlist recommends stand here. Beyond this machine use https://.
// The deadline is how long this program waits for a call, not how long Enlist tries.
const transport = createGrpcTransport({
  baseUrl: `http://${process.env.ENLIST_GRPC ?? "127.0.0.1:9090"}`,
  defaultTimeoutMs: 30_000,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 10_000,
});
const customers = createClient(CustomerService, transport);

/** What Connect makes of a connection that ends before the answer; such an error is not from Enlist, and has no ErrorInfo. */
const lostOnTheWay = [Code.Unavailable, Code.DeadlineExceeded, Code.Canceled, Code.Aborted];

/** A create with a requestId of its own, made once, before the first try. A real program stores it with its order. */
function newRequest() {
  const requestId = randomUUID();
  return create(CreateCustomerRequestSchema, {
    provider: "opencell",
    requestId,
    customer: {
      id: `CONNECT-${requestId}`,
      name: { title: "Mr", givenName: "John", familyName: "Smith" },
      email: "john.smith@example.com",
      billingAddress: { lines: ["673 Eugene Points"], city: "Nice", postalCode: "06000", countryCode: "FR" },
    },
  });
}

/** Creates a customer. */
async function createCustomer() {
  const answer = await customers.createCustomer(newRequest());
  console.log("created", answer.customer?.id, enumToJson(OutcomeSchema, answer.outcome));
}

/** Creates a customer at a vendor that takes it and hangs up. The same request again brings the end, and never a second customer. */
async function createAndLoseTheAnswer() {
  await makeFault();
  const request = newRequest();
  for (;;) {
    try {
      const answer = await customers.createCustomer(request);
      console.log("settled", answer.customer?.id, `replayed=${answer.replayed}`);
      return;
    } catch (reason) {
      const { code } = ConnectError.from(reason);
      const info = detail(reason, ErrorInfoSchema);
      const delay = detail(reason, RetryInfoSchema)?.retryDelay;
      if (delay) {
        console.log("unknown", info?.reason);
        await setTimeout(durationMs(delay));
      } else if (!info && lostOnTheWay.includes(code)) {
        await setTimeout(1000);
      } else {
        throw reason; // calling again does not help
      }
    }
  }
}

/** Sends a request that is wrong, and one that the vendor refuses. */
async function readErrors() {
  const wrong = newRequest();
  wrong.customer = create(CustomerSchema, { name: { familyName: "Smith" }, email: "john.smith", billingAddress: { countryCode: "France" } });
  try {
    await customers.createCustomer(wrong);
  } catch (error) {
    const badRequest = detail(error, BadRequestSchema);
    if (!badRequest) throw error; // something else
    for (const violation of badRequest.fieldViolations) console.log(`invalid ${violation.field}: ${violation.description}`);
  }

  const refused = newRequest();
  refused.vendorOptions = { case: "opencell", value: create(OpencellOptionsSchema, { billingCycle: "NO_SUCH_CYCLE" }) };
  try {
    await customers.createCustomer(refused);
  } catch (error) {
    const info = detail(error, ErrorInfoSchema);
    const vendor = detail(error, VendorErrorSchema);
    if (!info || !vendor) throw error; // something else
    console.log("refused", info.reason, vendor.messages[0].message);
  }
}

/** Reads all pages of a list. */
async function listContractors() {
  let pageToken = "";
  do {
    const page = await customers.listContractors({ provider: "sellandsign", customerId: "DEMO-1", pageSize: 1, pageToken });
    for (const contractor of page.contractors) console.log("contractor", contractor.id);
    pageToken = page.nextPageToken;
  } while (pageToken);
}

/**
 * The detail of that kind, if the error has it.
 * @template {import("@bufbuild/protobuf").DescMessage} Desc
 * @param {unknown} error
 * @param {Desc} schema
 */
const detail = (error, schema) => ConnectError.from(error).findDetails(schema).at(0);

/** Tells the sandbox to lose its next answer. Only an example needs this. */
async function makeFault() {
  const fault = { vendor: "opencell", operation: "create", kind: "drop_after", times: 1 };
  const sandbox = process.env.ENLIST_SANDBOX ?? "http://127.0.0.1:8090";
  await fetch(`${sandbox}/sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
}

await createCustomer();
await createAndLoseTheAnswer();
await readErrors();
await listContractors();
