package caliq

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// account is what a record has besides the values of the request.
type account struct {
	id      int64
	created time.Time
}

type customerCreateResults struct {
	XMLName xml.Name           `json:"-" xml:"CustomerCreateResults"`
	Data    customerCreateData `json:"CustomerCreateData" xml:"CustomerCreateData"`
}

// customerCreateData is the result of CustomerCreate. It is an assumption that the ids are 0 and
// the number is null when the customer is refused, as the vendor's framework would leave them.
type customerCreateData struct {
	OK        bool    `json:"OK" xml:"OK"`
	AccountID int64   `json:"AccountID" xml:"AccountID"`
	AccountNo *string `json:"AccountNo" xml:"AccountNo"`
	AddressID int64   `json:"AddressID" xml:"AddressID"`
	ContactID int64   `json:"ContactID" xml:"ContactID"`
	Issues    []issue `json:"CustomerCreateIssues" xml:"CustomerCreateIssues>CustomerCreateIssue"`
}

type issue struct {
	ID        int    `json:"ID" xml:"ID"`
	Message   string `json:"Message" xml:"Message"`
	ExtraData string `json:"ExtraData" xml:"ExtraData"`
}

// customerCreate responds with 200 either way. No page says whether a second creation with the same
// AccountNo is refused: it is not, unless Settings.UniqueAccountNo says so. A request that a proxy
// repeats is always refused.
func (q *service) customerCreate(c *engine.Call, given map[string]any) engine.Response {
	key := c.Key(engine.TextAt(given, "AccountNo"))
	issues := q.check(given, key)
	if len(issues) == 0 && c.Repeated {
		issues = q.repeated()
	}
	if len(issues) > 0 {
		return q.reply(c, http.StatusOK, customerCreateResults{Data: customerCreateData{Issues: issues}})
	}
	q.lastID++
	data := customerCreateData{
		OK:        true,
		AccountID: 1000 + q.lastID,
		AddressID: 2000 + q.lastID,
		ContactID: 3000 + q.lastID,
		Issues:    []issue{},
	}
	if q.AutoNumbering {
		key = engine.PlainKey(fmt.Sprintf("C%07d", q.lastID))
	}
	given["AccountNo"], data.AccountNo = key.Stored, &key.Stored
	given["AccountID"], given["AddressID"], given["ContactID"] = data.AccountID, data.AddressID, data.ContactID
	r := q.Add(c, Name, key, given)
	r.Detail = &account{id: data.AccountID, created: c.Now.UTC()}
	return q.reply(c, http.StatusOK, customerCreateResults{Data: data})
}

// repeated is the refusal of a request that was carried out just now: its account number is in use,
// or under auto numbering its email.
func (q *service) repeated() []issue {
	if q.AutoNumbering {
		return []issue{newIssue(issueEmailUsed, "Email")}
	}
	return []issue{newIssue(issueAccountNoUsed, "AccountNo")}
}

// refused is the refusal of any request, under HTTP 500.
func (q *service) refused(c *engine.Call) engine.Response {
	issues := []issue{newIssue(issueNotCreated, "")}
	return q.reply(c, http.StatusInternalServerError, customerCreateResults{Data: customerCreateData{Issues: issues}})
}
