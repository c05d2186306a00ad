package sandbox

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// caliqAccount is what a record has besides what the request said.
type caliqAccount struct {
	id      int64
	created time.Time
}

type customerCreateResults struct {
	XMLName xml.Name           `json:"-" xml:"CustomerCreateResults"`
	Data    customerCreateData `json:"CustomerCreateData" xml:"CustomerCreateData"`
}

// customerCreateData: when refused the ids are 0 and the number is null, as the
// framework leaves them; that is assumed.
type customerCreateData struct {
	OK        bool         `json:"OK" xml:"OK"`
	AccountID int64        `json:"AccountID" xml:"AccountID"`
	AccountNo *string      `json:"AccountNo" xml:"AccountNo"`
	AddressID int64        `json:"AddressID" xml:"AddressID"`
	ContactID int64        `json:"ContactID" xml:"ContactID"`
	Issues    []caliqIssue `json:"CustomerCreateIssues" xml:"CustomerCreateIssues>CustomerCreateIssue"`
}

type caliqIssue struct {
	ID        int    `json:"ID" xml:"ID"`
	Message   string `json:"Message" xml:"Message"`
	ExtraData string `json:"ExtraData" xml:"ExtraData"`
}

// The ids that the page lists for this call, with meanings of our own.
const (
	issueRequired      = 1
	issueChannel       = 9
	issueAccountNoUsed = 29
	issueTooLong       = 30
	issueCountry       = 31
	issueCurrency      = 32
	issueServiceLevel  = 34
	issueCategory      = 35
	issueEmail         = 37
	issueEmailUsed     = 38
	issueAutoNumbering = 39
)

func caliqMessages() []caliqMessage {
	return []caliqMessage{
		{issueRequired, "A required value is missing"},
		{issueChannel, "The channel does not exist"},
		{issueAccountNoUsed, "The account number is in use"},
		{issueTooLong, "A value is too long"},
		{issueCountry, "The country does not exist"},
		{issueCurrency, "The currency does not exist"},
		{issueServiceLevel, "The customer service level does not exist"},
		{issueCategory, "The customer category does not exist"},
		{issueEmail, "The email address is not valid"},
		{issueEmailUsed, "The email address is in use"},
		{issueAutoNumbering, "Account numbers are given automatically; leave it blank"},
		{40, "The customer could not be created"},
	}
}

// customerCreate answers 200 either way. Whether a second create with one
// AccountNo is refused is not documented: it is not, unless
// WithCaliqUniqueAccountNo says so.
func (q *caliq) customerCreate(c *call, given map[string]any) answer {
	issues := q.check(given)
	if len(issues) > 0 {
		return q.reply(c, http.StatusOK, customerCreateResults{Data: customerCreateData{Issues: issues}})
	}
	q.lastID++
	data := customerCreateData{
		OK:        true,
		AccountID: 1000 + q.lastID,
		AddressID: 2000 + q.lastID,
		ContactID: 3000 + q.lastID,
		Issues:    []caliqIssue{},
	}
	number, _ := given["AccountNo"].(string)
	if q.caliqAutoNumbering {
		number = fmt.Sprintf("C%07d", q.lastID)
		given["AccountNo"] = number
	}
	data.AccountNo = &number
	given["AccountID"], given["AddressID"], given["ContactID"] = data.AccountID, data.AddressID, data.ContactID
	r := q.add(c, Caliq, number, given)
	r.detail = &caliqAccount{id: data.AccountID, created: c.now.UTC()}
	return q.reply(c, http.StatusOK, customerCreateResults{Data: data})
}

// check finds all that is wrong, naming the field as extra data.
func (q *caliq) check(given map[string]any) []caliqIssue {
	var issues []caliqIssue
	found := func(id int, field string) {
		for _, m := range caliqMessages() {
			if m.ID == id {
				issues = append(issues, caliqIssue{id, m.Description, field})
			}
		}
	}
	text := func(field string) string { return textAt(given, field) }

	for _, field := range customerCreateForm() {
		value, present := given[field.name]
		blank := !present || field.kind == caliqText && strings.TrimSpace(value.(string)) == ""
		switch {
		case field.name == "apiKey" || field.name == "AccountNo" && q.caliqAutoNumbering:
		case field.required && blank:
			found(issueRequired, field.name)
		case field.max > 0 && utf8.RuneCountInString(text(field.name)) > field.max:
			found(issueTooLong, field.name)
		}
	}
	if channel, present := given["ChannelID"]; present && channel != q.credentials.Caliq.ChannelID {
		found(issueChannel, "ChannelID")
	}
	if q.caliqAutoNumbering && text("AccountNo") != "" {
		found(issueAutoNumbering, "AccountNo")
	}
	if country := text("Country"); len(country) == 3 && !q.countries[country] {
		found(issueCountry, "Country")
	}
	if currency := text("Currency"); len(currency) == 3 && !q.currencies[currency] {
		found(issueCurrency, "Currency")
	}
	if level, _ := given["CustomerServiceLevel"].(int64); level != 0 && !q.serviceLevels[level] {
		found(issueServiceLevel, "CustomerServiceLevel")
	}
	if category := text("CustomerCategory"); category != "" && len(category) <= 4 && !q.categories[category] {
		found(issueCategory, "CustomerCategory")
	}
	if email := text("Email"); strings.TrimSpace(email) != "" && !strings.Contains(strings.Trim(email, "@"), "@") {
		found(issueEmail, "Email")
	}
	if q.caliqUniqueAccountNo && len(q.records.withKey(Caliq, text("AccountNo"))) > 0 {
		found(issueAccountNoUsed, "AccountNo")
	}
	if q.caliqUniqueEmail && q.emailUsed(text("Email")) {
		found(issueEmailUsed, "Email")
	}
	return issues
}

func (q *caliq) emailUsed(email string) bool {
	for _, r := range q.records.of(Caliq) {
		if strings.EqualFold(textAt(r.fields, "Email"), email) {
			return true
		}
	}
	return false
}
