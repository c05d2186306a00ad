package certify

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// recorder records the exchanges of a run. Safe for concurrent use: a login may outlive its caller.
type recorder struct {
	mu   sync.Mutex
	all  []providers.Exchange
	from map[*providers.Exchange]int // the place of each in all
}

// observing returns a context whose exchanges are recorded.
func (r *recorder) observing(ctx context.Context) context.Context {
	return providers.WithObserver(ctx, &providers.Observer{
		Everything: true,
		Exchanged: func(exchange *providers.Exchange) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.from[exchange] = len(r.all)
			r.all = append(r.all, *exchange)
		},
		Failed: func(exchange *providers.Exchange) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.all[r.from[exchange]] = *exchange
		},
	})
}

// since returns the exchanges from a place on.
func (r *recorder) since(start int) []providers.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all[start:])
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.all)
}

// last returns the last exchange from a place on whose operation is one of some, or nil.
func (r *recorder) last(start int, operations ...string) *providers.Exchange {
	for _, exchange := range slices.Backward(r.since(start)) {
		if slices.Contains(operations, exchange.Operation) {
			return &exchange
		}
	}
	return nil
}

// times returns the response times of each kind of request, sorted by name.
func (r *recorder) times() []Times {
	took := map[string][]time.Duration{}
	for _, exchange := range r.since(0) {
		if exchange.Status != 0 {
			took[exchange.Operation] = append(took[exchange.Operation], exchange.End.Sub(exchange.Start))
		}
	}
	all := []Times{}
	for operation, each := range took {
		slices.Sort(each)
		all = append(all, Times{
			operation, len(each), milliseconds(each[0]), milliseconds(each[len(each)/2]), milliseconds(each[len(each)-1]),
		})
	}
	slices.SortFunc(all, func(a, b Times) int { return strings.Compare(a.Operation, b.Operation) })
	return all
}

// mostExchanges is how many exchanges a failed check shows: the last ones.
const mostExchanges = 6

// shown returns exchanges for a report. A response that names no test customer may contain another
// customer, so the report has its shape alone. An error of the vendor is no customer, nor is the
// response to a creation without an id.
func (r *run) shown(exchanges []providers.Exchange) []Exchange {
	exchanges = exchanges[max(0, len(exchanges)-mostExchanges):]
	shown := make([]Exchange, len(exchanges))
	for i, exchange := range exchanges {
		response := exchange.ResponseBody
		if exchange.Status < 400 && !r.isOurs(response) && !r.isOutcome(&exchange) && !strings.HasPrefix(response, "(") {
			response = vendorhttp.Shape([]byte(response), int64(len(response)))
		}
		shown[i] = Exchange{
			Operation: exchange.Operation, Request: exchange.Request.GetMethod() + " " + exchange.Request.GetUrl(), Headers: map[string]string{},
			Body: exchange.Request.GetBody(), Status: exchange.Status, Response: response, Error: r.words(exchange.Error),
			Took: milliseconds(exchange.End.Sub(exchange.Start)),
		}
		for _, header := range exchange.Request.GetHeaders() {
			shown[i].Headers[header.GetName()] = r.redact(header.GetValue())
		}
		for _, text := range []*string{&shown[i].Request, &shown[i].Body, &shown[i].Response, &shown[i].Error} {
			*text = r.redact(*text)
		}
	}
	return shown
}

// isOutcome reports whether a response to a creation has no customer's id, and so no customer.
func (r *run) isOutcome(exchange *providers.Exchange) bool {
	message := r.facts.record("create")
	return exchange.Operation == "create" && (message == nil || idIn(message, wire.Record([]byte(exchange.ResponseBody))) == "")
}

// words returns a vendor's words in an error. An adapter may quote a whole record, which may be
// another customer's.
func (r *run) words(text string) string {
	at := strings.Index(text, `{"`)
	if at < 0 || r.isOurs(text) {
		return text
	}
	return text[:at] + "(a record that names no test customer is not shown)"
}

// isOurs reports whether a text is about a test customer.
func (r *run) isOurs(text string) bool {
	if strings.Contains(text, r.Marker) {
		return true
	}
	return slices.ContainsFunc(r.report.Customers, func(made *Customer) bool { return made.ID != "" && strings.Contains(text, made.ID) })
}

// redact removes the secrets of the configuration from a text. The adapter has replaced them
// already, so this is a second net.
func (r *run) redact(text string) string { return wire.Redact(text, r.secrets...) }

// secretsOf returns the fields of a connection with secrets that are set, in order.
func secretsOf(config *configv1.Provider) (connection protoreflect.Message, secrets []protoreflect.FieldDescriptor) {
	message := config.ProtoReflect()
	vendor := message.WhichOneof(message.Descriptor().Oneofs().ByName("vendor"))
	connection = message.Get(vendor).Message()
	fields := connection.Descriptor().Fields()
	for i := range fields.Len() {
		if wire.Redacted(fields.Get(i)) && connection.Has(fields.Get(i)) {
			secrets = append(secrets, fields.Get(i))
		}
	}
	return connection, secrets
}

// secretTexts returns the texts of all secrets in a message, at any depth.
func secretTexts(message protoreflect.Message) (texts []string) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case wire.Redacted(field) && field.Kind() == protoreflect.StringKind && !field.IsList():
			texts = append(texts, value.String())
		case field.Message() != nil && !field.IsList() && !field.IsMap():
			texts = append(texts, secretTexts(value.Message())...)
		}
		return true
	})
	return texts
}

// withWrongSecret returns a configuration whose last secret, such as the password, is a made-up
// one. It returns nil if there is no secret.
func withWrongSecret(config *configv1.Provider, secret string) *configv1.Provider {
	wrong := proto.CloneOf(config)
	connection, secrets := secretsOf(wrong)
	if len(secrets) == 0 {
		return nil
	}
	connection.Set(secrets[len(secrets)-1], protoreflect.ValueOfString(secret))
	return wrong
}
