// Signs customers up with Enlist over Connect, reads its errors, and pages through a list: the same as main.js.
//
// Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.

import { randomUUID } from "node:crypto";
import { create, enumToJson } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  BadRequestSchema,
  CreateCustomerRequestSchema,
  CustomerSchema,
  CustomerService,
  ErrorInfoSchema,
  OpencellOptionsSchema,
  OutcomeSchema,
  VendorErrorSchema,
  createCustomer,
  findDetail,
} from "@enlist/client";

// Connect knows no service config: the deadline and the keepalive that Enlist recommends are here.
// Beyond this machine use https://.
const transport = createGrpcTransport({
  baseUrl: `http://${process.env.ENLIST_GRPC ?? "127.0.0.1:9090"}`,
  defaultTimeoutMs: 30_000,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 10_000,
});
const customers = createClient(CustomerService, transport);

/** A creation with its own requestId, made once. A real program stores it with its order. */
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
async function createOne() {
  const response = await createCustomer(customers, newRequest(), { timeoutMs: 30_000 });
  console.log("created", response.customer?.id, enumToJson(OutcomeSchema, response.outcome));
}

/**
 * Creates a customer at a vendor that creates it and hangs up. createCustomer repeats the request
 * until the outcome is known. It never creates a second customer.
 */
async function createAndLoseTheAnswer() {
  await makeFault();
  const response = await createCustomer(customers, newRequest(), { onRetry: show });
  console.log("settled", response.customer?.id, `replayed=${response.replayed}`);
}

/**
 * Prints why a request is repeated, unless its response was lost on the way to here.
 * @param {unknown} _error
 * @param {string} reason
 */
function show(_error, reason) {
  if (reason) console.log("unknown", reason);
}

/** Sends a request that is wrong, and one that the vendor refuses. */
async function readErrors() {
  const wrong = newRequest();
  wrong.customer = create(CustomerSchema, { name: { familyName: "Smith" }, email: "john.smith", billingAddress: { countryCode: "France" } });
  try {
    await createCustomer(customers, wrong, { timeoutMs: 30_000 });
  } catch (error) {
    const badRequest = findDetail(error, BadRequestSchema);
    if (!badRequest) throw error; // something else
    for (const violation of badRequest.fieldViolations) console.log(`invalid ${violation.field}: ${violation.description}`);
  }

  const refused = newRequest();
  refused.vendorOptions = { case: "opencell", value: create(OpencellOptionsSchema, { billingCycle: "NO_SUCH_CYCLE" }) };
  try {
    await createCustomer(customers, refused, { timeoutMs: 30_000 });
  } catch (error) {
    const info = findDetail(error, ErrorInfoSchema);
    const vendor = findDetail(error, VendorErrorSchema);
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

/** Tells the sandbox to lose its next answer. Only an example needs this. */
async function makeFault() {
  const fault = { vendor: "opencell", operation: "create", kind: "drop_after", times: 1 };
  const sandbox = process.env.ENLIST_SANDBOX ?? "http://127.0.0.1:8090";
  await fetch(`${sandbox}/sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
}

await createOne();
await createAndLoseTheAnswer();
await readErrors();
await listContractors();
