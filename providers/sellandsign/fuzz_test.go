package sellandsign

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

func seeds(f *testing.F, more ...string) {
	f.Helper()
	answer, err := os.ReadFile("testdata/create_answer.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(answer)
	f.Add([]byte(`{"elements":[` + string(answer) + `]}`))
	f.Add([]byte(`[` + string(answer) + `,{"id":"4711","isDefault":1,"birthdate":"1957-02-28","country":"250","localisation":"fr_FR"}]`))
	for _, seed := range append(more, "", "null", "{}", "[]", `{"elements":null}`, "<html>") {
		f.Add([]byte(seed))
	}
}

func answered(body []byte) *vendorhttp.Response {
	return &vendorhttp.Response{Status: http.StatusOK, Body: body}
}

// Only the requested customer counts, and the result of a read can be sent.
func FuzzCustomer(f *testing.F) {
	seeds(f, `{"number":"AM201603021055","birthdate":1e15,"creationDate":9223372036854775807}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		const number = "AM201603021055"
		record := matchingCustomer(body, number)
		if record == nil {
			return
		}
		read := customer(record.Customer)
		if _, err := proto.Marshal(read); err != nil || read.GetId() != number {
			t.Errorf("%v: %v", read, err)
		}
		if read.GetCreateTime() != nil && read.GetCreateTime().CheckValid() != nil {
			t.Errorf("create time %v", read.GetCreateTime())
		}
		if year := read.GetBirthDate().GetYear(); read.GetBirthDate() != nil && (year < firstYear || year > lastYear) {
			t.Errorf("birth date %v", read.GetBirthDate())
		}
		_ = outcomeOf(record.Customer)
	})
}

// A list is either complete or an error.
func FuzzContractors(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		entries, ok := contractorEntries(answered(body))
		if !ok && entries != nil {
			t.Error("a list that is not understood has entries")
		}
		for _, entry := range entries {
			if _, err := proto.Marshal(contractor(entry.contractor, "C")); err != nil {
				t.Error(err)
			}
			if !json.Valid(entry.record) {
				t.Errorf("record %s", entry.record)
			}
		}
	})
}

// The vendor's words never contain the token, with any text around it.
func FuzzSaid(f *testing.F) {
	const token = "demo|c2VsbCtzaWdu/dG9rZW4+=="
	f.Add("GET /x?j_token=", "&a=b", 100)
	f.Add("\\", "\\", 0)
	f.Add("%", "\xff\xfe é", 500)
	provider := &Provider{token: anyEscaping(token)}
	quoted, _ := json.Marshal(token) //nolint:errchkjson // a string
	f.Fuzz(func(t *testing.T, before, after string, repeat int) {
		for _, shown := range []string{token, url.QueryEscape(token), url.PathEscape(token), html.EscapeString(token), string(quoted)} {
			body := strings.Repeat(before, max(repeat, 0)%40) + before + shown + after
			said := provider.said(answered([]byte(body)))
			if _, err := proto.Marshal(said); err != nil {
				t.Error(err)
			}
			for _, message := range said.GetMessages() {
				if strings.Contains(message.GetMessage(), "c2VsbCtzaWdu") || len([]rune(message.GetMessage())) > 501 {
					t.Errorf("kept %q", message.GetMessage())
				}
			}
		}
	})
}
