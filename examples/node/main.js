// Signs customers up with Enlist, reads its errors, and pages through a list.
//
// Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { create, enumToJson } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { credentials, status } from "@grpc/grpc-js";
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
import { createGrpcClient, findDetail } from "@enlist/client/grpc";

// The client has the retries and the keepalive that Enlist recommends. Beyond this machine use credentials.createSsl().
const customers = createGrpcClient(CustomerService, process.env.ENLIST_GRPC ?? "127.0.0.1:9090", credentials.createInsecure());

/** How long this program waits for a call, not how long Enlist tries. */
const in30Seconds = () => ({ deadline: Date.now() + 30_000 });

/** A create with a requestId of its own, made once, before the first try. A real program stores it with its order. */
function newRequest() {
  const requestId = randomUUID();
  return create(CreateCustomerRequestSchema, {
    provider: "opencell",
    requestId,
    customer: {
      id: `NODE-${requestId}`,
      name: { title: "Mr", givenName: "John", familyName: "Smith" },
      email: "john.smith@example.com",
      billingAddress: { lines: ["673 Eugene Points"], city: "Nice", postalCode: "06000", countryCode: "FR" },
    },
  });
}

/** Creates a customer. */
async function createCustomer() {
  const answer = await customers.createCustomer(newRequest(), in30Seconds());
  console.log("created", answer.customer?.id, enumToJson(OutcomeSchema, answer.outcome));
}

/** Creates a customer at a vendor that takes it and hangs up. The same request again brings the end, and never a second customer. */
async function createAndLoseTheAnswer() {
  await makeFault();
  const request = newRequest();
  for (;;) {
    try {
      const answer = await customers.createCustomer(request, in30Seconds());
      console.log("settled", answer.customer?.id, `replayed=${answer.replayed}`);
      return;
    } catch (/** @type {any} */ error) {
      const delay = findDetail(error, RetryInfoSchema)?.retryDelay;
      if (delay) {
        console.log("unknown", findDetail(error, ErrorInfoSchema)?.reason);
        await setTimeout(durationMs(delay));
      } else if ([status.UNAVAILABLE, status.DEADLINE_EXCEEDED].includes(error.code)) {
        await setTimeout(1000); // the answer was lost on the way to here
      } else {
        throw error; // calling again does not help
      }
    }
  }
}

/** Sends a request that is wrong, and one that the vendor refuses. */
async function readErrors() {
  const wrong = newRequest();
  wrong.customer = create(CustomerSchema, { name: { familyName: "Smith" }, email: "john.smith", billingAddress: { countryCode: "France" } });
  try {
    await customers.createCustomer(wrong, in30Seconds());
  } catch (error) {
    const badRequest = findDetail(error, BadRequestSchema);
    if (!badRequest) throw error; // something else
    for (const violation of badRequest.fieldViolations) console.log(`invalid ${violation.field}: ${violation.description}`);
  }

  const refused = newRequest();
  refused.vendorOptions = { case: "opencell", value: create(OpencellOptionsSchema, { billingCycle: "NO_SUCH_CYCLE" }) };
  try {
    await customers.createCustomer(refused, in30Seconds());
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
    const page = await customers.listContractors({ provider: "sellandsign", customerId: "DEMO-1", pageSize: 1, pageToken }, in30Seconds());
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

await createCustomer();
await createAndLoseTheAnswer();
await readErrors();
await listContractors();
customers.close();
