package server_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// reason is what the contract says of one ErrorReason.
type reason struct {
	name, code, cause, remedy, retry, details string
	http                                      int
	elsewhere                                 string // of HTTP: other statuses, and when
}

var form = regexp.MustCompile(`^Code: ([A-Z_]+), HTTP (\d{3})( \(.+?\))?\. Cause: (.+\.) Remedy: (.+\.) ` +
	`RetryInfo: (never|always|always, unless [^.]+)\. Details: (none|BadRequest|VendorError|VendorError, BadRequest)\.$`)

// reasons reads the comments of the enum, whose form it asserts, from the descriptor set: generated Go code has none.
func reasons(t *testing.T) []reason {
	t.Helper()
	data, err := os.ReadFile("../gen/descriptor/enlist.binpb")
	if err != nil {
		t.Fatal(err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(data, set); err != nil {
		t.Fatal(err)
	}
	var all []reason
	for _, file := range set.GetFile() {
		if file.GetName() != "enlist/v1/error.proto" {
			continue
		}
		for _, location := range file.GetSourceCodeInfo().GetLocation() {
			path := location.GetPath()
			if len(path) != 4 || path[0] != 5 || path[1] != 0 || path[2] != 2 || path[3] == 0 { // enum_type[0].value[n]; none of the first
				continue
			}
			name := file.GetEnumType()[0].GetValue()[path[3]].GetName()
			found := form.FindStringSubmatch(strings.Join(strings.Fields(location.GetLeadingComments()), " "))
			if found == nil {
				t.Fatalf("the comment of %s has another form than %s", name, form)
			}
			made := reason{name: name, code: found[1], elsewhere: strings.TrimSpace(found[3]), cause: found[4], remedy: found[5], retry: found[6], details: found[7]}
			_, _ = fmt.Sscan(found[2], &made.http)
			all = append(all, made)
		}
	}
	if len(all) != len(enlistv1.ErrorReason_name)-1 {
		t.Fatalf("%d reasons have comments, of %d", len(all), len(enlistv1.ErrorReason_name)-1)
	}
	return all
}

const errorsPage = "../docs/errors.md"

// docs/errors.md is what the comments of enum ErrorReason say.
func TestErrorsPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(howToRead)
	for _, r := range reasons(t) {
		fmt.Fprintf(&page, "\n### %s\n\n| | |\n|---|---|\n", r.name)
		for _, row := range [][2]string{
			{"code", strings.TrimSpace(fmt.Sprintf("%s, HTTP %d %s", r.code, r.http, r.elsewhere))},
			{"cause", r.cause},
			{"remedy", r.remedy},
			{"RetryInfo", r.retry},
			{"details", strings.TrimSuffix("ErrorInfo, "+r.details, ", none")},
		} {
			fmt.Fprintf(&page, "| %s | %s |\n", row[0], cell(row[1]))
		}
	}
	if *update {
		if err := os.WriteFile(errorsPage, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	if page.String() != string(want) {
		t.Error("docs/errors.md is not what the comments of ErrorReason say: make docs")
	}
}

const howToRead = `# Errors

Every error of Enlist, by its reason. ` + "`make docs`" + ` writes this page from the comments of
[` + "`ErrorReason`" + `](../proto/enlist/v1/error.proto).

## How to read one

An error is a ` + "`google.rpc.Status`" + `, over gRPC and over REST:

- a **code** of gRPC. REST has it in the body, and an HTTP status besides;
- a **message** for people that ends with what to do. It may change in any release: programs use the
  reason;
- **details**, at most one of each, together under 4 KiB:

| detail | contains |
|---|---|
| ` + "`google.rpc.ErrorInfo`" + `, always | the **reason** and the domain ` + "`enlist`" + `. Its metadata has ` + "`provider`" + `, ` + "`request_id`" + `, ` + "`send_stage`" + ` (` + "`NOT_SENT`" + `, ` + "`SENT`" + ` or ` + "`ANSWERED`" + `: how far the request to the vendor got) and ` + "`vendor_code`" + `, as far as they are known. |
| ` + "`google.rpc.BadRequest`" + ` | all wrong fields, by proto path, each with what it takes. Outside the contract's fields, the path is ` + "`body`" + `, ` + "`query`" + `, ` + "`path`" + ` or the name of a header. |
| ` + "`google.rpc.RetryInfo`" + ` | repeat the same request, with the same ` + "`request_id`" + `, after this delay. Without it, waiting does not help. REST also has it as the header ` + "`Retry-After`" + `, in whole seconds. |
| ` + "`enlist.v1.VendorError`" + ` | the vendor's HTTP status, codes and words, without secrets, cut to size. ` + "`GetOperation`" + ` returns the whole response to a creation. |

No error contains a secret. Enlist's own words repeat no value of a field. The vendor's words may.

With grpcurl, which prints every detail in full:

` + "```console" + `
$ grpcurl -plaintext -d '{"provider":"opencell","customer":{"name":{"family_name":"Smith"},"billing_address":{"country_code":"France"}}}' \
    localhost:9090 enlist.v1.CustomerService/CreateCustomer
` + grpcurlSample + "```" + `

With curl:

` + "```console" + `
$ curl -si localhost:8080/v1/providers/opencell/customers/NOBODY
HTTP/1.1 404 Not Found
Content-Type: application/json
X-Request-Id: 0f4ef2e3-32bd-4f6a-9d44-9f8c6a4b3f5e
…
{"code":5,"message":"Provider opencell has no customer with this id. Use the customer.id that CreateCustomer returned.",
 "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"CUSTOMER_NOT_FOUND","domain":"enlist",
             "metadata":{"provider":"opencell","send_stage":"ANSWERED","vendor_code":"ENTITY_DOES_NOT_EXISTS_EXCEPTION"}},
            {"@type":"type.googleapis.com/enlist.v1.VendorError","httpStatus":404,"messages":[
             {"code":"ENTITY_DOES_NOT_EXISTS_EXCEPTION","message":"Customer with code NOBODY does not exist"}]}]}
` + "```" + `

` + "`X-Request-Id`" + ` is the id of the request. The operator's log calls it ` + "`call_id`" + `.

In a Go program, by the reason:

` + "```go" + `
for _, detail := range status.Convert(err).Details() {
    switch detail := detail.(type) {
    case *errdetails.ErrorInfo: // google.golang.org/genproto/googleapis/rpc/errdetails
        log.Print(detail.GetReason(), detail.GetMetadata()["send_stage"])
    case *errdetails.RetryInfo:
        time.Sleep(detail.GetRetryDelay().AsDuration()) // then repeat, with the same request_id
    case *enlistv1.VendorError:
        log.Print(detail.GetMessages())
    }
}
` + "```" + `

In other languages, the status with its details is in the trailer ` + "`grpc-status-details-bin`" + `.
Libraries read it: ` + "`enlist.find_detail(error, ErrorInfo)`" + ` in Python and
` + "`findDetail(error, ErrorInfoSchema)`" + ` in Node, of the packages in ` + "`gen/`" + `, and
` + "`StatusProto.fromThrowable(error)`" + ` in Java.

Errors that do not come from Enlist have no details. These are gRPC's own refusals: a message that
is too large, and a deadline that passed before a response came. Over HTTP they are plain text, for
example for a path with an incomplete escape. The gRPC port takes gRPC only, and the HTTP port
HTTP/1.1 only.

## The reasons
`

const grpcurlSample = `ERROR:
  Code: InvalidArgument
  Message: customer.billing_address.country_code is not valid. The field violation says what to change.
  Details:
  1)	{
    	  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    	  "domain": "enlist",
    	  "metadata": {
    	    "provider": "opencell"
    	  },
    	  "reason": "INVALID_FIELD"
    	}
  2)	{
    	  "@type": "type.googleapis.com/google.rpc.BadRequest",
    	  "fieldViolations": [
    	    {
    	      "field": "customer.billing_address.country_code",
    	      "description": "must be an ISO 3166-1 alpha-2 country code of two capital letters, for example FR",
    	      "reason": "INVALID_FIELD"
    	    }
    	  ]
    	}
`
