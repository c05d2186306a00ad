package providertest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// JSON encodes a value, for a Harness.
func JSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// vendorWords: an error has the vendor's own code and words, cut to size, and no secret from the
// request.
func vendorWords(t *testing.T, f *fixture) {
	for _, request := range append(f.harness.Full(), f.request()) {
		f := newFixture(t, f.harness)
		f.create(f.request()) // logs in
		var repeated []string
		f.answerCreates(func(w http.ResponseWriter, r *http.Request) {
			repeated = f.known(r)
			answer(w, f.harness.Refusal, "house_rules", "We do not want this. "+wordy(repeated))
		})
		_, err := Create(t.Context(), f.provider, settled(request))
		known := f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED)
		checkWords(t, known, repeated)
		if said := known.Vendor.String(); !strings.Contains(said, "house_rules") || !strings.Contains(said, "We do not want this. ") {
			t.Errorf("the vendor's code or words are lost: %s", said)
		}
		f.answerCreates(func(w http.ResponseWriter, r *http.Request) {
			repeated = f.known(r)
			answer(w, f.harness.Refusal, strings.Join(repeated, " "), "no")
		})
		_, err = Create(t.Context(), f.provider, settled(request))
		checkWords(t, f.fails(err, enlistv1.ErrorReason_VENDOR_REJECTED, unknown), repeated)
		if len(repeated) == 0 {
			t.Error("there was no secret to repeat")
		}
	}
}

func vendorWordsOfALogin(t *testing.T, f *fixture) {
	if f.harness.LoginRefusal == nil {
		if f.harness.IsLogin != nil {
			t.Error("a login that cannot be refused")
		}
		return
	}
	var repeated []string
	f.answerLogins(func(w http.ResponseWriter, r *http.Request) {
		repeated = f.known(r)
		status, body := f.harness.LoginRefusal("Who are you? " + wordy(repeated))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	_, err := Create(t.Context(), f.provider, f.request())
	known := f.fails(err, credentials)
	checkWords(t, known, repeated)
	if !strings.Contains(known.Vendor.String(), "Who are you? ") || len(repeated) == 0 {
		t.Errorf("said %s, of %d secrets", known.Vendor, len(repeated))
	}
}

func answer(w http.ResponseWriter, refusal func(code, words string) (int, string), code, words string) {
	status, body := refusal(code, words)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// known returns the secrets that the vendor has received, in any form, and the credential of a
// request.
func (f *fixture) known(r *http.Request) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	received := f.received.String()
	known := slices.DeleteFunc(slices.Clone(f.harness.Secrets), func(secret string) bool {
		return !slices.ContainsFunc(forms(secret), func(form string) bool { return strings.Contains(received, form) })
	})
	if _, token, is := strings.Cut(r.Header.Get("Authorization"), " "); is {
		known = append(known, token)
	}
	for _, cookie := range r.Cookies() {
		known = append(known, cookie.Value)
	}
	return known
}

// wordy returns 128 KiB of words that repeat secrets, also where texts of 200 and of 500 characters
// are cut.
func wordy(secrets []string) string {
	words := strings.Builder{}
	words.WriteString(strings.Join(secrets, " "))
	for i := range 2000 {
		words.WriteString(" é" + strings.Repeat("x", i%13) + " ")
		words.WriteString(secrets[i%len(secrets)])
	}
	for words.Len() < 128<<10 {
		words.WriteString("and so on ")
	}
	return words.String()
}

func checkWords(t *testing.T, err *providers.Error, secrets []string) {
	t.Helper()
	if len(err.Vendor.GetMessages()) == 0 || len(err.Vendor.GetMessages()) > 10 || err.Vendor.GetHttpStatus() == 0 {
		t.Errorf("status %d, %d messages", err.Vendor.GetHttpStatus(), len(err.Vendor.GetMessages()))
	}
	all := err.Error()
	for _, message := range err.Vendor.GetMessages() {
		for text, most := range map[string]int{
			message.GetCode(): 100, message.GetMessage(): 500, message.GetExtra(): 200, message.GetDescription(): 200,
		} {
			if utf8.RuneCountInString(text) > most+1 || !utf8.ValidString(text) { // and the ellipsis
				t.Errorf("%d characters, want at most %d", utf8.RuneCountInString(text), most)
			}
			all += "\n" + text
		}
	}
	for _, secret := range secrets {
		for _, part := range []string{secret, secret[:len(secret)/2+1]} { // a text that is cut must not end with half a secret
			if len(part) > 4 && strings.Contains(all, part) {
				t.Errorf("%q of a secret shows in %s", part, all)
			}
		}
	}
}
