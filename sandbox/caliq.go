package sandbox

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// caliq emulates Caliq: a key in every body, JSON or XML, and 200 also for what
// it refuses. What its message ids mean is not published; the meanings here are
// the sandbox's own, and POST /api/v1/Message tells them.
type caliq struct {
	*Sandbox
	countries, currencies, categories map[string]bool
	serviceLevels                     map[int64]bool
	lastID                            int64
}

func newCaliq(s *Sandbox) {
	q := &caliq{
		Sandbox:       s,
		countries:     map[string]bool{},
		currencies:    set(strings.Fields(iso4217)...),
		categories:    set("RET", "TRD", "WEB"),
		serviceLevels: map[int64]bool{1: true, 2: true, 3: true},
	}
	for _, c := range countries() {
		q.countries[c.alpha3] = true
	}
	says := func(status int, message string) func(*call) answer {
		return func(c *call) answer { return q.message(c, status, message) }
	}
	v := &vendorAPI{
		vendor:     Caliq,
		operations: []string{"create", "get", "messages"},
		failure:    says(http.StatusInternalServerError, "An error has occurred."),
		// The documented 503. Without Retry-After it does not say "not done".
		apology:   says(http.StatusServiceUnavailable, "The service is unavailable."),
		throttled: says(http.StatusTooManyRequests, "Too many requests."),
	}
	s.vendors[Caliq] = v
	notAllowed := says(http.StatusMethodNotAllowed, "The requested resource does not support this http method.")
	for _, e := range []struct {
		path, operation, root string
		form                  []caliqField
		serve                 func(*call, map[string]any) answer
	}{
		{"CustomerCreate", "create", "CustomerCreateParams", customerCreateForm(), q.customerCreate},
		{"CustomerChange", "get", "CustomerChangeParams", []caliqField{{name: "apiKey"}, {name: "ChangesSince"}}, q.customerChange},
		{"Message", "messages", "MessageParams", []caliqField{{name: "apiKey"}}, q.messages},
	} {
		s.route(v, "/api/v1/"+e.path, notAllowed, map[string]endpoint{
			http.MethodPost: {e.operation, q.authenticated(e.root, e.form, e.serve)},
		})
	}
}

// authenticated reads the body and checks the key in it. A key that is missing
// is taken for a bad one.
func (q *caliq) authenticated(root string, form []caliqField, serve func(*call, map[string]any) answer) func(*call) answer {
	return func(c *call) answer {
		read := readCaliqJSON
		switch {
		case isXML(c.mediaType()):
			read = readCaliqXML
		case c.mediaType() != "application/json" && c.mediaType() != "text/json":
			return q.message(c, http.StatusUnsupportedMediaType, "The request entity's media type is not supported for this resource.")
		}
		given, err := read(c.body, root, form)
		if err != nil {
			return q.message(c, http.StatusBadRequest, "The request is invalid: "+err.Error())
		}
		if c.refused || given["apiKey"] != q.credentials.Caliq.APIKey {
			return q.message(c, http.StatusUnauthorized, "Authorization has been denied for this request.")
		}
		delete(given, "apiKey")
		return serve(c, given)
	}
}

func isXML(mediaType string) bool { return mediaType == "application/xml" || mediaType == "text/xml" }

// wantsXML goes by Accept, and where that leaves it open by the request.
func wantsXML(c *call) bool {
	accept := strings.ToLower(c.Header.Get("Accept"))
	x, j := strings.Index(accept, "/xml"), strings.Index(accept, "/json")
	switch {
	case x >= 0 && j >= 0:
		return x < j
	case x >= 0 || j >= 0:
		return x >= 0
	}
	return isXML(c.mediaType())
}

// reply writes a result in the form that the caller wants.
func (q *caliq) reply(c *call, status int, result any) answer {
	if !wantsXML(c) {
		return jsonAnswer(status, result)
	}
	body, err := xml.Marshal(result)
	if err != nil {
		panic(err) // the results are plain structs
	}
	return newAnswer(status, "application/xml; charset=utf-8", body)
}

func (q *caliq) message(c *call, status int, text string) answer {
	return q.reply(c, status, caliqError{Message: text})
}

type caliqError struct {
	XMLName xml.Name `json:"-" xml:"Error"`
	Message string   `json:"Message" xml:"Message"`
}

// Names of the XML elements of the next two results are assumed; the vendor's
// samples of them are JSON.
type customerChangeResults struct {
	XMLName xml.Name         `json:"-" xml:"CustomerChangeResults"`
	List    []customerChange `json:"CustomerChangeList" xml:"CustomerChangeList>CustomerChange"`
}

type customerChange struct {
	ID        int64  `json:"ID" xml:"ID"`
	AccountNo string `json:"AccountNo" xml:"AccountNo"`
}

type messageResults struct {
	XMLName xml.Name       `json:"-" xml:"MessageResults"`
	List    []caliqMessage `json:"MessagesList" xml:"MessagesList>Message"`
}

type caliqMessage struct {
	ID          int    `json:"ID" xml:"ID"`
	Description string `json:"Description" xml:"Description"`
}

// customerChange lists the accounts created since a day, all of them if none
// is given. Nothing found is 204.
func (q *caliq) customerChange(c *call, given map[string]any) answer {
	var since time.Time
	if day, _ := given["ChangesSince"].(string); day != "" {
		var err error
		if since, err = time.Parse("20060102", day); err != nil {
			return q.message(c, http.StatusBadRequest, "ChangesSince must be of the form YYYYMMDD")
		}
	}
	result := customerChangeResults{}
	for _, r := range q.records.of(Caliq) {
		account := r.detail.(*caliqAccount)
		if r.visible(c.now) && !account.created.Before(since) {
			result.List = append(result.List, customerChange{account.id, r.key})
		}
	}
	if len(result.List) == 0 {
		return emptyAnswer(http.StatusNoContent)
	}
	return q.reply(c, http.StatusOK, result)
}

func (q *caliq) messages(c *call, _ map[string]any) answer {
	return q.reply(c, http.StatusOK, messageResults{List: caliqMessages()})
}
