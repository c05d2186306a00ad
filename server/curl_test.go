package server_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/prototext"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/shell/shelltest"
	"github.com/enlist-dev/enlist/server"
)

// At every vendor, the curl line of a request passes exactly this request to curl, with the secrets
// in their places only, whatever the customer's texts imitate.
func TestCurlLinesAreSafe(t *testing.T) {
	r := start(t, nil)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for provider := range vendorsByProvider() {
		t.Run(provider, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			request := hostile(t, provider)
			request.ValidateOnly = true
			for range 5 {
				response, err := enlistv1.NewCustomerServiceClient(r.grpc).CreateCustomer(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				previewed := response.GetVendorRequest()
				checkCurl(t, previewed)
				if len(previewed.GetPlaceholders()) == 0 {
					t.Error("a request without a secret")
				}
				for _, name := range previewed.GetPlaceholders() {
					if n := strings.Count(prototext.Format(previewed), "$"+name); n != 1 {
						t.Errorf("$%s occurs %d times in %v", name, n, previewed)
					}
				}
				request.Customer.BillingAddress.City = hostileText(random, 40)
				request.Customer.BillingAddress.Lines[1] = hostileText(random, 40)
				request.Customer.Comment = hostileText(random, 200) + "\n" + hostileText(random, 200)
			}
		})
	}
}

// hostileText returns a random text of at most that many characters. It imitates placeholders and
// commands.
func hostileText(random *rand.Rand, most int) string {
	parts := []string{
		"$", "AVVIO_PASSWORD", "CALIQ_API_KEY", "OPENCELL_TOKEN", "VALOMNIA_SESSION", "SELLANDSIGN_TOKEN", "_", "__", "REQUEST_", "{", "}", "'", `"`, `\`, "`",
		"$(touch a)", ";", "!!", "%s", "&", "=", "é", " ", `","password":"$AVVIO_PASSWORD`, `\u0024CALIQ_API_KEY`, "%24", "password=$AVVIO_PASSWORD",
	}
	text := "x"
	for {
		longer := text + parts[random.IntN(len(parts))]
		if utf8.RuneCountInString(longer) > most {
			return text + "."
		}
		text = longer
	}
}

// checkCurl runs the curl line of a request in every shell, with a fake curl.
func checkCurl(t *testing.T, request *enlistv1.VendorRequest) {
	t.Helper()
	const secret = "a secret 'of\" $HOME"
	variables, pairs := map[string]string{"HOME": "/a/home"}, []string{}
	for _, name := range slices.Backward(request.GetPlaceholders()) { // the longer one of two that begin alike is first
		variables[name] = secret
		pairs = append(pairs, "$"+name, secret)
	}
	// What a text of the customer may name must not be there.
	for _, name := range []string{"AVVIO_PASSWORD", "CALIQ_API_KEY", "OPENCELL_TOKEN", "VALOMNIA_SESSION", "SELLANDSIGN_TOKEN", "REQUEST_AVVIO_PASSWORD_"} {
		if !slices.Contains(request.GetPlaceholders(), name) {
			variables[name] = "a secret that a customer asked for"
		}
	}
	sent := strings.NewReplacer(pairs...).Replace
	want := []string{"-sS", "-g", "-X", request.GetMethod(), sent(request.GetUrl())}
	for _, header := range request.GetHeaders() {
		want = append(want, "-H", sent(header.GetName()+": "+header.GetValue()))
	}
	line := server.CurlLine(request)
	for name, ran := range shelltest.Run(t, line, "curl", variables) {
		got := ran.Arguments
		if len(got) < 2 || !slices.Equal(got[:len(got)-2], want) && !slices.Equal(got, want) {
			t.Errorf("%s: %s\npasses %q, want %q", name, line, got, want)
			continue
		}
		body := ""
		switch flag := got[len(got)-2]; flag {
		case "--data-raw":
			body = got[len(got)-1]
		case "--data-binary":
			body = ran.Stdin
		}
		if body != sent(request.GetBody()) {
			t.Errorf("%s: %s\nsends %q, want %q", name, line, body, sent(request.GetBody()))
		}
	}
}

func TestCurlLine(t *testing.T) {
	if line := server.CurlLine(nil); line != "" {
		t.Errorf("of no request: %s", line)
	}
	request := &enlistv1.VendorRequest{
		Method: "POST", Url: "http://vendor.example/$A?q=$A_B&x='$(touch a)", Placeholders: []string{"A", "A_B"},
		Headers: []*enlistv1.VendorRequest_Header{{Name: "Cookie", Value: "S=$A; $C"}},
		Body:    `{"a":"$A","b":"$A_B","c":"$C ` + "`touch b`" + `!!"}`,
	}
	checkCurl(t, request)
	request.Body = "--x\r\nContent-Type: a\r\n\r\n$A 100% \\ 'x' $C\r\n!!\x00\r\n--x--\r\n"
	checkCurl(t, request)
	// A record of an earlier release names no placeholders.
	request.Placeholders = nil
	checkCurl(t, request)
	request.Placeholders = []string{"$(touch d)", "'; touch c; '", ""}
	request.Url = "http://vendor.example/$$(touch d)$'; touch c; '"
	if line := server.CurlLine(request); strings.Contains(line, `'"$`) {
		t.Errorf("%s expands what is no variable", line)
	}
}
