#!/usr/bin/env bash
# Signs customers up with Enlist with grpcurl, reads its errors, and pages through a list. It needs grpcurl, curl and jq.
#
# Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.
set -euo pipefail

enlist=${ENLIST_GRPC:-127.0.0.1:9090}
sandbox=${ENLIST_SANDBOX:-http://127.0.0.1:8090}

# The descriptor set tells grpcurl of the contract; without it grpcurl asks the server.
contract=$(dirname "$0")/../../gen/descriptor/enlist.binpb

# Calls Enlist, prints the answer or the error, and fails with the latter. The deadline is how long this script waits, not how long Enlist tries.
call() { grpcurl -plaintext -protoset "$contract" -max-time 30 -format-error -d "$2" "$enlist" "enlist.v1.CustomerService/$1" 2>&1; }
create() { call CreateCustomer "$1"; }

# Prints a create with a request_id of its own, made once, before the first try. A real program stores it with its order.
new_request() {
  local request_id
  request_id=$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)
  jq --null-input --arg request_id "$request_id" '{
    provider: "opencell",
    requestId: $request_id,
    customer: {
      id: "GRPCURL-\($request_id)",
      name: {title: "Mr", givenName: "John", familyName: "Smith"},
      email: "john.smith@example.com",
      billingAddress: {lines: ["673 Eugene Points"], city: "Nice", postalCode: "06000", countryCode: "FR"}
    }
  }'
}

# Prints what a jq program makes of an error. In it, detail(type) is the error's detail of that type.
read_error() { jq --raw-output 'def detail(type): .details[] | select(."@type" == "type.googleapis.com/" + type); '"$2" <<<"$1"; }

# A create.
answer=$(create "$(new_request)") || { echo "$answer" >&2; exit 1; }
jq --raw-output '"created \(.customer.id) \(.outcome)"' <<<"$answer"

# A create at a vendor that takes it and hangs up. The same request again brings the end, and never a second customer.
# Only an example tells the sandbox to lose its next answer.
curl --silent --output /dev/null "$sandbox/sandbox/faults" --data '{"vendor": "opencell", "operation": "create", "kind": "drop_after", "times": 1}'
request=$(new_request)
until answer=$(create "$request"); do
  [[ $answer = *'"details"'* ]] || { sleep 1; continue; } # not from Enlist: the answer was lost on the way to here
  delay=$(read_error "$answer" 'detail("google.rpc.RetryInfo").retryDelay | rtrimstr("s")')
  [ -n "$delay" ] || { echo "$answer" >&2; exit 1; } # calling again does not help
  read_error "$answer" '"unknown \(detail("google.rpc.ErrorInfo").reason)"'
  sleep "$delay"
done
jq --raw-output '"settled \(.customer.id) replayed=\(.replayed // false)"' <<<"$answer"

# A request that is wrong, and one that the vendor refuses.
wrong=$(new_request | jq '.customer.email = "john.smith" | .customer.billingAddress.countryCode = "France"')
answer=$(create "$wrong") || read_error "$answer" 'detail("google.rpc.BadRequest").fieldViolations[] | "invalid \(.field): \(.description)"'
refused=$(new_request | jq '.opencell.billingCycle = "NO_SUCH_CYCLE"')
answer=$(create "$refused") || read_error "$answer" '"refused \(detail("google.rpc.ErrorInfo").reason) \(detail("enlist.v1.VendorError").messages[0].message)"'

# All pages of a list.
token=
while true; do
  page=$(call ListContractors '{"provider": "sellandsign", "customerId": "DEMO-1", "pageSize": 1, "pageToken": "'"$token"'"}') || { echo "$page" >&2; exit 1; }
  jq --raw-output '.contractors[] | "contractor \(.id)"' <<<"$page"
  token=$(jq --raw-output '.nextPageToken // empty' <<<"$page")
  [ -n "$token" ] || break
done
