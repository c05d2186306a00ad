package server_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// reason is the contract's description of an ErrorReason.
type reason struct {
	*enlistv1.Consequences
	name, code, cause, remedy, action, retry string
	http                                     int
}

// reasons reads the options and comments of the enum from the descriptor set, since generated Go
// code has no comments.
func reasons(t *testing.T) []reason {
	t.Helper()
	files := descriptorSet(t)
	var all []reason
	values := enumOf(t, files, "enlist.v1.ErrorReason").Values()
	actions := enumOf(t, files, "enlist.v1.CallerAction").Values()
	for i := range values.Len() {
		value := values.Get(i)
		if value.Number() == 0 {
			continue
		}
		follows, _ := proto.GetExtension(value.Options(), enlistv1.E_Reason).(*enlistv1.Consequences)
		paragraphs := strings.Split(comment(value), "\n\n")
		if follows.GetCode() == 0 || follows.GetAction() == 0 || len(paragraphs) != 2 {
			t.Fatalf("%s has the option %v and the comment %q, want a code, an action, and the paragraphs cause and remedy", value.Name(), follows, paragraphs)
		}
		all = append(all, reason{
			Consequences: follows, name: string(value.Name()), code: follows.GetCode().String(), cause: paragraphs[0], remedy: paragraphs[1],
			action: comment(actions.ByNumber(follows.GetAction().Number())), retry: retryOf(follows),
			http: runtime.HTTPStatusFromCode(codes.Code(follows.GetCode())),
		})
	}
	if len(all) != len(enlistv1.ErrorReason_name)-1 {
		t.Fatalf("%d reasons, of %d", len(all), len(enlistv1.ErrorReason_name)-1)
	}
	return all
}

// retryOf describes when RetryInfo comes with an error.
func retryOf(follows *enlistv1.Consequences) string {
	switch {
	case !follows.GetRetryInfo():
		return "never"
	case follows.GetAction() == enlistv1.CallerAction_CALLER_ACTION_AWAIT_OUTCOME:
		return "always, unless a person must decide"
	}
	return "always"
}

func (r *reason) details() []string {
	details := []string{"ErrorInfo"}
	if r.GetVendorError() {
		details = append(details, "VendorError")
	}
	if r.GetBadRequest() {
		details = append(details, "BadRequest")
	}
	return details
}

// codeText returns the code over gRPC and REST.
func (r *reason) codeText() string {
	text := fmt.Sprintf("%s, HTTP %d", r.code, r.http)
	var others []string
	for _, other := range r.GetAlsoHttp() {
		others = append(others, fmt.Sprintf("%d %s", other.GetStatus(), other.GetWhen()))
	}
	if len(others) > 0 {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	return text
}

func descriptorSet(t *testing.T) *protoregistry.Files {
	t.Helper()
	data, err := os.ReadFile("../gen/descriptor/enlist.binpb")
	if err != nil {
		t.Fatal(err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(data, set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func enumOf(t *testing.T, files *protoregistry.Files, name protoreflect.FullName) protoreflect.EnumDescriptor {
	t.Helper()
	found, err := files.FindDescriptorByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return found.(protoreflect.EnumDescriptor)
}

// comment returns a comment of the contract, with one line for each paragraph.
func comment(of protoreflect.Descriptor) string {
	paragraphs := strings.Split(of.ParentFile().SourceLocations().ByDescriptor(of).LeadingComments, "\n\n")
	for i, paragraph := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(paragraph), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

const errorsPage = "../docs/errors.md"

// docs/errors.md shows the comments and options of enum ErrorReason.
func TestErrorsPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(howToRead)
	for _, r := range reasons(t) {
		fmt.Fprintf(&page, "\n### %s\n\n| | |\n|---|---|\n", r.name)
		for _, row := range [][2]string{
			{"code", r.codeText()},
			{"cause", r.cause},
			{"action", r.action},
			{"remedy", r.remedy},
			{"RetryInfo", r.retry},
			{"details", strings.Join(r.details(), ", ")},
		} {
			fmt.Fprintf(&page, "| %s | %s |\n", row[0], cell(row[1]))
		}
	}
	checkPage(t, errorsPage, page.String())
}

const howToRead = `# Errors

Every error of Enlist, by its reason. ` + "`make docs`" + ` writes this page from
[` + "`ErrorReason`" + `](../proto/enlist/v1/error.proto).

## How to read one

An error is a ` + "`google.rpc.Status`" + `, over gRPC and over REST:

- a **code** of gRPC. REST has it in the body, with an HTTP status;
- a **message** for people that ends with what to do. It may change in any release: programs use the
  reason;
- **details**, at most one of each, together under 4 KiB:

| detail | contains |
|---|---|
| ` + "`google.rpc.ErrorInfo`" + `, always | the **reason** and the domain ` + "`enlist`" + `. Its metadata has ` + "`provider`" + `, ` + "`request_id`" + `, ` + "`send_stage`" + ` (` + "`NOT_SENT`" + `, ` + "`SENT`" + ` or ` + "`ANSWERED`" + `: how far the request to the vendor got) and ` + "`vendor_code`" + `, as far as they are known. |
| ` + "`google.rpc.BadRequest`" + ` | all wrong fields, each with what it takes. Over gRPC a path has proto names, over REST the names that the request uses. Outside the contract's fields, the path is ` + "`body`" + `, ` + "`query`" + `, ` + "`path`" + ` or the name of a header. |
| ` + "`google.rpc.RetryInfo`" + ` | repeat the same request, with the same ` + "`request_id`" + `, after this delay. Without it, waiting does not help. REST also has it as the header ` + "`Retry-After`" + `, in whole seconds. |
| ` + "`enlist.v1.VendorError`" + ` | the vendor's HTTP status, codes and words, without secrets, cut to size. ` + "`GetOperation`" + ` returns the whole response to a creation. |

No error contains a secret. Enlist's own words repeat no value of a field. They name fields, also
unknown ones that the request used, and keys of maps. The vendor's words may repeat values.

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
