package providertest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// hostile are responses with which a vendor, or an attacker in its place, would do harm.
func hostile() map[string]http.HandlerFunc {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	json := func(status int, body string, headers ...string) http.HandlerFunc {
		var all strings.Builder
		fmt.Fprintf(&all, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nConnection: close\r\n", status, http.StatusText(status))
		for _, header := range headers {
			all.WriteString(header + "\r\n")
		}
		return raw(func(c net.Conn) { _, _ = io.WriteString(c, all.String()+"\r\n"+body) })
	}
	drip := func(start, part string) http.HandlerFunc {
		return raw(func(c net.Conn) {
			for text := start; ; text = part {
				if _, err := io.WriteString(c, text); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	flood := func(start, part string) http.HandlerFunc {
		part = strings.Repeat(part, max(1, (64<<10)/len(part)))
		return raw(func(c net.Conn) {
			for text := start; ; text = part {
				if _, err := io.WriteString(c, text); err != nil {
					return
				}
			}
		})
	}
	return map[string]http.HandlerFunc{
		"no end":                     flood(head+"\r\n{\"status\":\"", " "),
		"no end of chunks":           flood(head+"Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
		"no end of headers":          flood(head, "X-A: b\r\n"),
		"no end of a header":         flood(head+"X-A: ", "b"),
		"no end of hints":            flood("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
		"no end of trailers":         flood(head+"Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n0\r\n", "X-A: b\r\n"),
		"headers by drips":           drip(head, "X-A: b\r\n"),
		"a body by drips":            drip(head+"\r\n{", " "),
		"chunks by drips":            drip(head+"Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
		"hints by drips":             drip("", "HTTP/1.1 102 Processing\r\n\r\n"),
		"silence":                    raw(func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }),
		"a bomb":                     json(200, bomb(), "Content-Encoding: gzip"),
		"no gzip":                    json(200, `{}`, "Content-Encoding: gzip"),
		"longer than it says":        json(200, `{"status":"SUCCESS"}`, "Content-Length: 5"),
		"two lengths":                json(200, `{}`, "Content-Length: 2", "Content-Length: 3"),
		"a chunk of a wrong size":    json(200, "zz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
		"another protocol":           json(101, `{}`, "Connection: Upgrade", "Upgrade: x"),
		"no content, with some":      json(304, `{"status":"SUCCESS"}`, "Content-Length: 20"),
		"redirect to itself":         json(307, ``, "Location: ."),
		"redirect to a file":         json(308, ``, "Location: file:///etc/passwd"),
		"redirect to another":        json(301, ``, "Location: http://127.0.0.1:1/"),
		"objects, nested deeply":     json(200, strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)),
		"lists, nested deeply":       json(200, strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)),
		"not UTF-8":                  json(200, "{\"status\":\"\xff\xfe\",\"message\":\"\xc3(\"}"),
		"not UTF-8, as an error":     json(500, "{\"status\":\"FAIL\",\"message\":\"\xff\xfe\"}"),
		"zero bytes":                 json(200, "{\"status\":\"\x00\"}\x00\x00"),
		"numbers out of range":       json(200, `{"id":1e999999,"entityId":99999999999999999999999,"accountId":-1e400,"CustomerCreateData":{"ID":1e99}}`),
		"members twice":              json(200, `{"status":"SUCCESS","status":"FAIL","id":1,"id":2,"operationStatus":"OK","operationStatus":"ERROR"}`),
		"secrets without end, error": json(500, strings.Repeat(`{"password":"`, 200_000)),
		"reset": raw(func(c net.Conn) {
			_, _ = io.WriteString(c, head+"Content-Length: 5000\r\n\r\n{\"status\":")
			if tcp, is := c.(*net.TCPConn); is {
				_ = tcp.SetLinger(0)
			}
		}),
	}
}

// hostileLimit tells a call that ends by its deadline, on a machine however busy, from one that
// waits for the vendor.
const hostileLimit = 30 * time.Second

// raw is a response that is written to the connection itself. The connection closes after it.
func raw(write func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer func() { _ = connection.Close() }()
		_ = connection.SetDeadline(time.Now().Add(2 * hostileLimit))
		write(connection)
	}
}

// bomb is a small body that decompresses to more than the largest response that the client reads.
func bomb() string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range vendorhttp.MaxListing>>20 + 8 {
		_, _ = writer.Write(block)
	}
	_ = writer.Close()
	return packed.String()
}

// hostileAnswers: with any response, the call ends before its deadline (a read may have two), with
// an error that claims nothing. A creation is sent once.
func hostileAnswers(t *testing.T, f *fixture) {
	const timeout = 500 * time.Millisecond
	inTime := func(t *testing.T, began time.Time) {
		t.Helper()
		if took := time.Since(began); took > hostileLimit {
			t.Errorf("took %s with a timeout of %s", took, timeout)
		}
	}
	for name, handler := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, f.harness)
			f.use(f.harness.New(f.server.URL, timeout))
			id := f.create(f.request()).GetCustomer().GetId()
			before := len(f.sent())

			f.answerCreates(handler)
			began := time.Now()
			_, err := Create(t.Context(), f.provider, f.request())
			f.fails(err, unknown)
			inTime(t, began)
			if calls := len(f.sent()) - before; calls != 1 {
				t.Errorf("%d calls went out, want 1", calls)
			}

			f.answerReads(handler)
			began = time.Now()
			_, err = f.provider.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{Provider: f.name(), CustomerId: id, IncludeVendorRecord: true})
			f.fails(err, unavailable, invalid)
			inTime(t, began)

			if _, unsupported := f.provider.Describe().Unsupported["ListContractors"]; !unsupported {
				began = time.Now()
				_, err = f.provider.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{Provider: f.name(), CustomerId: id, IncludeVendorRecord: true})
				f.fails(err, unavailable, invalid)
				inTime(t, began)
			}
		})
	}
}
