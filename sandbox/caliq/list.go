package caliq

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// The names of the XML elements of the next two results are assumed: the vendor's samples are JSON.
type customerChangeResults struct {
	XMLName xml.Name         `json:"-" xml:"CustomerChangeResults"`
	List    []customerChange `json:"CustomerChangeList" xml:"CustomerChangeList>CustomerChange"`
}

type customerChange struct {
	ID        int64  `json:"ID" xml:"ID"`
	AccountNo string `json:"AccountNo" xml:"AccountNo"`
}

type messageResults struct {
	XMLName xml.Name  `json:"-" xml:"MessageResults"`
	List    []message `json:"MessagesList" xml:"MessagesList>Message"`
}

type message struct {
	ID          int    `json:"ID" xml:"ID"`
	Description string `json:"Description" xml:"Description"`
}

// customerChange lists the accounts created since a day, or all of them if no day is given. If
// there is none, it responds with 204.
func (q *service) customerChange(c *engine.Call, given map[string]any) engine.Response {
	var since time.Time
	if day, _ := given["ChangesSince"].(string); day != "" {
		var err error
		if since, err = time.Parse("20060102", day); err != nil {
			return q.message(c, http.StatusBadRequest, "ChangesSince must be of the form YYYYMMDD")
		}
	}
	result := customerChangeResults{}
	for _, r := range q.Customers(Name) {
		account := r.Detail.(*account)
		if r.Visible(c.Now) && !account.created.Before(since) {
			result.List = append(result.List, customerChange{account.id, r.Key})
		}
	}
	if len(result.List) == 0 {
		return engine.Empty(http.StatusNoContent)
	}
	return q.reply(c, http.StatusOK, result)
}

func (q *service) messages(c *engine.Call, _ map[string]any) engine.Response {
	return q.reply(c, http.StatusOK, messageResults{List: knownMessages()})
}
